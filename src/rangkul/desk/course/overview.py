"""Risk and state of a file on one page, with what each change brings about."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import OwnException, may
from rangkul.accounts import queries as accounts
from rangkul.assessments.rk01_triase import LEVEL_LABELS, LEVELS
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases import workflow
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference import queries as reference
from rangkul.referrals import queries as referrals

_WORDS = 2_000


@staff()
def overview(request: StaffRequest, number: str) -> HttpResponse:
    """Where the file stands, and the ways on from here."""
    return page(request, get_file(request, number))


@staff()
@require_POST
def set_risk(request: StaffRequest, number: str) -> HttpResponse:
    """Raise or lower the risk; words beside the reason become a note."""
    file = get_file(request, number)
    risk, reason = text(request, "risk", 8), text(request, "reason", 24)
    words = text(request, "words", _WORDS)
    if reason and reason not in lowering_reasons():
        return page(request, file, {"reason": _("Please choose from the list.")})
    try:
        changed = cases.set_risk(
            case_id=file.case_id, risk=risk, reason=reason, by=request.actor, at=request.now
        )
        if words:
            _note(request, file, words)
    except InvalidInput as fault:
        return page(request, file, sentences(fault))
    except OwnException as fault:
        return page(request, file, {"risk": own_sentence(fault)}, status=403)
    if changed.risk != file.risk:
        messages.success(request, _("The risk is now: %(level)s.") % {"level": _level(risk)})
    return redirect("course-page", number=number)


@staff(Permission.APPROVE_LOWER_RISK)
@require_POST
def keep_risk(request: StaffRequest, number: str) -> HttpResponse:
    """The supervisor's no to a lower risk."""
    file = get_file(request, number)
    cases.keep_risk(case_id=file.case_id, by=request.actor, at=request.now)
    messages.success(request, _("The risk stays as it is."))
    return redirect("course-page", number=number)


@staff(Permission.PLAN)
@require_POST
def set_state(request: StaffRequest, number: str) -> HttpResponse:
    """Left, missing, died, found."""
    file = get_file(request, number)
    try:
        cases.set_state(
            case_id=file.case_id, move=text(request, "move", 12), by=request.actor, at=request.now
        )
    except InvalidInput as fault:
        return page(request, file, sentences(fault))
    except IllegalMove:
        messages.warning(request, _("A colleague changed the state a moment ago."))
        return redirect("course-page", number=number)
    messages.success(request, _("Noted. The file keeps everything that was."))
    return redirect("course-page", number=number)


@staff(Permission.REOPEN_CASE)
@require_POST
def reopen(request: StaffRequest, number: str) -> HttpResponse:
    """Open a closed file again, with the reason."""
    file = get_file(request, number)
    reason = text(request, "reason", 24)
    if reason not in reopening_reasons():
        return page(request, file, {"reopen": _("Please say why it opens again.")})
    try:
        cases.reopen_file(case_id=file.case_id, reason=reason, by=request.actor, at=request.now)
    except IllegalMove:
        messages.warning(request, _("A colleague changed the state a moment ago."))
    else:
        messages.success(request, _("The file is open again; everything in it is as it was."))
    return redirect("course-page", number=number)


