"""Filling a form of a case: the page around the engine's frame, its draft, and its sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.models import FormVersion
from rangkul.assessments.obstacles import LOG
from rangkul.assessments.policy import require_filler
from rangkul.assessments.problems import Problem, SubmissionRefused
from rangkul.cases import operations as cases
from rangkul.cases import workflow
from rangkul.cases.models import CaseFile
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.forms import quality
from rangkul.desk.forms.carrying import carried
from rangkul.desk.forms.engine import address
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput

# Who fills any form at all; which one asks for more is the form's own rule.
_FILLS: Final = (Permission.TRIAGE, Permission.ASSESS, Permission.LOG_OBSTACLE)
# An instance is a few letters for each question: more than any form's is no filling.
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Begun:
    """What the frame opens with: a filling as it stands, and when it was kept; or an old one's."""

    instance: str = ""
    kept_at: datetime | None = None
    of_older_version: bool = False


@staff(one_of=_FILLS)
def fill(request: StaffRequest, number: str, code: str) -> HttpResponse:
    """One form of a case in the engine's frame, and its sending."""
    file, form = _begin(request, number, code)
    if file.state == workflow.CLOSED:
        messages.info(request, _("The file is closed. What was assessed stays here to be read."))
        return redirect("assessment-list", number=number)
    if request.method != "POST":
        return _page(request, file, form, _begun(request, file, form))
    instance = text(request, "instance", _MOST)
    try:
        submission = cases.receive_filling(
            form=form, instance_xml=instance.encode(), case=file.case, by=request.actor,
            at=request.now, source="desk",
        )  # fmt: skip
    except SubmissionRefused as refused:
        return _page(request, file, form, Begun(instance), refused.problems)
    assessments.drop_draft(case_id=file.case_id, instrument=code, by=request.actor)
    messages.success(request, _("Assessment kept."))
    return redirect("form-read", number=number, submission_id=submission.id)


@staff(one_of=_FILLS)
@require_POST
def keep_draft(request: StaffRequest, number: str, code: str) -> HttpResponse:
    """Keep what is answered so far; called while one fills the form."""
    file, form = _begin(request, number, code)
    try:
        assessments.keep_draft(
            case_id=file.case_id, instrument=code, by=request.actor, at=request.now,
            values={
                "instance": [text(request, "instance", _MOST)], "version": [form.version],
            },
        )  # fmt: skip
    except InvalidInput:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@staff(one_of=_FILLS)
@require_POST
def drop_draft(request: StaffRequest, number: str, code: str) -> HttpResponse:
    """Begin anew."""
    file, _form = _begin(request, number, code)
    assessments.drop_draft(case_id=file.case_id, instrument=code, by=request.actor)
    return redirect("form-fill", number=number, code=code)


def _begin(request: StaffRequest, number: str, code: str) -> tuple[CaseFile, FormVersion]:
    """The visible file and the version in use. Raises ``NotReachable``, ``Forbidden``."""
    file = get_file(request, number)
    form = assessment_queries.get_published(code, agency_id=request.actor.agency_id)
    require_filler(request.actor, form)
    return file, form


def _begun(request: StaffRequest, file: CaseFile, form: FormVersion) -> Begun:
    """The person's own unsaved filling; another version's cannot be opened in this one."""
    draft = assessment_queries.get_draft(request.actor, file.case_id, form.code)
    if draft is None:
        return Begun()
    [version] = draft.values.get("version", [""])
    if version != form.version:
        return Begun(of_older_version=True)
    return Begun(draft.values["instance"][0], draft.saved_at)


def _page(
    request: StaffRequest, file: CaseFile, form: FormVersion, begun: Begun,
    problems: Sequence[Problem] = (),
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = frame(file, request, section="assessment-list")
    number = context["number"]
    title = wording.in_language(form.title_id, form.title_en)
    said = [
        {"path": each.where, "text": wording.in_language(each.text_id, each.text_en)}
        for each in problems
    ]
    taken = carried(request, file, form)
    context["trail"] = [
        *context["trail"][:2],
        (reverse("assessment-list", args=[number]), _("Assessments")),
        ("", title),
    ]
    context |= {
        "title": title,
        "form": form,
        "begun": begun,
        "problems": said,
        "given": {"form": taken.xform, "problems": said},
        "carried": taken,
        "obstacle_url": reverse("form-fill", args=[number, LOG])
        if form.code != LOG and may(request.actor.roles, Permission.LOG_OBSTACLE)
        else "",
        "frame_address": address(),
        "draft_url": reverse("form-draft", args=[number, form.code])
        if may(request.actor.roles, Permission.TRIAGE)
        else "",
        "drop_url": reverse("form-draft-drop", args=[number, form.code]),
        "back_url": reverse("assessment-list", args=[number]),
        "answers_post": bool(problems),
        "missing_training": quality.missing_training(
            request.actor.user_id, assessment_queries.read_form(form)
        ),
    }
    status = 422 if problems else 200
    return render(request, "desk/forms/fill.html", context, status=status)


_HERE: Final = "kasus/<str:number>/asesmen/isi/<slug:code>/"
urlpatterns = [
    path(_HERE, fill, name="form-fill"),
    path(f"{_HERE}draf/", keep_draft, name="form-draft"),
    path(f"{_HERE}draf/buang/", drop_draft, name="form-draft-drop"),
]
