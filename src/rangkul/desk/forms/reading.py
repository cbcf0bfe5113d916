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
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.access.policy import Forbidden
from rangkul.accounts import queries as accounts
from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.answers import Answers
from rangkul.assessments.declared import Line
from rangkul.assessments.form import Form, Item, said
from rangkul.assessments.models import FormVersion, Submission
from rangkul.assessments.policy import require_filler
from rangkul.assessments.queries import INSTRUMENTS, ReadForm
from rangkul.assessments.workflow import PUBLISHED
from rangkul.cases import workflow
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame, get_file
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


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with what was answered."""

    question: str
    answer: str


@staff()
def read(request: StaffRequest, number: str, submission_id: UUID) -> HttpResponse:
    """One filling of a form; the reading is recorded."""
    file = get_file(request, number)
    held = assessment_queries.get_submission(request.actor, submission_id)
    if held.case_id != file.case_id or held.form_id is None:
        raise NotReachable("no filling of a form of this file")
    submission, answers = assessments.read_answers(
        submission_id=submission_id, by=request.actor, at=request.now
    )
    form = assessment_queries.form_of(submission)
    known = assessment_queries.read_form(form)
    names = accounts.names_of({submission.assessed_by})
    context: dict[str, Any] = frame(file, request, section="assessment-list")
    context |= {
        "submission": submission,
        "title": wording.in_language(form.title_id, form.title_en),
        "by": names.get(submission.assessed_by, ""),
        "reasons": _reasons(known, submission.result.get("reasons", ()), answers),
        "contradictions": _sentences(known, submission.result.get("contradictions", ())),
        "parts": list(_parts(known.form, answers)),
        "again_url": reverse("form-fill", args=[number, form.code])
        if file.state != workflow.CLOSED and _may_fill(request, form)
        else "",
    }
    return render(request, "desk/forms/read.html", context)


def _reasons(known: ReadForm, names: Iterable[str], answers: Answers) -> list[Reason]:
    """The rules that held when it was received: what is urgent first, then in the form's order."""
    held = set(names)
    found = [
        Reason(
            said(line.words, _language(), "id"),
            tuple(_because(known.form, line, answers)),
            tuple(wording.service_label(code) for code in line.services),
            _TONES.get(line.level, "low"),
            _within(line.clock_hours),
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
    if hours >= 2 * _DAY and hours % _DAY == 0:
        return _("within %(days)d days") % {"days": hours // _DAY}
    return _("within %(hours)g h") % {"hours": hours}


def _because(form: Form, line: Line, answers: Answers) -> Iterator[str]:
    for key in line.items:
        item = form.items[f"/{form.root}/{key}"]
        if answers.given(key):
            yield f"{form.label(item, _language())} {_answer(form, item, answers.many(key))}"


def _sentences(known: ReadForm, names: Iterable[str]) -> list[str]:
    held = set(names)
    lines = known.declared.contradictions
    return [said(line.words, _language(), "id") for line in lines if line.name in held]


def _parts(form: Form, answers: Answers) -> Iterator[tuple[str, list[Answered]]]:
    """The answers under the heading of their group, in the form's order, repeated ones apart."""
    places = {path: place for place, path in enumerate(form.items)}
    found: dict[str, list[tuple[str, Item]]] = {}
    for key in answers.values:
        item = form.items.get(f"/{form.root}/{_COUNT.sub('', key)}")
        if item is not None and item.control:
            found.setdefault(key.rpartition("/")[0], []).append((key, item))
    parts = sorted(found.items(), key=lambda part: (places[part[1][0][1].path], part[0]))
    for group, items in parts:
        asked = sorted(items, key=lambda each: places[each[1].path])
        yield (
            _heading(form, group),
            [
                Answered(form.label(item, _language()), _answer(form, item, answers.many(key)))
                for key, item in asked
            ],
        )


def _heading(form: Form, group: str) -> str:
    """The words of a group, with its count where it is repeated; empty for the form itself."""
    item = form.items.get(f"/{form.root}/{_COUNT.sub('', group)}")
    if item is None:
        return ""
    count = _COUNT.findall(group)
    label = form.label(item, _language())
    return f"{label} {count[-1].strip('[]')}" if count and group.endswith("]") else label


def _answer(form: Form, item: Item, values: tuple[str, ...]) -> str:
    words: Mapping[str, str] = {
        choice.code: said(choice.words, _language(), form.default_language)
        for choice in form.choices(item)
    }
    return ", ".join(words.get(value, "") or value for value in values)


def _language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"


# -- on the list of assessments ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """One row of the list: a filling of a form."""

    submission: Submission
    title: str
    by: str
    url: str


def offers(request: StaffRequest, file: CaseFile) -> list[tuple[str, str]]:
    """Title and address of every form that this person may begin, those with a page apart."""
    if file.state == workflow.CLOSED:
        return []
    number = custody.case_number(file.case_id)
    newest: dict[str, FormVersion] = {}
    for form in assessment_queries.list_forms(request.actor):
        if form.state == PUBLISHED and form.code not in INSTRUMENTS:
            newest.setdefault(form.code, form)
    return [
        (wording.in_language(form.title_id, form.title_en),
         reverse("form-fill", args=[number, code]))
        for code, form in newest.items()
        if _may_fill(request, form)
    ]  # fmt: skip


def filled(request: StaffRequest, file: CaseFile) -> list[Filled]:
    """What was filled in by forms, newest first; answers stay sealed."""
    rows = assessment_queries.list_filled(request.actor, file.case_id)
    names = accounts.names_of({row.assessed_by for row in rows})
    number = custody.case_number(file.case_id)
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
