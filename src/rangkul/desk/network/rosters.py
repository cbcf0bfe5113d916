"""Duty rosters: a desk's week, who answers when, and the hours that nobody covers."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.desk.network.directory import trail
from rangkul.desk.network.entries import answer, own_desk
from rangkul.desk.network.forms import ShiftForm, faults_into
from rangkul.desk.page import StaffRequest, staff
from rangkul.foundation.errors import InvalidInput
from rangkul.network import operations
from rangkul.network import queries as network
from rangkul.network.models import Desk

_WEEK = timedelta(days=7)


@require_safe
@staff(Permission.SEE_DIRECTORY)
def desks(request: StaffRequest) -> HttpResponse:
    """The agency's desks, and who is on duty at each now."""
    cards = network.list_desks(request.actor.agency_id, at=request.now)
    covers = network.cover_of([card.desk.id for card in cards], request.now)
    context = {
        "desks": [(card, covers[card.desk.id]) for card in cards],
        "may_edit": may(request.actor.roles, Permission.EDIT_AGENCY),
        "trail": trail(("", _("Duty rosters"))),
    }
    return render(request, "desk/network/rosters.html", context)


def _monday(request: StaffRequest, desk: Desk) -> date:
    """The Monday asked for, else that of today in the desk's zone."""
    zone = network.zone_of_desk(desk)
    asked = request.GET.get("pekan") or request.POST.get("pekan") or ""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = request.now.astimezone(zone).date()
    return network.week_start(day)


def _people(request: StaffRequest) -> list[tuple[int, str]]:
    members = network.list_staff(request.actor.agency_id, at=request.now)
    return [(member.id, member.name) for member in members]


def _page(request: StaffRequest, desk: Desk, monday: date, form: ShiftForm) -> HttpResponse:
    context = {
        "desk": desk,
        "week": network.roster_week(desk, monday=monday),
        "earlier": monday - _WEEK,
        "later": monday + _WEEK,
        "sunday": monday + timedelta(days=6),
        "today": request.now.astimezone(network.zone_of_desk(desk)).date(),
        "may_edit": may(request.actor.roles, Permission.EDIT_AGENCY),
        "trail": trail((reverse("network-rosters"), _("Duty rosters")), ("", desk.name)),
    }
    return answer(request, "roster", form, context)


@require_safe
@staff(Permission.SEE_DIRECTORY)
def week(request: StaffRequest, desk_id: int) -> HttpResponse:
    """One week of a desk: who when, gaps in amber."""
    desk = own_desk(request, desk_id)
    monday = _monday(request, desk)
    today = request.now.astimezone(network.zone_of_desk(desk)).date()
    form = ShiftForm(people=_people(request), initial={"day": max(monday, today)})
    return _page(request, desk, monday, form)


def _to_week(desk_id: int, monday: date) -> HttpResponse:
    return redirect(f"{reverse('network-roster', args=[desk_id])}?pekan={monday.isoformat()}")


@require_POST
@staff(Permission.EDIT_AGENCY)
def add_shift(request: StaffRequest, desk_id: int) -> HttpResponse:
    """Put a colleague on duty."""
    desk = own_desk(request, desk_id)
    form = ShiftForm(request.POST, people=_people(request))
    if form.is_valid():
        starts_at, ends_at = form.span(network.zone_of_desk(desk))
        with faults_into(form):
            operations.add_shift(
                desk_id=desk.id,
                membership_id=form.cleaned_data["membership"],
                starts_at=starts_at,
                ends_at=ends_at,
                by=request.actor,
                at=request.now,
            )
            messages.success(request, _("The turn is on the roster."))
            return _to_week(desk.id, network.week_start(form.cleaned_data["day"]))
    return _page(request, desk, _monday(request, desk), form)


@require_POST
@staff(Permission.EDIT_AGENCY)
def remove_shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    """Take a turn off the roster."""
    shift = network.get_shift(request.actor.agency_id, shift_id)
    desk = own_desk(request, shift.desk_id)
    day = shift.starts_at.astimezone(network.zone_of_desk(desk)).date()
    operations.remove_shift(shift_id=shift_id, by=request.actor, at=request.now)
    messages.success(request, _("The turn is off the roster."))
    return _to_week(desk.id, network.week_start(day))


@require_POST
@staff(Permission.EDIT_AGENCY)
def copy_week(request: StaffRequest, desk_id: int) -> HttpResponse:
    """Repeat this week in the weeks that follow."""
    desk = own_desk(request, desk_id)
    monday = _monday(request, desk)
    typed = request.POST.get("weeks", "")
    try:
        made = operations.copy_week(
            desk_id=desk.id,
            monday=monday,
            weeks=int(typed) if typed.isdecimal() and len(typed) < 4 else 0,
            by=request.actor,
            at=request.now,
        )
    except InvalidInput as fault:
        messages.error(request, " ".join(fault.errors.values()))
    else:
        words = ngettext("%(count)s turn was added.", "%(count)s turns were added.", made)
        messages.success(request, words % {"count": made})
    return _to_week(desk.id, monday)
