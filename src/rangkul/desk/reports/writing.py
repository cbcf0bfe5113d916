"""Writing a report while one listens: a draft from the first second, sent by one key."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.permissions import Permission
from rangkul.assessments import rk01_triase
from rangkul.desk.page import StaffRequest, staff, typed
from rangkul.desk.reports import places
from rangkul.desk.reports.comparing import differences
from rangkul.desk.reports.form import ReportForm, initial_of, speaker_of
from rangkul.desk.reports.numbers import address, report_id_or_404
from rangkul.desk.reports.triage_panel import Panel, earlier_words, panel
from rangkul.foundation.errors import InvalidInput, StaleForm
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference.zones import zone_of
from rangkul.reports import operations as writing
from rangkul.reports import queries as reports
from rangkul.reports import workflow


@staff(Permission.TAKE_REPORT)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """A draft, and on to its page: one press of a key anywhere begins a report."""
    report = writing.begin_report(by=request.actor, at=request.now)
    return redirect(address("report-edit", report.id))


@staff(Permission.TAKE_REPORT)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, number: str) -> HttpResponse:
    """The one page. GET takes the pen; POST keeps, or sends and begins to help."""
    report = reports.get_report(request.actor, report_id_or_404(number))
    if request.method == "POST":
        if report.state != workflow.DRAFT:
            return _received_already(request, report.id)
        return _post(request, report.id)
    if report.state != workflow.DRAFT:
        return redirect(address("report-page", report.id))
    opened = writing.open_draft(report_id=report.id, by=request.actor)
    zone = _zone(request)
    form = ReportForm(
        initial=initial_of(opened.content, version=opened.report.version, zone=zone),
        zone=zone,
        speaker=speaker_of(opened.content.reporter_kind),
    )
    shown = panel(
        opened.triage,
        begun=bool(opened.content.answers),
        reported_at=opened.content.reported_at or request.now,
        earlier=earlier_words(request.actor, opened.content.about, besides=report.id),
    )
    return _page(request, report.id, form, shown)


@staff(Permission.TAKE_REPORT)
@require_POST
def autosave(request: StaffRequest, number: str) -> HttpResponse:
    """Keep what is typed; 409 with a sentence where another tab holds the pen."""
    report_id = report_id_or_404(number)
    form = _form(request)
    form.is_valid()
    try:
        report = writing.save_draft(
            report_id=report_id, expected_version=_version(form), content=form.content(),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except (StaleForm, IllegalMove) as fault:
        stale = isinstance(fault, StaleForm)
        sentence = _stale_sentence() if stale else _("This report has been received already.")
        request.undo = True
        return JsonResponse({"error": sentence}, status=409)
    return JsonResponse({"version": report.version, "saved_at": request.now.isoformat()})


@staff(Permission.TAKE_REPORT)
@require_POST
def triage(request: StaffRequest, number: str) -> HttpResponse:
    """The panel for what the page holds now; nothing is kept by asking."""
    report = reports.get_report(request.actor, report_id_or_404(number))
    form = _form(request)
    form.is_valid()
    return render(
        request, "desk/reports/panel.html",
        {"panel": _panel(request, form, report.id), "now": request.now},
    )  # fmt: skip


@staff(Permission.TAKE_REPORT)
@require_POST
def questions(request: StaffRequest, number: str) -> HttpResponse:
    """The questions, worded for whoever is speaking now."""
    reports.get_report(request.actor, report_id_or_404(number))
    return render(request, "desk/reports/questions.html", {"form": _form(request)})


@staff()
@require_POST
def areas(request: StaffRequest) -> HttpResponse:
    """Areas whose names fit the words, as radio buttons."""
    found = places.offered(typed(request, "area_words"), typed(request, "area"))
    return render(request, "desk/reports/places.html", {"places": found, "asked": True})


# -- sending ----------------------------------------------------------------------------------


def _post(request: StaffRequest, report_id: int) -> HttpResponse:
    form = _form(request, guess_area=True)
    readable = form.is_valid()
    content = form.content()
    wish = request.POST.get("do", "receive")
    write = writing.begin_helping if wish == "receive" else writing.save_draft
    if wish == "receive" and not readable:
        return _refused(request, report_id, form)
    try:
        write(
            report_id=report_id, expected_version=_version(form), content=content,
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        form.take_faults(fault)
        return _refused(request, report_id, form)
    except StaleForm:
        return _stale(request, report_id, form)
    except IllegalMove:
        return _received_already(request, report_id)
    if wish == "receive":
        messages.success(request, _("The report is received and in your hands. Thank you."))
        return redirect(address("report-page", report_id))
    if wish == "keep":
        messages.success(request, _("Kept. Nothing has been sent yet."))
        return redirect(address("report-edit", report_id))
    return _page(request, report_id, form, _panel(request, form, report_id))


def _refused(request: StaffRequest, report_id: int, form: ReportForm) -> HttpResponse:
    """The page with what was typed and a sentence beside each thing to mend."""
    # The tab may be closed before it is mended.
    with suppress(StaleForm, IllegalMove):
        writing.save_draft(
            report_id=report_id, expected_version=_version(form), content=form.content(),
            by=request.actor, at=request.now,
        )  # fmt: skip
    return _page(request, report_id, form, _panel(request, form, report_id), status=422)


def _stale(request: StaffRequest, report_id: int, form: ReportForm) -> HttpResponse:
    """Another tab wrote since: both versions on one page, and the pen goes to this one."""
    other = writing.open_draft(report_id=report_id, by=request.actor)
    kept = differences(form, form.content(), other.content, _zone(request))
    sent = request.POST.copy()
    sent["version"] = str(other.report.version)
    form.data = sent
    shown = _panel(request, form, report_id)
    return _page(
        request, report_id, form, shown, status=409, stale=_stale_sentence(),
        other_kept=kept,
    )  # fmt: skip


def _received_already(request: StaffRequest, report_id: int) -> HttpResponse:
    """Pressed twice: on to the report. Other words than those received: shown, to be copied."""
    told = typed(request, "account")
    if request.method == "POST" and told:
        kept = reports.unseal(reports.get_report(request.actor, report_id)).content.account
        if kept != told:
            return render(
                request, "desk/reports/received_already.html",
                {"typed": told, "page_url": address("report-page", report_id)}, status=409,
            )  # fmt: skip
    return redirect(address("report-page", report_id))


# -- the page ---------------------------------------------------------------------------------


def _zone(request: StaffRequest) -> ZoneInfo:
    return ZoneInfo(zone_of(request.membership.area_code))


def _form(request: StaffRequest, *, guess_area: bool = False) -> ReportForm:
    """The form as sent; with ``guess_area`` words that can mean only one place choose it."""
    data = request.POST.copy()
    if guess_area and not data.get("area"):
        data["area"] = places.only_one(typed(request, "area_words"))
    return ReportForm(
        data, zone=_zone(request), speaker=speaker_of(request.POST.get("reporter_kind", ""))
    )


def _version(form: ReportForm) -> int:
    """The pen's number; a damaged one never fits."""
    version = form.cleaned_data.get("version")
    return version if isinstance(version, int) else -1


