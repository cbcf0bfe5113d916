"""Filling a version on trial, in the same engine as the real one, and what it would come to."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.assessments import queries, workflow
from rangkul.assessments.declared import Line
from rangkul.assessments.models import FormVersion
from rangkul.assessments.problems import Problem
from rangkul.assessments.queries import Trial
from rangkul.desk.forms.engine import address
from rangkul.desk.instruments import wording
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import NotReachable

_TRIES: Final = (Permission.KEEP_FORMS, Permission.ASSESS, Permission.TRIAGE)
_MOST: Final = 1_000_000


@staff(one_of=_TRIES)
def try_out(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """The form in its frame; what is sent is checked as if it were real, and forgotten."""
    form = queries.get_form(request.actor, form_id)
    if form.state != workflow.TESTING:
        raise NotReachable("not on trial")
    if request.method != "POST":
        return _page(request, form, "", None)
    instance = text(request, "instance", _MOST)
    trial = queries.try_filling(form, instance.encode(), at=request.now)
    return _page(request, form, instance, trial)


def _page(
    request: StaffRequest, form: FormVersion, instance: str, trial: Trial | None
) -> HttpResponse:
    title = wording.title_of(form)
    problems = _told(trial.checked.problems) if trial else []
    steps = [("", title)]
    if may(request.actor.roles, Permission.KEEP_FORMS):
        page = reverse("instrument-page", args=[form.id])
        steps = [(reverse("instrument-list"), _("Forms")), (page, title), ("", _("On trial"))]
    context = {
        "title": title, "form": form, "instance": instance, "trail": steps,
        "frame_address": address(), "given": {"form": form.xform, "problems": problems},
        "problems": problems, "outcome": trial.checked if trial else None,
        "reasons": _words(trial.reasons) if trial else [],
        "contradictions": _words(trial.contradictions) if trial else [],
        "notes": [
            note.text_en if wording.is_english() else note.text_id for note in trial.checked.notes
        ] if trial else [],
    }  # fmt: skip
    return render(request, "desk/instruments/trial.html", context, status=422 if problems else 200)


def _told(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    language = get_language() or "id"
    return [{"path": each.where, "text": each.text(language)} for each in problems]


def _words(lines: tuple[Line, ...]) -> list[str]:
    return [line.words["en" if wording.is_english() else "id"] for line in lines]
