"""From a report into a case: a new file, or one that is open already."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.cases import queries as cases
from rangkul.cases.operations import Opening, of_same_incident
from rangkul.custody import queries as custody
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.reports import places
from rangkul.desk.reports.numbers import address, report_id_or_404
from rangkul.desk.reports.opening_form import OpeningForm, initial_of
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.network import queries as network
from rangkul.people import queries as people
from rangkul.reference.zones import zone_of
from rangkul.reports import operations as writing
from rangkul.reports import queries as reports
from rangkul.reports import workflow

_CANDIDATES = 6


@staff(Permission.OPEN_CASE)
@require_http_methods(["GET", "POST"])
def open_case(request: StaffRequest, number: str) -> HttpResponse:
    """A new file with its companion, from what the report knows."""
    report_id = report_id_or_404(number)
    report = reports.get_report(request.actor, report_id)
    if report.state not in (workflow.RECEIVED, workflow.IN_HAND):
        return redirect(address("report-page", report_id))
    zone = ZoneInfo(zone_of(request.membership.area_code))
    companions = companions_for(request, report.desk_id)
    if request.method == "POST":
        return _open(request, report_id, zone, companions)
    opened = writing.read_report(report_id=report_id, by=request.actor, at=request.now)
    first = companions[0][0] if companions else ""
    form = OpeningForm(
        initial=initial_of(opened.content, companion=first, at=request.now),
        companions=companions,
        zone=zone,
    )
    return _opening_page(request, number, form)


def _open(
    request: StaffRequest, report_id: int, zone: ZoneInfo, companions: list[tuple[str, Any]]
) -> HttpResponse:
    form = OpeningForm(request.POST, companions=companions, zone=zone)
    number = reports.report_number(report_id)
    if not form.is_valid():
        return _opening_page(request, number, form, status=422)
    opened = writing.read_report(report_id=report_id, by=request.actor, at=request.now)
    try:
        file = writing.open_case(
            report_id=report_id, opening=_opening(request, form, opened), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        form.take_faults(fault)
        return _opening_page(request, number, form, status=422)
    messages.success(request, _("The file is open, and its companion is named."))
    if custody.visible_among(request.actor, [file.case_id]):
        return redirect(reverse("case-page", args=[custody.case_number(file.case_id)]))
    return redirect(address("report-page", report_id))


def _opening(request: StaffRequest, form: OpeningForm, opened: reports.OpenReport) -> Opening:
    """What the file begins with. Raises ``InvalidInput`` for an incident that nobody sees here."""
    opening, other = form.opening(opened), form.cleaned_data["sibling"]
    if not other:
        return opening
    case_id = _case_id(other)
    try:
        if case_id is not None:
            return of_same_incident(opening, case_id=case_id, by=request.actor)
    except NotReachable:
        pass
    raise InvalidInput({"sibling": "no_file"})


def _opening_page(
    request: StaffRequest, number: str, form: OpeningForm, *, status: int = 200
) -> HttpResponse:
    context = shown(form) | {
        "lead": _(
            "Filled in from the report. The file gets a number and a call word; the name stays "
            "sealed."
        ),
        "back": (reverse("report-page", args=[number]), _("Back to the report")),
        "trail": _trail(number, _("Open a case")),
    }
    return render(request, "desk/reports/open_case.html", context, status=status)


def shown(form: OpeningForm) -> dict[str, Any]:
    """The form with the places that its words may mean."""
    words = str(form.sent.get("area_words", ""))
    found = places.offered(words, str(form.sent.get("area", "")))
    return {"form": form, "places": found, "asked": bool(words)}


def companions_for(request: StaffRequest, desk_id: int | None) -> list[tuple[str, Any]]:
    """Who may carry the file: those on duty first. Only a supervisor gives it to a colleague."""
    actor = request.actor
    members = network.list_companions(actor.agency_id, at=request.now)
    may_assign = may(actor.roles, Permission.ASSIGN_CASE) or may(
        actor.roles, Permission.CALL_COMPANION
    )
    if not may_assign:
        members = [m for m in members if m.membership.user_id == actor.user_id]
    duty = network.on_duty(desk_id, request.now) if desk_id else ()
    on_duty = {place.user_id for place in duty}

    def words(member: network.StaffMember) -> str:
        if member.membership.user_id == actor.user_id:
            return _("%(name)s (you)") % {"name": member.name}
        if member.membership.user_id in on_duty:
            return _("%(name)s, on duty now") % {"name": member.name}
        return member.name

    members.sort(
        key=lambda m: (
            m.membership.user_id not in on_duty,
            m.membership.user_id != actor.user_id,
            m.name,
        )
    )
    return [(str(m.membership.user_id), words(m)) for m in members]


# -- joining ----------------------------------------------------------------------------------


@staff(Permission.WRITE_NOTE)
@require_http_methods(["GET", "POST"])
def join(request: StaffRequest, number: str) -> HttpResponse:
    """Add the report to an open file: those that may be meant are offered, others are searched."""
    report_id = report_id_or_404(number)
    report = reports.get_report(request.actor, report_id)
    if report.state not in (workflow.RECEIVED, workflow.IN_HAND):
        return redirect(address("report-page", report_id))
    chosen, refused = request.POST.get("case", ""), ""
    if request.method == "POST" and request.POST.get("do") == "join":
        case_id = _case_id(chosen)
        if case_id is not None:
            writing.join_case(
                report_id=report_id, case_id=case_id, by=request.actor, at=request.now
            )
            messages.success(request, _("The report stands in the file now, as a note."))
            return redirect(reverse("case-page", args=[custody.case_number(case_id)]))
        refused = _("Please choose the file first.")
    words = text(request, "words", 120)
    if words:
        found = _searched(request.actor, words)
    else:
        opened = writing.read_report(report_id=report_id, by=request.actor, at=request.now)
        about = opened.content.about
        found = _of_person(request.actor, about.name or about.called_name, about.nik, about.phone)
    context = {
        "number": number,
        "words": words,
        "refused": refused,
        "covers": [
            {"number": custody.case_number(cover.case_id), "cover": cover}
            for cover in cases.list_covers(request.actor, found[:_CANDIDATES])
        ],
        "trail": _trail(number, _("Join to a case")),
    }
    return render(request, "desk/reports/join.html", context, status=422 if refused else 200)


def _searched(actor: Actor, words: str) -> list[int]:
    case_id = _case_id(words)
    if case_id is not None:
        return [case_id]
    return people.search_numbers(actor, words) or people.search_names(actor, words)


def _of_person(actor: Actor, name: str, *numbers: str) -> list[int]:
    found = [case_id for n in numbers if n for case_id in people.search_numbers(actor, n)]
    if name:
        found += people.search_names(actor, name)
    return list(dict.fromkeys(found))


def _case_id(number: str) -> int | None:
    try:
        return custody.case_id_of(number)
    except MistypedNumber:
        return None


def _trail(number: str, here: str) -> list[tuple[str, str]]:
    return [
        (reverse("report-list"), _("Reports")),
        (reverse("report-page", args=[number]), number),
        ("", here),
    ]


urlpatterns = [
    path("laporan/<str:number>/kasus/", open_case, name="report-open-case"),
    path("laporan/<str:number>/gabung/", join, name="report-join"),
]
