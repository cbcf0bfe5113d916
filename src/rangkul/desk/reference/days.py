"""Working days: the national calendar of a year, and what a keeper has corrected in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.desk.network.forms import faults_into
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.reference.forms import FIRST_YEAR, LAST_YEAR, DayForm, PlaceForm
from rangkul.desk.reference.pages import UNREADABLE, frame
from rangkul.foundation.errors import NotReachable
from rangkul.reference import operations
from rangkul.reference import queries as reference
from rangkul.reference.calendar import national_holidays
from rangkul.reference.models import CalendarOverride


@dataclass(frozen=True, slots=True)
class NationalDay:
    """A day of the national calendar; ``worked`` where a correction takes it back."""

    day: date
    name: str
    worked: bool


@require_safe
@staff(Permission.SEE_DIRECTORY)
def show(request: StaffRequest) -> HttpResponse:
    """The year's days, for the whole nation or as they hold in one area."""
    return _page(request, DayForm())


def _page(request: StaffRequest, form: DayForm) -> HttpResponse:
    place = PlaceForm(request.GET)
    place.is_valid()
    area: str = place.cleaned_data.get("wilayah", "")
    year = _year(request)
    corrected = [
        row for row in reference.list_calendar_overrides(year=year) if _holds_in(row, area)
    ]
    calendar = reference.working_calendar(area)
    national = [
        NationalDay(day, name, calendar.is_working(day))
        for day, name in sorted(national_holidays(year).items())
    ]
    context = frame(request, "reference-days") | {
        "form": form,
        "place": place,
        "area": reference.get_area(area) if area else None,
        "year": year,
        "earlier": year - 1 if year > FIRST_YEAR else None,
        "later": year + 1 if year < LAST_YEAR else None,
        "corrected": corrected,
        "national": national,
        "typed_area": request.GET.get("wilayah", "")[:200],
    }
    status = UNREADABLE if form.is_bound and form.errors else 200
    return render(request, "desk/reference/days.html", context, status=status)


def _year(request: StaffRequest) -> int:
    """The year asked for; this one when none or an impossible one is."""
    sent = request.GET.get("tahun", "")
    year = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) == 4 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else request.now.year


def _holds_in(row: CalendarOverride, area: str) -> bool:
    """Whether the correction holds in the area (code); without one, every correction is shown."""
    return not area or row.area_id is None or row.area_id in reference.ancestor_codes(area)


@require_POST
@staff(Permission.KEEP_STANDARDS)
def correct(request: StaffRequest) -> HttpResponse:
    """Say of a day that offices work, or do not, in an area or everywhere."""
    form = DayForm(request.POST)
    if form.is_valid():
        with faults_into(form):
            row = operations.set_calendar_override(
                **form.cleaned_data, by=request.actor, at=request.now
            )
            messages.success(request, _("The day is kept. Deadlines that run already stay."))
            return redirect(f"{reverse('reference-days')}?tahun={row.date.year}")
    return _page(request, form)


@require_POST
@staff(Permission.KEEP_STANDARDS)
def take_back(request: StaffRequest) -> HttpResponse:
    """Let the wider calendar speak again on a day."""
    try:
        day = date.fromisoformat(text(request, "day", 10))
    except ValueError as fault:
        raise NotReachable("day") from fault
    operations.clear_calendar_override(
        day=day, area=text(request, "area", 16), by=request.actor, at=request.now
    )
    messages.success(request, _("The wider calendar holds again on this day."))
    return redirect(f"{reverse('reference-days')}?tahun={day.year}")
