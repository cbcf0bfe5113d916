"""Answers that the file holds already: shown with their day beside a form, and not asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rangkul.assessments import baseline
from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.models import FormVersion
from rangkul.cases.models import CaseFile
from rangkul.desk.forms.telling import answer_words, language
from rangkul.desk.page import StaffRequest


@dataclass(frozen=True, slots=True)
class Carried:
    """The form with what it takes over, and the same in words, from the filling of ``at``."""

    xform: str
    rows: tuple[tuple[str, str], ...] = ()
    at: datetime | None = None


def carried(request: StaffRequest, file: CaseFile, row: FormVersion) -> Carried:
    """What the first filling hands on; opening it is a reading and is recorded."""
    form = assessment_queries.read_form(row).form
    found = baseline.sources(form)
    first = baseline.first_filling(request.actor, file.case_id, row.code) if found else None
    if first is None:
        return Carried(row.xform)
    _submission, answers = assessments.read_answers(
        submission_id=first.id, by=request.actor, at=request.now
    )
    values = baseline.shown(answers, form)
    asked = [form.items[f"/{form.root}/{found[path]}"] for path in values]
    return Carried(
        baseline.written_into(row.xform, form, values),
        tuple(
            (form.label(item, language()), answer_words(form, item, (value,)))
            for item, value in zip(asked, values.values(), strict=True)
        ),
        first.happened_at,
    )