def page(
    request: StaffRequest, file: CaseFile, errors: Mapping[str, str] | None = None, *,
    status: int = 0,
) -> HttpResponse:  # fmt: skip
    """The overview, with what could not be taken."""
    actor = request.actor
    open_clocks = {clock.procedure: clock for clock in clocks.list_case(actor, file.case_id)}
    review = open_clocks.get("lower_risk_review")
    asked = case_queries.asked_lower(actor, file) if review else None
    names = accounts.names_of({asked.by}) if asked else {}
    hands_over = may(actor.roles, Permission.TRANSFER_CASE)
    offered = referrals.open_transfer_of(actor, file.case_id) if hands_over else None
    context = frame(file, request, section="course-page") | {
        "errors": errors or {},
        "levels": [(code, wording.in_language(*LEVEL_LABELS[code])) for code in LEVELS],
        "lowering": lowering_reasons().items(),
        "may_lower": may(actor.roles, Permission.APPROVE_LOWER_RISK),
        "may_raise": may(actor.roles, Permission.ASSESS),
        "review": review,
        "asked": asked,
        "asked_label": _level(asked.risk) if asked else "",
        "asked_by": names.get(asked.by, "") if asked else "",
        "is_own_wish": asked is not None and asked.by == actor.user_id,
        "state": state_label(file.state),
        "state_tone": _TONES[file.state],
        "search": open_clocks.get("search_after_loss"),
        "moves": [
            (move.name, *_move_words(move.name))
            for move in workflow.FILE.open_from(file.state, "holder")
            if move.name in ("left", "missing", "died", "found")
        ],
        "may_plan": may(actor.roles, Permission.PLAN),
        "may_propose": may(actor.roles, Permission.PROPOSE_CLOSING),
        "may_close": may(actor.roles, Permission.CLOSE_CASE),
        "may_reopen": may(actor.roles, Permission.REOPEN_CASE),
        "may_assign": may(actor.roles, Permission.ASSIGN_CASE),
        "offered": offered,
        "offered_number": referrals.transfer_number(offered.id) if offered else "",
        "may_transfer": hands_over
        and file.state == workflow.OPEN
        and file.case.lead_agency_id == actor.agency_id,
        "is_closed": file.state == workflow.CLOSED,
        "closed_why": reference.label("alasan_tutup", file.close_reason)
        if file.close_reason
        else "",
        "reopening": reopening_reasons().items(),
        "typed": {name: text(request, name, _WORDS) for name in ("risk", "reason", "words")},
    }
    return render(
        request, "desk/course/overview.html", context, status=status or (422 if errors else 200)
    )


def lowering_reasons() -> dict[str, str]:
    """Why a risk may be lower now; what else there is to say becomes a note."""
    return {
        "triase_ulang": _("A new triage shows less danger"),
        "tempat_aman": _("Lives in a safe place now"),
        "terduga_jauh": _("The suspect is held or far away"),
        "rencana_aman": _("The safety plan holds"),
    }


def reopening_reasons() -> dict[str, str]:
    """Why a closed file opens again."""
    return {
        "kembali": _("Asks for help again"),
        "bahaya_baru": _("New danger"),
        "perkara": _("The case in court goes on"),
        "salah_tutup": _("Closed by mistake"),
    }


def state_label(code: str) -> str:
    """What a file's state is called."""
    return {
        "open": pgettext("state of a case", "Open"), "closed": _("Closed"),
        "left": _("Left by own wish"), "missing": _("Missing"), "died": _("Died"),
    }[code]  # fmt: skip


def own_sentence(fault: OwnException) -> str:
    """Who else may approve, in the present language."""
    return wording.in_language(fault.message_id, fault.message_en)


_TONES = {"open": "good", "closed": "quiet", "left": "soon", "missing": "high", "died": "quiet"}


def _level(code: str) -> str:
    labels = {str(level): LEVEL_LABELS[level] for level in LEVELS}
    return wording.in_language(*labels[code]) if code in labels else ""


def _move_words(move: str) -> tuple[str, str]:
    """The button, and the sentence on what follows."""
    return {
        "left": (
            _("Left by own wish"),
            _("No adult is held. The file stays open to be closed, or to go on on return."),
        ),
        "missing": (
            _("Missing"),
            _("The duty to search begins: three days, and the supervisor sees it."),
        ),
        "died": (
            _("Died"),
            _("The death is reviewed together, without looking for whom to blame."),
        ),
        "found": (_("Found or returned"), _("The file goes on; the search ends.")),
    }[move]


def _note(request: StaffRequest, file: CaseFile, words: str) -> None:
    cases.write_note(
        case_id=file.case_id, body=f"{_('On the risk')}: {words}", by=request.actor, at=request.now
    )


_HERE = "kasus/<str:number>/perjalanan/"
urlpatterns = [
    path(_HERE, overview, name="course-page"),
    path(f"{_HERE}risiko/", set_risk, name="course-risk"),
    path(f"{_HERE}risiko/tetap/", keep_risk, name="course-risk-keep"),
    path(f"{_HERE}keadaan/", set_state, name="course-state"),
    path(f"{_HERE}buka-lagi/", reopen, name="course-reopen"),
]
