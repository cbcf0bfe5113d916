"""Working days, elapsed time, deadlines; realms, ages and the released data they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.reference.calendar import (
    DayOverride,
    WorkingCalendar,
    add_months,
    add_working_days,
    deadline,
    national_holidays,
    working_days_between,
)
from rangkul.reference.zones import WIB, WIT, WITA, UnknownProvince, zone_label, zone_of

NATION = WorkingCalendar()
ZONES = [ZoneInfo(name) for name in (WIB, WITA, WIT)]

days = st.dates(date(2023, 1, 1), date(2029, 12, 31))
zones = st.sampled_from(ZONES)
moments = st.datetimes(
    datetime.fromisoformat("2023-01-01T00:00"),
    datetime.fromisoformat("2029-12-31T00:00"),
    timezones=st.sampled_from([UTC, *ZONES]),
)
calendars = st.dictionaries(days, st.booleans(), max_size=30).map(
    lambda chosen: WorkingCalendar({d: DayOverride(w, "uji") for d, w in chosen.items()})
)


@dataclass(frozen=True)
class Clock:
    kind: str = "elapsed"
    amount: int = 24
    unit: str = "hours"
    meaning: str = "act_within"


# -- the national calendar --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 8, 18), "Cuti Bersama Hari Kemerdekaan Republik Indonesia"),
        (date(2025, 3, 31), "Hari Raya Idul Fitri"),
        (date(2026, 3, 19), "Hari Suci Nyepi"),
    ],
)
def test_holidays_and_shared_leave_are_free_and_named(day: date, name: str) -> None:
    assert not NATION.is_working(day)
    assert NATION.reason(day) == name


def test_weekends_are_free_and_ordinary_mondays_worked() -> None:
    assert not NATION.is_working(date(2026, 7, 18))
    assert not NATION.is_working(date(2026, 7, 19))
    assert NATION.is_working(date(2026, 7, 20))
    assert NATION.reason(date(2026, 7, 20)) == ""


def test_an_override_beats_holiday_and_weekend() -> None:
    worked, freed = date(2026, 1, 1), date(2026, 7, 20)
    calendar = WorkingCalendar(
        {worked: DayOverride(True, "piket"), freed: DayOverride(False, "hari jadi provinsi")}
    )
    assert calendar.is_working(worked)
    assert not calendar.is_working(freed)
    assert calendar.reason(freed) == "hari jadi provinsi"


def test_a_week_without_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="never ends"):
        WorkingCalendar(weekend=frozenset(range(7)))


# -- working days -----------------------------------------------------------------------------


def test_three_working_days_over_lebaran() -> None:
    # Thursday 27 March 2025, then Nyepi, Idul Fitri and cuti bersama until Monday 7 April.
    assert add_working_days(date(2025, 3, 27), 3, NATION) == date(2025, 4, 10)


def test_the_day_of_the_event_does_not_count() -> None:
    assert add_working_days(date(2026, 7, 20), 1, NATION) == date(2026, 7, 21)
    assert add_working_days(date(2026, 7, 17), 1, NATION) == date(2026, 7, 20)
    assert add_working_days(date(2026, 7, 18), 0, NATION) == date(2026, 7, 18)


@given(days, st.integers(-40, 40), calendars)
def test_counting_undoes_adding(start: date, n: int, calendar: WorkingCalendar) -> None:
    assert working_days_between(start, add_working_days(start, n, calendar), calendar) == n


@given(days, st.integers(1, 40), calendars)
def test_the_day_reached_is_a_working_day(start: date, n: int, calendar: WorkingCalendar) -> None:
    assert calendar.is_working(add_working_days(start, n, calendar))
    assert calendar.is_working(add_working_days(start, -n, calendar))


@given(days, st.integers(0, 20), st.integers(0, 20), calendars)
def test_adding_in_two_steps_is_adding_once(
    start: date, a: int, b: int, calendar: WorkingCalendar
) -> None:
    twice = add_working_days(add_working_days(start, a, calendar), b, calendar)
    assert twice == add_working_days(start, a + b, calendar)


# -- deadlines --------------------------------------------------------------------------------


@given(moments, zones, calendars, st.integers(1, 500))
def test_elapsed_hours_ignore_the_calendar(
    start: datetime, zone: ZoneInfo, calendar: WorkingCalendar, hours: int
) -> None:
    due = deadline(Clock(amount=hours), start, zone, calendar)
    assert due - start == timedelta(hours=hours)
    assert due.tzinfo is UTC


@given(moments, zones, calendars, st.integers(1, 30))
def test_working_days_end_with_a_local_working_day(
    start: datetime, zone: ZoneInfo, calendar: WorkingCalendar, n: int
) -> None:
    due = deadline(Clock("working_days", n, "days"), start, zone, calendar).astimezone(zone)
    assert (due.hour, due.minute, due.second) == (23, 59, 59)
    assert calendar.is_working(due.date())
    assert working_days_between(start.astimezone(zone).date(), due.date(), calendar) == n
    assert due > start


@given(moments, zones, st.sampled_from(["minutes", "hours", "days", "months"]), st.integers(1, 60))
def test_acting_before_mirrors_acting_within(
    start: datetime, zone: ZoneInfo, unit: str, amount: int
) -> None:
    before = deadline(Clock(amount=amount, unit=unit, meaning="act_before"), start, zone, NATION)
    after = deadline(Clock(amount=amount, unit=unit), start, zone, NATION)
    assert before < start < after
    if unit != "months":
        assert start - before == after - start


@given(moments, zones, st.sampled_from(["elapsed", "working_days"]), st.integers(1, 20))
def test_more_time_is_never_due_earlier(
    start: datetime, zone: ZoneInfo, kind: str, amount: int
) -> None:
    def due(n: int) -> datetime:
        return deadline(Clock(kind, n, "days"), start, zone, NATION)

    assert due(amount) < due(amount + 1)


def test_the_zone_decides_which_day_an_evening_belongs_to() -> None:
    # 16:30 UTC is 23:30 of Monday in WIB and 01:30 of Tuesday in WIT.
    start = datetime(2026, 7, 20, 16, 30, tzinfo=UTC)
    clock = Clock("working_days", 1, "days")
    western, eastern = (deadline(clock, start, ZoneInfo(z), NATION) for z in (WIB, WIT))
    assert western.astimezone(ZoneInfo(WIB)).date() == date(2026, 7, 21)
    assert eastern.astimezone(ZoneInfo(WIT)).date() == date(2026, 7, 22)


def test_at_once_still_has_its_minutes() -> None:
    start = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
    assert deadline(Clock("at_once", 15, "minutes"), start, ZONES[0], NATION) == start + timedelta(
        minutes=15
    )


def test_months_are_held_to_the_last_day() -> None:
    zone = ZoneInfo(WITA)
    assert add_months(datetime(2026, 8, 31, 9, tzinfo=zone), 6).date() == date(2027, 2, 28)
    assert add_months(datetime(2028, 8, 31, 9, tzinfo=zone), -6).date() == date(2028, 2, 29)
    assert add_months(datetime(2026, 1, 15, 9, tzinfo=zone), -1).date() == date(2025, 12, 15)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        deadline(Clock(), datetime.fromisoformat("2026-01-01T00:00"), ZONES[0], NATION)


def test_holidays_are_kept_per_year() -> None:
    assert {day.year for day in national_holidays(2026)} == {2026}


# -- zones ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("31.71.06", "WIB"), ("61", "WIB"), ("62.71", "WIB"), ("63.71", "WITA"), ("64", "WITA"),
        ("65", "WITA"), ("51", "WITA"), ("53.02", "WITA"), ("73", "WITA"), ("81", "WIT"),
        ("96.71", "WIT"),
    ],
)  # fmt: skip
def test_provinces_keep_their_hours(code: str, label: str) -> None:
    assert zone_label(zone_of(code)) == label


def test_no_hour_is_guessed_for_an_unknown_province() -> None:
    with pytest.raises(UnknownProvince):
        zone_of("99.01")
