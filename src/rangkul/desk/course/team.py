"""Who carries a case: companions of the own agency, and agencies that joined as one team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases.models import CaseFile
from rangkul.custody import operations as custody
from rangkul.custody import queries as custody_queries
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of

_FOUND = 12
# [local] What the form offers as the last day of a place in the team.
_USUAL_TEAM = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could carry the case; on duty now or not."""

    user_id: int
    name: str
    on_duty: bool


@staff()
def companions(request: StaffRequest, number: str) -> HttpResponse:
    """Who of the own agency carries the case, and who could."""
    file = get_file(request, number)
    return _companions_page(request, file)


@staff(Permission.ASSIGN_CASE)
@require_POST
def assign(request: StaffRequest, number: str) -> HttpResponse:
    """Give the case to a colleague."""
    file = get_file(request, number)
    try:
        custody.assign(
            case_id=file.case_id, user_id=_id(request, "user"), by=request.actor, at=request.now
        )
    except InvalidInput:
        return _companions_page(request, file, _("Please choose a colleague of this agency."))
    messages.success(request, _("Assigned. The colleague sees the file from now on."))
    return redirect("course-companions", number=number)


@staff(Permission.ASSIGN_CASE)
@require_POST
def unassign(request: StaffRequest, number: str) -> HttpResponse:
    """Take the case off a colleague's list, but never off everybody's."""
    file = get_file(request, number)
    try:
        custody.unassign(
            case_id=file.case_id, user_id=_id(request, "user"), by=request.actor, at=request.now
        )
    except InvalidInput:
        return _companions_page(
            request, file, _("Somebody must carry the case. Assign another companion first.")
        )
    messages.success(request, _("The assignment has ended."))
    return redirect("course-companions", number=number)


@staff()
def agencies(request: StaffRequest, number: str) -> HttpResponse:
    """The agencies that hold the case together, and the search for one more."""
    file = get_file(request, number)
    return _agencies_page(request, file)


@staff(Permission.ASSIGN_CASE)
@require_POST
def join(request: StaffRequest, number: str) -> HttpResponse:
    """Let one more agency in until a day: it sees the whole file."""
    file = get_file(request, number)
    agency = network.get_agency(_id(request, "agency"))
    ends_on = _day(request)
    if ends_on is None:
        return _agencies_page(request, file, _("Please say until which day."))
    known = agency.id in custody_queries.list_holders(file.case_id)
    try:
        if not known:
            # Two supervisors at once: the second meets the one live access that may exist.
            with transaction.atomic():
                custody.join_agency(
                    case_id=file.case_id, agency_id=agency.id, by=request.actor, at=request.now,
                    ends_on=ends_on,
                )  # fmt: skip
    except IntegrityError:
        known = True
    except InvalidInput as fault:
        return _agencies_page(request, file, _fault_words(fault))
    if known:
        messages.info(request, _("This agency is in the team already."))
    else:
        messages.success(
            request, _("%(agency)s has joined the team.") % {"agency": agency.short_name}
        )
    return redirect("course-agencies", number=number)


