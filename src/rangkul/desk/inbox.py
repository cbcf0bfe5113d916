"""Rujukan masuk: the packets that wait at the desks where the person sits, and their answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, opened_version, staff
from rangkul.desk.paging import page_asked
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.calls import call_line
from rangkul.desk.referrals.forms import AnswerForm, OutcomeForm, PauseForm
from rangkul.desk.referrals.lists import line
from rangkul.desk.referrals.request import show
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of
from rangkul.referrals import operations, queries, workflow
from rangkul.shelter import queries as shelter

_TAKING = frozenset({"accept", "accept_partly"})


@staff(Permission.ANSWER_PACKETS)
def inbox(request: StaffRequest) -> HttpResponse:
    """Unanswered first, the soonest on top; then those in hand; then what has ended."""
    lanes = queries.inbox_lanes(request.actor, now=request.now)
    page = page_asked(request, lanes.all, queries.PAGE)
    lines = [
        line(entry.request, entry.number, side=workflow.RECEIVER)
        for entry in queries.inbox(request.actor, now=request.now, offset=page.offset)
    ]
    waiting = [each for each in lines if each["entry"].state in workflow.UNANSWERED]
    serving = [each for each in lines if each["entry"].state in workflow.SERVING]
    context = {
        "calls": [call_line(each) for each in queries.list_calls(request.actor)],
        "waiting": waiting, "serving": serving,
        "ended": [each for each in lines if each["entry"].state not in workflow.OPEN],
        "lanes": lanes, "page": page, "zone": zone_of(request.membership.area_code),
        "has_desk": bool(request.actor.desk_ids),
    }  # fmt: skip
    return render(request, "desk/inbox/list.html", context)


@staff(Permission.ANSWER_PACKETS)
@require_POST
def answer(request: StaffRequest, number: str) -> HttpResponse:
    """Accept, ask, or decline with a reason."""
    asked = queries.get_received(request.actor, queries.request_id_of(number))
    form = AnswerForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        if clean["decision"] in _TAKING and shelter.is_for_a_house(request.actor, asked):
            messages.info(request, _("A bed goes with the yes: first the check, then the bed."))
            return redirect("shelter-request", packet=number)
        try:
            operations.answer(
                request_id=asked.id, decision=clean["decision"],
                expected_version=clean["version"], reason=clean["reason"], words=clean["words"],
                limits=clean["limits"], by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            messages.success(request, _answered(clean["decision"]))
            return redirect("inbox-page", number=number)
    return show(request, asked, form=form, status=422)


@staff(Permission.ANSWER_PACKETS)
@require_POST
def contact(request: StaffRequest, number: str) -> HttpResponse:
    """The desk has met or spoken with the person."""
    asked = queries.get_received(request.actor, queries.request_id_of(number))
    operations.first_contact(
        request_id=asked.id, expected_version=opened_version(request), by=request.actor,
        at=request.now,
    )  # fmt: skip
    messages.success(request, _("First contact noted. The sender sees it."))
    return redirect("inbox-page", number=number)


@staff(Permission.ANSWER_PACKETS)
@require_POST
def pause(request: StaffRequest, number: str) -> HttpResponse:
    """The service rests until a day, for a reason."""
    asked = queries.get_received(request.actor, queries.request_id_of(number))
    form = PauseForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        try:
            operations.pause(
                request_id=asked.id, reason=clean["reason"], until=clean["until"],
                words=clean["words"], expected_version=clean["version"], by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            messages.success(request, _("Paused. The sender sees until when, and why."))
            return redirect("inbox-page", number=number)
    return show(request, asked, form=form, status=422)


@staff(Permission.ANSWER_PACKETS)
@require_POST
def resume(request: StaffRequest, number: str) -> HttpResponse:
    """The service goes on."""
    asked = queries.get_received(request.actor, queries.request_id_of(number))
    operations.resume(
        request_id=asked.id, expected_version=opened_version(request), by=request.actor,
        at=request.now,
    )  # fmt: skip
    messages.success(request, _("It goes on. The deadlines have moved by the time it rested."))
    return redirect("inbox-page", number=number)


@staff(Permission.REPORT_OUTCOME)
@require_POST
def outcome(request: StaffRequest, number: str) -> HttpResponse:
    """Done or not, the next date, a change of danger."""
    asked = queries.get_received(request.actor, queries.request_id_of(number))
    form = OutcomeForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        done = clean["result"] == workflow.DONE
        try:
            operations.report_outcome(
                request_id=asked.id, result=clean["result"], expected_version=clean["version"],
                outcome=clean["outcome"] if done else "", reason="" if done else clean["reason"],
                next_on=clean["next_on"], risk_change=clean["risk_change"],
                words=clean["words"], by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            messages.success(request, _("Outcome reported. Thank you."))
            return redirect("inbox-page", number=number)
    return show(request, asked, form=form, status=422)


def _answered(decision: str) -> str:
    return {
        "accept": _("Accepted. Next: first contact."),
        "accept_partly": _("Accepted in part. What stays open is in the sender's plan again."),
        "ask": _("Asked. The request comes back with the answer."),
        "decline": _("Declined. The packet is destroyed and the sender looks for another way."),
    }[decision]


urlpatterns = [
    path("rujukan/masuk/", inbox, name="inbox-list"),
    path("rujukan/<str:number>/jawab/", answer, name="inbox-answer"),
    path("rujukan/<str:number>/kontak/", contact, name="inbox-contact"),
    path("rujukan/<str:number>/jeda/", pause, name="inbox-pause"),
    path("rujukan/<str:number>/lanjut/", resume, name="inbox-resume"),
    path("rujukan/<str:number>/hasil/", outcome, name="inbox-outcome"),
]
