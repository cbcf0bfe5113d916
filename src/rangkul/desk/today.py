"""Hari ini: what waits now, today and this week, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.access.roles import RegisteredReporter
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.clocks.models import Clock
from rangkul.conferences import queries as conferences
from rangkul.conferences.queries import DecisionView, Entry
from rangkul.custody import queries as custody
from rangkul.desk import wording
from rangkul.desk.page import StaffRequest, only_coordinates, staff
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals
from rangkul.reports import queries as reports
from rangkul.trail import queries as trail

_SOON = timedelta(hours=4)
_SHOWN = 8
_DONE = ("note.written", "referral.sent", "report.received", "report.case_opened", "need.stated")


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a lane."""

    clock: Clock | Deadline
    title: str
    note: str
    url: str
    number: str = ""
    pseudonym: str = ""
    risk: str = ""
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline that is not a clock of ours: the time by which a packet wants its answer."""

    started_at: datetime
    due_at: datetime
    state: str = "running"


@dataclass(slots=True)
class Lane:
    """A column of the page; ``rest`` counts what did not fit."""

    id: str
    icon: str
    label: str
    empty: str
    tasks: list[Task] = field(default_factory=list)
    rest: int = 0
    active: bool = False

    @property
    def count(self) -> int:
        """Everything in the lane, shown or not."""
        return len(self.tasks) + self.rest


@staff()
def today(request: StaffRequest) -> HttpResponse:
    """The home of most roles; registered reporters and coordinators have rooms of their own."""
    actor, now = request.actor, request.now
    if actor.roles == {RegisteredReporter.code}:
        return redirect("reporter-home")
    if only_coordinates(actor):
        return redirect("late-list")
    mine, unit = custody.count_caseload(actor) if _sees_cases(request) else (0, 0)
    # A supervisor who carries nothing herself begins with the unit.
    asked = request.GET.get("siapa") or ("saya" if mine else "unit")
    whole_unit = asked == "unit" and may(actor.roles, Permission.SEE_UNIT_CASES)
    zone = ZoneInfo(zone_of(request.membership.area_code))
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    sunday = midnight + timedelta(days=6 - local.weekday())
    tasks = _tasks(request, until=max(sunday, now + timedelta(days=3)), whole_unit=whole_unit)
    lanes = _lanes(tasks, now=now, midnight=midnight)
    context = {
        "lanes": lanes,
        "greeting": _greeting(local),
        "name": _called(request.user.display_name),
        "local": local,
        "zone": zone.key,
        "lead": _lead(lanes[0], now),
        "mine": mine,
        "unit": unit,
        "whole_unit": whole_unit,
        "may_see_unit": may(actor.roles, Permission.SEE_UNIT_CASES),
        "may_report": may(actor.roles, Permission.TAKE_REPORT),
        "sees_cases": _sees_cases(request),
        "done": _done(request, since=midnight - timedelta(days=1)),
    }
    return render(request, "desk/today/today.html", context)


def _sees_cases(request: StaffRequest) -> bool:
    roles = request.actor.roles
    return may(roles, Permission.SEE_OWN_CASES) or may(roles, Permission.SEE_UNIT_CASES)


def _tasks(request: StaffRequest, *, until: datetime, whole_unit: bool) -> list[Task]:
    actor, now = request.actor, request.now
    running = clocks.list_due(actor, until=until, whole_unit=whole_unit, limit=120)
    case_ids = sorted({clock.case_id for clock in running if clock.case_id})
    covers = {c.case_id: c for c in cases.list_covers(actor, case_ids)} if case_ids else {}
    tasks = [
        task
        for clock in running
        if (task := _clock_task(clock, covers.get(clock.case_id or 0), now)) is not None
    ]
    if may(actor.roles, Permission.ANSWER_PACKETS):
        tasks += [
            _request_task(entry, entry.due_at)
            for entry in referrals.inbox(actor, now=now)
            if entry.due_at is not None and entry.due_at < until
        ]
    if may(actor.roles, Permission.JOIN_CONFERENCE):
        tasks += _table_tasks(request, until=until)
    return tasks


def _table_tasks(request: StaffRequest, *, until: datetime) -> list[Task]:
    """What conferences ask: decisions to carry out, invitations to answer, hours to come."""
    owed = conferences.list_owed(request.actor, until=until)
    coming = conferences.list_coming(request.actor, now=request.now, until=until)
    return [_decision_task(each) for each in owed] + [_seat_task(each) for each in coming]


def _decision_task(owed: DecisionView) -> Task:
    return Task(
        clock=Deadline(owed.decision.decided_at, owed.decision.due_at), title=owed.words,
        note=_("Decided at a case conference"), number=owed.number,
        url=reverse("conference-page", args=[owed.number]), verb=_("Open"),
    )  # fmt: skip


def _seat_task(entry: Entry) -> Task:
    row = entry.conference
    return Task(
        clock=Deadline(row.called_at, row.starts_at),
        title=_("Case conference: %(title)s") % {"title": entry.title},
        note=_("From %(agency)s") % {"agency": row.lead_agency.short_name}, number=entry.number,
        url=reverse("conference-page", args=[entry.number]),
        verb=_("Answer") if entry.seat and entry.seat.state == "invited" else _("Open"),
    )  # fmt: skip


def _clock_task(clock: Clock, cover: CaseFile | None, now: datetime) -> Task | None:
    rule = wording.rule(clock.procedure, now.date())
    title = rule.title() if rule else clock.procedure
    source = rule.source if rule else ""
    if clock.subject_kind == "report":
        number = reports.report_number(int(clock.subject_id))
        return Task(
            clock=clock, title=title, note=source, number=number, risk=clock.risk,
            url=reverse("report-page", args=[number]), verb=_("Respond"),
        )  # fmt: skip
    if cover is None:
        return None
    number = custody.case_number(cover.case_id)
    return Task(
        clock=clock, title=title, note=source, number=number, risk=cover.risk,
        pseudonym=cover.work_label or cover.pseudonym, url=reverse("case-page", args=[number]),
        verb=_("Open"),
    )  # fmt: skip


def _request_task(entry: referrals.Entry, due_at: datetime) -> Task:
    asked = entry.request
    verb = {
        "accepted": pgettext("button", "Contact"), "in_service": pgettext("button", "Report"),
        "partly_accepted": pgettext("button", "Contact"), "paused": _("Open"),
    }.get(asked.state, _("Answer"))  # fmt: skip
    return Task(
        clock=Deadline(asked.sent_at, due_at),
        title=f"{verb}: {wording.service_label(asked.service)}",
        note=_("From %(agency)s") % {"agency": asked.sender_agency.short_name},
        number=entry.number,
        risk=asked.risk,
        url=reverse("inbox-page", args=[entry.number]),
        verb=verb,
    )


def _lanes(tasks: Iterable[Task], *, now: datetime, midnight: datetime) -> list[Lane]:
    lanes = [
        Lane("now", "bolt", _("Now"), _("Nothing urgent. Look at today."), active=True),
        Lane("today", "sun", _("Today"), _("Nothing more today.")),
        Lane("week", "calendar-week", _("This week"), _("Nothing more this week.")),
    ]
    order = {"tinggi": 0, "sedang": 1, "rendah": 2}
    for task in sorted(
        tasks,
        key=lambda t: (
            t.clock.due_at >= now,
            order.get(t.risk, 3) if t.clock.due_at < now else 0,
            t.clock.due_at,
        ),
    ):
        due = task.clock.due_at
        lane = lanes[0] if due < now + _SOON else lanes[1] if due < midnight else lanes[2]
        if len(lane.tasks) < _SHOWN:
            lane.tasks.append(task)
        else:
            lane.rest += 1
    return lanes


def _lead(lane: Lane, now: datetime) -> str:
    late = sum(1 for task in lane.tasks if task.clock.due_at < now)
    if not lane.count:
        return _("Nothing waits for you right now.")
    waiting = ngettext("%(count)d thing waits now", "%(count)d things wait now", lane.count) % {
        "count": lane.count
    }
    if not late:
        return f"{waiting}."
    overdue = ngettext(
        "%(count)d is past its deadline", "%(count)d are past their deadline", late
    ) % {"count": late}
    return f"{waiting}; {overdue}."


def _called(name: str) -> str:
    """The first name, with a title before it: "dr. Hasan", never "dr." alone."""
    first, _space, rest = name.strip().partition(" ")
    return f"{first} {rest.split()[0]}" if first.endswith(".") and rest else first


def _greeting(local: datetime) -> str:
    if local.hour < 11:
        return _("Good morning")
    if local.hour < 15:
        return _("Good day")
    return _("Good afternoon") if local.hour < 18 else _("Good evening")


def _done(request: StaffRequest, *, since: datetime) -> list[dict[str, object]]:
    acts = trail.list_own(request.actor, names=_DONE, since=since, limit=4)
    # A case that has moved on since leaves no number behind, not even under one's own act.
    reached = custody.visible_among(request.actor, [act.case_id for act in acts if act.case_id])
    return [
        {
            "title": wording.act_title(act.name),
            "at": act.at,
            "number": custody.case_number(act.case_id)
            if act.case_id and act.case_id in reached
            else "",
        }
        for act in acts
    ]


urlpatterns = [path("", today, name="today")]
