"""The board: each person's road as stations, who holds her now, what is missing for the next one.

Computed from the rows every time: no status is kept that could differ from what happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.reference import queries as reference
from rangkul.referrals import queries as referrals
from rangkul.referrals import workflow as referral_workflow
from rangkul.referrals.models import Request
from rangkul.repatriation import follow_up, queries, workflow
from rangkul.repatriation.models import Group, Handover, Hold, Passage, Returnee

LANES: Final = (
    "moving", "clearance", "unanswered", "ready", "road", "unconfirmed", "followed", "ended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline as the clock chip takes it."""

    started_at: datetime
    due_at: datetime
    state: str = "running"


@dataclass(frozen=True, slots=True)
class Station:
    """One place of the road. ``state``: past, here, next, silent, refused, barred, unconfirmed.

    ``signed`` counts the signatures of the minutes that led here (0–2), −1 where none are due.
    """

    label: str
    state: str
    leg_number: str = ""
    mode: str = ""
    at: datetime | None = None
    signed: int = -1


@dataclass(slots=True)
class Row:
    """One person: her road, her holder, what is missing, and the clock that runs next."""

    returnee: Returnee
    case_number: str
    file: CaseFile | None
    stations: list[Station] = field(default_factory=list)
    holder: str = ""
    since: datetime | None = None
    missing: list[str] = field(default_factory=list)
    waits_for: str = ""
    clock: Clock | None = None
    visits: dict[int, str] = field(default_factory=dict)
    lane: str = "moving"
    hold_id: int = 0
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """All rows that a choice keeps, and how many stand in each lane."""

    rows: list[Row]
    counts: Mapping[str, int]
    origins: list[tuple[str, str]]


def board(
    actor: Actor, *, now: datetime, group: Group | None = None, lane: str = "", origin: str = "",
    only: Sequence[int] | None = None,
) -> Board:  # fmt: skip
    """The board of everybody the person sees, of one group, or of ``only`` some of them.

    The most vulnerable stand on top.
    """
    people = queries.list_returnees(actor, group_id=group.id if group else None, only=only)
    ids = [person.id for person in people]
    files = {f.case_id: f for f in cases.list_covers(actor, [p.case_id for p in people])}
    parts, holds = queries.passages_of(ids), queries.holds_of(ids)
    asked = _requests(parts)
    signed = _signatures(parts)
    clearances = clocks.soonest_of(actor, "returnee", ids)
    names = _areas(people)
    rows = []
    for person in people:
        row = Row(person, custody.case_number(person.case_id), files.get(person.case_id))
        row.origin = names.get(person.origin_area, "")
        _holder(row, holds[person.id])
        _road(row, parts[person.id], holds[person.id], asked, signed, now)
        _missing(row, parts[person.id], holds[person.id], asked, signed, now)
        _follow_up(row, holds[person.id], now)
        if "clearance" in row.missing and str(person.id) in clearances and row.clock is None:
            found = clearances[str(person.id)]
            row.clock = Clock(found.started_at, found.due_at, found.state)
        row.lane = _lane(row)
        rows.append(row)
    counts = Counter(row.lane for row in rows)
    counts["moving"] = sum(row.lane not in ("ended", "followed") for row in rows)
    origins = sorted({(p.origin_area, names[p.origin_area]) for p in people if p.origin_area},
                     key=lambda each: each[1])  # fmt: skip
    kept = [row for row in rows if _kept(row, lane, origin)]
    return Board(kept, counts, origins)


def area_name(code: str) -> str:
    """A place's name; "" for none."""
    found = reference.get_areas([code]) if code else {}
    return found[code].name if code in found else ""


def _areas(people: Sequence[Returnee]) -> dict[str, str]:
    codes = {p.origin_area for p in people if p.origin_area}
    return {code: area.name for code, area in reference.get_areas(codes).items()}


