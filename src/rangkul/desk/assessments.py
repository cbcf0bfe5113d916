"""Assessments of a case: their list, the guided forms with the result beside, reading one again."""

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
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.accounts import queries as accounts
from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.answers import Answers
from rangkul.assessments.instrument import AnswersUnreadable, Instrument
from rangkul.assessments.models import Submission
from rangkul.cases import operations as cases
from rangkul.cases import workflow
from rangkul.cases.models import CaseFile
from rangkul.cases.operations.instruments import ASSESSMENT_CLOCKS
from rangkul.cases.operations.repeating import AGAIN
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.desk import questions, wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.forms import conflicts, outcome
from rangkul.desk.forms import reading as forms
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.questions import Known
from rangkul.desk.results import mark_of, result_of
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.look import times
from rangkul.people import queries as people
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of


@dataclass(frozen=True, slots=True)
class Guide:
    """How one instrument is used: its purpose, who, how, never."""

    permission: Permission
    icon: str
    why: Promise
    who: Promise
    how: Promise
    never: Promise


GUIDES: Mapping[str, Guide] = {
    "rk01_triase": Guide(
        Permission.TRIAGE,
        "shield-exclamation",
        gettext_lazy("What may happen in the next hours, and who must act first."),
        gettext_lazy("Anyone on intake who has done the one-day triage module."),
        gettext_lazy(
            "Listen first. Ask about danger before names; the core fits a six-minute call."
        ),
        gettext_lazy(
            "Details of a sexual act, an exact address unless help is on its way, or any blame."
        ),
    ),
    "rk02_tppo": Guide(
        Permission.ASSESS,
        "route",
        gettext_lazy(
            "Gather signs of act, means and purpose, so that protection starts early and evidence "
            "is kept."
        ),
        gettext_lazy("A worker who has done the trafficking module."),
        gettext_lazy(
            "After food, sleep and safety; alone, away from anyone who answers in the person's "
            "place. Talk first, fill in after."
        ),
        gettext_lazy(
            "Whether the person agreed, was paid, broke immigration rules or wanted the work."
        ),
    ),
}
"""The instruments that are filled here; closing (rk11) is filled where a case is closed."""

# The question's words for the letters that the cover keeps.
_ASKED_BY = {"P": "perempuan", "L": "laki_laki"}

# Answers of an earlier filling that are shown again rather than asked.
_CARRIED = {
    "rk01_triase": frozenset(
        {"h_bahasa", "h_penanya", "rentan", "jenis", "kontak_aman", "larangan_kontak"}
    ),
    "rk02_tppo": frozenset(
        item.name
        for item in assessment_queries.INSTRUMENTS["rk02_tppo"].items
        if not item.name.startswith("h_")
    ),
}


_OUTCOME = (outcome.OUTCOMES, outcome.VISITS)


@dataclass(frozen=True, slots=True)
class Filling:
    """One row of the list."""

    submission: Submission
    title: str
    mark: Any
    by: str
    url: str
    previous_url: str


@staff()
def assessment_list(request: StaffRequest, number: str) -> HttpResponse:
    """Every filling of this file, the line of results, and what can be begun."""
    file = get_file(request, number)
    found = assessment_queries.list_submissions(request.actor, file.case_id)
    names = accounts.names_of({row.assessed_by for row in found})
    rows = [_filling(row, names, number) for row in found]
    in_use = forms.in_use(request)
    filled = forms.filled(request, file)
    running = clocks.list_case(request.actor, file.case_id)
    waiting = [clock for clock in running if clock.procedure in ASSESSMENT_CLOCKS]
    context = frame(file, request, section="assessment-list") | {
        "rows": rows,
        "lines": [
            (rows_of[0].title, list(reversed(rows_of)))
            for code in assessment_queries.INSTRUMENTS
            if len(rows_of := [row for row in rows if row.submission.instrument == code]) > 1
        ],
        "offers": _offers(request, file),
        "forms": forms.offers(request, file, in_use),
        "filled": filled,
        "has_outcome": any(row.submission.instrument in _OUTCOME for row in filled),
        "conflicts": conflicts.told(
            assessment_queries.list_titled_conflicts(request.actor, file.case_id)
        ),
        "waiting": [
            (clock, wording.procedure_title(clock.procedure, localdate(request.now)))
            for clock in waiting
        ],
        "again": [
            (clock, *forms.titled(request, file, in_use[code]))
            for clock in running
            if clock.procedure == AGAIN and (code := clock.subject_id.rpartition("/")[2]) in in_use
        ],
        "may_see_unit": may(request.actor.roles, Permission.SEE_UNIT_CASES),
        "may_assess": may(request.actor.roles, Permission.ASSESS),
        "is_closed": file.state == workflow.CLOSED,
    }
    return render(request, "desk/assessments/list.html", context)


