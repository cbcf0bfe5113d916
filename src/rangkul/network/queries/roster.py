"""Rosters: who is on duty at a desk, stand-ins applied, and the week as a page shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from rangkul.foundation.errors import NotReachable
from rangkul.network import duty
from rangkul.network.duty import Cover, Leave, OnDuty, Place, Shift
from rangkul.network.hours import Span, spans_between
from rangkul.network.models import Absence, Desk, DutyShift, Membership
from rangkul.network.queries.directory import schedule_of
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of

_DAY = timedelta(days=1)


def _place(membership: Membership) -> Place:
    return Place(
        membership.id,
        membership.user_id,
        membership.sex,
        membership.until,
        membership.user.is_active,
    )


def _shift(row: DutyShift) -> Shift:
    return Shift(row.id, row.desk_id, _place(row.membership), Span(row.starts_at, row.ends_at))


def _shifts() -> QuerySet[DutyShift]:
    return DutyShift.objects.select_related("membership__user").order_by("starts_at", "id")


def _leaves(agency_ids: Collection[int], first: date, last: date) -> duty.Leaves:
    """The absences of these agencies that touch the days, with the stand-ins joined; one query."""
    rows = Absence.objects.filter(
        agency_id__in=agency_ids, starts_on__lte=last, ends_on__gte=first
    ).select_related("substitute__user")
    return duty.leaves_by_person(
        Leave(
            row.membership_id,
            row.starts_on,
            row.ends_on,
            _place(row.substitute) if row.substitute else None,
        )
        for row in rows.order_by("starts_on", "id")
    )


def cover_of(desk_ids: Iterable[int], at: datetime) -> dict[int, Cover]:
    """Who answers at each of these desks at ``at``, stand-ins applied; one query, two when anyone.

    Every desk asked for is in the answer; nobody on the roster means no cover.
    """
    wanted = set(desk_ids)
    rows = list(
        _shifts()
        .filter(desk_id__in=wanted, starts_at__lte=at, ends_at__gt=at)
        .select_related("desk__agency")
    )
    if not rows:
        return {desk_id: Cover(desk_id) for desk_id in wanted}
    zones = {row.desk_id: ZoneInfo(zone_of(row.desk.agency.area_id)) for row in rows}
    today = at.date()
    # The local date may be the one before or after that of the moment's own zone.
    leaves = _leaves({row.agency_id for row in rows}, today - _DAY, today + _DAY)
    return duty.cover(wanted, (_shift(row) for row in rows), leaves, at=at, zones=zones)


def on_duty(desk_id: int, at: datetime) -> tuple[OnDuty, ...]:
    """The memberships that answer at a desk at ``at``; empty when nobody covers it."""
    return cover_of([desk_id], at)[desk_id].on_duty


def stand_ins(members: Iterable[Membership], at: datetime) -> dict[int, int | None]:
    """Membership on leave at ``at`` → the user who stands in for it, ``None`` where nobody does.

    The memberships carry their agency and person; whoever is there is not in the answer. One query.
    """
    asked = list(members)
    today = at.date()
    leaves = _leaves({m.agency_id for m in asked}, today - _DAY, today + _DAY) if asked else {}
    found: dict[int, int | None] = {}
    for member in asked:
        day = at.astimezone(ZoneInfo(zone_of(member.agency.area_id))).date()
        comes = duty.stand_in(_place(member), at=at, day=day, leaves=leaves)
        if comes is None or comes.membership_id != member.id:
            found[member.id] = comes.user_id if comes else None
    return found


def get_shift(agency_id: int, shift_id: int) -> DutyShift:
    """One shift of the agency; raises ``NotReachable``."""
    found = DutyShift.objects.filter(agency_id=agency_id, id=shift_id).first()
    if found is None:
        raise NotReachable("shift")
    return found


def list_absences(
    agency_id: int, *, since: date, membership_id: int | None = None
) -> list[Absence]:
    """Leave that has not ended before ``since``, soonest first, the people joined."""
    rows = Absence.objects.filter(agency_id=agency_id, ends_on__gte=since)
    if membership_id is not None:
        rows = rows.filter(membership_id=membership_id)
    return list(
        rows.select_related("membership__user", "substitute__user").order_by("starts_on", "id")
    )


# -- the week ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RosterShift:
    """A turn on the page; ``stand_in`` is the name of whoever comes instead, "" for nobody away.

    ``is_empty`` marks a turn whose person is away without a stand-in; ``overlaps`` one that meets
    another turn of the same person.
    """

    id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    stand_in: str
    is_empty: bool
    overlaps: bool


@dataclass(frozen=True, slots=True)
class RosterDay:
    """One local date: its turns, the hours that nobody covers, and why the desk is closed."""

    day: date
    shifts: tuple[RosterShift, ...]
    gaps: tuple[Span, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class RosterWeek:
    """A desk's week from a local Monday."""

    desk: Desk
    zone: ZoneInfo
    monday: date
    days: tuple[RosterDay, ...]

    @property
    def has_gaps(self) -> bool:
        """Whether any open hour lacks a person."""
        return any(day.gaps for day in self.days)

    @property
    def shift_count(self) -> int:
        """How many turns the week has."""
        return sum(len(day.shifts) for day in self.days)


