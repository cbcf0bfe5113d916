"""Tenggat per meja: everything that falls due, desk by desk, for whoever stands over several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode
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
from rangkul.desk import pauses
from rangkul.desk import wording as words
from rangkul.desk.page import StaffRequest, only_coordinates, staff
from rangkul.desk.paging import page_asked
from rangkul.desk.today import Deadline, held_of, legs_of
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals
from rangkul.referrals.models import Request
from rangkul.reports import queries as reports

_PAGE: Final = 60
# What stands in the address for rows that belong to no desk, and how far ahead one looks.
_NONE: Final = "tanpa"
_WEEK: Final = "7"
_AHEAD: Final[dict[str, timedelta]] = {
    _WEEK: timedelta(days=7), "30": timedelta(days=30), "semua": timedelta(days=3_660),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of everything that falls due: when, at which desk, and what to read then."""

    due_at: datetime
    desk_id: int | None
    clock_id: UUID | None = None
    request_id: int | None = None


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
    """A desk, or a stretch of time, with how much waits there and how much of it is late."""

    key: str
    name: str
    count: int
    late: int
    active: bool
    url: str


@staff()
@require_safe
def due(request: StaffRequest) -> HttpResponse:
    """A supervisor's unit or a person's own: whole or one desk (``?meja=``), as far as asked
    (``?sampai=``), page by page (``?hal=``). Every count is of everything.
    """
    if only_coordinates(request.actor):
        return redirect("late-list")
    unit = may(request.actor.roles, Permission.SEE_UNIT_CASES)
    ahead = request.GET.get("sampai", _WEEK)
    ahead = ahead if ahead in _AHEAD else _WEEK
    items = _items(request, until=request.now + _AHEAD[ahead], whole_unit=unit)
    asked = request.GET.get("meja", "")
    tabs = _tabs(items, asked, ahead, request.now)
    chosen = next((tab for tab in tabs if tab.active), tabs[0])
    if chosen.key:
        items = [item for item in items if _key(item) == chosen.key]
    page = page_asked(request, len(items), _PAGE)
    rows = _rows(request, items[page.offset : page.offset + _PAGE])
    names = network.desk_names(row.desk_id for row in rows if row.desk_id)
    context = {
        "rows": [(row, names.get(row.desk_id or 0, "")) for row in rows],
        "late": chosen.late, "count": chosen.count, "page": page,
        "tabs": tabs if len(tabs) > 2 else [], "ahead": ahead,
        "stretches": [
            (_("7 days"), _address(chosen.key, _WEEK), ahead == _WEEK),
            (_("30 days"), _address(chosen.key, "30"), ahead == "30"),
            (_("All"), _address(chosen.key, "semua"), ahead == "semua"),
        ],
        "paused": [] if page.offset else pauses.rows(request, whole_unit=unit, desk=chosen.key),
        "unit": unit, "zone": zone_of(request.membership.area_code),
    }  # fmt: skip
    return render(request, "desk/alerts/due.html", context)


def _items(request: StaffRequest, *, until: datetime, whole_unit: bool) -> list[Item]:
    """Everything, soonest first. A case's deadline stands at the desk that works on the case."""
    actor = request.actor
    falling = clocks.fall_due(actor, until=until, whole_unit=whole_unit)
    case_ids = {each.case_id for each in falling if each.case_id and not each.desk_id}
    desks = cases.desks_of(actor, case_ids) if case_ids else {}
    items = [
        Item(each.due_at, each.desk_id or desks.get(each.case_id or 0), clock_id=each.id)
        for each in falling
    ]
    if may(actor.roles, Permission.ANSWER_PACKETS):
        items += [
            Item(due_at, desk_id, request_id=request_id)
            for due_at, desk_id, request_id in referrals.received_due(actor, until=until)
        ]
    return sorted(items, key=lambda item: item.due_at)


