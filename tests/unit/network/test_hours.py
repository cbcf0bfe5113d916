"""Opening hours: zones, holidays, midnight, and what is no hours at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.network.hours import (
    Schedule,
    Span,
    UnreadableHours,
    check_hours,
    next_opening,
    open_now,
    opening,
    spans_between,
    subtract,
)
from rangkul.reference.calendar import DayOverride, WorkingCalendar

WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
OFFICE = {str(day): [["08:00", "12:00"], ["13:00", "16:00"]] for day in range(1, 6)}
MONDAY = datetime(2026, 11, 23, tzinfo=WIB)


def at(hour: int, minute: int = 0, *, days: int = 0, zone: ZoneInfo = WIB) -> datetime:
    day = MONDAY.date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [(at(7, 59), False), (at(8), True), (at(12), False), (at(15, 59), True), (at(16), False)],
)
def test_open_from_the_first_minute_to_before_the_last(moment: datetime, is_open: bool) -> None:
    assert open_now(Schedule(False, OFFICE, WIB), moment) is is_open


def test_the_desks_own_zone_counts() -> None:
    moment = at(8, zone=WIT)
    assert open_now(Schedule(False, OFFICE, WIT), moment)
    assert not open_now(Schedule(False, OFFICE, WIB), moment)


def test_after_friday_comes_monday() -> None:
    assert next_opening(Schedule(False, OFFICE, WIB), at(17, days=4)) == at(8, days=7)


def test_a_national_holiday_closes_all_but_the_desk_that_never_closes() -> None:
    christmas = datetime(2026, 12, 25, 3, tzinfo=UTC)
    found = opening(Schedule(False, OFFICE, WIB), christmas)
    assert not found.is_open
    assert found.holiday
    assert open_now(Schedule(True, {}, WIB), christmas)


def test_an_administrators_word_beats_the_calendar_both_ways() -> None:
    christmas, working_day = date(2026, 12, 25), date(2026, 11, 24)
    calendar = WorkingCalendar(
        MappingProxyType(
            {christmas: DayOverride(True, "masuk"), working_day: DayOverride(False, "Pilkada")}
        )
    )
    schedule = Schedule(False, OFFICE, WIB, calendar)
    assert open_now(schedule, datetime(2026, 12, 25, 3, tzinfo=UTC))
    closed = opening(schedule, at(9, days=1))
    assert (closed.is_open, closed.holiday) == (False, "Pilkada")


def test_without_hours_nothing_is_promised() -> None:
    assert next_opening(Schedule(False, {}, WIB), at(9)) is None


def test_midnight_joins_two_days() -> None:
    hours = {"1": [["20:00", "24:00"]], "2": [["00:00", "06:00"]]}
    assert spans_between(Schedule(False, hours, WIB), MONDAY.date(), 2) == [
        Span(at(20), at(6, days=1))
    ]


@pytest.mark.parametrize(
    "hours",
    [
        {"8": [["08:00", "16:00"]]},
        {"1": [["16:00", "08:00"]]},
        {"1": [["08:00", "08:00"]]},
        {"1": [["08:00", "12:00"], ["11:00", "16:00"]]},
        {"1": [["8:00", "16:00"]]},
        {"1": [["08:00", "25:00"]]},
        {"1": [["08:00", ""]]},
        {"1": [["08:00"]]},
    ],
)
def test_what_is_no_hours_is_refused(hours: dict[str, list[list[str]]]) -> None:
    with pytest.raises(UnreadableHours):
        check_hours(hours)


def test_hours_come_out_in_one_form() -> None:
    given_hours = {"2": [], "1": [["13:00", "24:00"], ["08:00", "12:00"]]}
    assert check_hours(given_hours) == {"1": [["08:00", "12:00"], ["13:00", "24:00"]]}


moments = st.integers(0, 14 * 24 * 60).map(lambda m: MONDAY.astimezone(UTC) + timedelta(minutes=m))
spans = st.lists(
    st.tuples(moments, st.integers(1, 600)).map(
        lambda p: Span(p[0], p[0] + timedelta(minutes=p[1]))
    ),
    max_size=6,
)


@given(whole=spans, taken=spans, moment=moments)
def test_what_is_left_is_in_the_whole_and_not_taken(
    whole: list[Span], taken: list[Span], moment: datetime
) -> None:
    left = any(span.holds(moment) for span in subtract(whole, taken))
    assert left == (
        any(span.holds(moment) for span in whole) and not any(s.holds(moment) for s in taken)
    )


@given(moment=moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(moment: datetime) -> None:
    schedule = Schedule(False, OFFICE, WIB)
    opens = next_opening(schedule, moment)
    assert opens is not None
    assert open_now(schedule, opens)
    half = moment + (opens - moment) / 2
    assert opens == moment or not open_now(schedule, half)
