"""What the sender does with a request on its way: answer a question, take it back, move it on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.consent.policy import BasisMissing
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.forms import WordsForm
from rangkul.desk.referrals.request import show
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.referrals import operations, queries
from rangkul.referrals.policy import NoCover, PacketClosed


@staff(Permission.SEND_REFERRAL)
@require_POST
def reply(request: StaffRequest, number: str) -> HttpResponse:
    """Answer the receiver's question."""
    asked = queries.get_request(request.actor, number)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            operations.reply(
                request_id=asked.id, words=form.cleaned_data["words"],
                expected_version=form.cleaned_data["version"] or 0, by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            messages.success(request, _("Answered. The request waits there again."))
            return redirect("inbox-page", number=number)
    return show(request, asked, form=form, status=422)


@staff()
@require_POST
def message(request: StaffRequest, number: str) -> HttpResponse:
    """A few words to the other desk, from either side."""
    asked = queries.get_request(request.actor, number)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            operations.write_message(
                request_id=asked.id, words=form.cleaned_data["words"], by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            messages.success(request, _("Sent to the other desk."))
            return redirect("inbox-page", number=number)
    return show(request, asked, form=form, status=422)


@staff(Permission.SEND_REFERRAL)
@require_POST
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """Take an unanswered request back."""
    asked = queries.get_request(request.actor, number)
    operations.cancel_referral(
        request_id=asked.id, expected_version=_version(request), by=request.actor,
        at=request.now,
    )  # fmt: skip
    messages.success(request, _("Taken back. The packet can no longer be opened."))
    return redirect("inbox-page", number=number)


@staff(Permission.SEND_REFERRAL)
@require_POST
def move(request: StaffRequest, number: str) -> HttpResponse:
    """Ask a desk that the survivor agreed to instead."""
    asked = queries.get_request(request.actor, number)
    desk = request.POST.get("desk", "")
    try:
        token = UUID(request.POST.get("token", ""))
    except ValueError as fault:
        raise NotReachable("no form of ours") from fault
    try:
        moved = operations.move_referral(
            request_id=asked.id, desk_id=int(desk) if desk.isdecimal() else 0, token=token,
            expected_version=_version(request), by=request.actor, at=request.now,
            uncovered_ok=request.POST.get("uncovered_ok") == "on",
        )  # fmt: skip
    except NoCover:
        messages.error(request, _("Nobody is on duty at that desk now. Tick that you know it."))
        return redirect("inbox-page", number=number)
    except (BasisMissing, InvalidInput, PacketClosed) as fault:
        messages.error(request, _why_not_moved(fault))
        return redirect("inbox-page", number=number)
    messages.success(request, _("The first desk's packet is destroyed; the other desk is asked."))
    return redirect("inbox-page", number=queries.packet_number(moved.id))


def _why_not_moved(fault: BasisMissing | InvalidInput | PacketClosed) -> str:
    """Why the other desk is not asked; the first request stands as it stood."""
    if isinstance(fault, BasisMissing):
        return wording.basis_words(fault.why)
    if isinstance(fault, PacketClosed):
        # Its time is the ground's, or ran out before anybody answered.
        return _("The packet's time is over. Ask the person again; nothing has changed so far.")
    if "desk" in fault.errors:
        return _("That desk does not offer this service any more. Choose another one.")
    return wording.fault_words(next(iter(fault.errors.values())))


def _version(request: StaffRequest) -> int:
    """The version that the form was made from; one that is no number fits no row."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 9 else 0


urlpatterns = [
    path("rujukan/<str:number>/balas/", reply, name="referral-reply"),
    path("rujukan/<str:number>/pesan/", message, name="referral-message"),
    path("rujukan/<str:number>/batal/", cancel, name="referral-cancel"),
    path("rujukan/<str:number>/pindah/", move, name="referral-move"),
]
