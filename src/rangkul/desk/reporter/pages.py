"""Sending a report as a school, clinic or village, and the list: *received* or *in hand*."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.reporter.form import RegisteredReportForm
from rangkul.desk.reports import places
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of
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
    context = {
        "receipts": reports.list_receipts(request.actor, since=request.now - _SHOWN_FOR),
        "numbers": EMERGENCY,
        "zone": ZoneInfo(zone_of(request.membership.area_code)),
    }
    return render(request, "desk/reporter/home.html", context)


@staff(Permission.SEND_REGISTERED_REPORT)
@require_http_methods(["GET", "POST"])
def send(request: StaffRequest) -> HttpResponse:
    """The one form. What cannot be taken yet comes back with everything that was typed."""
    if request.method != "POST":
        own_area = {"area": request.membership.area_code}
        return _page(request, RegisteredReportForm(initial=own_area))
    data = request.POST.copy()
    typed = text(request, "area_words", 80)
    if not data.get("area"):
        data["area"] = places.only_one(typed)
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
            messages.success(
                request,
                _("Received. Thank you for speaking up; from here on we take care of it."),
            )
            return redirect("reporter-home")
    return _page(request, form, status=422)


@staff(Permission.SEND_REGISTERED_REPORT)
@require_POST
def areas(request: StaffRequest) -> HttpResponse:
    """Areas whose names fit the words, as radio buttons."""
    found = places.offered(text(request, "area_words", 80), text(request, "area", 16))
    return render(request, "desk/reports/places.html", {"places": found, "asked": True})


def _page(request: StaffRequest, form: RegisteredReportForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "numbers": EMERGENCY, "places": form.places, "asked": form.asked}
    return render(request, "desk/reporter/send.html", context, status=status)


urlpatterns = [
    path("pelapor/", home, name="reporter-home"),
    path("pelapor/kirim/", send, name="reporter-send"),
    path("pelapor/wilayah/", areas, name="reporter-areas"),
]
