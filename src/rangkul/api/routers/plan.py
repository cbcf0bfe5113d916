"""The plan of a case by a machine: needs in the survivor's words, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from rangkul.api import numbers
from rangkul.api.calls import (
    GONE,
    WRITE,
    CaseNumber,
    IdempotencyKey,
    RowId,
    case_id_in_path,
    desk_number,
)
from rangkul.api.door import caller_of, once
from rangkul.api.schemas.cases import (
    ChangeNeedAsked,
    MoveNeedAsked,
    NeedAsked,
    NeedKept,
    NeedSaid,
)
from rangkul.cases import operations as writing
from rangkul.cases import queries as cases
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.network import queries as network

if TYPE_CHECKING:
    from rangkul.cases.models import Need

router = Router(tags=["plan"])


@router.post(
    "/cases/{number}/needs", response={201: NeedKept, **WRITE, **GONE}, summary="State a need"
)
def state_need(
    request: HttpRequest, number: CaseNumber, body: NeedAsked, idempotency_key: IdempotencyKey
) -> Status[Mapping[str, Any]]:
    """Put a need into the plan, in the survivor's own words."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)

    def act() -> NeedKept:
        need = writing.state_need(
            case_id=case_id, words=body.words, service=body.service, urgency=body.urgency,
            due_on=body.due_on, by=caller.actor, at=caller.at,
        )  # fmt: skip
        return _kept(need)

    return Status(201, once(request, idempotency_key, act))


@router.post(
    "/cases/{number}/needs/{need_id}", response={200: NeedKept, **WRITE}, summary="Change a need"
)
def change_need(
    request: HttpRequest, number: CaseNumber, need_id: RowId, body: ChangeNeedAsked
) -> NeedKept:
    """Change how a need is answered. 409 when somebody changed it since `version`."""
    caller = caller_of(request)
    known = _require_need(caller.actor, number, need_id)
    need = writing.change_need(
        need_id=need_id, expected_version=body.version, service=body.service,
        urgency=body.urgency, due_on=body.due_on, by_user_id=known.by_user_id, by=caller.actor,
        at=caller.at,
    )  # fmt: skip
    return _kept(need)


@router.post(
    "/cases/{number}/needs/{need_id}/move",
    response={200: NeedKept, **WRITE},
    summary="Move a need",
)
def move_need(
    request: HttpRequest, number: CaseNumber, need_id: RowId, body: MoveNeedAsked
) -> NeedKept:
    """Make one legal move with a need; 409 for one that does not start from its state."""
    caller = caller_of(request)
    _require_need(caller.actor, number, need_id)
    desk_id = None
    if body.desk is not None:
        desk_id = network.get_desk(numbers.id_in_field(numbers.DESK, body.desk, "desk")).id
    need = writing.set_need_state(
        need_id=need_id, move=body.move, outcome=body.outcome, by_desk_id=desk_id,
        by=caller.actor, at=caller.at,
    )  # fmt: skip
    return _kept(need)


def needs_said(actor: Actor, case_id: int, *, words: bool) -> list[NeedSaid]:
    """The plan of a visible case, the most urgent first; the survivor's words only when wished."""
    return [
        NeedSaid(
            id=view.need.id, service=view.need.service, urgency=view.need.urgency,
            state=view.need.state, desk=desk_number(view.need.by_desk_id),
            due_on=view.need.due_on, outcome=view.need.outcome, stated_at=view.need.stated_at,
            ended_at=view.need.ended_at, version=view.need.version,
            words=view.words if words else None,
        )
        for view in cases.list_needs(actor, case_id)
    ]  # fmt: skip


def _require_need(actor: Actor, number: str, need_id: UUID) -> Need:
    """The need of the case that the address names. Raises ``NotReachable`` for another's."""
    need = cases.get_need(actor, need_id)
    if need.case_id != case_id_in_path(number):
        raise NotReachable("the need is another case's")
    return need


def _kept(need: Need) -> NeedKept:
    return NeedKept(
        id=need.id, service=need.service, urgency=need.urgency, state=need.state,
        version=need.version,
    )  # fmt: skip
