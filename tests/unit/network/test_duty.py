"""Duty: stand-ins, their stand-ins, those who left, and the hours that nobody covers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rangkul.network.duty import (
    Leave,
    Place,
    Shift,
    cover,
    covered_spans,
    gaps,
    leaves_by_person,
    overlapping,
    stand_in,
)
from rangkul.network.hours import Schedule, Span

WIB = ZoneInfo("Asia/Jakarta")
DAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, tzinfo=WIB)
RATIH, NINING, WAHYUNI = (Place(n, 100 + n, sex, None) for n, sex in ((1, "P"), (2, "P"), (3, "L")))


def leave(person: Place, substitute: Place | None, days: int = 1) -> Leave:
    return Leave(person.membership_id, DAY, DAY + timedelta(days=days - 1), substitute)


def shift(person: Place, start: int, end: int, number: int = 1) -> Shift:
    midnight = datetime(2026, 11, 23, tzinfo=WIB)
    span = Span(midnight + timedelta(hours=start), midnight + timedelta(hours=end))
    return Shift(number, 7, person, span)


def test_whoever_is_here_answers_herself() -> None:
    assert stand_in(RATIH, at=NINE, day=DAY, leaves={}) == RATIH


def test_the_stand_in_of_the_stand_in_comes() -> None:
    leaves = leaves_by_person([leave(RATIH, NINING), leave(NINING, WAHYUNI)])
    assert stand_in(RATIH, at=NINE, day=DAY, leaves=leaves) == WAHYUNI


def test_two_who_stand_in_for_each_other_leave_nobody() -> None:
    leaves = leaves_by_person([leave(RATIH, NINING), leave(NINING, RATIH)])
    assert stand_in(RATIH, at=NINE, day=DAY, leaves=leaves) is None


def test_somebody_who_left_is_not_on_duty_and_neither_as_stand_in() -> None:
    gone = Place(4, 104, "P", NINE.astimezone(UTC) - timedelta(hours=1))
    assert stand_in(gone, at=NINE, day=DAY, leaves={}) is None
    assert stand_in(RATIH, at=NINE, day=DAY, leaves=leaves_by_person([leave(RATIH, gone)])) is None


def test_an_inactive_account_is_not_on_duty() -> None:
    locked = Place(5, 105, "P", None, is_active=False)
    assert stand_in(locked, at=NINE, day=DAY, leaves={}) is None


def test_cover_names_whom_somebody_stands_in_for() -> None:
    leaves = leaves_by_person([leave(RATIH, NINING)])
    found = cover([7, 8], [shift(RATIH, 8, 16)], leaves, at=NINE, zones={7: WIB})
    (person,) = found[7].on_duty
    assert (person.membership_id, person.stands_in_for) == (2, 1)
    assert not found[8].is_covered


def test_one_person_in_two_turns_answers_once_until_the_later_end() -> None:
    found = cover([7], [shift(RATIH, 8, 12), shift(RATIH, 9, 16, 2)], {}, at=NINE, zones={7: WIB})[
        7
    ]
    assert len(found.on_duty) == 1
    assert found.until == datetime(2026, 11, 23, 16, tzinfo=WIB)


def test_a_gap_is_an_open_hour_without_anyone() -> None:
    schedule = Schedule(False, {"1": [["08:00", "16:00"]]}, WIB)
    assert gaps(schedule, DAY, [shift(RATIH, 8, 12)], {}) == [
        Span(datetime(2026, 11, 23, 12, tzinfo=WIB), datetime(2026, 11, 23, 16, tzinfo=WIB))
    ]
    assert gaps(schedule, DAY, [shift(RATIH, 7, 17)], {}) == []


def test_leave_without_a_stand_in_opens_a_gap() -> None:
    schedule = Schedule(False, {"1": [["08:00", "16:00"]]}, WIB)
    leaves = leaves_by_person([leave(RATIH, None)])
    assert len(gaps(schedule, DAY, [shift(RATIH, 8, 16)], leaves)) == 1


def test_a_night_turn_is_covered_only_on_the_days_that_the_person_is_here() -> None:
    night = shift(RATIH, 19, 31)
    leaves = leaves_by_person([leave(RATIH, None)])
    (left,) = covered_spans(night, leaves, WIB)
    assert left.starts_at == datetime(2026, 11, 24, tzinfo=WIB)


def test_only_the_same_persons_turns_overlap() -> None:
    assert overlapping([shift(RATIH, 8, 12), shift(RATIH, 11, 14, 2)]) == {1, 2}
    assert overlapping([shift(RATIH, 8, 12), shift(NINING, 11, 14, 2)]) == set()
    assert overlapping([shift(RATIH, 8, 12), shift(RATIH, 12, 14, 2)]) == set()