@staff(Permission.ASSESS)
@require_POST
def complete(request: StaffRequest, number: str) -> HttpResponse:
    """The first picture is whole."""
    file = get_file(request, number)
    cases.complete_assessment(case_id=file.case_id, by=request.actor, at=request.now)
    messages.success(request, _("Noted: the first assessment is complete."))
    return redirect("assessment-list", number=number)


@staff(Permission.TRIAGE)
def fill(request: StaffRequest, number: str, code: str) -> HttpResponse:
    """The form of one instrument, and its saving."""
    file, instrument = _begin(request, number, code)
    if request.method == "POST":
        posted = _posted(request)
        try:
            answers = questions.read(instrument, questions.from_post(instrument, posted))
        except AnswersUnreadable as fault:
            sent = questions.with_held(instrument, posted)
            known = questions.known_again(posted, sent)
            form = questions.draw(instrument, sent, problems=fault.problems, known=known)
            return _form_page(request, file, form, status=422)
        submission = _save(request, file, instrument, answers)
        for note in answers.notes:
            messages.info(request, questions.told(note))
        messages.success(request, _("Assessment kept."))
        return redirect("assessment-read", number=number, submission_id=submission.id)
    draft = assessment_queries.get_draft(request.actor, file.case_id, code)
    if draft is not None:
        form = questions.draw(instrument, draft.values)
        return _form_page(request, file, form, kept_at=draft.saved_at)
    known = _known(request, file, instrument)
    form = questions.draw(
        instrument, {name: held.values for name, held in known.items()}, known=known
    )
    return _form_page(request, file, form)


@staff(Permission.TRIAGE)
@require_POST
def preview(request: StaffRequest, number: str, code: str) -> HttpResponse:
    """What the form says so far, and the questions that came or went with the last answer."""
    file, instrument = _begin(request, number, code)
    posted = _posted(request)
    sent = questions.with_held(instrument, posted)
    form = questions.draw(instrument, sent, known=questions.known_again(posted, sent))
    stood = frozenset(request.POST.getlist("shown")) & form.question_by_name.keys()
    same_speaker = request.POST.get("speaker", "") == form.answers.one("h_sumber")
    same_parts = request.POST.getlist("open") == [part.key for part in form.parts if part.is_open]
    context = {
        "form": form,
        "result": result_of(code, form.answers, file),
        "changed": [form.question_by_name[name] for name in sorted(form.shown ^ stood)],
        "whole": not (same_speaker and same_parts),
    }
    return render(request, "desk/assessments/preview.html", context)


@staff(Permission.TRIAGE)
@require_POST
def keep_draft(request: StaffRequest, number: str, code: str) -> HttpResponse:
    """Keep what is typed so far; called while one fills the form."""
    file, instrument = _begin(request, number, code)
    try:
        assessments.keep_draft(
            case_id=file.case_id, instrument=code, by=request.actor, at=request.now,
            values=questions.with_held(instrument, _posted(request)),
        )  # fmt: skip
    except InvalidInput:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@staff(Permission.TRIAGE)
@require_POST
def drop_draft(request: StaffRequest, number: str, code: str) -> HttpResponse:
    """Begin anew."""
    file, _instrument = _begin(request, number, code)
    assessments.drop_draft(case_id=file.case_id, instrument=code, by=request.actor)
    return redirect("assessment-fill", number=number, code=code)


@staff()
def read(request: StaffRequest, number: str, submission_id: UUID) -> HttpResponse:
    """One filling with its answers; the reading is recorded."""
    file = get_file(request, number)
    held = assessment_queries.get_submission(request.actor, submission_id)
    if held.case_id != file.case_id:
        raise NotReachable("an assessment of another file")
    submission, answers = assessments.read_answers(
        submission_id=submission_id, by=request.actor, at=request.now
    )
    instrument = assessment_queries.INSTRUMENTS[submission.instrument]
    form = questions.draw(instrument, answers.values)
    parts = [(part.title, [q for q in part.questions if q.said]) for part in form.parts]
    names = accounts.names_of({submission.assessed_by})
    context = frame(file, request, section="assessment-list") | {
        "submission": submission,
        "title": form.title,
        "by": names.get(submission.assessed_by, ""),
        "parts": [(title, asked) for title, asked in parts if asked],
        "result": result_of(submission.instrument, answers, file),
        "previous_url": _url(number, submission.previous),
        "again_url": reverse("assessment-fill", args=[number, submission.instrument])
        if submission.instrument in GUIDES and file.state != workflow.CLOSED
        else "",
    }
    return render(request, "desk/assessments/read.html", context)


def _begin(request: StaffRequest, number: str, code: str) -> tuple[CaseFile, Instrument]:
    """The visible file and the instrument. Raises ``NotReachable``, ``Forbidden``."""
    file = get_file(request, number)
    if code not in GUIDES:
        raise NotReachable("no such instrument")
    require(request.actor.roles, GUIDES[code].permission)
    return file, assessment_queries.INSTRUMENTS[code]