def _rows(request: StaffRequest, items: list[Item]) -> list[Row]:
    """What one page shows, in the order of its items."""
    actor = request.actor
    found = clocks.list_clocks(actor, [item.clock_id for item in items if item.clock_id])
    asked = [item.request_id for item in items if item.request_id]
    received = referrals.list_received(actor, asked) if asked else {}
    case_ids = sorted({clock.case_id for clock in found.values() if clock.case_id})
    covers = {c.case_id: c for c in cases.list_covers(actor, case_ids)} if case_ids else {}
    tables, held = _tables(request, found.values()), held_of(request, found.values())
    legs = legs_of(request, found.values())
    rows = []
    for item in items:
        if item.clock_id and (clock := found.get(item.clock_id)):
            cover = covers.get(clock.case_id or 0)
            rows.append(_clock_row(clock, cover, tables, held, legs, request.now))
        elif item.request_id and (one := received.get(item.request_id)):
            rows.append(_request_row(one, item.due_at))
    return rows


def _tables(request: StaffRequest, running: Iterable[Clock]) -> dict[str, str]:
    """Decision (id) → the number of the conference that made it, where the person may open it."""
    decisions = [UUID(clock.subject_id) for clock in running if clock.subject_kind == "decision"]
    if not decisions:
        return {}
    return conferences.numbers_among(request.actor, conference_ids=(), decision_ids=decisions)


def _clock_row(
    clock: Clock, cover: CaseFile | None, tables: Mapping[str, str], held: Mapping[str, str],
    legs: Mapping[str, str], now: datetime,
) -> Row:  # fmt: skip
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
    if clock.subject_kind == "hold" and clock.subject_id in held:
        url = f"{reverse('repatriation-with-us')}#hold-{clock.subject_id}"
        return Row(clock, clock.desk_id, title, url=url, beside=held[clock.subject_id])
    if clock.subject_kind == "leg" and clock.subject_id in legs:
        number = legs[clock.subject_id]
        url = reverse("repatriation-leg", args=[number])
        return Row(clock, clock.desk_id, title, number, url)
    if clock.subject_id in tables:
        number = tables[clock.subject_id]
        return Row(
            clock, clock.desk_id, title, number, reverse("conference-page", args=[number])
        )  # fmt: skip
    return Row(clock, clock.desk_id, title, risk=clock.risk)


def _request_row(asked: Request, due_at: datetime) -> Row:
    service = words.service_label(asked.service)
    title = _("Asked of you: %(service)s") % {"service": service}
    number = referrals.packet_number(asked.id)
    return Row(
        Deadline(asked.sent_at, due_at), asked.receiver_desk_id, title, number,
        reverse("inbox-page", args=[number]), asked.risk, asked.sender_agency.short_name,
    )  # fmt: skip


def _key(item: Item) -> str:
    return str(item.desk_id) if item.desk_id else _NONE


def _tabs(items: list[Item], asked: str, ahead: str, now: datetime) -> list[Tab]:
    """All, then every desk at which something falls due, by name; what has no desk last."""
    counts = Counter(_key(item) for item in items)
    late = Counter(_key(item) for item in items if item.due_at < now)
    names = network.desk_names({item.desk_id for item in items if item.desk_id})
    keyed = {str(desk_id): name for desk_id, name in names.items()}
    order = [*sorted(keyed, key=lambda key: (keyed[key], key)), _NONE]
    desks = [
        Tab(key, keyed.get(key) or _("Without a desk"), counts[key], late[key], key == asked,
            _address(key, ahead))
        for key in order
        if counts[key]
    ]  # fmt: skip
    none_chosen = not any(tab.active for tab in desks)
    every = Tab(
        "", _("All desks"), len(items), sum(late.values()), none_chosen, _address("", ahead)
    )
    return [every, *desks]


def _address(desk: str, ahead: str) -> str:
    asked = {"meja": desk, "sampai": "" if ahead == _WEEK else ahead}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("due-list") + (f"?{query}" if query else "")


urlpatterns = [path("tenggat/", due, name="due-list")]
