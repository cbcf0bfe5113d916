"""Giliran: referrals of a plan that wait for another, sent before their turn or let go, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.consent.policy import BasisMissing
from rangkul.desk.cases.frame import get_file
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.referrals import wording
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.referrals import operations, queries, sheet, waiting, workflow
from rangkul.referrals.models import Referral, Request, WaitingReferral
from rangkul.referrals.operations.turning import MOST_WORDS


def lines(
    request: StaffRequest, case_id: int, found: Sequence[tuple[Referral, Request]]
) -> list[dict[str, Any]]:
    """What waits in this case's plans: for what, and why it has not gone though its turn came."""
    rows = waiting.list_waiting(request.actor, case_id)
    if not rows:
        return []
    desks = network.desk_names(row.desk_id for row in rows)
    before = _last_of_chains(found)
    services = {row.id: row.service for row in rows}
    return [
        {
            "row": row, "service": sheet.service_name(row.service),
            "desk": desks.get(row.desk_id, ""), "stuck": _stuck_words(row.stuck),
            **_before(row, before.get(row.after), services),
        }
        for row in rows
    ]  # fmt: skip


def _last_of_chains(found: Sequence[tuple[Referral, Request]]) -> dict[UUID, Request]:
    """Referral → the request by which it is asked now, whatever replaced it."""
    requests = {row.id: request for row, request in found}
    next_one = {row.follows: row.id for row, _request in found if row.follows}
    last = {}
    for row_id in requests:
        at = row_id
        while at in next_one:
            at = next_one[at]
        last[row_id] = requests[at]
    return last


def _before(
    row: WaitingReferral, request: Request | None, services: dict[UUID, str]
) -> dict[str, Any]:
    """What it waits for: a request with its number, or one that waits itself."""
    if request is None:
        service = services.get(row.after, "")
        return {"after": sheet.service_name(service) if service else "", "number": "",
                "ended": not service}  # fmt: skip
    over = request.state not in workflow.OPEN and request.state != workflow.DONE
    return {
        "after": sheet.service_name(request.service), "number": queries.packet_number(request.id),
        "ended": over,
    }  # fmt: skip


def _stuck_words(code: str) -> str:
    """Why its turn came and it could not go."""
    if not code:
        return ""
    if code == "need_answered":
        return _("The need was answered in another way meanwhile.")
    if code == "closed":
        return _("The case was closed.")
    if code in ("withdrawn", "expired", "not_reviewed", "other_desk", "other_service"):
        return wording.basis_words(code)
    return wording.fault_words(code)


@staff(Permission.SEND_REFERRAL)
@require_POST
def act(request: StaffRequest, number: str, waiting_id: UUID) -> HttpResponse:
    """Send it now (``do=send``) or do not send it at all, with a word why."""
    file = get_file(request, number)
    if waiting.get_waiting(request.actor, waiting_id).case_id != file.case_id:
        raise NotReachable("it waits on another case")
    words = text(request, "words", MOST_WORDS + 1)
    try:
        if request.POST.get("do") == "send":
            sent = operations.send_before_turn(
                waiting_id=waiting_id, words=words, by=request.actor, at=request.now
            )
            messages.success(request, _("Sent. You see here when it is answered."))
            return redirect("inbox-page", number=queries.packet_number(sent.id))
        operations.let_go(waiting_id=waiting_id, words=words, by=request.actor, at=request.now)
        messages.success(request, _("It is not sent. The need stands in the plan."))
    except BasisMissing as fault:
        messages.error(request, wording.basis_words(fault.why))
    except InvalidInput as fault:
        needs_word = "words" in fault.errors
        messages.error(
            request,
            _("Please say in a word why.")
            if needs_word
            else wording.fault_words(next(iter(fault.errors.values()))),
        )
    except IllegalMove:
        messages.info(request, _("It has gone already, or is not sent any more."))
    return redirect("referral-list", number=number)


urlpatterns = [
    path("kasus/<str:number>/rujukan/giliran/<uuid:waiting_id>/", act, name="referral-turn"),
]
