"""What was filled in by a form: what was indicated, line by line and why, then every answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from rangkul.access.policy import Forbidden
from rangkul.accounts import queries as accounts
from rangkul.assessments import operations as assessments
from rangkul.assessments import proposing
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.answers import Answers
from rangkul.assessments.declared import Line
from rangkul.assessments.form import Form, said
from rangkul.assessments.models import FormVersion, Submission
from rangkul.assessments.policy import require_filler
from rangkul.assessments.queries import INSTRUMENTS, ReadForm
from rangkul.assessments.workflow import PUBLISHED
from rangkul.cases import workflow
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.forms import quality, recommending
from rangkul.desk.forms.telling import answer_words, language, parts_of
from rangkul.desk.page import StaffRequest, staff
from rangkul.foundation.errors import NotReachable

_COUNT: Final = re.compile(r"\[\d+\]")
# What was not known comes after what was: it is asked again, and weighs on nothing.
_TONES: Final = {"merah": "high", "mendesak": "high", "kuning": "soon", "": "low", "gelap": "quiet"}
_DAY: Final = 24


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the result: its sentence, the answers that caused it, what it recommends."""

    text: str
    because: tuple[str, ...]
    services: tuple[str, ...]
    tone: str
    within: str
    is_cause: bool


@staff()
def read(request: StaffRequest, number: str, submission_id: UUID) -> HttpResponse:
    """One filling of a form; the reading is recorded."""
    file, held = held_filling(request, number, submission_id)
    return page(request, file, held)


def held_filling(
    request: StaffRequest, number: str, submission_id: UUID
) -> tuple[CaseFile, Submission]:
    """A visible file and one filling of a form in it. Raises ``NotReachable``."""
    file = get_file(request, number)
    held = assessment_queries.get_submission(request.actor, submission_id)
    if held.case_id != file.case_id or held.form_id is None:
        raise NotReachable("no filling of a form of this file")
    return file, held


def page(
    request: StaffRequest, file: CaseFile, held: Submission, *,
    errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """What was indicated, what a person makes of it, every answer; with what could not be taken."""
    submission, answers = assessments.read_answers(
        submission_id=held.id, by=request.actor, at=request.now
    )
    form = assessment_queries.form_of(submission)
    known = assessment_queries.read_form(form)
    reasons = reasons_of(known, submission.result.get("reasons", ()), answers)
    context: dict[str, Any] = frame(file, request, section="assessment-list")
    context |= recommending.shown(request, file, submission, reasons)
    context |= quality.shown(file, submission, known, answers)
    context |= {
        "submission": submission,
        "title": wording.in_language(form.title_id, form.title_en),
        "by": accounts.names_of({submission.assessed_by}).get(submission.assessed_by, ""),
        "reasons": reasons,
        "parts": list(parts_of(known.form, answers)),
        "again_url": reverse("form-fill", args=[context["number"], form.code])
        if file.state != workflow.CLOSED and _may_fill(request, form)
        else "",
        "errors": errors or {},
        "typed": typed or {},
    }
    return render(request, "desk/forms/read.html", context, status=422 if errors else 200)


def reasons_of(known: ReadForm, names: Iterable[str], answers: Answers) -> list[Reason]:
    """The rules that held when it was received: what is urgent first, then in the form's order."""
    held = set(names)
    found = [
        Reason(
            said(line.words, language(), "id"),
            tuple(_because(known.form, line, answers)),
            tuple(wording.service_label(code) for code in line.services),
            _TONES.get(line.level, "low"),
            _within(line.clock_hours),
            bool(line.level),
        )
        for line in known.declared.reasons
        if line.name in held
    ]
    order = list(dict.fromkeys(_TONES.values()))
    return sorted(found, key=lambda reason: order.index(reason.tone))


def _within(hours: float | None) -> str:
    """How soon, in words; whole days from two days on."""
    if hours is None:
        return ""
    if hours == 0:
        return _("now")
    if hours < 1:
        return _("within %(minutes)d minutes") % {"minutes": round(hours * 60)}
    if hours >= 2 * _DAY and hours % _DAY == 0:
        return _("within %(days)d days") % {"days": hours // _DAY}
    return _("within %(hours)g h") % {"hours": hours}


def _because(form: Form, line: Line, answers: Answers) -> Iterator[str]:
    for key in line.items:
        item = form.items[f"/{form.root}/{key}"]
        if answers.given(key):
            yield f"{form.label(item, language())} {answer_words(form, item, answers.many(key))}"


# -- on the list of assessments ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """One row of the list: a filling of a form."""

    submission: Submission
    title: str
    by: str
    url: str
    waits: bool
    level: str


def in_use(request: StaffRequest) -> dict[str, FormVersion]:
    """Code → the newest published version of every form that the person's agency may use."""
    newest: dict[str, FormVersion] = {}
    for form in assessment_queries.list_forms(request.actor):
        if form.state == PUBLISHED:
            newest.setdefault(form.code, form)
    return newest


def offers(
    request: StaffRequest, file: CaseFile, known: Mapping[str, FormVersion]
) -> list[tuple[str, str]]:
    """Title and address of every form that this person may begin, those with a page apart."""
    if file.state == workflow.CLOSED:
        return []
    return [titled(request, file, form) for code, form in known.items()
            if code not in INSTRUMENTS and _may_fill(request, form)]  # fmt: skip


def titled(request: StaffRequest, file: CaseFile, form: FormVersion) -> tuple[str, str]:
    """A form's title, and where this person fills it in; no address for somebody who may not."""
    number = custody.case_number(file.case_id)
    title = wording.in_language(form.title_id, form.title_en)
    may_fill = _may_fill(request, form)
    return title, reverse("form-fill", args=[number, form.code]) if may_fill else ""


def filled(request: StaffRequest, file: CaseFile) -> list[Filled]:
    """What was filled in by forms, newest first; answers stay sealed."""
    rows = assessment_queries.list_filled(request.actor, file.case_id)
    names = accounts.names_of({row.assessed_by for row in rows})
    number = custody.case_number(file.case_id)
    asked = {row.submission_id for row in proposing.list_open(request.actor, file.case_id)}
    # One row of each version tells its title for all of them.
    forms = {
        form_id: assessment_queries.form_of(row)
        for form_id, row in {row.form_id: row for row in rows}.items()
    }
    return [
        Filled(
            row,
            wording.in_language(forms[row.form_id].title_id, forms[row.form_id].title_en),
            names.get(row.assessed_by, ""),
            reverse("form-read", args=[number, row.id]),
            row.id in asked,
            str(row.result.get("in_force", "")),
        )
        for row in rows
    ]


def _may_fill(request: StaffRequest, form: FormVersion) -> bool:
    try:
        require_filler(request.actor, form)
    except (Forbidden, NotReachable):
        return False
    return True


urlpatterns = [
    path("kasus/<str:number>/asesmen/isian/<uuid:submission_id>/", read, name="form-read"),
]
