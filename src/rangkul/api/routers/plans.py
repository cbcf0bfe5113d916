"""Plans by a machine: several referrals in one act, and what waits until another is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from django.http import HttpRequest
from ninja import Router, Status

from rangkul.api.calls import (
    GONE,
    READ,
    WRITE,
    CaseNumber,
    IdempotencyKey,
    RowId,
    case_id_in_path,
    desk_number,
)
from rangkul.api.door import caller_of, once
from rangkul.api.routers.referrals import asked_of, sent_said
from rangkul.api.schemas.plans import PlanAsked, PlanSent, WaitingList, WaitingSaid, WordAsked
from rangkul.api.schemas.referrals import ReferralSent
from rangkul.referrals import operations as writing
from rangkul.referrals import waiting

if TYPE_CHECKING:
    from rangkul.referrals.models import WaitingReferral

router = Router(tags=["plans"])


@router.post(
    "/cases/{number}/referral-plans",
    response={201: PlanSent, **WRITE, **GONE},
    summary="Send a plan",
)
def send_plan(
    request: HttpRequest, number: CaseNumber, body: PlanAsked, idempotency_key: IdempotencyKey
) -> Status[Mapping[str, Any]]:
    """All of it or none. What comes after another is sealed and sent when that one is done."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)
    token = uuid5(NAMESPACE_URL, f"{caller.actor.membership_id}|{idempotency_key}")

    def act() -> PlanSent:
        planned = writing.send_plan(
            steps=[
                writing.Step(
                    asked_of(case_id, each), each.seen, each.after, uncovered_ok=body.uncovered_ok
                )
                for each in body.steps
            ],
            token=token, by=caller.actor, at=caller.at,
        )  # fmt: skip
        return PlanSent(
            sent=[sent_said(each) for each in planned.sent],
            waiting=[_said(row) for row in planned.waiting],
        )

    return Status(201, once(request, idempotency_key, act))


@router.get(
    "/cases/{number}/waiting-referrals",
    response={200: WaitingList, **READ},
    summary="What waits for its turn",
)
def list_waiting(request: HttpRequest, number: CaseNumber) -> WaitingList:
    """Referrals of the case's plans that have not gone, oldest first."""
    found = waiting.list_waiting(caller_of(request).actor, case_id_in_path(number))
    return WaitingList(waiting=[_said(row) for row in found])


@router.post(
    "/waiting-referrals/{waiting_id}/send",
    response={200: ReferralSent, **WRITE, **GONE},
    summary="Send before its turn",
)
def send_before_turn(request: HttpRequest, waiting_id: RowId, body: WordAsked) -> ReferralSent:
    """Now, with a word why it does not wait."""
    caller = caller_of(request)
    sent = writing.send_before_turn(
        waiting_id=waiting_id, words=body.words, by=caller.actor, at=caller.at
    )
    return sent_said(sent)


@router.post(
    "/waiting-referrals/{waiting_id}/let-go",
    response={200: WaitingSaid, **WRITE},
    summary="Do not send it",
)
def let_go(request: HttpRequest, waiting_id: RowId, body: WordAsked) -> WaitingSaid:
    """It is not sent any more, with a word why; the need stands in the plan."""
    caller = caller_of(request)
    row = writing.let_go(waiting_id=waiting_id, words=body.words, by=caller.actor, at=caller.at)
    return _said(row)


def _said(row: WaitingReferral) -> WaitingSaid:
    return WaitingSaid(
        id=row.id, service=row.service, desk=desk_number(row.desk_id), need=row.need_id,
        after=row.after, state=row.state, stuck=row.stuck, made_at=row.made_at,
    )  # fmt: skip
