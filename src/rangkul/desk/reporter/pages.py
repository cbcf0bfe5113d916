"""Sending a report as a school, clinic or village, and the list: *received* or *in hand*."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff, typed
from rangkul.desk.reporter.advice import advice_words
from rangkul.desk.reporter.form import RegisteredReportForm
from rangkul.desk.reports import places
from rangkul.desk.reports.form import SENTENCES
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference.zones import zone_of
from rangkul.reports import institutions, sending_in
from rangkul.reports import operations as writing
from rangkul.reports import queries as reports

# [local] What lies further back helps nobody here, and a list on a shared computer stays short.
_SHOWN_FOR: Final = timedelta(days=180)

# National numbers that are free of charge, by day and night.
EMERGENCY: Final = (
    ("110", gettext_lazy("Police")), ("112", gettext_lazy("Emergency")),
    ("119", gettext_lazy("Ambulance")), ("129", "SAPA"),
)  # fmt: skip


@staff(Permission.SEND_REGISTERED_REPORT)
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Her own reports, and the way to another one."""
    receipts = _receipts(request)
    ids = {receipt.number: reports.report_id_of(receipt.number) for receipt in receipts}
    advised, words = institutions.list_advice(ids.values()), advice_words()
    context = {
        "receipts": [
            (receipt, [words[code] for code in advised.get(ids[receipt.number], ())])
            for receipt in receipts
        ],
        "numbers": EMERGENCY,
        "zone": ZoneInfo(zone_of(request.membership.area_code)),
    }
    return render(request, "desk/reporter/home.html", context)


@staff(Permission.SEND_REGISTERED_REPORT)
@require_http_methods(["GET", "POST"])
def send(request: StaffRequest) -> HttpResponse:
    """The one form. What cannot be taken yet comes back with everything that was typed."""
    if request.method != "POST":
        kept = sending_in.open_draft(by=request.actor)
        own_area = {"area": request.membership.area_code}
        initial = RegisteredReportForm.initial_of(kept) if kept else own_area
        return _page(request, RegisteredReportForm(initial=initial), kept=kept is not None)
    data = request.POST.copy()
    if not data.get("area"):
        data["area"] = places.only_one(typed(request, "area_words"))
    form = RegisteredReportForm(data)
    readable = form.is_valid()
    if request.POST.get("do") == "area":
        form.errors.clear()
        return _page(request, form)
    if readable:
        try:
            writing.send_report(
                content=form.content(request), token=form.sent_token, by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            form.take_faults(fault)
        else:
            sending_in.forget_draft(by=request.actor)
            messages.success(
                request,
                _("Received. Thank you for speaking up; from here on we take care of it."),
            )
            return redirect("reporter-home")
    return _page(request, form, status=422)


@staff(Permission.SEND_REGISTERED_REPORT)
@require_POST
def keep(request: StaffRequest) -> HttpResponse:
    """Keep what is typed so far; it is sent to nobody."""
    form = RegisteredReportForm(request.POST)
    form.is_valid()
    sending_in.keep_draft(content=form.content(request), by=request.actor, at=request.now)
    return JsonResponse({"saved_at": request.now.isoformat()})


@staff(Permission.SEND_REGISTERED_REPORT)
@require_POST
def discard(request: StaffRequest) -> HttpResponse:
    """Begin anew: what was kept is not wanted."""
    sending_in.forget_draft(by=request.actor)
    return redirect("reporter-send")


@staff(Permission.SEND_REGISTERED_REPORT)
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest, number: str) -> HttpResponse:
    """Something more about a report that she sent, as long as no case was made of it."""
    known = {receipt.number for receipt in _receipts(request)}
    if number not in known:
        raise NotReachable("no report of hers")
    words, fault = typed(request, "words"), ""
    if request.method == "POST":
        try:
            sending_in.add_to_report(number=number, words=words, by=request.actor, at=request.now)
        except InvalidInput as refused:
            code = next(iter(refused.errors.values()))
            fault = str(SENTENCES.get(code, SENTENCES["unknown"]))
        except (IllegalMove, NotReachable):
            # One sentence for whatever became of it: she is told no more than that.
            fault = _(
                "Nothing can be added to this report any more. If it is urgent, call one of the "
                "numbers above, or send another report."
            )
        else:
            messages.success(request, _("Added. The desk that helps reads it. Thank you."))
            return redirect("reporter-home")
    context = {"number": number, "words": words, "fault": fault, "numbers": EMERGENCY}
    return render(request, "desk/reporter/add.html", context, status=422 if fault else 200)


@staff(Permission.SEND_REGISTERED_REPORT)
@require_POST
def areas(request: StaffRequest) -> HttpResponse:
    """Areas whose names fit the words, as radio buttons."""
    found = places.offered(typed(request, "area_words"), typed(request, "area"))
    return render(request, "desk/reports/places.html", {"places": found, "asked": True})


def _receipts(request: StaffRequest) -> list[reports.Receipt]:
    return reports.list_receipts(request.actor, since=request.now - _SHOWN_FOR)


def _page(
    request: StaffRequest, form: RegisteredReportForm, *, status: int = 200, kept: bool = False
) -> HttpResponse:
    context = {
        "form": form, "numbers": EMERGENCY, "places": form.places, "asked": form.asked,
        "kept": kept,
    }  # fmt: skip
    return render(request, "desk/reporter/send.html", context, status=status)


urlpatterns = [
    path("pelapor/", home, name="reporter-home"),
    path("pelapor/kirim/", send, name="reporter-send"),
    path("pelapor/wilayah/", areas, name="reporter-areas"),
    path("pelapor/simpan/", keep, name="reporter-keep"),
    path("pelapor/baru/", discard, name="reporter-discard"),
    path("pelapor/<str:number>/tambah/", add, name="reporter-add"),
]
