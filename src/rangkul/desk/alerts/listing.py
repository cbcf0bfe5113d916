"""The list of what calls a person, and the count that the bell shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.alerts import kinds, operations, queries
from rangkul.alerts.models import Alert
from rangkul.cases import queries as cases
from rangkul.conferences import queries as conferences
from rangkul.custody import queries as custody
from rangkul.desk.alerts import wording
from rangkul.desk.navigation import count_waiting
from rangkul.desk.page import SEES_CASES, SEES_REPORTS, StaffRequest, staff
from rangkul.desk.today import Deadline
from rangkul.exchange import queries as exports
from rangkul.foundation.actor import Actor
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals
from rangkul.repatriation import queries as repatriation
from rangkul.reports import queries as reports

# What a number may be shown for, although the page behind it is not this person's.
_BY_NUMBER = "request"
# The ladder's first rung is whoever reads this: no news.
_DESK = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One call as the page shows it; ``url`` is "" where this person may not open the thing."""

    title: str
    note: str
    number: str
    url: str
    at: datetime
    deadline: Deadline | None
    is_new: bool
    is_over: bool


@staff()
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """What waits first; looking at a call is having seen it."""
    actor = request.actor
    found = queries.list_alerts(actor, now=request.now)
    rows = _rows(found, actor, request.now)
    if request.method == "GET":
        operations.see_alerts(alert_ids=[call.alert.id for call in found], by=actor, at=request.now)
    context = {
        "waiting": [row for row in rows if not row.is_over],
        "over": [row for row in rows if row.is_over],
        "more": len(found) == queries.PAGE,
        "zone": zone_of(request.membership.area_code),
    }
    return render(request, "desk/alerts/list.html", context)


@staff()
@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """The bell's inside, and what the navigation counts. Not a sign of life of the person."""
    context = {
        "waiting": queries.count_unseen(request.actor, now=request.now),
        "counts": count_waiting(request.actor),
    }
    return render(request, "desk/alerts/bell.html", context)


@staff()
@require_POST
def see_all(request: StaffRequest) -> HttpResponse:
    """Everything has been seen, also what did not fit on the page."""
    unseen = queries.list_unseen(request.actor, now=request.now)
    operations.see_alerts(alert_ids=unseen, by=request.actor, at=request.now)
    return redirect("alert-list")


def _rows(calls: Sequence[queries.Call], actor: Actor, now: datetime) -> list[Row]:
    found = [call.alert for call in calls]
    seen = {call.alert.id for call in calls if call.is_seen}
    pages = _pages(found, actor)
    unreached = [a.user_id for a in found if a.kind == kinds.UNREACHED and a.user_id]
    names = accounts.names_of(unreached) if unreached else {}
    rows = []
    for alert in _highest(found):
        number, url = pages.get((alert.about_kind, alert.about_id), ("", ""))
        if alert.kind == kinds.TRIAL:
            url = reverse("alert-ways")
        if alert.kind == "repatriation.clearance_asked":
            url = reverse("repatriation-clearances")
        if alert.about_kind == "emergency":
            url = reverse("emergency-page", args=[alert.about_id])
        if alert.about_kind == "stop":
            url = reverse("reading-stop", args=[alert.about_id])
        if alert.about_kind == "export" and alert.about_id.isdecimal():
            number = exports.export_number(int(alert.about_id))
            url = reverse("export-page", args=[number])
        if alert.about_kind == "house":
            url = reverse("shelter-place", args=[alert.about_id])
        if alert.about_kind == "directory":
            url = reverse("network-entries")
        if alert.about_kind == "call":
            url = reverse("inbox-list" if alert.kind == "call.made" else "outbox-list")
        deadline = Deadline(alert.at, alert.due_at) if alert.due_at else None
        rows.append(
            Row(
                title=wording.title(alert, now.date()),
                note=_note(alert, names),
                number=number,
                url=url,
                at=alert.at,
                deadline=deadline if alert.ended_at is None else None,
                is_new=alert.id not in seen,
                is_over=alert.ended_at is not None,
            )
        )
    return rows


