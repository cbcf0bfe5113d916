"""What became of it: each item of the outcome form over time, drawn small and told beside.

Higher is better on these scales, two steps are a clear change, and there is no sum: each item is
looked at by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from rangkul.assessments import baseline
from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.answers import Answers
from rangkul.assessments.form import Form, Item
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.forms.telling import answer_words, language
from rangkul.desk.page import StaffRequest, staff
from rangkul.look import times
from rangkul.reference.zones import zone_of

OUTCOMES, VISITS = "rk07_hasil", "rk10_kunjungan"
_CLEAR: Final = 2
_WIDE, _HIGH, _EDGE = 132, 48, 6


@dataclass(frozen=True, slots=True)
class Point:
    """One answer on the drawing."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One item: its words, day and answer in order of time, the change, and the drawing."""

    label: str
    answers: tuple[tuple[str, str], ...]
    change: str
    tone: str
    points: tuple[Point, ...]

    @property
    def told(self) -> str:
        """The drawing in words, for whoever does not see it."""
        return ", ".join(f"{day}: {words}" for day, words in self.answers)

    @property
    def line(self) -> str:
        """The drawing's line, as ``polyline`` writes it."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


@dataclass(frozen=True, slots=True)
class Told:
    """One item of the visits: for each its day, how the person said it has changed, and a tone."""

    label: str
    answers: tuple[tuple[str, str, str], ...]


Filled = tuple[str, Answers]
"""The day of a filling in words, and its answers."""


@staff()
def outcome(request: StaffRequest, number: str) -> HttpResponse:
    """Every measurement of a case beside the others; each reading is recorded."""
    file = get_file(request, number)
    measured, form = _read(request, file.case_id, OUTCOMES)
    visited, visit = _read(request, file.case_id, VISITS)
    context: dict[str, Any] = frame(file, request, section="assessment-list")
    context |= {
        "title": _("What has changed"),
        "days": [day for day, _answers in measured],
        "items": _measured(form, measured) if form else [],
        "visit_days": [day for day, _answers in visited],
        "visits": _told(visit, visited) if visit else [],
        "chart": {"wide": _WIDE, "high": _HIGH, "steps": _steps(5)},
    }
    return render(request, "desk/forms/outcome.html", context)


def _read(request: StaffRequest, case_id: int, code: str) -> tuple[list[Filled], Form | None]:
    """A form's fillings by the hour they speak of, opened, and the newest one's form."""
    rows = [
        row for row in assessment_queries.list_filled(request.actor, case_id)
        if row.instrument == code
    ]  # fmt: skip
    zone = times.zone(zone_of(request.membership.area_code))
    found = []
    for row in sorted(rows, key=lambda each: each.happened_at):
        _row, answers = assessments.read_answers(
            submission_id=row.id, by=request.actor, at=request.now
        )
        found.append((times.day(row.happened_at.astimezone(zone).date()), answers))
    form = assessment_queries.read_form(assessment_queries.form_of(rows[0])).form if rows else None
    return found, form


def _measured(form: Form, filled: Sequence[Filled]) -> list[Measured]:
    """The items that the form compares with their first answer, in its order."""
    found = []
    for key in baseline.sources(form).values():
        item = form.items[f"/{form.root}/{key}"]
        steps = [choice.code for choice in form.choices(item)]
        given = [answers.one(key) for _day, answers in filled]
        places = [steps.index(code) if code in steps else None for code in given]
        change, tone = change_of(places)
        found.append(
            Measured(
                form.label(item, language()),
                tuple(
                    (day, _words(form, item, code))
                    for (day, _answers), code in zip(filled, given, strict=True)
                ),
                change, tone, _points(places, len(steps)),
            )
        )  # fmt: skip
    return found


def change_of(places: Sequence[int | None]) -> tuple[str, str]:
    """From the first answer to the last, in words and with a tone; blanks are passed over."""
    known = [place for place in places if place is not None]
    if len(known) < 2:
        return _("not measured twice yet"), "quiet"
    steps = known[-1] - known[0]
    if steps == 0:
        return _("the same"), "quiet"
    if steps > 0:
        return (_("clearly better") if steps >= _CLEAR else _("better")), "low"
    return (_("clearly worse"), "high") if -steps >= _CLEAR else (_("worse"), "soon")


def _points(places: Sequence[int | None], steps: int) -> tuple[Point, ...]:
    """Where the answers stand: time from the left, the best step at the top."""
    ys = _steps(steps)
    between = (_WIDE - 2 * _EDGE) / max(len(places) - 1, 1)
    return tuple(
        Point(round(_EDGE + place_in_time * between), ys[place])
        for place_in_time, place in enumerate(places)
        if place is not None
    )


def _steps(count: int) -> list[int]:
    """The height of each step, the lowest first."""
    apart = (_HIGH - 2 * _EDGE) / max(count - 1, 1)
    return [round(_HIGH - _EDGE - step * apart) for step in range(count)]


def _told(form: Form, filled: Sequence[Filled]) -> list[Told]:
    """The questions on how something changed since, with the answer of each visit."""
    tones = {"membaik": "low", "memburuk": "high"}
    found = []
    for item in form.items.values():
        codes = {choice.code for choice in form.choices(item)}
        if not item.is_asked or not {"membaik", "memburuk"} <= codes:
            continue
        given = [(day, answers.one(form.key(item.path))) for day, answers in filled]
        found.append(
            Told(
                form.label(item, language()),
                tuple(
                    (day, _words(form, item, code), tones.get(code, "quiet")) for day, code in given
                ),
            )
        )
    return found


def _words(form: Form, item: Item, code: str) -> str:
    return answer_words(form, item, (code,)) if code else "–"


urlpatterns = [path("kasus/<str:number>/asesmen/perubahan/", outcome, name="form-outcome")]
