"""Who is on duty (piket): shifts, absences, stand-ins, and the hours that nobody covers.

Nothing here asks the database or the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rangkul.network.hours import Schedule, Span, spans_between, subtract

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Place:
    """What duty needs to know of a membership: whose it is and until when it stands."""

    membership_id: int
    user_id: int
    sex: str
    until: datetime | None
    is_active: bool = True

    def stands(self, at: datetime) -> bool:
        """Whether the person still works there at that moment."""
        return self.is_active and (self.until is None or self.until > at)


@dataclass(frozen=True, slots=True)
class Leave:
    """One absence, both days included; ``substitute`` is ``None`` where nobody stands in."""

    membership_id: int
    starts_on: date
    ends_on: date
    substitute: Place | None

    def covers(self, day: date) -> bool:
        """Whether the person is away on that local date."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Shift:
    """One turn of duty at one desk."""

    shift_id: int
    desk_id: int
    place: Place
    span: Span


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A person who answers at a desk now; ``stands_in_for`` is the absent membership, if any."""

    membership_id: int
    user_id: int
    sex: str
    stands_in_for: int | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """Who answers at a desk at one moment, and until when somebody does; empty means nobody."""

    desk_id: int
    on_duty: tuple[OnDuty, ...] = ()
    until: datetime | None = None

    @property
    def is_covered(self) -> bool:
        """Whether anybody answers."""
        return bool(self.on_duty)


Leaves = Mapping[int, Sequence[Leave]]


def leaves_by_person(leaves: Iterable[Leave]) -> dict[int, list[Leave]]:
    """The absences of each membership."""
    found: dict[int, list[Leave]] = {}
    for leave in leaves:
        found.setdefault(leave.membership_id, []).append(leave)
    return found


def stand_in(place: Place, *, at: datetime, day: date, leaves: Leaves) -> Place | None:
    """Who takes this person's turn on a local date: herself, her stand-in, the stand-in's; or none.

    Two people who stand in for each other while both are away leave nobody.
    """
    seen: set[int] = set()
    current: Place | None = place
    while current is not None and current.membership_id not in seen:
        seen.add(current.membership_id)
        away = [leave for leave in leaves.get(current.membership_id, ()) if leave.covers(day)]
        if not away and current.stands(at):
            return current
        # Somebody whose membership ended is away for good, with whoever was named before.
        named = [leave.substitute for leave in away if leave.substitute is not None]
        current = named[0] if named else None
    return None


def cover(
    desk_ids: Iterable[int],
    shifts: Iterable[Shift],
    leaves: Leaves,
    *,
    at: datetime,
    zones: Mapping[int, ZoneInfo],
) -> dict[int, Cover]:
    """Who answers at each desk at ``at``; ``zones``: each desk's zone, for the days of leave."""
    present: dict[int, dict[int, OnDuty]] = {desk_id: {} for desk_id in desk_ids}
    until: dict[int, datetime] = {}
    for shift in shifts:
        if not shift.span.holds(at) or shift.desk_id not in present:
            continue
        day = at.astimezone(zones[shift.desk_id]).date()
        found = stand_in(shift.place, at=at, day=day, leaves=leaves)
        if found is None:
            continue
        absent = shift.place.membership_id
        present[shift.desk_id].setdefault(
            found.membership_id,
            OnDuty(
                found.membership_id,
                found.user_id,
                found.sex,
                None if found.membership_id == absent else absent,
            ),
        )
        until[shift.desk_id] = max(until.get(shift.desk_id, at), shift.span.ends_at)
    return {
        desk_id: Cover(desk_id, tuple(people.values()), until.get(desk_id))
        for desk_id, people in present.items()
    }


def gaps(schedule: Schedule, monday: date, shifts: Iterable[Shift], leaves: Leaves) -> list[Span]:
    """The open hours of one week (from a local Monday) in which nobody is on duty."""
    return subtract(
        spans_between(schedule, monday, 7),
        (span for shift in shifts for span in covered_spans(shift, leaves, schedule.zone)),
    )


def covered_spans(shift: Shift, leaves: Leaves, zone: ZoneInfo) -> list[Span]:
    """The parts of a shift in which somebody really comes, day by local day of leave."""
    found: list[Span] = []
    start = shift.span.starts_at.astimezone(zone)
    while start < shift.span.ends_at:
        midnight = datetime.combine(start.date() + timedelta(days=1), datetime.min.time(), zone)
        end = min(shift.span.ends_at, midnight)
        if stand_in(shift.place, at=start, day=start.date(), leaves=leaves) is not None:
            found.append(Span(start, end))
        start = midnight
    return found


def moved_a_week(spans: Iterable[Span], *, weeks: int) -> list[Span]:
    """The same local turns ``weeks`` later. Indonesia's zones keep no summer time."""
    return [Span(span.starts_at + weeks * WEEK, span.ends_at + weeks * WEEK) for span in spans]


def overlapping(shifts: Sequence[Shift]) -> set[int]:
    """The shifts of one person that meet another of hers: allowed, but shown."""
    found: set[int] = set()
    ordered = sorted(shifts, key=lambda s: (s.place.membership_id, s.span.starts_at))
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if (
                second.place.membership_id != first.place.membership_id
                or second.span.starts_at >= first.span.ends_at
            ):
                break
            found |= {first.shift_id, second.shift_id}
    return found
