"""Single acts: invite, answer, hold, decide, end a decision, take the chair, sign, call off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.conferences import operations, queries, workflow
from rangkul.conferences.models import Conference
from rangkul.conferences.operations.minuting import NotTheChair
from rangkul.desk.conferences import wording
from rangkul.desk.conferences.forms import AnswerForm, DecisionForm, EndForm, MinutesForm
from rangkul.desk.conferences.page import owners, show
from rangkul.desk.page import StaffRequest, opened_version, staff, text
from rangkul.foundation.errors import InvalidInput, NotReachable

Act = Callable[[], object]


def _led(request: StaffRequest, number: str) -> Conference:
    return queries.get_led(request.actor, queries.conference_id_of(number))


def _press(request: StaffRequest, number: str, act: Act, said: str) -> HttpResponse:
    """One button: the act, a sentence on it or on why not, and the page again."""
    try:
        act()
    except InvalidInput as fault:
        messages.error(request, next(iter(wording.sentences(fault).values())))
    else:
        messages.success(request, said)
    return redirect("conference-page", number=number)


def _submit(
    request: StaffRequest, number: str, form: forms.Form, act: Callable[[Mapping[str, object]], str]
) -> HttpResponse:
    """One form: what was typed stays where it cannot stand; ``act`` answers with what to say."""
    if form.is_valid():
        try:
            said = act(form.cleaned_data)
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        except NotTheChair:
            form.add_error(None, _("The minutes are signed by the person who chaired."))
        else:
            messages.success(request, said)
            return redirect("conference-page", number=number)
    return show(request, number, form=form, status=422)


@require_POST
@staff(Permission.CALL_CONFERENCE)
def invite(request: StaffRequest, number: str) -> HttpResponse:
    """Offer a seat to a desk or a colleague."""
    row = _led(request, number)
    desk, user = text(request, "desk", 9), text(request, "user", 9)
    return _press(
        request, number,
        lambda: operations.offer_seat(
            conference_id=row.id, by=request.actor, at=request.now,
            desk_id=int(desk) if desk.isdecimal() else None,
            user_id=int(user) if user.isdecimal() else None,
        ),
        _("Invited. You see here when they answer."),
    )  # fmt: skip


@require_POST
@staff(Permission.JOIN_CONFERENCE)
def answer(request: StaffRequest, number: str, seat_id: UUID) -> HttpResponse:
    """Come, or say why not."""
    row = queries.get_conference(request.actor, queries.conference_id_of(number))
    if queries.get_seat(request.actor, seat_id).conference_id != row.id:
        raise NotReachable("another conference's seat")

    def act(clean: Mapping[str, object]) -> str:
        operations.answer_seat(
            seat_id=seat_id, decision=str(clean["decision"]), reason=str(clean["reason"]),
            by=request.actor, at=request.now,
        )  # fmt: skip
        comes = clean["decision"] == "accept"
        return _("Thank you: you come.") if comes else _("Thank you for telling us.")

    return _submit(request, number, AnswerForm(request.POST), act)


@require_POST
@staff(Permission.CALL_CONFERENCE)
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """Call it off, with the reason."""
    row = _led(request, number)
    return _press(
        request, number,
        lambda: operations.cancel_conference(
            conference_id=row.id, reason=text(request, "reason", 24),
            expected_version=opened_version(request), by=request.actor, at=request.now,
        ),
        _("Called off. What was shown can no longer be read."),
    )  # fmt: skip


@require_POST
@staff(Permission.CALL_CONFERENCE)
def take_chair(request: StaffRequest, number: str) -> HttpResponse:
    """Sit in the chair oneself, where its person has left or one supervises."""
    row = _led(request, number)
    return _press(
        request, number,
        lambda: operations.take_chair(
            conference_id=row.id, expected_version=opened_version(request), by=request.actor,
            at=request.now,
        ),
        _("You chair it from now on, and sign its minutes."),
    )  # fmt: skip


@require_POST
@staff(Permission.CALL_CONFERENCE)
def hold(request: StaffRequest, number: str) -> HttpResponse:
    """It took place: who came."""
    row = _led(request, number)
    came = {seat for sent in request.POST.getlist("came") if (seat := _uuid(sent)) is not None}
    return _press(
        request, number,
        lambda: operations.hold_conference(
            conference_id=row.id, attended=came, expected_version=opened_version(request),
            by=request.actor, at=request.now,
        ),
        _("Noted who came. Now write down what was decided."),
    )  # fmt: skip


@require_POST
@staff(Permission.CALL_CONFERENCE)
def decide(request: StaffRequest, number: str) -> HttpResponse:
    """A decision with its owner and its day."""
    row = _led(request, number)
    form = DecisionForm(request.POST, owners=owners(queries.view(request.actor, row.id)))

    def act(_clean: Mapping[str, object]) -> str:
        clean = form.cleaned_data
        seat, _colon, who = clean["owner"].partition(":")
        operations.decide(
            conference_id=row.id, words=clean["words"], seat_id=UUID(seat),
            due_on=clean["due_on"], as_desk=who == "m", by=request.actor, at=request.now,
        )  # fmt: skip
        return _("Written down. It stands in the owner's day now.")

    return _submit(request, number, form, act)


@require_POST
@staff(Permission.JOIN_CONFERENCE)
def end_decision(request: StaffRequest, number: str, decision_id: UUID) -> HttpResponse:
    """Done, or not with the reason."""
    row = queries.get_conference(request.actor, queries.conference_id_of(number))
    if queries.get_decision(request.actor, decision_id).conference_id != row.id:
        raise NotReachable("another conference's decision")
    form = EndForm(request.POST)
    if not form.is_valid():
        return show(request, number, status=422)
    return _press(
        request, number,
        lambda: operations.end_decision(
            decision_id=decision_id, move=form.cleaned_data["move"],
            reason=form.cleaned_data["reason"], by=request.actor, at=request.now,
        ),
        _("Noted. Everybody at the table sees it."),
    )  # fmt: skip


@require_POST
@staff(Permission.CALL_CONFERENCE)
def minutes(request: StaffRequest, number: str) -> HttpResponse:
    """Sign the minutes; once they are signed, an addendum."""
    row = _led(request, number)

    def act(clean: Mapping[str, object]) -> str:
        body = str(clean["body"])
        if row.state == workflow.MINUTED:
            operations.add_addendum(
                conference_id=row.id, body=body, by=request.actor, at=request.now
            )
        else:
            operations.sign_minutes(
                conference_id=row.id, body=body, expected_version=opened_version(request),
                by=request.actor, at=request.now,
            )  # fmt: skip
        return _("Signed. Its digest stands in the trail.")

    return _submit(request, number, MinutesForm(request.POST), act)


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


_HERE = "rapat/<str:number>/"
urlpatterns = [
    path(f"{_HERE}undang/", invite, name="conference-invite"),
    path(f"{_HERE}kursi/<uuid:seat_id>/", answer, name="conference-answer"),
    path(f"{_HERE}batal/", cancel, name="conference-cancel"),
    path(f"{_HERE}pimpin/", take_chair, name="conference-chair"),
    path(f"{_HERE}hadir/", hold, name="conference-hold"),
    path(f"{_HERE}putusan/", decide, name="conference-decide"),
    path(f"{_HERE}putusan/<uuid:decision_id>/", end_decision, name="conference-decided"),
    path(f"{_HERE}risalah/", minutes, name="conference-minutes"),
    path(f"{_HERE}risalah/pdf/", minutes_pdf, name="conference-minutes-pdf"),
]
