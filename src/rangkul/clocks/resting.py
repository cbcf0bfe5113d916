"""A deadline of a case rests because of what the person needs; never one that law or life fixes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.clocks import operations, workflow
from rangkul.clocks.models import Clock
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.locks import check_version
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference import queries as reference
from rangkul.reference.calendar import Meaning
from rangkul.reference.models import Mark
from rangkul.reference.queries import Rule
from rangkul.reference.zones import local_date

LONGEST: Final = timedelta(days=30)
"""The furthest last day; who needs longer decides anew, with a reason of its own."""

BY_LAW, PROTECTS_LIFE, NOT_OURS, AN_END = "by_law", "protects_life", "not_ours", "an_end"

# Hours that danger or the body sets, whatever paper they were read in.
_PROTECTING: Final = frozenset(
    {"medical_window", "search_after_loss", "self_harm_asked_again", "safe_place_tonight"}
)


def never(clock: Clock, rule: Rule | None = None) -> str:
    """Why this deadline may not rest, as one of the codes above; empty where it may.

    The law's mark in the procedure decides first. A deadline that somebody else owes (a desk, a
    supervisor) rests at nobody's word but theirs; the end of a term is no task that could wait.
    ``rule`` is the procedure, where the caller has read it.
    """
    if rule is None:
        rule = reference.get_rule(clock.procedure, on=clock.started_at.date())
    if rule.mark == Mark.LAW:
        return BY_LAW
    if clock.procedure in _PROTECTING:
        return PROTECTS_LIFE
    if rule.runs_against != "holder" or clock.against_agency_id is not None:
        return NOT_OURS
    return "" if rule.meaning == Meaning.ACT_WITHIN else AN_END


def may_rest(actor: Actor, clock: Clock, rule: Rule | None = None) -> bool:
    """Whether this person, who sees the case, could let the running clock rest."""
    running = clock.state == workflow.RUNNING and clock.case_id is not None
    return running and may(actor.roles, Permission.PLAN) and not never(clock, rule)


def may_run_on(actor: Actor, clock: Clock) -> bool:
    """Whether the pause is one of the case's own, which ends here, and this person may end it."""
    own = clock.state == workflow.PAUSED and clock.pause_until is not None
    return own and may(actor.roles, Permission.PLAN)


def get_clock(actor: Actor, *, case_id: int, clock_id: UUID, lock: bool = False) -> Clock:
    """An own clock of a visible case. Raises ``NotReachable``."""
    custody.get_access(actor, case_id)
    found = Clock.objects.select_for_update() if lock else Clock.objects.all()
    clock = found.filter(agency_id=actor.agency_id, case_id=case_id, id=clock_id).first()
    if clock is None:
        raise NotReachable("no such deadline of this case")
    return clock


@transaction.atomic
def rest(
    *, clock_id: UUID, case_id: int, reason: str, until: date | None, area: str,
    expected_version: int, by: Actor, at: datetime,
) -> Clock:  # fmt: skip
    """Let the clock rest for one of ``REST_REASONS`` to the end of the day ``until`` in ``area``.

    Whoever plans in the case may: its companion, the supervisor. After that day the tick lets it
    run on. Raises ``InvalidInput``, ``StaleForm``, ``NotReachable``, and ``IllegalMove`` where it
    is late, met or paused already: a pause hides no missed deadline.
    """
    require(by.roles, Permission.PLAN)
    clock = get_clock(by, case_id=case_id, clock_id=clock_id, lock=True)
    workflow.MOVES.check("pause", clock.state)
    if clock.due_at <= at:
        raise IllegalMove("pause", workflow.MISSED)
    check_version(expected=expected_version, found=clock.version)
    refused = never(clock)
    if refused:
        raise InvalidInput({"clock": refused})
    errors = {}
    if reason not in workflow.REST_REASONS:
        errors["reason"] = "unknown" if reason else "required"
    today = local_date(at, area)
    if until is None:
        errors["until"] = "required"
    elif not today <= until <= today + LONGEST:
        errors["until"] = "past" if until < today else "too_far"
    if errors or until is None:
        raise InvalidInput(errors)
    ends = datetime.combine(until + timedelta(days=1), time.min, tzinfo=reference.zone_for(area))
    return operations.pause(clock_id=clock.id, reason=reason, by=by, at=at, until=ends)


@transaction.atomic
def run_on(
    *, clock_id: UUID, case_id: int, expected_version: int, by: Actor, at: datetime
) -> Clock:
    """End the pause before its last day. Raises ``IllegalMove``, ``StaleForm``, ``NotReachable``.

    A deadline that waits with a paused service goes on with that service, not here.
    """
    require(by.roles, Permission.PLAN)
    clock = get_clock(by, case_id=case_id, clock_id=clock_id, lock=True)
    workflow.MOVES.check("resume", clock.state)
    if clock.pause_until is None:
        raise IllegalMove("resume", clock.state)
    check_version(expected=expected_version, found=clock.version)
    # A tick that stood still comes after the last day: no more than the pause is added.
    return operations.resume(clock_id=clock.id, by=by, at=min(at, clock.pause_until))