def _panel(request: StaffRequest, form: ReportForm, report_id: int) -> Panel:
    content = form.content()
    reported: datetime | None = content.reported_at
    return panel(
        rk01_triase.triage(form.answers(), source=form.speaker),
        begun=bool(content.answers),
        reported_at=reported or request.now,
        earlier=earlier_words(request.actor, content.about, besides=report_id),
    )


def _page(
    request: StaffRequest,
    report_id: int,
    form: ReportForm,
    shown: Panel,
    *,
    status: int = 200,
    stale: str = "",
    other_kept: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    sent = form.sent
    words = str(sent.get("area_words", ""))
    context = {
        "form": form,
        "panel": shown,
        "number": reports.report_number(report_id),
        "places": places.offered(words, str(sent.get("area", ""))),
        "asked": bool(words),
        "stale": stale,
        "other_kept": other_kept,
        "zone": _zone(request),
        "now": request.now,
    }
    return render(request, "desk/reports/edit.html", context, status=status)


def _stale_sentence() -> str:
    return _(
        "This report is open in a newer tab. What stands here is kept in this tab; "
        "nothing of either was overwritten."
    )


urlpatterns = [
    path("laporan/baru/", new, name="report-new"),
    path("laporan/wilayah/", areas, name="report-areas"),
    path("laporan/<str:number>/isi/", edit, name="report-edit"),
    path("laporan/<str:number>/simpan/", autosave, name="report-autosave"),
    path("laporan/<str:number>/triase/", triage, name="report-triage"),
    path("laporan/<str:number>/pertanyaan/", questions, name="report-questions"),
]
