"""The list of reports, one report, and the short acts: take in hand, close, take up again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.clocks import queries as clocks
from rangkul.clocks.models import Clock
from rangkul.custody import queries as custody
from rangkul.desk import wording
from rangkul.desk.page import SEES_CASES, SEES_REPORTS, StaffRequest, staff
from rangkul.desk.reports import door
from rangkul.desk.reports.numbers import address, report_id_or_404
from rangkul.desk.reports.triage_panel import actions, lag
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.reports import institutions, policy, workflow
from rangkul.reports import operations as writing
from rangkul.reports import queries as reports
from rangkul.reports.models import Report


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    report: Report
    number: str
    url: str
    title: str
    note: str
    clock: Clock | None
    unread: int = 0


@require_safe
@staff(one_of=SEES_REPORTS)
def listing(request: StaffRequest) -> HttpResponse:
    """What waits for somebody, the most urgent first; or everything, newest first."""
    everything = request.GET.get("tampil") == "semua"
    older_url = ""
    if everything:
        found = reports.list_reports(request.actor, before=_before(request))
        if len(found) > reports.PAGE:
            found = found[: reports.PAGE]
            older_url = f"?tampil=semua&sebelum={reports.report_number(found[-1].id)}"
    else:
        found = reports.list_open(request.actor)
    rows = _rows(request, found)
    if not everything:
        rows.sort(key=_urgency)
    context = {
        "rows": rows,
        "flocks": [] if everything else door.flock_rows(request),
        "everything": everything,
        "older_url": older_url,
        "newer_url": "?tampil=semua" if everything and request.GET.get("sebelum") else "",
        "may_report": may(request.actor.roles, Permission.TAKE_REPORT),
        "may_see_notices": any(may(request.actor.roles, each) for each in SEES_CASES),
        "zone": zone_of(request.membership.area_code),
        "now": request.now,
    }
    return render(request, "desk/reports/list.html", context)


@require_safe
@staff()
def page(request: StaffRequest, number: str) -> HttpResponse:
    """One report: its words where they may still be read, and what can be done with it."""
    report = reports.get_report(request.actor, report_id_or_404(number))
    if report.state == workflow.DRAFT:
        return redirect(address("report-edit", report.id))
    return _shown(request, report)


def _shown(request: StaffRequest, report: Report, *, refused: str = "") -> HttpResponse:
    """The report's page; ``refused`` says what has to be mended in the form that was sent."""
    zone = ZoneInfo(zone_of(request.membership.area_code))
    area = reference.get_areas([report.area]).get(report.area)
    context = _frame(request, report) | {
        "zone": zone.key,
        "now": request.now,
        "clock": clocks.soonest_of(request.actor, "report", [report.id]).get(str(report.id)),
        "times": _times(report, zone),
        "area": area.full_name if area else "",
        "handled_by": accounts.names_of([report.handled_by or 0]).get(report.handled_by or 0, ""),
        "outcome": _outcomes().get(report.outcome, ""),
        "refused": refused,
    }
    if policy.content_open(request.actor, report.state):
        opened = writing.read_report(report_id=report.id, by=request.actor, at=request.now)
        context |= _words(opened)
        # Who types an institution's name has not yet sent it from there.
        context["sent_from_there"] = bool(opened.content.reporter.institution) and (
            institutions.institution_of(report, at=request.now) is not None
        )
    context |= door.talk_context(request, report.id)
    return render(request, "desk/reports/page.html", context, status=422 if refused else 200)


@staff(Permission.TAKE_REPORT)
@require_POST
def take(request: StaffRequest, number: str) -> HttpResponse:
    """Somebody answers."""
    report_id = report_id_or_404(number)
    try:
        writing.take_in_hand(report_id=report_id, by=request.actor, at=request.now)
        messages.success(request, _("The report is in your hands."))
    except IllegalMove:
        messages.info(request, _("A colleague has it in hand already."))
    return redirect(address("report-page", report_id))


