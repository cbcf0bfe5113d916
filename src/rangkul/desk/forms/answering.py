"""The answers to what a filling proposes, as they are sent from its page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.assessments import proposing
from rangkul.assessments.models import Proposal, Submission
from rangkul.cases import operations as cases
from rangkul.cases.operations.answering import MOST_WHY
from rangkul.desk.forms.reading import held_filling, page
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm


@staff(Permission.ASSESS)
@require_POST
def answer(request: StaffRequest, number: str, submission_id: UUID) -> HttpResponse:
    """Follow the recommendation, go higher, ask for lower, or say why not."""
    file, held = held_filling(request, number, submission_id)
    proposal = _of(request, held, "")
    typed = {"level": text(request, "level", 8), "why": text(request, "why", MOST_WHY)}
    follows = text(request, "follows", 8)
    if not typed["level"] and follows not in ("ya", "tidak"):
        return page(request, file, held, errors={"level": _("Please choose.")}, typed=typed)
    try:
        row = cases.answer_recommendation(
            proposal_id=proposal.id, level=typed["level"], follows=follows == "ya",
            why=typed["why"], by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        words = {
            "why": _("Please say why, in a few words."), "level": _("Please choose."),
        }  # fmt: skip
        errors = {name: words[name] for name in fault.errors}
        return page(request, file, held, errors=errors, typed=typed | {"follows": follows})
    except StaleForm:
        messages.warning(request, _("Somebody answered this a moment ago; nothing was changed."))
    else:
        messages.success(
            request,
            _("Noted. The higher level holds until the supervisor decides, within 24 hours.")
            if row.answer == "lower"
            else _("Noted, with your name."),
        )
    return redirect("form-read", number=number, submission_id=submission_id)


@staff(Permission.PLAN)
@require_POST
def choose(request: StaffRequest, number: str, submission_id: UUID) -> HttpResponse:
    """Take the filling's value for a field of the case, or keep what stands."""
    _file, held = held_filling(request, number, submission_id)
    try:
        proposal = proposing.get(request.actor, UUID(text(request, "proposal", 36)))
    except ValueError as fault:
        raise NotReachable("no such proposal") from fault
    take = text(request, "take", 8)
    if proposal.submission_id != held.id or not proposal.field or take not in ("ya", "tidak"):
        raise NotReachable("no such proposal of this filling")
    try:
        cases.answer_difference(
            proposal_id=proposal.id, take=take == "ya", by=request.actor, at=request.now
        )
    except StaleForm:
        messages.warning(request, _("Somebody answered this a moment ago; nothing was changed."))
    else:
        messages.success(request, _("Noted, with your name."))
    return redirect("form-read", number=number, submission_id=submission_id)


def _of(request: StaffRequest, held: Submission, field: str) -> Proposal:
    found = [row for row in proposing.list_of(request.actor, held) if row.field == field]
    if not found:
        raise NotReachable("nothing is proposed here")
    return found[0]


_HERE = "kasus/<str:number>/asesmen/isian/<uuid:submission_id>/"
urlpatterns = [
    path(f"{_HERE}jawab/", answer, name="form-answer"),
    path(f"{_HERE}pilih/", choose, name="form-choose"),
]
