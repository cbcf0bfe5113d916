"""Two fillings under one number: where they wait, and both beside each other for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.accounts import queries as accounts
from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.models import Submission
from rangkul.assessments.workflow import CONFLICT
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases import workflow
from rangkul.custody import queries as custody
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame
from rangkul.desk.forms.reading import held_filling
from rangkul.desk.forms.telling import Answered, parts_of
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput, StaleForm
from rangkul.reference.zones import zone_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One conflict in the list."""

    title: str
    number: str
    at: datetime
    by: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One question with both answers; ``differs`` where they are not the same."""

    question: str
    former: str
    newer: str
    differs: bool


@staff(one_of=(Permission.SEE_OWN_CASES, Permission.SEE_UNIT_CASES))
def waiting(request: StaffRequest) -> HttpResponse:
    """Every conflict in the cases that the person may see, the oldest first."""
    rows = assessment_queries.list_all_conflicts(request.actor)
    context = {"rows": told(rows), "zone": zone_of(request.membership.area_code)}
    return render(request, "desk/forms/conflicts.html", context)


def told(rows: list[tuple[Submission, tuple[str, str]]]) -> list[Waiting]:
    """Conflicts as rows of a list."""
    names = accounts.names_of({row.assessed_by for row, _titles in rows})
    found = []
    for row, titles in rows:
        number = custody.case_number(row.case_id)
        found.append(
            Waiting(
                wording.in_language(*titles),
                number,
                row.entered_at,
                names.get(row.assessed_by, ""),
                reverse("form-conflict", args=[number, row.id]),
            )
        )
    return found


@staff()
def compare(request: StaffRequest, number: str, submission_id: UUID) -> HttpResponse:
    """Both fillings side by side, and the choice; both readings are recorded."""
    file, held = held_filling(request, number, submission_id)
    if request.method == "POST":
        require(request.actor.roles, Permission.ASSESS)
        return _settle(request, number, held)
    if held.standing != CONFLICT:
        messages.info(request, _("This was settled already."))
        return redirect("form-read", number=number, submission_id=submission_id)
    return _page(request, case_queries.get_file(request.actor, file.case_id), held)


def _settle(request: StaffRequest, number: str, held: Submission) -> HttpResponse:
    try:
        settled = cases.settle_conflict(
            submission_id=held.id, choice=text(request, "choice", 8), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except StaleForm:
        messages.warning(request, _("Somebody settled this a moment ago; nothing was changed."))
        return redirect("assessment-list", number=number)
    except InvalidInput:
        file = case_queries.get_file(request.actor, held.case_id)
        return _page(request, file, held, error=_("Please choose which one stands."))
    messages.success(request, _("Noted. Nothing was thrown away: both fillings are kept."))
    stays = settled.previous if settled.standing == "aside" and settled.previous else settled.id
    return redirect("form-read", number=number, submission_id=stays)


def _page(request: StaffRequest, file: Any, held: Submission, *, error: str = "") -> HttpResponse:
    form = assessment_queries.form_of(held)
    sides = [_side(request, row) for row in _both(request, held)]
    names = accounts.names_of({row.assessed_by for row, _answers in sides})
    context: dict[str, Any] = frame(file, request, section="assessment-list")
    context |= {
        "title": wording.in_language(form.title_id, form.title_en),
        "sides": [(row, names.get(row.assessed_by, "")) for row, _answers in sides],
        "parts": _compared([answers for _row, answers in sides]),
        "error": error,
        "is_alone": len(sides) < 2,
        "may_choose": may(request.actor.roles, Permission.ASSESS) and file.state != workflow.CLOSED,
    }
    return render(request, "desk/forms/conflict.html", context, status=422 if error else 200)


def _both(request: StaffRequest, held: Submission) -> list[Submission]:
    """The one that stands, then the one that waits."""
    found = assessment_queries.find_received(request.actor, held.instance_id)
    former = [row for row in found if row.id != held.id and row.standing != CONFLICT]
    return [*former[:1], held]


_Side = dict[str, list[Answered]]


def _side(request: StaffRequest, row: Submission) -> tuple[Submission, _Side]:
    """A filling opened, its answers by heading; the reading is recorded."""
    submission, answers = assessments.read_answers(
        submission_id=row.id, by=request.actor, at=request.now
    )
    known = assessment_queries.read_form(assessment_queries.form_of(submission))
    return submission, dict(parts_of(known.form, answers))


def _compared(sides: list[_Side]) -> list[tuple[str, list[Line]]]:
    """Every question of either, under its heading, with both answers."""
    former, newer = (sides[0], sides[-1])
    found = []
    for heading in dict.fromkeys([*former, *newer]):
        one, other = _plain(former.get(heading, [])), _plain(newer.get(heading, []))
        found.append(
            (
                heading,
                [
                    Line(
                        asked,
                        one.get(asked, ""),
                        other.get(asked, ""),
                        one.get(asked) != other.get(asked),
                    )
                    for asked in dict.fromkeys([*one, *other])
                ],
            )
        )
    return found


def _plain(asked: list[Answered]) -> Mapping[str, str]:
    return {each.question: each.answer for each in asked}


urlpatterns = [
    path("asesmen/dua/", waiting, name="form-conflicts"),
    path("kasus/<str:number>/asesmen/dua/<uuid:submission_id>/", compare, name="form-conflict"),
]
