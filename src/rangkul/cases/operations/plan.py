"""Needs in the survivor's words, the services that answer them, and how each ended."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import events, queries, workflow
from rangkul.cases.models import Need
from rangkul.cases.operations import once
from rangkul.cases.operations.medical import MEDICAL, meet_medical_window
from rangkul.custody import queries as custody
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.reference.services import SERVICES
from rangkul.reference.zones import earliest_date
from rangkul.trail.operations import record

URGENCIES = ("mendesak", "perlu", "nanti")
_MOST_WORDS = 500
_SERVICE_CODES = frozenset(str(code) for code in SERVICES)


@transaction.atomic
def state_need(
    *, case_id: int, words: str, service: str, by: Actor, at: datetime, urgency: str = "perlu",
    due_on: date | None = None, token: UUID | None = None,
) -> Need:  # fmt: skip
    """Put a need into the plan. ``words`` are the survivor's and are sealed.

    The same words and service under the same ``token`` again return the need that they made.
    """
    require(by.roles, Permission.PLAN)
    case = custody.lock_case(by, case_id)
    key = once.key_of(token, service, words)
    before = Need.objects.filter(case=case, token=key).first() if key else None
    if before is not None:
        return before
    errors = {}
    if not words.strip():
        errors["words"] = "required"
    elif len(words) > _MOST_WORDS:
        errors["words"] = "too_long"
    errors |= outgoing.leaving({"words": words}, by)
    if service not in _SERVICE_CODES:
        errors["service"] = "unknown"
    if urgency not in URGENCIES:
        errors["urgency"] = "unknown"
    if due_on is not None and due_on < earliest_date(at):
        errors["due_on"] = "past"
    if errors:
        raise InvalidInput(errors)
    need_id = new_id()
    seal = vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)
    need = Need.objects.create(
        id=need_id, case=case, service=service, urgency=urgency, due_on=due_on, stated_at=at,
        stated_by=by.user_id, token=key,
        words_sealed=vault.seal(seal, queries.need_place(need_id), words.strip()),
    )  # fmt: skip
    record(
        by=by, at=at, name=events.NEED_STATED, subject_kind="need", subject_id=need.id,
        case_id=case_id, detail={"service": service, "urgency": urgency},
    )  # fmt: skip
    return need


@transaction.atomic
def change_need(
    *, need_id: UUID, expected_version: int, service: str, urgency: str, due_on: date | None,
    by_user_id: int | None, by: Actor, at: datetime,
) -> Need:  # fmt: skip
    """Change how a need is answered: by which service, how soon, by which colleague.

    The service stays while a desk is asked for it. Raises ``StaleForm``, ``InvalidInput``.
    """
    require(by.roles, Permission.PLAN)
    need = _lock(by, need_id)
    check_version(expected=expected_version, found=need.version)
    errors = {}
    if service not in _SERVICE_CODES:
        errors["service"] = "unknown"
    elif service != need.service and need.state == workflow.REFERRED:
        errors["service"] = "asked_already"
    if urgency not in URGENCIES:
        errors["urgency"] = "unknown"
    if due_on is not None and due_on != need.due_on and due_on < earliest_date(at):
        errors["due_on"] = "past"
    if by_user_id not in (None, need.by_user_id) and by_user_id not in _colleagues(by, at):
        errors["by_user"] = "unknown"
    if errors:
        raise InvalidInput(errors)
    need.service, need.urgency, need.due_on = service, urgency, due_on
    need.by_user_id = by_user_id
    need.version += 1
    need.save(update_fields=["service", "urgency", "due_on", "by_user_id", "version"])
    _record(need, by=by, at=at)
    return need


def _colleagues(by: Actor, at: datetime) -> set[int]:
    return {m.membership.user_id for m in network.list_companions(by.agency_id, at=at)}


@transaction.atomic
def set_need_state(
    *, need_id: UUID, move: str, by: Actor, at: datetime, by_desk_id: int | None = None,
    outcome: str = "",
) -> Need:  # fmt: skip
    """Make a legal ``move`` (workflow.NEED) with a need.

    ``outcome`` says how it ended; for ``drop`` it is one of ``workflow.DROP_REASONS``. Raises
    ``IllegalMove``, ``InvalidInput``.

    Medical care that was given, or offered and declined by the survivor, meets its clock.
    """
    require(by.roles, Permission.PLAN)
    need = _lock(by, need_id)
    legal = workflow.NEED.check(move, need.state)
    if legal.needs_reason and outcome not in workflow.DROP_REASONS:
        raise InvalidInput({"outcome": "unknown" if outcome else "required"})
    need.state, need.outcome = legal.target, outcome
    if by_desk_id is not None:
        need.by_desk_id = by_desk_id
    ended = legal.target in (workflow.MET, workflow.UNMET, workflow.DROPPED)
    need.ended_at = at if ended else None
    need.version += 1
    need.save(update_fields=["state", "outcome", "by_desk_id", "ended_at", "version"])
    _record(need, by=by, at=at)
    declined = need.state == workflow.DROPPED and need.outcome == workflow.BY_WISH
    if need.service in MEDICAL and (need.state == workflow.MET or declined):
        meet_medical_window(case_id=need.case_id, by=by, at=at)
    return need


def _lock(by: Actor, need_id: UUID) -> Need:
    queries.get_need(by, need_id)
    return Need.objects.select_for_update().get(id=need_id)


def _record(need: Need, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=events.NEED_CHANGED, subject_kind="need", subject_id=need.id,
        case_id=need.case_id,
        detail={"service": need.service, "state": need.state, "outcome": need.outcome},
    )  # fmt: skip
