"""Closing with rk11: the survivor's wish is honoured, what stands in the way is named.

What the file knows (the last risk, a fresh assessment, unanswered referrals) is taken from the
file and never from the form; the signature counts only from someone who may close.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.assessments import obstacles, rk11_tutup
from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.instrument import AnswersUnreadable, Problem
from rangkul.assessments.models import Submission
from rangkul.assessments.rk01_triase import LEVEL_LABELS, LEVELS
from rangkul.cases import operations as cases
from rangkul.cases import workflow
from rangkul.cases.models import CaseFile
from rangkul.desk import questions, wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.questions import Known
from rangkul.desk.results import closing
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import queries as referrals
from rangkul.referrals import workflow as referral_workflow

INSTRUMENT = rk11_tutup.INSTRUMENT
_FRESH = timedelta(days=30)
_SIGNATURE = "tutup_ok"
# Fillings that are no new look at how the person is.
_NO_LOOK = (INSTRUMENT.code, obstacles.LOG)


@staff(Permission.PROPOSE_CLOSING)
def close(request: StaffRequest, number: str) -> HttpResponse:
    """The form; sent by a companion it is a proposal, signed by a supervisor it closes."""
    file = get_file(request, number)
    if file.state == workflow.CLOSED:
        return redirect("course-page", number=number)
    if offered := referrals.open_transfer_of(request.actor, file.case_id):
        messages.warning(
            request,
            _(
                "The case is offered to %(agency)s. Take the offer back first, or wait for the "
                "answer."
            )
            % {"agency": offered.receiver_agency.short_name},
        )
        return redirect("course-page", number=number)
    facts = _facts(request, file)
    if request.method != "POST":
        sent, known, proposed = _begun(request, file, facts.proposal)
        form = questions.draw(
            INSTRUMENT, sent | facts.answers, known=known, without=_without(request)
        )
        return _page(request, file, form, facts, proposed=proposed)
    try:
        answers = questions.read(INSTRUMENT, _sent(request, held=False) | facts.answers)
    except AnswersUnreadable as fault:
        form = _drawn(request, facts, fault.problems)
        return _page(request, file, form, facts, status=422)
    try:
        found = cases.close_file(
            case_id=file.case_id, answers=answers, by=request.actor, at=request.now,
            search=_search(request),
        )  # fmt: skip
    except IllegalMove:
        messages.warning(request, _("A colleague closed this file a moment ago."))
        return redirect("course-page", number=number)
    for note in answers.notes:
        messages.info(request, questions.told(note))
    return _told(request, number, found)


@staff(Permission.PROPOSE_CLOSING)
@require_POST
def preview(request: StaffRequest, number: str) -> HttpResponse:
    """What rk11 advises so far."""
    file = get_file(request, number)
    facts = _facts(request, file)
    form = _drawn(request, facts)
    stood = frozenset(request.POST.getlist("shown")) & form.question_by_name.keys()
    same_parts = request.POST.getlist("open") == [part.key for part in form.parts if part.is_open]
    same_speaker = request.POST.get("speaker", "") == form.answers.one("h_sumber")
    context = {
        "form": form,
        "result": closing(rk11_tutup.close(form.answers, search=_search(request))),
        "changed": [form.question_by_name[name] for name in sorted(form.shown ^ stood)],
        "whole": not (same_parts and same_speaker),
    }
    return render(request, "desk/assessments/preview.html", context)


@staff(Permission.PROPOSE_CLOSING)
@require_POST
def keep_draft(request: StaffRequest, number: str) -> HttpResponse:
    """Keep what is typed so far."""
    file = get_file(request, number)
    try:
        assessments.keep_draft(
            case_id=file.case_id, instrument=INSTRUMENT.code, values=_sent(request),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@staff(Permission.REOPEN_CASE)
@require_POST
def undo(request: StaffRequest, number: str) -> HttpResponse:
    """Take a closing back: the file opens again with the reason that it was a mistake."""
    file = get_file(request, number)
    try:
        cases.reopen_file(
            case_id=file.case_id, reason="salah_tutup", by=request.actor, at=request.now
        )
    except IllegalMove:
        messages.warning(request, _("The file is open already."))
    else:
        messages.success(request, _("The file is open again; everything in it is as it was."))
    return redirect("course-page", number=number)


def _told(request: StaffRequest, number: str, found: rk11_tutup.Closing) -> HttpResponse:
    """The way on after the form was sent."""
    if found.may_close and may(request.actor.roles, Permission.CLOSE_CASE):
        again = reverse("course-close-undo", args=[number])
        messages.success(request, _("The file is closed."), extra_tags=f"undo={again}")
        return redirect("course-page", number=number)
    if found.blocking:
        # What is missing stands on the page itself, one thing a line.
        messages.warning(request, _("Kept, not closed. What is still missing stands below."))
        return redirect("course-close", number=number)
    if may(request.actor.roles, Permission.CLOSE_CASE):
        messages.info(request, _("Kept and handed back; the file stays open."))
    else:
        messages.success(request, _("Kept. A supervisor reads it and signs."))
    return redirect("course-page", number=number)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the file answers by itself: last risk, a fresh assessment, unanswered referrals."""

    risk: str
    is_fresh: bool
    waiting: int
    proposal: Submission | None

    @property
    def answers(self) -> dict[str, list[str]]:
        """The same as answers of rk11."""
        return {
            "risiko": [self.risk],
            "ulang": ["ya" if self.is_fresh else "tidak"],
            "rujuk": ["tidak" if self.waiting else "ya"],
        }

    @property
    def words(self) -> list[tuple[str, str]]:
        """The same as the page shows it."""
        levels = {str(code): wording.in_language(*LEVEL_LABELS[code]) for code in LEVELS}
        waiting = ngettext(
            "%(count)d still without an answer", "%(count)d still without an answer", self.waiting
        ) % {"count": self.waiting}
        return [
            (_("Last risk"), levels[self.risk]),
            (
                _("Assessment in the last 30 days"),
                _("There is one") if self.is_fresh else _("Not yet"),
            ),
            (_("Referrals"), waiting if self.waiting else _("All answered")),
        ]