@staff(Permission.ASSIGN_CASE)
@require_POST
def stay_until(request: StaffRequest, number: str) -> HttpResponse:
    """Another last day for an agency's place in the team."""
    file = get_file(request, number)
    ends_on = _day(request)
    if ends_on is None:
        return _agencies_page(request, file, _("Please say until which day."))
    try:
        custody.set_team_end(
            case_id=file.case_id, agency_id=_id(request, "agency"), ends_on=ends_on,
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        return _agencies_page(request, file, _fault_words(fault))
    messages.success(request, _("Saved. The file closes to this agency after that day."))
    return redirect("course-agencies", number=number)


def _day(request: StaffRequest) -> date | None:
    """The day that was typed, if it is one."""
    try:
        return date.fromisoformat(text(request, "ends_on", 12))
    except ValueError:
        return None


def _fault_words(fault: InvalidInput) -> str:
    return {
        "past": _("The last day is today at the earliest."),
        "ended": _("This agency is no more."),
    }.get(next(iter(fault.errors.values())), _("Please choose from the list."))


@staff(Permission.ASSIGN_CASE)
@require_POST
def leave(request: StaffRequest, number: str) -> HttpResponse:
    """End a joint team's access at once; an agency may also leave by itself."""
    file = get_file(request, number)
    agency_id = _id(request, "agency")
    custody.end_access(case_id=file.case_id, agency_id=agency_id, by=request.actor, at=request.now)
    if agency_id == request.actor.agency_id:
        messages.success(request, _("Your agency has left the team. The lead keeps the file."))
        return redirect("case-list")
    messages.success(request, _("The access has ended at once; what was done stays recorded."))
    return redirect("course-agencies", number=number)


def _companions_page(request: StaffRequest, file: CaseFile, error: str = "") -> HttpResponse:
    actor = request.actor
    carried = custody_queries.list_assignments(actor, file.case_id)
    colleagues = colleagues_of(request)
    names = {colleague.user_id: colleague.name for colleague in colleagues}
    unknown = {row.user_id for row in carried} - names.keys()
    if unknown:
        names |= accounts.names_of(unknown)
    carriers = {row.user_id for row in carried}
    context = _frame(request, file, _("Companions")) | {
        "carried": [(row, names.get(row.user_id, "")) for row in carried],
        "colleagues": [c for c in colleagues if c.user_id not in carriers],
        "may_assign": may(actor.roles, Permission.ASSIGN_CASE),
        "error": error,
    }
    return render(request, "desk/course/companions.html", context, status=422 if error else 200)


def colleagues_of(request: StaffRequest) -> list[Colleague]:
    """Companions and supervisors of the agency, those on duty first."""
    members = network.list_companions(request.actor.agency_id, at=request.now)
    desks = {desk for member in members for desk in member.membership.desk_ids}
    on_duty = {
        person.user_id
        for cover in network.cover_of(desks, request.now).values()
        for person in cover.on_duty
    }
    found = [
        Colleague(m.membership.user_id, m.name, m.membership.user_id in on_duty) for m in members
    ]
    return sorted(found, key=lambda colleague: (not colleague.on_duty, colleague.name))


def _agencies_page(request: StaffRequest, file: CaseFile, error: str = "") -> HttpResponse:
    actor = request.actor
    team = custody_queries.list_team(file.case_id)
    today = request.now.astimezone(ZoneInfo(zone_of(request.membership.area_code))).date()
    held_by = custody_queries.list_holders(file.case_id)
    names = network.agency_names(held_by)
    lead = file.case.lead_agency_id
    words = request.GET.get("cari", "").strip()[:80]
    found = (
        network.search_directory(at=request.now, words=words, limit=_FOUND).rows if words else ()
    )
    context = _frame(request, file, _("Agencies in the team")) | {
        "holders": [
            {
                "id": agency_id,
                "name": names.get(agency_id, ""),
                "is_lead": agency_id == lead,
                "is_own": agency_id == actor.agency_id,
                "may_end": actor.agency_id in (lead, agency_id),
                "ends_on": team.get(agency_id),
            }
            for agency_id in sorted(
                held_by, key=lambda known: (known != lead, names.get(known, ""))
            )
        ],
        "is_lead": lead == actor.agency_id,
        "may_assign": may(actor.roles, Permission.ASSIGN_CASE),
        "words": words, "error": error, "today": today.isoformat(),
        "usual_end": (today + _USUAL_TEAM).isoformat(),
        "found": [row for row in found if row.id not in held_by],
    }  # fmt: skip
    return render(request, "desk/course/agencies.html", context, status=422 if error else 200)


def _frame(request: StaffRequest, file: CaseFile, title: str) -> dict[str, object]:
    context = frame(file, request, section="course-page")
    number = context["number"]
    above = (reverse("course-page", args=[number]), _("Course & team"))
    context["trail"] = [*context["trail"][:2], above, ("", title)]
    return context | {"title": title}


def _id(request: StaffRequest, name: str) -> int:
    value = text(request, name, 12)
    return int(value) if value.isdecimal() else 0


_HERE = "kasus/<str:number>/perjalanan/"
urlpatterns = [
    path(f"{_HERE}pendamping/", companions, name="course-companions"),
    path(f"{_HERE}pendamping/tunjuk/", assign, name="course-assign"),
    path(f"{_HERE}pendamping/lepas/", unassign, name="course-unassign"),
    path(f"{_HERE}tim/", agencies, name="course-agencies"),
    path(f"{_HERE}tim/gabung/", join, name="course-join"),
    path(f"{_HERE}tim/sampai/", stay_until, name="course-team-until"),
    path(f"{_HERE}tim/akhiri/", leave, name="course-leave"),
]
