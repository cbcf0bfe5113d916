"""Single acts: invite, answer, hold, decide, end a decision, sign, print, call off."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.conferences import operations, queries
from rangkul.conferences.operations.minuting import NotTheChair
from rangkul.desk.conferences import wording
from rangkul.desk.conferences.forms import AnswerForm, DecisionForm, EndForm, MinutesForm
from rangkul.desk.conferences.page import owners, show
from rangkul.desk.page import StaffRequest, opened_version, staff, text
from rangkul.foundation.errors import InvalidInput, NotReachable


@require_POST
@staff(Permission.CALL_CONFERENCE)
def invite(request: StaffRequest, number: str) -> HttpResponse:
    """Offer a seat to a desk or a colleague."""
    row = queries.get_led(request.actor, queries.conference_id_of(number))
    desk, user = text(request, "desk", 9), text(request, "user", 9)
    try:
        operations.offer_seat(
            conference_id=row.id, by=request.actor, at=request.now,
            desk_id=int(desk) if desk.isdecimal() else None,
            user_id=int(user) if user.isdecimal() else None,
        )  # fmt: skip
    except InvalidInput as fault:
        messages.error(request, next(iter(wording.sentences(fault).values())))
    else:
        messages.success(request, _("Invited. You see here when they answer."))
    return redirect("conference-page", number=number)


@require_POST
@staff(Permission.JOIN_CONFERENCE)
def answer(request: StaffRequest, number: str, seat_id: UUID) -> HttpResponse:
    """Come, or say why not."""
    row = queries.get_conference(request.actor, queries.conference_id_of(number))
    if queries.get_seat(request.actor, seat_id).conference_id != row.id:
        raise NotReachable("another conference's seat")
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            operations.answer_seat(
                seat_id=seat_id, decision=form.cleaned_data["decision"],
                reason=form.cleaned_data["reason"], by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            comes = form.cleaned_data["decision"] == "accept"
            messages.success(
                request, _("Thank you: you come.") if comes else _("Thank you for telling us.")
            )
            return redirect("conference-page", number=number)
    return show(request, number, form=form, status=422)


@require_POST
@staff(Permission.CALL_CONFERENCE)
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """Call it off, with the reason."""
    row = queries.get_led(request.actor, queries.conference_id_of(number))
    operations.cancel_conference(
        conference_id=row.id, reason=text(request, "reason", 24),
        expected_version=opened_version(request), by=request.actor, at=request.now,
    )  # fmt: skip
    messages.success(request, _("Called off. What was shown can no longer be read."))
    return redirect("conference-page", number=number)


@require_POST
@staff(Permission.CALL_CONFERENCE)
def hold(request: StaffRequest, number: str) -> HttpResponse:
    """It took place: who came."""
    row = queries.get_led(request.actor, queries.conference_id_of(number))
    came = {seat for sent in request.POST.getlist("came") if (seat := _uuid(sent)) is not None}
    try:
        operations.hold_conference(
            conference_id=row.id, attended=came, expected_version=opened_version(request),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        messages.error(request, next(iter(wording.sentences(fault).values())))
    else:
        messages.success(request, _("Noted who came. Now write down what was decided."))
    return redirect("conference-page", number=number)


@require_POST
@staff(Permission.CALL_CONFERENCE)
def decide(request: StaffRequest, number: str) -> HttpResponse:
    """A decision with its owner and its day."""
    row = queries.get_led(request.actor, queries.conference_id_of(number))
    form = DecisionForm(request.POST, owners=owners(queries.view(request.actor, row.id)))
    if form.is_valid():
        clean = form.cleaned_data
        seat, _colon, who = clean["owner"].partition(":")
        try:
            operations.decide(
                conference_id=row.id, words=clean["words"], seat_id=UUID(seat),
                due_on=clean["due_on"], as_desk=who == "m", by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            messages.success(request, _("Written down. It stands in the owner's day now."))
            return redirect("conference-page", number=number)
    return show(request, number, form=form, status=422)


@require_POST
@staff(Permission.JOIN_CONFERENCE)
def end_decision(request: StaffRequest, number: str, decision_id: UUID) -> HttpResponse:
    """Done, or not with the reason."""
    row = queries.get_conference(request.actor, queries.conference_id_of(number))
    if queries.get_decision(request.actor, decision_id).conference_id != row.id:
        raise NotReachable("another conference's decision")
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            operations.end_decision(
                decision_id=decision_id, move=form.cleaned_data["move"],
                reason=form.cleaned_data["reason"], by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            messages.error(request, next(iter(wording.sentences(fault).values())))
        else:
            messages.success(request, _("Noted. Everybody at the table sees it."))
        return redirect("conference-page", number=number)
    return show(request, number, status=422)


@require_POST
@staff(Permission.CALL_CONFERENCE)
def minutes(request: StaffRequest, number: str) -> HttpResponse:
    """Sign the minutes; once they are signed, an addendum."""
    row = queries.get_led(request.actor, queries.conference_id_of(number))
    form = MinutesForm(request.POST)
    if form.is_valid():
        body = form.cleaned_data["body"]
        try:
            if row.state == "minuted":
                operations.add_addendum(
                    conference_id=row.id, body=body, by=request.actor, at=request.now
                )
            else:
                operations.sign_minutes(
                    conference_id=row.id, body=body,
                    expected_version=form.cleaned_data["version"] or 0, by=request.actor,
                    at=request.now,
                )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        except NotTheChair:
            form.add_error(None, _("The minutes are signed by the person who chaired."))
        else:
            messages.success(request, _("Signed. Its digest stands in the trail."))
            return redirect("conference-page", number=number)
    return show(request, number, form=form, status=422)


@require_safe
@staff(Permission.JOIN_CONFERENCE)
def minutes_pdf(request: StaffRequest, number: str) -> HttpResponse:
    """The signed minutes on paper; recorded."""
    pdf = operations.print_minutes(
        conference_id=queries.conference_id_of(number), by=request.actor, at=request.now
    )
    found = HttpResponse(pdf, content_type="application/pdf")
    found["Content-Disposition"] = 'attachment; filename="risalah.pdf"'
    return found


def _uuid(sent: str) -> UUID | None:
    try:
        return UUID(sent)
    except ValueError:
        return None


urlpatterns = [
    path("rapat/<str:number>/undang/", invite, name="conference-invite"),
    path("rapat/<str:number>/kursi/<uuid:seat_id>/", answer, name="conference-answer"),
    path("rapat/<str:number>/batal/", cancel, name="conference-cancel"),
    path("rapat/<str:number>/hadir/", hold, name="conference-hold"),
    path("rapat/<str:number>/putusan/", decide, name="conference-decide"),
    path("rapat/<str:number>/putusan/<uuid:decision_id>/", end_decision, name="conference-decided"),
    path("rapat/<str:number>/risalah/", minutes, name="conference-minutes"),
    path("rapat/<str:number>/risalah/pdf/", minutes_pdf, name="conference-minutes-pdf"),
]