def _save(
    request: StaffRequest, file: CaseFile, instrument: Instrument, answers: Answers
) -> Submission:
    keep = {"rk01_triase": cases.record_triage, "rk02_tppo": cases.record_screening}
    return keep[instrument.code](
        case_id=file.case_id, answers=answers, by=request.actor, at=request.now
    )


def _form_page(
    request: StaffRequest, file: CaseFile, form: questions.Form, *, status: int = 200,
    kept_at: datetime | None = None,
) -> HttpResponse:  # fmt: skip
    context = frame(file, request, section="assessment-list")
    number, code = context["number"], form.instrument.code
    context["trail"] = [
        *context["trail"][:2],
        (reverse("assessment-list", args=[number]), _("Assessments")),
        ("", form.title),
    ]
    context |= {
        "form": form,
        "guide": GUIDES[code],
        "result": result_of(code, form.answers, file),
        "kept_at": kept_at,
        "preview_url": reverse("assessment-preview", args=[number, code]),
        "draft_url": reverse("assessment-draft", args=[number, code]),
        "drop_url": reverse("assessment-draft-drop", args=[number, code]),
        "back_url": reverse("assessment-list", args=[number]),
    }
    return render(request, "desk/assessments/form.html", context, status=status)


def _known(request: StaffRequest, file: CaseFile, instrument: Instrument) -> dict[str, Known]:
    """What the file holds already; an earlier filling is opened for it, which is recorded."""
    known: dict[str, Known] = {}
    earlier = assessment_queries.latest(request.actor, file.case_id, instrument.code)
    if earlier is not None:
        _row, answers = assessments.read_answers(
            submission_id=earlier.id, by=request.actor, at=request.now
        )
        zone = times.zone(zone_of(request.membership.area_code))
        source = _("from %(day)s") % {"day": times.day(earlier.entered_at.astimezone(zone).date())}
        known = {
            name: Known(values, source)
            for name, values in answers.values.items()
            if name in _CARRIED[instrument.code]
        }
    on_cover = _("on the file's cover")
    for name, values in _cover_answers(request, file, instrument).items():
        known[name] = Known(values, on_cover)
    return known


def _cover_answers(
    request: StaffRequest, file: CaseFile, instrument: Instrument
) -> dict[str, tuple[str, ...]]:
    """Answers that stand on the cover in the codes of the instrument."""
    if instrument.code == "rk02_tppo":
        held: dict[str, tuple[str, ...]] = {"tetap": (file.legal_determination,)}
    else:
        survivor = people.get_survivor(request.actor, file.case_id)
        held = {
            "jenis": tuple(file.violence_kinds),
            "larangan_kontak": tuple(survivor.contact_bans),
        }
    if file.languages:
        held["h_bahasa"] = (", ".join(reference.label("bahasa", c) for c in file.languages),)
    held["h_penanya"] = (_ASKED_BY.get(file.worker_sex, file.worker_sex),)
    fitting: dict[str, tuple[str, ...]] = {}
    for name, values in held.items():
        codes = {choice.code for choice in instrument.item(name).choices}
        kept = tuple(value for value in values if value and (not codes or value in codes))
        if kept:
            fitting[name] = kept
    return fitting


def _posted(request: StaffRequest) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in request.POST}


def _filling(row: Submission, names: Mapping[int, str], number: str) -> Filling:
    instrument = assessment_queries.INSTRUMENTS[row.instrument]
    return Filling(
        submission=row,
        title=wording.in_language(instrument.title_id, instrument.title_en),
        mark=mark_of(row),
        by=names.get(row.assessed_by, ""),
        url=_url(number, row.id),
        previous_url=_url(number, row.previous),
    )


def _offers(request: StaffRequest, file: CaseFile) -> list[dict[str, Any]]:
    """The instruments that this person may begin on this file."""
    if file.state == workflow.CLOSED:
        return []
    number = custody.case_number(file.case_id)
    return [
        {
            "guide": guide,
            "title": wording.in_language(
                assessment_queries.INSTRUMENTS[code].title_id,
                assessment_queries.INSTRUMENTS[code].title_en,
            ),
            "url": reverse("assessment-fill", args=[number, code]),
        }
        for code, guide in GUIDES.items()
        if may(request.actor.roles, guide.permission)
    ]


def _url(number: str, submission_id: UUID | None) -> str:
    return reverse("assessment-read", args=[number, submission_id]) if submission_id else ""


_HERE = "kasus/<str:number>/asesmen/"
urlpatterns = [
    path(_HERE, assessment_list, name="assessment-list"),
    path(f"{_HERE}lengkap/", complete, name="assessment-complete"),
    path(f"{_HERE}<uuid:submission_id>/", read, name="assessment-read"),
    path(f"{_HERE}<slug:code>/", fill, name="assessment-fill"),
    path(f"{_HERE}<slug:code>/hasil/", preview, name="assessment-preview"),
    path(f"{_HERE}<slug:code>/draf/", keep_draft, name="assessment-draft"),
    path(f"{_HERE}<slug:code>/draf/buang/", drop_draft, name="assessment-draft-drop"),
]
