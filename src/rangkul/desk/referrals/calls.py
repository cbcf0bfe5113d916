"""Open calls: the called desk says whether it can, and the caller goes on from its answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.referrals.clockwork import RequestClock
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference import queries as reference
from rangkul.referrals import operations, queries, sheet, workflow
from rangkul.referrals.models import CallOffer


def call_line(offer: CallOffer) -> dict[str, Any]:
    """One open call on a list, as the called desk or the caller reads it."""
    waits = offer.state == workflow.CALLED
    return {
        "offer": offer, "service": sheet.service_name(offer.service), "waits": waits,
        "place": reference.get_area(offer.area).full_name if offer.area else "",
        "state": _state(offer.state), "can": offer.state == workflow.CAN,
        "clock": RequestClock(offer.offered_at, offer.answer_by) if waits else None,
    }  # fmt: skip


def _state(state: str) -> str:
    return {
        workflow.CALLED: _("Was called"), workflow.CAN: _("Can take it"),
        workflow.CANNOT: _("Cannot take it"), workflow.CALL_OVER: _("Over"),
    }[state]  # fmt: skip


@staff(Permission.ANSWER_PACKETS)
@require_POST
def answer(request: StaffRequest, offer_id: UUID) -> HttpResponse:
    """Whether this desk could take what is asked; nothing about anyone is known yet."""
    can = request.POST.get("can") == "ya"
    try:
        found = operations.answer_call(offer_id=offer_id, can=can, by=request.actor, at=request.now)
    except IllegalMove:
        messages.info(request, _("This call is over already."))
        return redirect("inbox-list")
    if can and found.first:
        messages.success(
            request, _("Thank you. They ask the person now; with a yes the packet comes to you.")
        )
    elif can:
        messages.info(request, _("Thank you. Another desk was first; nothing is asked of you."))
    else:
        messages.success(request, _("Noted. Another desk is looked for."))
    return redirect("inbox-list")


@staff(Permission.SEND_REFERRAL)
@require_POST
def call(request: StaffRequest, number: str) -> HttpResponse:
    """Call other desks for a request that nobody answers."""
    asked = queries.get_request(request.actor, number)
    made = operations.call_desks(request_id=asked.id, by=request.actor, at=request.now)
    if made:
        messages.success(
            request,
            ngettext(
                "%(count)d desk is called, without a packet.",
                "%(count)d desks are called, without a packet.", len(made),
            ) % {"count": len(made)},
        )  # fmt: skip
    else:
        messages.info(request, _("No other desk that offers this service could be called."))
    return redirect("inbox-page", number=number)


@staff(Permission.SEND_REFERRAL)
@require_POST
def told(request: StaffRequest, number: str) -> HttpResponse:
    """The person has been told that another desk is asked now."""
    asked = queries.get_request(request.actor, number)
    try:
        operations.tell_of_move(request_id=asked.id, by=request.actor, at=request.now)
    except IllegalMove:
        messages.info(request, _("This was noted before."))
    else:
        messages.success(request, _("Noted: the person knows who is asked now."))
    return redirect("inbox-page", number=number)


urlpatterns = [
    path("panggilan/<uuid:offer_id>/jawab/", answer, name="call-answer"),
    path("rujukan/<str:number>/panggil/", call, name="referral-call"),
    path("rujukan/<str:number>/diberi-tahu/", told, name="referral-told"),
]