@staff(Permission.TRIAGE)
@require_POST
def close(request: StaffRequest, number: str) -> HttpResponse:
    """End a report that needs no case, with its reason; it can be taken up again."""
    report_id = report_id_or_404(number)
    try:
        writing.close_report(
            report_id=report_id, outcome=request.POST.get("outcome", ""), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except InvalidInput:
        report = reports.get_report(request.actor, report_id)
        return _shown(request, report, refused=_("Please choose how the report ended."))
    undo = address("report-take-up", report_id)
    messages.success(request, _("The report is closed."), extra_tags=f"undo={undo}")
    return redirect("report-list")


@staff(Permission.TRIAGE)
@require_POST
def take_up(request: StaffRequest, number: str) -> HttpResponse:
    """Undo a closing."""
    report_id = report_id_or_404(number)
    writing.take_up_again(report_id=report_id, by=request.actor, at=request.now)
    messages.success(request, _("The report is in hand again."))
    return redirect(address("report-page", report_id))


@staff(Permission.WITHDRAW_NOTE)
@require_POST
def unjoin(request: StaffRequest, number: str) -> HttpResponse:
    """Take the report off the wrong file."""
    report_id = report_id_or_404(number)
    try:
        writing.unjoin_case(report_id=report_id, by=request.actor, at=request.now)
    except IllegalMove:
        messages.info(request, _("The report was taken off already."))
    else:
        messages.success(
            request, _("Taken off the file, and in hand again. Its note there stays, marked.")
        )
    return redirect(address("report-page", report_id))


# -- what the pages show ----------------------------------------------------------------------


def _rows(request: StaffRequest, found: Iterable[Report]) -> list[Row]:
    kept = list(found)
    running = clocks.soonest_of(request.actor, "report", [report.id for report in kept])
    areas = reference.get_areas({report.area for report in kept if report.area})
    today = localdate(request.now)
    rows = []
    for report in kept:
        clock = running.get(str(report.id))
        area = areas.get(report.area)
        parts = [
            _state_words(report),
            wording.procedure_title(clock.procedure, today) if clock else "",
            area.name if area else "",
        ]
        number = reports.report_number(report.id)
        name = "report-edit" if report.state == workflow.DRAFT else "report-page"
        rows.append(
            Row(
                report, number, reverse(name, args=[number]),
                _title(report), " · ".join(part for part in parts if part), clock,
                reports.unread_in(report),
            )
        )  # fmt: skip
    return rows


def _urgency(row: Row) -> tuple[int, float]:
    """The own drafts first, then danger nobody has answered, the newest first.

    Then what else nobody has answered, and what is in hand; each by its deadline.
    """
    if row.report.state == workflow.RECEIVED and row.report.risk == "tinggi":
        return 1, -row.report.entered_at.timestamp()
    order = {workflow.DRAFT: 0, workflow.RECEIVED: 2}.get(row.report.state, 3)
    at = row.clock.due_at if row.clock else row.report.entered_at
    return order, at.timestamp()


def _title(report: Report) -> str:
    channel = _label("saluran_laporan", report.channel)
    teller = _label("jenis_pelapor", report.reporter_kind)
    return " · ".join(part for part in (channel, teller) if part) or _("Not filled in yet")


def _label(list_name: str, code: str) -> str:
    return reference.label(list_name, code) if code else ""


def _state_words(report: Report) -> str:
    return {
        workflow.DRAFT: _("Draft, only you see it"),
        workflow.RECEIVED: _("Received, waits for an answer"),
        workflow.IN_HAND: _("In hand"),
        workflow.OPENED: _("Received, in hand: a case was opened"),
        workflow.JOINED: _("Received, in hand: joined to a case"),
        workflow.CLOSED: _("Closed"),
    }[report.state]


def _outcomes() -> dict[str, str]:
    return {
        "saran_diberikan": _("Advice was given"),
        "disalurkan": _("Passed on to another service"),
        "tidak_dapat_dihubungi": _("Nobody could be reached"),
        "ganda": _("The same report came twice"),
        "uji": _("A trial, not a report"),
        "bukan_laporan": _("Not a report"),
    }


def _frame(request: StaffRequest, report: Report) -> dict[str, Any]:
    roles = request.actor.roles
    is_open = report.state in (workflow.RECEIVED, workflow.IN_HAND)
    sees_case = bool(report.case_id) and report.case_id in custody.visible_among(
        request.actor, [report.case_id or 0]
    )
    return {
        "report": report,
        "number": reports.report_number(report.id),
        "title": _title(report),
        "state": _state_words(report),
        "case_number": custody.case_number(report.case_id or 0) if sees_case else "",
        "may_take": report.state == workflow.RECEIVED and may(roles, Permission.TAKE_REPORT),
        "may_open": is_open and may(roles, Permission.OPEN_CASE),
        "may_join": is_open and may(roles, Permission.WRITE_NOTE),
        "may_unjoin": report.state == workflow.JOINED and policy.may_unjoin(request.actor, report),
        "may_close": is_open and may(roles, Permission.TRIAGE),
        "outcomes": _outcomes(),
        "trail": [(reverse("report-list"), _("Reports")), ("", reports.report_number(report.id))],
    }


def _times(report: Report, zone: ZoneInfo) -> dict[str, Any]:
    """Happened, reported, entered; between them the lag."""
    reported = report.reported_at or report.entered_at
    first = ""
    if report.happened_on is not None:
        happened = datetime.combine(report.happened_on, time(), tzinfo=zone)
        days = (reported.astimezone(zone).date() - report.happened_on).days
        first = lag(reported - happened) if days > 1 else lag(timedelta(days=days))
    return {
        "happened": report.happened_on,
        "reported": reported,
        "entered": report.entered_at,
        "reported_lag": first,
        "entered_lag": lag(report.entered_at - reported),
    }


def _words(opened: reports.OpenReport) -> dict[str, Any]:
    """The opened words of a report, ready to be read."""
    content, triage = opened.content, opened.triage
    about, reporter = content.about, content.reporter
    person = [
        (_("Name"), about.name),
        (_("Called"), about.called_name),
        (_("Sex"), _label("jenis_kelamin", about.sex)),
        (_("Age"), "" if about.age is None else str(about.age)),
        (_("Telephone"), about.phone),
        (_("NIK"), about.nik),
        (_("Where now"), about.place),
        (_("Safe contact"), about.safe_contact),
        (_("Must not"), ", ".join(_label("larangan_kontak", c) for c in about.contact_bans)),
    ]
    teller = [
        (_("Teller"), _label("jenis_pelapor", content.reporter_kind)),
        (_("Name"), reporter.name),
        (_("Telephone"), reporter.phone),
        (_("Relation"), reporter.relation),
        (_("Institution"), reporter.institution),
    ]
    return {
        "opened": True,
        "account": content.account,
        "person": [row for row in person if row[1]],
        "teller": [row for row in teller if row[1]],
        "confidential": content.reporter_confidential,
        "kinds": [_label("jenis_kekerasan", code) for code in content.violence_kinds],
        "sentence": wording.in_language(triage.sentence_id, triage.sentence_en),
        "say": wording.in_language(triage.say_id, triage.say_en),
        "actions": actions(triage.actions),
    }


def _before(request: StaffRequest) -> int | None:
    number = request.GET.get("sebelum", "")
    try:
        return reports.report_id_of(number) if number else None
    except ValueError:
        return None


urlpatterns = [
    path("laporan/", listing, name="report-list"),
    path("laporan/<str:number>/", page, name="report-page"),
    path("laporan/<str:number>/ambil/", take, name="report-take"),
    path("laporan/<str:number>/tutup/", close, name="report-close"),
    path("laporan/<str:number>/lanjutkan/", take_up, name="report-take-up"),
    path("laporan/<str:number>/lepas/", unjoin, name="report-unjoin"),
]
