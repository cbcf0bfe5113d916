"""Starting and ending clocks. Each keeps the version of the procedure under which it began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.alerts import operations as alerts
from rangkul.clocks import events, ladder, workflow
from rangkul.clocks.models import Clock
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.reference import queries as reference
from rangkul.trail.operations import record

SUBJECT = "clock"
"""What alerts and events call a clock."""

_PAUSE = ["state", "paused_at", "pause_reason", "pause_until", "version"]
RUN_AGAIN = [*_PAUSE, "due_at"]
"""What the end of a pause writes."""


@transaction.atomic
def start(
    *,
    procedure: str,
    subject_kind: str,
    subject_id: object,
    area: str,
    by: Actor,
    at: datetime,
    since: datetime | None = None,
    due_at: datetime | None = None,
    case_id: int | None = None,
    desk_id: int | None = None,
    user_id: int | None = None,
    risk: str = "",
    against: tuple[int, int | None] | None = None,
    purpose: str = "work",
) -> Clock:
    """Start ``procedure``'s clock for the acting agency, counted from ``since`` (default ``at``).

    ``due_at`` is given where the deadline was agreed (a referral); else the procedure computes it
    in the area's time zone. ``against`` is the agency and desk that owe what is waited for, where
    they are another's. Starting it again for the same thing returns the clock that runs.
    ``purpose`` is the scope's, for the trail.
    """
    running = Clock.objects.filter(
        agency_id=by.agency_id, procedure=procedure, subject_kind=subject_kind,
        subject_id=str(subject_id), state__in=workflow.OPEN,
    ).first()  # fmt: skip
    if running is not None:
        return running
    began = since or at
    zone = reference.zone_for(area)
    rule = reference.get_rule(procedure, on=began.astimezone(zone).date(), area=area)
    if due_at is None:
        due_at = reference.due_at(procedure, start=began, area=area)
    owing_agency, owing_desk = against or (None, None)
    clock = Clock.objects.create(
        id=new_id(), agency_id=by.agency_id, desk_id=desk_id, user_id=user_id,
        procedure=procedure, procedure_version=rule.version, subject_kind=subject_kind,
        subject_id=str(subject_id), case_id=case_id, risk=risk, state=workflow.RUNNING,
        started_at=began, due_at=due_at, against_agency_id=owing_agency,
        against_desk_id=owing_desk, step=0,
        top=ladder.top(escalates=rule.escalates, meaning=rule.meaning),
    )  # fmt: skip
    _record(events.CLOCK_STARTED, clock, by=by, at=at, purpose=purpose)
    return clock


@transaction.atomic
def meet(
    *,
    subject_kind: str,
    subject_id: object,
    by: Actor,
    at: datetime,
    procedures: Sequence[str] = (),
    done_at: datetime | None = None,
) -> int:
    """End the open clocks about a thing as met (all, or only ``procedures``); the count ended.

    ``done_at`` is the hour of the act where it is noted later: what another agency did in time
    was in time, however long the word of it was on its way.
    """
    return _end(
        "meet", events.CLOCK_MET, subject_kind, subject_id, procedures, by=by, at=at,
        done_at=done_at,
    )  # fmt: skip


@transaction.atomic
def void(
    *,
    subject_kind: str,
    subject_id: object,
    by: Actor,
    at: datetime,
    procedures: Sequence[str] = (),
) -> int:
    """End the open clocks about a thing because their reason is gone; the count ended."""
    return _end("void", events.CLOCK_VOIDED, subject_kind, subject_id, procedures, by=by, at=at)


@transaction.atomic
def pause(
    *, clock_id: UUID, reason: str, by: Actor, at: datetime, until: datetime | None = None
) -> Clock:
    """Stop the clock for a coded reason, where ``until`` is given to that moment at most.

    Raises ``IllegalMove``, ``InvalidInput``.
    """
    if not reason:
        raise InvalidInput({"reason": "a pause needs a reason"})
    clock = Clock.objects.select_for_update().get(id=clock_id, agency_id=by.agency_id)
    clock.state = workflow.MOVES.check("pause", clock.state).target
    clock.paused_at, clock.pause_reason, clock.pause_until = at, reason, until
    clock.version += 1
    clock.save(update_fields=_PAUSE)
    _record(events.CLOCK_PAUSED, clock, by=by, at=at, reason=reason)
    return clock


@transaction.atomic
def resume(*, clock_id: UUID, by: Actor, at: datetime) -> Clock:
    """Let a paused clock run on: its end moves by the time that it stood still."""
    clock = Clock.objects.select_for_update().get(id=clock_id, agency_id=by.agency_id)
    run_again(clock, at=at)
    clock.save(update_fields=RUN_AGAIN)
    _record(events.CLOCK_RESUMED, clock, by=by, at=at)
    return clock


def run_again(clock: Clock, *, at: datetime) -> None:
    """End the pause of a locked clock in memory: what it stood still is added to its end."""
    clock.state = workflow.MOVES.check("resume", clock.state).target
    if clock.paused_at is not None:
        clock.due_at += at - clock.paused_at
    clock.paused_at, clock.pause_reason, clock.pause_until = None, "", None
    clock.version += 1


def set_risk(*, case_id: int, risk: str, by: Actor) -> None:
    """Carry a case's new risk to its open clocks, which are ordered by it."""
    Clock.objects.filter(agency_id=by.agency_id, case_id=case_id, state__in=workflow.OPEN).update(
        risk=risk
    )


def _end(
    move: str, event: str, kind: str, subject_id: object, procedures: Sequence[str],
    *, by: Actor, at: datetime, done_at: datetime | None = None,
) -> int:  # fmt: skip
    found = Clock.objects.select_for_update().filter(
        agency_id=by.agency_id, subject_kind=kind, subject_id=str(subject_id),
        state__in=workflow.OPEN,
    )  # fmt: skip
    if procedures:
        found = found.filter(procedure__in=list(procedures))
    ended = 0
    for clock in found:
        clock.state = workflow.MOVES.check(move, clock.state).target
        clock.ended_at = done_at or at
        clock.paused_at, clock.pause_reason, clock.pause_until = None, "", None
        clock.save(update_fields=["state", "ended_at", "paused_at", "pause_reason", "pause_until"])
        _record(event, clock, by=by, at=at)
        if clock.step:
            _end_calls(clock, at)
        ended += 1
    return ended


def _end_calls(clock: Clock, at: datetime) -> None:
    """Nobody need be called any more: here at once, at the coordinators' by the outbox."""
    alerts.end_alerts(subject_kind=SUBJECT, subject_ids=[str(clock.id)], at=at)
    post(Event(events.CLOCK_ENDED_LATE, SUBJECT, str(clock.id), clock.agency_id))


def _record(
    event: str, clock: Clock, *, by: Actor, at: datetime, reason: str = "", purpose: str = "work"
) -> None:
    late = (clock.ended_at or at) > clock.due_at
    record(
        by=by, at=at, name=event, subject_kind=clock.subject_kind, subject_id=clock.subject_id,
        case_id=clock.case_id, reason=reason, purpose=purpose,
        detail={"clock": str(clock.id), "procedure": clock.procedure, "late": late},
    )  # fmt: skip