def week_start(day: date) -> date:
    """The Monday of a date's week."""
    return day - timedelta(days=day.weekday())


def zone_of_desk(desk: Desk) -> ZoneInfo:
    """The zone whose hours hang at a desk's door; the agency must be joined."""
    return ZoneInfo(zone_of(desk.agency.area_id))


def _local_midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def shifts_between(desk_ids: Collection[int], start: datetime, end: datetime) -> list[DutyShift]:
    """The turns at these desks that touch a time, in order, the people joined."""
    return list(_shifts().filter(desk_id__in=desk_ids, starts_at__lt=end, ends_at__gt=start))


def roster_week(desk: Desk, *, monday: date) -> RosterWeek:
    """The week of a desk (its agency joined) from a local Monday; four queries."""
    zone = zone_of_desk(desk)
    calendar = reference.working_calendar(desk.agency.area_id)
    schedule = schedule_of(desk, calendar)
    start, end = _local_midnight(monday, zone), _local_midnight(monday + duty.WEEK, zone)
    rows = shifts_between([desk.id], start, end)
    shifts = [_shift(row) for row in rows]
    names = {row.membership_id: row.membership.user.display_name for row in rows}
    leaves = _leaves([desk.agency_id], monday, monday + duty.WEEK) if rows else {}
    # Stand-ins may have no turn of their own this week.
    missing = {
        leave.substitute.membership_id
        for found in leaves.values()
        for leave in found
        if leave.substitute and leave.substitute.membership_id not in names
    }
    if missing:
        names |= dict(
            Membership.objects.filter(id__in=missing).values_list("id", "user__display_name")
        )
    week = _Week(schedule.zone, leaves, names, duty.overlapping(shifts))
    open_spans = spans_between(schedule, monday, 7)
    gaps = duty.gaps(schedule, monday, shifts, leaves)
    days = tuple(week.day(monday + offset * _DAY, shifts, gaps, open_spans) for offset in range(7))
    return RosterWeek(desk, zone, monday, days)


@dataclass(frozen=True, slots=True)
class _Week:
    """What the days of a week share."""

    zone: ZoneInfo
    leaves: duty.Leaves
    names: dict[int, str]
    overlaps: set[int]

    def day(
        self, day: date, shifts: list[Shift], gaps: list[Span], open_spans: list[Span]
    ) -> RosterDay:
        """One date: turns that begin on it, and the part of each gap that lies in it."""
        whole = Span(_local_midnight(day, self.zone), _local_midnight(day + _DAY, self.zone))
        return RosterDay(
            day,
            tuple(
                self.turn(shift)
                for shift in shifts
                if shift.span.starts_at.astimezone(self.zone).date() == day
            ),
            tuple(_inside(gaps, whole)),
            bool(_inside(open_spans, whole)),
        )

    def turn(self, shift: Shift) -> RosterShift:
        """A turn with whoever comes on its first day."""
        start = shift.span.starts_at
        day = start.astimezone(self.zone).date()
        found = duty.stand_in(shift.place, at=start, day=day, leaves=self.leaves)
        own = found is not None and found.membership_id == shift.place.membership_id
        return RosterShift(
            id=shift.shift_id,
            name=self.names[shift.place.membership_id],
            starts_at=start,
            ends_at=shift.span.ends_at,
            stand_in=self.names.get(found.membership_id, "") if found and not own else "",
            is_empty=found is None,
            overlaps=shift.shift_id in self.overlaps,
        )


def _inside(spans: Iterable[Span], whole: Span) -> list[Span]:
    return [
        Span(max(span.starts_at, whole.starts_at), min(span.ends_at, whole.ends_at))
        for span in spans
        if span.starts_at < whole.ends_at and span.ends_at > whole.starts_at
    ]