def _facts(request: StaffRequest, file: CaseFile) -> _Facts:
    guided = assessment_queries.list_submissions(request.actor, file.case_id)
    by_form = assessment_queries.list_filled(request.actor, file.case_id)
    rows = sorted([*guided, *by_form], key=lambda row: row.entered_at, reverse=True)
    since = request.now - _FRESH
    asked = referrals.list_case(request.actor, file.case_id)
    return _Facts(
        risk=file.risk,
        is_fresh=any(r.entered_at >= since for r in rows if r.instrument not in _NO_LOOK),
        waiting=sum(a.state in referral_workflow.UNANSWERED for _referral, a in asked),
        proposal=next((row for row in rows if row.instrument == INSTRUMENT.code), None),
    )


def _without(request: StaffRequest) -> frozenset[str]:
    """What the page does not ask: the file's own facts, and the signature of who may not sign."""
    facts = frozenset({"risiko", "ulang", "rujuk"})
    return facts if may(request.actor.roles, Permission.CLOSE_CASE) else facts | {_SIGNATURE}


def _sent(request: StaffRequest, *, held: bool = True) -> dict[str, list[str]]:
    """What was sent, without what this person is not asked; ``held`` adds what waits unseen."""
    read = questions.with_held if held else questions.from_post
    sent = read(INSTRUMENT, _posted(request))
    return {name: values for name, values in sent.items() if name not in _without(request)}


def _posted(request: StaffRequest) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in request.POST}


def _drawn(
    request: StaffRequest, facts: _Facts, problems: Sequence[Problem] = ()
) -> questions.Form:
    """The form again, with what was sent and the marks of what was known."""
    sent = _sent(request)
    return questions.draw(
        INSTRUMENT, sent | facts.answers, problems=problems, without=_without(request),
        known=questions.known_again(_posted(request), sent),
    )  # fmt: skip


def _begun(
    request: StaffRequest, file: CaseFile, proposal: Submission | None
) -> tuple[dict[str, list[str]], dict[str, Known], str]:
    """What the form begins with: one's own draft, else the newest proposal, and whose it is."""
    draft = assessment_queries.get_draft(request.actor, file.case_id, INSTRUMENT.code)
    if draft is not None:
        return draft.values, {}, ""
    if proposal is None or not may(request.actor.roles, Permission.CLOSE_CASE):
        return {}, {}, ""
    _row, answers = assessments.read_answers(
        submission_id=proposal.id, by=request.actor, at=request.now
    )
    who = accounts.names_of({proposal.assessed_by}).get(proposal.assessed_by, "")
    source = _("proposed by %(who)s") % {"who": who}
    # A form names its items by their path; the device's own notes are no answers.
    asked = {item.name for item in INSTRUMENT.items} - {_SIGNATURE}
    named = {key.rpartition("/")[2]: values for key, values in answers.values.items()}
    kept = {name: values for name, values in named.items() if name in asked}
    known = {name: Known(values, source) for name, values in kept.items()}
    return {name: list(values) for name, values in kept.items()}, known, who


def _search(request: StaffRequest) -> rk11_tutup.Search | None:
    """How somebody who cannot be reached was looked for; ``None`` when it was not said."""
    tried, since = text(request, "upaya", 4), text(request, "sejak", 10)
    if not tried.isdecimal():
        return None
    try:
        first = date.fromisoformat(since)
    except ValueError:
        return None
    return rk11_tutup.Search(int(tried), max((localdate(request.now) - first).days, 0))


def _page(
    request: StaffRequest, file: CaseFile, form: questions.Form, facts: _Facts, *,
    status: int = 200, proposed: str = "",
) -> HttpResponse:  # fmt: skip
    context = frame(file, request, section="course-page")
    number = context["number"]
    context["trail"] = [
        *context["trail"][:2],
        (reverse("course-page", args=[number]), _("Course & team")),
        ("", form.title),
    ]
    context |= {
        "form": form,
        "known_facts": facts.words,
        "result": closing(rk11_tutup.close(form.answers, search=_search(request))),
        "proposed": proposed,
        "may_close": may(request.actor.roles, Permission.CLOSE_CASE),
        "tried": {"upaya": text(request, "upaya", 4), "sejak": text(request, "sejak", 10)},
        "attempts": rk11_tutup.ATTEMPTS_NEEDED,
        "days": rk11_tutup.SEARCH_DAYS_NEEDED,
    }
    return render(request, "desk/course/close.html", context, status=status)


_HERE = "kasus/<str:number>/perjalanan/tutup/"
urlpatterns = [
    path(_HERE, close, name="course-close"),
    path(f"{_HERE}hasil/", preview, name="course-close-preview"),
    path(f"{_HERE}draf/", keep_draft, name="course-close-draft"),
    path(f"{_HERE}batal/", undo, name="course-close-undo"),
]
