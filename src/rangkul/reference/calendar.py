"""Working days, elapsed time, and the moment at which a procedure falls due.

"N×24 jam" is elapsed time, nights and holidays included. Only *hari kerja* reads the working
calendar: Monday to Friday, without national holidays and *cuti bersama*, as corrected by an
administrator. Nothing here asks the database or the clock.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import holidays
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SATURDAY, SUNDAY = 5, 6
_ONE_DAY: Final = timedelta(days=1)
_LAST_SECOND: Final = time(23, 59, 59)


class Kind(TextChoices):
    """How a procedure counts its time."""

    AT_ONCE = "at_once", _("at once")
    ELAPSED = "elapsed", _("elapsed time")
    WORKING_DAYS = "working_days", _("working days")


class Unit(TextChoices):
    """What the amount of a procedure counts."""

    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    DAYS = "days", _("days")
    MONTHS = "months", _("months")


class Meaning(TextChoices):
    """What happens at the moment that the procedure names."""

    ACT_WITHIN = "act_within", _("to be done by then")
    LASTS_AT_MOST = "lasts_at_most", _("ends then")
    ACT_BEFORE = "act_before", _("to be done at least this long before")


class Rule(Protocol):
    """What `deadline` reads of a procedure; `models.Procedure` is one."""

    @property
    def kind(self) -> str:
        """One of `Kind`."""

    @property
    def amount(self) -> int:
        """How many units, never negative."""

    @property
    def unit(self) -> str:
        """One of `Unit`; ``days`` where the kind is working days."""

    @property
    def meaning(self) -> str:
        """One of `Meaning`."""


@lru_cache(maxsize=64)
def national_holidays(year: int) -> Mapping[date, str]:
    """National holidays and *cuti bersama* of one year with their Indonesian names.

    Dates still to be sighted bear *(perkiraan)* in their name. Source: the joint decree of three
    ministers for each year, as collected by the package ``holidays``.
    """
    found = holidays.country_holidays(
        "ID", years=year, categories=("public", "government"), language="id"
    )
    return MappingProxyType(dict(found.items()))


@dataclass(frozen=True, slots=True)
class DayOverride:
    """An administrator's word on one day: working or not, and why."""

    is_working: bool
    note: str


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The working days of one area: weekends, holidays, and ``overrides`` which beat both.

    ``weekend`` holds weekday numbers (Monday is 0).
    """

    overrides: Mapping[date, DayOverride] = field(default_factory=dict)
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(7)):
            raise ValueError("a week without working days never ends")

    def is_working(self, day: date) -> bool:
        """Whether offices work on this local date."""
        override = self.overrides.get(day)
        if override is not None:
            return override.is_working
        return day.weekday() not in self.weekend and day not in national_holidays(day.year)

    def reason(self, day: date) -> str:
        """Why the day is free (or, if overridden, what the administrator noted); else empty."""
        override = self.overrides.get(day)
        if override is not None:
            return override.note
        return national_holidays(day.year).get(day, "")


def add_working_days(start: date, n: int, calendar: WorkingCalendar) -> date:
    """The ``n``-th working day after the local date ``start`` (before it, if ``n`` is negative).

    The day of the event is not counted; zero gives ``start`` itself, working or not.
    """
    step = _ONE_DAY if n > 0 else -_ONE_DAY
    day, left = start, abs(n)
    while left:
        day += step
        left -= calendar.is_working(day)
    return day


def working_days_between(start: date, end: date, calendar: WorkingCalendar) -> int:
    """Working days after ``start`` up to and with ``end``; negative where ``end`` comes first.

    Backwards the days from ``end`` up to but without ``start`` count, so that it undoes
    `add_working_days` in both directions.
    """
    if end >= start:
        span = (end - start).days
        return sum(calendar.is_working(start + i * _ONE_DAY) for i in range(1, span + 1))
    span = (start - end).days
    return -sum(calendar.is_working(start - i * _ONE_DAY) for i in range(1, span + 1))


def add_months(moment: datetime, months: int) -> datetime:
    """The same local day and hour ``months`` later (or earlier), held to the month's last day."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = index // 12, index % 12 + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def deadline(procedure: Rule, start: datetime, tz: ZoneInfo, calendar: WorkingCalendar) -> datetime:
    """The moment at which ``procedure``, begun at ``start``, falls due; in UTC.

    ``tz`` is the zone of the area where the duty lies. Working days end with the last second of
    the local day. `Meaning.ACT_BEFORE` counts backwards: ``start`` is then the end of the thing
    (an order, a stay), and a working-days limit falls due at the start's own local hour.
    Raises `ValueError` for a start without a time zone.
    """
    if start.utcoffset() is None:
        raise ValueError("a deadline needs a start with a time zone")
    backwards = procedure.meaning == Meaning.ACT_BEFORE
    amount = -procedure.amount if backwards else procedure.amount
    local = start.astimezone(tz)
    if procedure.kind == Kind.WORKING_DAYS:
        due = add_working_days(local.date(), amount, calendar)
        hour = local.time() if backwards else _LAST_SECOND
        return datetime.combine(due, hour, tzinfo=tz).astimezone(UTC)
    if procedure.unit == Unit.MONTHS:
        return add_months(local, amount).astimezone(UTC)
    return start.astimezone(UTC) + timedelta(**{procedure.unit: amount})
