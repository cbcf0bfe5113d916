"""When a desk is open: weekly hours, holidays and "around the clock", in the desk's own zone.

Nothing here asks the database or the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rangkul.reference.calendar import WorkingCalendar, national_holidays

WEEKDAYS: Final = ("1", "2", "3", "4", "5", "6", "7")
_ONE_DAY: Final = timedelta(days=1)
_CLOCK: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_MIDNIGHT: Final = "24:00"

# The longest run of closed days is Lebaran with its cuti bersama; three weeks always suffice.
_LOOK_AHEAD: Final = 21

WeeklyHours = Mapping[str, Sequence[Sequence[str]]]


class UnreadableHours(ValueError):
    """Opening hours that are no hours: a wrong clock time, a span that ends before it starts."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment (included) to another (not included); both carry a time zone."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the moment lies inside."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Schedule:
    """A desk's hours with what is needed to read them: its zone and its area's working days."""

    always_open: bool
    hours: WeeklyHours
    zone: ZoneInfo
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a desk stands at one moment.

    ``until`` is when it closes next (``None`` around the clock or when closed), ``opens_at`` when
    it opens next (``None`` while open, or when it never does), ``holiday`` why today is closed.
    """

    is_open: bool
    until: datetime | None
    opens_at: datetime | None
    holiday: str


def check_hours(hours: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, list[list[str]]]:
    """The weekly hours in one form: weekdays in order, spans sorted, none empty or overlapping.

    An end of ``24:00`` is midnight. Raises `UnreadableHours`.
    """
    unknown = set(hours) - set(WEEKDAYS)
    if unknown:
        raise UnreadableHours(f"no weekday {sorted(unknown)}")
    checked: dict[str, list[list[str]]] = {}
    for weekday in WEEKDAYS:
        spans = sorted([str(part) for part in span] for span in hours.get(weekday, ()))
        previous = "00:00"
        for span in spans:
            if len(span) != 2 or not _CLOCK.fullmatch(span[0]):
                raise UnreadableHours(f"{weekday}: {span}")
            start, end = span
            if end != _MIDNIGHT and not _CLOCK.fullmatch(end):
                raise UnreadableHours(f"{weekday}: {span}")
            if end <= start or start < previous:
                raise UnreadableHours(f"{weekday}: {span}")
            previous = end
        if spans:
            checked[weekday] = spans
    return checked


def holiday_on(day: date, calendar: WorkingCalendar) -> str:
    """Why offices are closed on a date that is not simply outside the weekly hours; else empty.

    An administrator's word beats the national holidays in both directions. Weekends are no
    holidays here: the weekly hours speak for them.
    """
    override = calendar.overrides.get(day)
    if override is not None:
        return "" if override.is_working else override.note
    return national_holidays(day.year).get(day, "")


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == _MIDNIGHT:
        return datetime.combine(day + _ONE_DAY, time(), tzinfo=zone)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone)


def spans_on(schedule: Schedule, day: date) -> list[Span]:
    """The hours of one local date; none on a holiday, the whole day around the clock."""
    if schedule.always_open:
        start = datetime.combine(day, time(), tzinfo=schedule.zone)
        return [Span(start, start + _ONE_DAY)]
    if holiday_on(day, schedule.calendar):
        return []
    return [
        Span(_moment(day, start, schedule.zone), _moment(day, end, schedule.zone))
        for start, end in schedule.hours.get(str(day.isoweekday()), ())
    ]


def spans_between(schedule: Schedule, first: date, days: int) -> list[Span]:
    """The hours of several local dates on end; spans that touch at midnight are joined."""
    found: list[Span] = []
    for offset in range(days):
        for span in spans_on(schedule, first + offset * _ONE_DAY):
            if found and found[-1].ends_at == span.starts_at:
                found[-1] = Span(found[-1].starts_at, span.ends_at)
            else:
                found.append(span)
    return found


def opening(schedule: Schedule, at: datetime) -> Opening:
    """How the desk stands at ``at`` (with a time zone)."""
    if schedule.always_open:
        return Opening(is_open=True, until=None, opens_at=None, holiday="")
    today = at.astimezone(schedule.zone).date()
    holiday = holiday_on(today, schedule.calendar)
    if not schedule.hours:
        return Opening(is_open=False, until=None, opens_at=None, holiday=holiday)
    for offset in range(_LOOK_AHEAD):
        for span in spans_on(schedule, today + offset * _ONE_DAY):
            if span.holds(at):
                return Opening(is_open=True, until=span.ends_at, opens_at=None, holiday="")
            if span.starts_at > at:
                return Opening(is_open=False, until=None, opens_at=span.starts_at, holiday=holiday)
    return Opening(is_open=False, until=None, opens_at=None, holiday=holiday)


def open_now(schedule: Schedule, at: datetime) -> bool:
    """Whether somebody should be at the desk at ``at``."""
    return opening(schedule, at).is_open


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """When the desk can first be reached from ``at`` on: ``at`` itself while it is open.

    ``None`` when no hours are entered or nothing opens within three weeks.
    """
    found = opening(schedule, at)
    return at if found.is_open else found.opens_at


def subtract(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What remains of ``spans`` when every moment of ``taken`` is cut out, in order, in UTC."""
    holes = sorted(taken)
    left: list[Span] = []
    for span in sorted(spans):
        start = span.starts_at.astimezone(UTC)
        end = span.ends_at.astimezone(UTC)
        for hole in holes:
            if hole.ends_at <= start or hole.starts_at >= end:
                continue
            if hole.starts_at > start:
                left.append(Span(start, hole.starts_at.astimezone(UTC)))
            start = max(start, hole.ends_at.astimezone(UTC))
        if start < end:
            left.append(Span(start, end))
    return left