def _kept(row: Row, lane: str, origin: str) -> bool:
    if origin and row.returnee.origin_area != origin:
        return False
    if lane in ("", "all"):
        return True
    if lane == "moving":
        return row.lane not in ("ended", "followed")
    return row.lane == lane


def _requests(parts: Mapping[int, Sequence[Passage]]) -> dict[int, Request]:
    ids = [p.traveller.asked_request for found in parts.values() for p in found]
    return referrals.by_ids([each for each in ids if each is not None])


def _signatures(parts: Mapping[int, Sequence[Passage]]) -> dict[object, tuple[bool, bool, bool]]:
    """Traveller → signed present by the giver, by the receiver, and signed absent by either."""
    legs = {p.traveller.leg_id for found in parts.values() for p in found}
    told: dict[object, tuple[bool, bool, bool]] = {}
    for minutes in Handover.objects.filter(leg_id__in=legs):
        gave = minutes.giver_signed_at is not None
        took = minutes.receiver_signed_at is not None
        for traveller in minutes.present:
            before = told.get(traveller, (False, False, False))
            told[traveller] = (before[0] or gave, before[1] or took, before[2])
        for traveller in minutes.absent if gave or took else ():
            before = told.get(traveller, (False, False, False))
            told[traveller] = (before[0], before[1], True)
    return told


def _holder(row: Row, holds: Sequence[Hold]) -> None:
    last = holds[-1] if holds else None
    if last is None:
        return
    row.hold_id, row.since = last.id, last.since
    row.holder = last.agency.short_name if last.until is None else ""


def _road(
    row: Row, parts: Sequence[Passage], holds: Sequence[Hold], asked: Mapping[int, Request],
    signed: Mapping[object, tuple[bool, bool, bool]], now: datetime,
) -> None:  # fmt: skip
    state = row.returnee.state
    first = holds[0] if holds else None
    here = next((hold for hold in holds if hold.until is None), None)
    if first is not None:
        row.stations.append(
            Station(first.agency.short_name, "here" if first is here else "past", at=first.since)
        )
    since = {hold.traveller_id: hold.since for hold in holds}
    for part in parts:
        traveller, leg = part.traveller, part.traveller.leg
        if traveller.state == workflow.WITHDRAWN:
            continue
        request = asked.get(traveller.asked_request or 0)
        gave, took, _absent = signed.get(traveller.id, (False, False, False))
        row.stations.append(
            Station(
                leg.receiver_agency.short_name, _station_state(part, here, request, now),
                queries.leg_number(leg.id), leg.mode, since.get(traveller.id, leg.arrives_at),
                int(gave) + int(took) if traveller.state in workflow.BEHIND or gave or took else -1,
            )
        )  # fmt: skip
    ends = {
        workflow.HOME: "past", workflow.ARRIVED: "here", workflow.WAITING: "next",
    }.get(state, "next")  # fmt: skip
    if ends == "next" and row.returnee.obstacle == "safety" and row.returnee.safety == "unsafe":
        ends = "barred"
    elif ends == "next" and _at_the_end(parts, here):
        ends = "unconfirmed"
    row.stations.append(Station(row.origin, ends))


def _at_the_end(parts: Sequence[Passage], here: Hold | None) -> bool:
    ahead = any(part.traveller.state in workflow.AHEAD for part in parts)
    return (
        here is not None
        and here.traveller_id is not None
        and not ahead
        and any(
            part.traveller_id == here.traveller_id and part.traveller.leg.homeward for part in parts
        )
    )


def _station_state(part: Passage, here: Hold | None, request: Request | None, now: datetime) -> str:
    traveller = part.traveller
    if traveller.state == workflow.REFUSED:
        return "refused"
    if here is not None and here.traveller_id == traveller.id:
        # Once the arrival is confirmed she is at home, though the desk goes on holding.
        return "past" if here.state == workflow.ARRIVED else "here"
    if traveller.state in workflow.BEHIND:
        return "past"
    if _silent(request, now):
        return "silent"
    return "next"


