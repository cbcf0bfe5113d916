"""Tenggat per meja: everything that falls due, desk by desk, for whoever stands over several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.clocks.models import Clock
from rangkul.conferences import queries as conferences
from rangkul.custody import queries as custody
from rangkul.desk import wording as words
from rangkul.desk.page import StaffRequest, only_coordinates, staff
from rangkul.desk.today import Deadline
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals
from rangkul.reports import queries as reports

_AHEAD: Final = timedelta(days=7)
# More than this is read by nobody; the soonest of each desk are among them.
_READ: Final = 400
_SHOWN: Final = 60
# What stands in the address for rows that belong to no desk.
_NONE: Final = "tanpa"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that falls due, and the desk (id) at which it does; ``None`` for no desk.

    ``beside`` is who it is about: the working name, or the agency that asks.
    """

    clock: Clock | Deadline
    desk_id: int | None
    title: str
    number: str = ""
    url: str = ""
    risk: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A desk with how much waits there and how much of it is late."""

    key: str
    name: str
    count: int
    late: int
    active: bool


@staff()
@require_safe
def due(request: StaffRequest) -> HttpResponse:
    """A supervisor's unit or a person's own, whole or one desk of it (``?meja=``)."""
    if only_coordinates(request.actor):
        return redirect("late-list")
    unit = may(request.actor.roles, Permission.SEE_UNIT_CASES)
    rows = sorted(_rows(request, whole_unit=unit), key=lambda row: row.clock.due_at)
    asked = request.GET.get("meja", "")
    tabs = _tabs(rows, asked, request.now)
    if any(tab.active for tab in tabs[1:]):
        rows = [row for row in rows if _key(row) == asked]
    names = network.desk_names(row.desk_id for row in rows[:_SHOWN] if row.desk_id)
    context = {
        "rows": [(row, names.get(row.desk_id or 0, "")) for row in rows[:_SHOWN]],
        "rest": len(rows) - len(rows[:_SHOWN]),
        "late": sum(row.clock.due_at < request.now for row in rows),
        "count": len(rows),
        "tabs": tabs if len(tabs) > 2 else [],
        "unit": unit,
        "zone": zone_of(request.membership.area_code),
    }
    return render(request, "desk/alerts/due.html", context)


def _rows(request: StaffRequest, *, whole_unit: bool) -> list[Row]:
    actor, until = request.actor, request.now + _AHEAD
    running = clocks.list_due(actor, until=until, whole_unit=whole_unit, limit=_READ)
    case_ids = sorted({clock.case_id for clock in running if clock.case_id})
    covers = {c.case_id: c for c in cases.list_covers(actor, case_ids)} if case_ids else {}
    tables = _tables(request, running)
    rows = [
        _clock_row(clock, covers.get(clock.case_id or 0), tables, request.now) for clock in running
    ]
    if may(actor.roles, Permission.ANSWER_PACKETS):
        rows += [
            _request_row(entry, entry.due_at)
            for entry in referrals.inbox(actor, now=request.now)
            if entry.due_at is not None and entry.due_at < until
        ]
    return rows


def _tables(request: StaffRequest, running: Iterable[Clock]) -> dict[str, str]:
    """Decision (id) → the number of the conference that made it, where the person may open it."""
    decisions = [UUID(clock.subject_id) for clock in running if clock.subject_kind == "decision"]
    if not decisions:
        return {}
    return conferences.numbers_among(request.actor, conference_ids=(), decision_ids=decisions)


def _clock_row(
    clock: Clock, cover: CaseFile | None, tables: Mapping[str, str], now: datetime
) -> Row:
    rule = words.rule(clock.procedure, now.date())
    title = rule.title() if rule else clock.procedure
    if cover is not None:
        number = custody.case_number(cover.case_id)
        return Row(
            clock, clock.desk_id or cover.desk_id, title, number,
            reverse("case-page", args=[number]), cover.risk, cover.work_label or cover.pseudonym,
        )  # fmt: skip
    if clock.subject_kind == "report":
        number = reports.report_number(int(clock.subject_id))
        return Row(
            clock, clock.desk_id, title, number, reverse("report-page", args=[number]), clock.risk
        )
    if clock.subject_id in tables:
        number = tables[clock.subject_id]
        return Row(
            clock, clock.desk_id, title, number, reverse("conference-page", args=[number])
        )  # fmt: skip
    return Row(clock, clock.desk_id, title, risk=clock.risk)


def _request_row(entry: referrals.Entry, due_at: datetime) -> Row:
    asked = entry.request
    service = words.service_label(asked.service)
    title = _("Asked of you: %(service)s") % {"service": service}
    return Row(
        Deadline(asked.sent_at, due_at), asked.receiver_desk_id, title, entry.number,
        reverse("inbox-page", args=[entry.number]), asked.risk, asked.sender_agency.short_name,
    )  # fmt: skip


def _key(row: Row) -> str:
    return str(row.desk_id) if row.desk_id else _NONE


def _tabs(rows: list[Row], asked: str, now: datetime) -> list[Tab]:
    """All, then every desk at which something falls due, by name; what has no desk last."""
    counts = Counter(_key(row) for row in rows)
    late = Counter(_key(row) for row in rows if row.clock.due_at < now)
    names = network.desk_names(row.desk_id for row in rows if row.desk_id)
    keyed = {str(desk_id): name for desk_id, name in names.items()}
    order = [*sorted(keyed, key=lambda key: (keyed[key], key)), _NONE]
    desks = [
        Tab(key, keyed.get(key) or _("Without a desk"), counts[key], late[key], key == asked)
        for key in order
        if counts[key]
    ]
    every = Tab("", _("All desks"), len(rows), sum(late.values()), not any(t.active for t in desks))
    return [every, *desks]


urlpatterns = [path("tenggat/", due, name="due-list")]
