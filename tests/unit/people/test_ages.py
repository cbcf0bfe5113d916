"""An age as it was said keeps its group; in doubt the younger holds, and a child stays a child."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.people.ages import Age, completed_years
from rangkul.reference.ages import ADULT_AT, age_group

# Every day of a leap year and of a common one.
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(366 + 365)]
_BIRTHS = st.dates(date(1924, 1, 1), date(2024, 12, 31))
_DAYS = st.integers(0, 40_000)


@pytest.mark.parametrize("years", range(101))
def test_on_its_day_a_stated_age_has_its_own_group(years: int) -> None:
    for day in DAYS:
        stated = Age(years=years, stated_on=day)
        assert stated.band(day) == age_group(years)
        assert stated.may_be_child(day) is (years < ADULT_AT)
        # As the form offers it back: with the year that follows from it.
        offered = Age(years=years, stated_on=day, birth_year=day.year - years)
        assert offered.band(day) == age_group(years)


@given(_BIRTHS, _DAYS, st.integers(0, 3_000))
def test_nobody_is_taken_for_older_than_she_is(born: date, after: int, later: int) -> None:
    said_on = born + timedelta(days=after)
    day = said_on + timedelta(days=later)
    true_then, true_now = completed_years(born, said_on), completed_years(born, day)
    for known in (
        Age(years=true_then, stated_on=said_on),
        Age(years=true_then, stated_on=said_on, birth_year=born.year),
        Age(birth_year=born.year),
    ):
        least = known.least(day)
        assert least is not None
        assert true_now - 1 <= least <= true_now or least == 0
        assert known.may_be_child(day) or true_now >= ADULT_AT
    assert Age(birth_date=born).least(day) == true_now


@given(_BIRTHS, _DAYS, st.integers(0, 3_000))
def test_a_stated_age_grows_and_never_shrinks(born: date, years: int, later: int) -> None:
    known = Age(years=years % 101, stated_on=born)
    first, then = known.least(born), known.least(born + timedelta(days=later))
    assert first is not None and then is not None
    assert first <= then <= first + later // 365


def test_a_day_before_it_was_said_changes_nothing() -> None:
    """The report's own clock may run some hours ahead of the server's."""
    assert Age(years=13, stated_on=date(2026, 3, 3)).least(date(2026, 3, 2)) == 13


@pytest.mark.parametrize(
    ("year", "least"), [(2013, 13), (2012, 13), (2011, 14), (1990, 35), (2014, 11)]
)
def test_a_year_that_contradicts_the_age_corrects_it(year: int, least: int) -> None:
    known = Age(years=13, stated_on=date(2026, 3, 2), birth_year=year)
    assert known.least(date(2026, 3, 2)) == least


def test_the_birth_date_is_the_surest() -> None:
    known = Age(date(2012, 3, 2), years=15, stated_on=date(2026, 3, 2), birth_year=2000)
    assert known.least(date(2026, 3, 1)) == 13
    assert known.least(date(2026, 3, 2)) == 14


def test_nothing_known_is_no_group() -> None:
    assert (Age().band(date(2026, 3, 2)), Age().may_be_child(date(2026, 3, 2))) == ("", False)
