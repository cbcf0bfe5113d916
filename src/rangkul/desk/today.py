"""Hari ini: what waits now, today and this week, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.access.roles import RegisteredReporter
from rangkul.assessments import queries as assessments
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.clocks.models import Clock
from rangkul.conferences import queries as conferences
from rangkul.conferences.queries import DecisionView, Entry
from rangkul.custody import queries as custody
from rangkul.desk import pauses, wording
from rangkul.desk.page import StaffRequest, only_coordinates, staff
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals
from rangkul.repatriation import queries as repatriation
from rangkul.reports import queries as reports
from rangkul.trail import queries as trail

_SOON = timedelta(hours=4)
_SHOWN = 8
# What waits at the own desks is counted whole; no desk has more open than this.
_MOST_REQUESTS = 1_000
_RISK_ORDER = {"tinggi": 0, "sedang": 1, "rendah": 2}
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """What decides the place of a task; the row itself is written only if it is shown."""

    due_at: datetime
    risk: str
    write: Callable[[], Task]


@dataclass(slots=True)
class Lane:
    """A column of the page; ``rest`` counts what did not fit, ``late`` what is past its time."""

    id: str
    icon: str
    label: str
    empty: str
    tasks: list[Task] = field(default_factory=list)
    rest: int = 0
    late: int = 0
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
    until = max(sunday, now + timedelta(days=3))
    waiting = _waiting(request, until=until, whole_unit=whole_unit)
    lanes = _lanes(waiting, now=now, midnight=midnight)
    context = {
        "lanes": lanes,
        "greeting": _greeting(local),
        "name": _called(request.user.display_name),
        "local": local,
        "zone": zone.key,
        "lead": _lead(lanes[0]),
        "mine": mine,
        "unit": unit,
        "whole_unit": whole_unit,
        "may_see_unit": may(actor.roles, Permission.SEE_UNIT_CASES),
        "may_report": may(actor.roles, Permission.TAKE_REPORT),
        "sees_cases": _sees_cases(request),
        "paused": pauses.rows(request, whole_unit=whole_unit) if _sees_cases(request) else [],
        "conflicts": assessments.count_conflicts(actor) if _sees_cases(request) else 0,
        "entries_due": len(network.list_to_confirm(actor, at=now))
        if may(actor.roles, Permission.EDIT_AGENCY)
        else 0,
        "done": _done(request, since=midnight - timedelta(days=1)),
    }
    return render(request, "desk/today/today.html", context)


def _sees_cases(request: StaffRequest) -> bool:
    roles = request.actor.roles
    return may(roles, Permission.SEE_OWN_CASES) or may(roles, Permission.SEE_UNIT_CASES)


def _waiting(request: StaffRequest, *, until: datetime, whole_unit: bool) -> list[Waiting]:
    actor, now = request.actor, request.now
    running = clocks.list_due(actor, until=until, whole_unit=whole_unit, limit=120)
    case_ids = sorted({clock.case_id for clock in running if clock.case_id})
    covers = {c.case_id: c for c in cases.list_covers(actor, case_ids)} if case_ids else {}
    held, legs = held_of(request, running), legs_of(request, running)
    waiting = []
    for clock in running:
        if clock.subject_kind == "report":
            write = partial(_report_task, clock, now)
            waiting.append(Waiting(clock.due_at, clock.risk, write))
        elif clock.subject_kind == "hold" and clock.subject_id in held:
            write = partial(_hold_task, clock, now, held[clock.subject_id])
            waiting.append(Waiting(clock.due_at, clock.risk, write))
        elif clock.subject_kind == "leg" and clock.subject_id in legs:
            write = partial(_leg_task, clock, now, legs[clock.subject_id])
            waiting.append(Waiting(clock.due_at, clock.risk, write))
        elif cover := covers.get(clock.case_id or 0):
            write = partial(_case_task, clock, now, cover)
            waiting.append(Waiting(clock.due_at, cover.risk, write))
    if may(actor.roles, Permission.ANSWER_PACKETS):
        waiting += [
            Waiting(entry.due_at, entry.request.risk, partial(_request_task, entry, entry.due_at))
            for entry in referrals.inbox(actor, now=now, limit=_MOST_REQUESTS)
            if entry.due_at is not None and entry.due_at < until
        ]
    if may(actor.roles, Permission.JOIN_CONFERENCE):
        waiting += _at_the_table(request, until=until)
    return waiting


def _at_the_table(request: StaffRequest, *, until: datetime) -> Iterator[Waiting]:
    """What conferences ask: decisions to carry out, invitations to answer, hours to come."""
    for owed in conferences.list_owed(request.actor, until=until):
        yield Waiting(owed.decision.due_at, "", partial(_decision_task, owed))
    for entry in conferences.list_coming(request.actor, now=request.now, until=until):
        yield Waiting(entry.conference.starts_at, "", partial(_seat_task, entry))


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


def _report_task(clock: Clock, now: datetime) -> Task:
    number = reports.report_number(int(clock.subject_id))
    title, source = _rule_words(clock, now)
    return Task(
        clock=clock, title=title, note=source, number=number, risk=clock.risk,
        url=reverse("report-page", args=[number]), verb=_("Respond"),
    )  # fmt: skip


def _case_task(clock: Clock, now: datetime, cover: CaseFile) -> Task:
    number = custody.case_number(cover.case_id)
    title, source = _rule_words(clock, now)
    return Task(
        clock=clock, title=title, note=source, number=number, risk=cover.risk,
        pseudonym=cover.work_label or cover.pseudonym, url=reverse("case-page", args=[number]),
        verb=_("Open"),
    )  # fmt: skip


def held_of(request: StaffRequest, running: Iterable[Clock]) -> dict[str, str]:
    """Holds (ids) of people on their way home, by call word, for the desk that holds them."""
    ids = [int(clock.subject_id) for clock in running if clock.subject_kind == "hold"]
    if not ids or not may(request.actor.roles, Permission.ANSWER_PACKETS):
        return {}
    return repatriation.names_of_holds(request.actor, ids)


def legs_of(request: StaffRequest, running: Iterable[Clock]) -> dict[str, str]:
    """Legs (ids) on which somebody has set out, by number, for the desk that awaits them."""
    ids = [int(clock.subject_id) for clock in running if clock.subject_kind == "leg"]
    return repatriation.legs_among(request.actor, ids) if ids else {}


def _leg_task(clock: Clock, now: datetime, number: str) -> Task:
    """Who has set out is signed for at the desk where the leg ends."""
    title, source = _rule_words(clock, now)
    return Task(
        clock=clock, title=title, note=source, number=number,
        url=reverse("repatriation-leg", args=[number]), verb=_("Open"),
    )  # fmt: skip


def _hold_task(clock: Clock, now: datetime, pseudonym: str) -> Task:
    """A visit or a search at the desk that holds somebody on the way home."""
    title, source = _rule_words(clock, now)
    return Task(
        clock=clock, title=title, note=source, pseudonym=pseudonym,
        url=f"{reverse('repatriation-with-us')}#hold-{clock.subject_id}", verb=_("Open"),
    )  # fmt: skip


def _rule_words(clock: Clock, now: datetime) -> tuple[str, str]:
    day = now.date()
    return wording.procedure_title(clock.procedure, day), wording.procedure_source(
        clock.procedure, day
    )


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


def _lanes(waiting: Iterable[Waiting], *, now: datetime, midnight: datetime) -> list[Lane]:
    lanes = [
        Lane("now", "bolt", _("Now"), _("Nothing urgent. Look at today."), active=True),
        Lane("today", "sun", _("Today"), _("Nothing more today.")),
        Lane("week", "calendar-week", _("This week"), _("Nothing more this week.")),
    ]

    def urgency(each: Waiting) -> tuple[bool, int, datetime]:
        late = each.due_at < now
        return not late, _RISK_ORDER.get(each.risk, 3) if late else 0, each.due_at

    for each in sorted(waiting, key=urgency):
        due = each.due_at
        lane = lanes[0] if due < now + _SOON else lanes[1] if due < midnight else lanes[2]
        lane.late += due < now
        if len(lane.tasks) < _SHOWN:
            lane.tasks.append(each.write())
        else:
            lane.rest += 1
    return lanes


def _lead(lane: Lane) -> str:
    if not lane.count:
        return _("Nothing waits for you right now.")
    waiting = ngettext("%(count)d thing waits now", "%(count)d things wait now", lane.count) % {
        "count": lane.count
    }
    if not lane.late:
        return f"{waiting}."
    overdue = ngettext(
        "%(count)d is past its deadline", "%(count)d are past their deadline", lane.late
    ) % {"count": lane.late}
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