def _silent(request: Request | None, now: datetime) -> bool:
    return (
        request is not None
        and request.state in referral_workflow.UNANSWERED
        and request.accept_by <= now
    )


def _missing(
    row: Row, parts: Sequence[Passage], holds: Sequence[Hold], asked: Mapping[int, Request],
    signed: Mapping[object, tuple[bool, bool, bool]], now: datetime,
) -> None:  # fmt: skip
    """What stands before the next hand-over, in the order in which somebody can do something."""
    person = row.returnee
    if person.state == workflow.MISSING:
        row.missing.append("person")
    if person.state != workflow.WAITING:
        return
    row.missing += ["safety"] if person.obstacle == "safety" else []
    row.missing += ["clearance"] if not person.chose_to_leave and person.clearance not in (
        "given", "not_needed") else []  # fmt: skip
    row.missing += ["embassy"] if person.papers else []
    row.missing += ["identity"] if person.match != "confirmed" else []
    row.missing += ["means"] if not person.means else []
    row.missing += ["payer"] if person.means and not person.payer else []
    ahead = [part for part in parts if part.traveller.state in workflow.AHEAD]
    refused = bool(parts) and parts[-1].traveller.state == workflow.REFUSED
    if not ahead:
        here = next((hold for hold in holds if hold.until is None), None)
        if refused:
            row.missing.append("refused")
        elif _at_the_end(parts, here):
            row.missing.append("arrival")
            row.waits_for = row.holder
            last = next(p for p in parts if here and p.traveller_id == here.traveller_id)
            row.clock = Clock(last.traveller.leg.departs_at, last.traveller.leg.arrives_at)
        else:
            row.missing.append("plan")
        return
    part = ahead[0]
    leg, request = part.traveller.leg, asked.get(part.traveller.asked_request or 0)
    gave, took, absent = signed.get(part.traveller_id, (False, False, False))
    row.waits_for = leg.receiver_agency.short_name
    if part.traveller.state == workflow.PLANNED:
        row.missing.append("asked")
        row.waits_for = ""
    elif part.traveller.state == workflow.ASKED and request is not None:
        row.missing.append("silent" if _silent(request, now) else "acceptance")
        row.clock = Clock(request.sent_at, request.accept_by)
    else:
        if gave != took:
            row.missing.append("conflict" if absent else "signature")
        row.clock = Clock(leg.made_at, leg.departs_at)


def _follow_up(row: Row, holds: Sequence[Hold], now: datetime) -> None:
    last = holds[-1] if holds else None
    made = sorted(last.visits.all(), key=lambda v: v.recorded_at) if last is not None else []
    results = {v.month: v.result for v in made}
    row.visits = {month: results.get(month, "") for month in workflow.VISIT_MONTHS}
    if row.returnee.state != workflow.ARRIVED or last is None:
        return
    row.waits_for = row.holder
    told = [v.result for v in made if v.result != workflow.POSTPONED]
    row.missing += ["home"] if told and told[-1] == "not_safe" else []
    ahead = follow_up.open_months(made)
    if not ahead:
        return
    due = follow_up.due_at(last, ahead[0], made, last.agency.area_id)
    row.clock = Clock(last.state_at or last.since, due)
    if due < now:
        row.missing.append("visit")


def _lane(row: Row) -> str:
    person = row.returnee
    if person.state in (workflow.HOME, workflow.LEFT, workflow.DIED):
        return "ended"
    if person.state == workflow.ARRIVED:
        return "followed"
    if "arrival" in row.missing:
        return "unconfirmed"
    if "signature" in row.missing or "conflict" in row.missing:
        return "road"
    if {"acceptance", "silent", "refused"} & set(row.missing):
        return "unanswered"
    if "clearance" in row.missing:
        return "clearance"
    if not {"plan", "asked", "safety", "embassy", "person"} & set(row.missing):
        return "ready"
    return "moving"
