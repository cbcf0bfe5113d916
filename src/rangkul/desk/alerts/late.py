"""Terlambat: the coordinators' home, what is late by agency and procedure, without any person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.alerts import queries
from rangkul.alerts.models import Alert
from rangkul.desk import wording as words
from rangkul.desk.alerts import wording
from rangkul.desk.alerts.offers import DAYS, offers
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.today import Deadline
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals


@dataclass(slots=True)
class Late:
    """One procedure in which an agency is late: how often, since when, how high it has climbed.

    ``numbers`` are those of requests, each with the address where it can be moved, or "".
    """

    title: str
    source: str
    deadline: Deadline
    rung: str
    count: int = 0
    numbers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class AgencyLate:
    """Everything in which one agency is late, the longest first."""

    name: str
    agency_id: int
    lines: list[Late] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many deadlines."""
        return sum(line.count for line in self.lines)


@staff(Permission.SEE_PROVINCE)
@require_safe
def late(request: StaffRequest) -> HttpResponse:
    """By agency; of the thing itself nothing but the number of a request."""
    found = queries.list_late(request.actor, now=request.now)
    may_move = may(request.actor.roles, Permission.REASSIGN_UNANSWERED)
    agencies = _grouped(found, request.now, may_move=may_move)
    context = {
        "agencies": agencies,
        "count": len(found),
        "more": len(found) == queries.LATE,
        "nation": may(request.actor.roles, Permission.SEE_NATION),
        "zone": zone_of(request.membership.area_code),
        "offers": offers(at=request.now),
        "days": DAYS,
    }
    return render(request, "desk/alerts/late.html", context)


def _grouped(found: Iterable[Alert], now: datetime, *, may_move: bool) -> list[AgencyLate]:
    """The alerts come oldest deadline first, so the first of each group is the longest."""
    agencies: dict[int, AgencyLate] = {}
    lines: dict[tuple[int, str, str], Late] = {}
    for alert in found:
        who = alert.about_agency or alert.agency
        agency = agencies.setdefault(who.id, AgencyLate(who.short_name, who.id))
        key = who.id, alert.kind, alert.code
        line = lines.get(key)
        if line is None:
            line = lines[key] = Late(
                title=wording.title(alert, now.date()),
                source=words.procedure_source(alert.code, now.date()) if alert.code else "",
                deadline=Deadline(alert.at, alert.due_at or alert.at),
                rung=wording.rung(alert.step),
            )
            agency.lines.append(line)
        line.count += 1
        if alert.about_kind == "request" and alert.about_id.isdecimal():
            number = referrals.packet_number(int(alert.about_id))
            url = reverse("unanswered-page", args=[number]) if may_move else ""
            line.numbers.append((number, url))
    return list(agencies.values())


urlpatterns = [path("terlambat/", late, name="late-list")]