def _highest(found: Sequence[Alert]) -> list[Alert]:
    """One line for one thing: of the rungs on which it called this person, the highest."""
    top: dict[tuple[str, str, str], Alert] = {}
    for alert in found:
        known = top.setdefault((alert.subject_kind, alert.subject_id, alert.kind), alert)
        if alert.step > known.step:
            top[alert.subject_kind, alert.subject_id, alert.kind] = alert
    shown = {alert.id for alert in top.values()}
    return [alert for alert in found if alert.id in shown]


def _note(alert: Alert, names: Mapping[int, str]) -> str:
    if alert.kind == kinds.UNREACHED:
        who = names.get(alert.user_id or 0, "")
        return _("%(name)s did not receive a message. Please tell her or him yourself.") % {
            "name": who
        }
    parts = []
    if alert.about_agency is not None:
        parts.append(_("Late: %(agency)s") % {"agency": alert.about_agency.short_name})
    if alert.step > _DESK:
        parts.append(wording.rung(alert.step))
    return " · ".join(parts)


Pages = dict[tuple[str, str], tuple[str, str]]


def _pages(found: Sequence[Alert], actor: Actor) -> Pages:
    """(kind, id) → number and address, for what this person may open; one query for each kind."""
    asked: dict[str, list[int]] = {}
    for alert in found:
        if alert.about_id.isdecimal():
            asked.setdefault(alert.about_kind, []).append(int(alert.about_id))
    pages: Pages = {}
    if _may_any(actor, SEES_CASES) and "case" in asked:
        for file in cases.list_covers(actor, sorted(set(asked["case"]))):
            number = custody.case_number(file.case_id)
            pages["case", str(file.case_id)] = number, reverse("case-page", args=[number])
    if _may_any(actor, SEES_REPORTS) and "report" in asked:
        for report in reports.list_open(actor):
            number = reports.report_number(report.id)
            pages["report", str(report.id)] = number, reverse("report-page", args=[number])
    if _BY_NUMBER in asked:
        mine = referrals.list_visible_ids(actor, asked[_BY_NUMBER])
        for request_id in asked[_BY_NUMBER]:
            number = referrals.packet_number(request_id)
            url = reverse("inbox-page", args=[number]) if request_id in mine else ""
            pages[_BY_NUMBER, str(request_id)] = number, url
    if "transfer" in asked:
        for transfer in referrals.list_transfers(actor):
            number = referrals.transfer_number(transfer.id)
            pages["transfer", str(transfer.id)] = number, reverse("transfer-page", args=[number])
    pages |= _road_pages(asked, actor)
    return pages | _table_pages(found, asked.get("conference", ()), actor)


def _road_pages(asked: Mapping[str, Sequence[int]], actor: Actor) -> Pages:
    """Who has set out, by the leg's number; who is held at the own desk, by no number at all."""
    pages: Pages = {}
    if "leg" in asked:
        for leg_id, number in repatriation.legs_among(actor, asked["leg"]).items():
            pages["leg", leg_id] = number, reverse("repatriation-leg", args=[number])
    if "hold" in asked:
        for hold_id in repatriation.names_of_holds(actor, asked["hold"]):
            pages["hold", hold_id] = "", f"{reverse('repatriation-with-us')}#hold-{hold_id}"
    return pages


def _table_pages(found: Sequence[Alert], conference_ids: Iterable[int], actor: Actor) -> Pages:
    """Conferences, and what they decided: both lead to the table."""
    decisions = {UUID(alert.about_id) for alert in found if alert.about_kind == "decision"}
    if not decisions and not conference_ids:
        return {}
    numbers = conferences.numbers_among(
        actor, conference_ids=conference_ids, decision_ids=decisions
    )
    return {
        (alert.about_kind, alert.about_id): (number, reverse("conference-page", args=[number]))
        for alert in found
        if alert.about_kind in ("conference", "decision")
        and (number := numbers.get(alert.about_id))
    }


def _may_any(actor: Actor, permissions: Any) -> bool:
    return any(may(actor.roles, permission) for permission in permissions)


urlpatterns = [
    path("pemberitahuan/", listing, name="alert-list"),
    path("pemberitahuan/jumlah", count, name="alert-count"),
    path("pemberitahuan/semua-dilihat/", see_all, name="alert-see-all"),
]
