"""The ladder's rungs: in order, never before the deadline, each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.clocks import ladder

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "moments"),
    [
        # A quarter of an hour: the supervisor after another quarter, the province after an hour.
        (timedelta(minutes=15), [0, 15, 60, 240]),
        (timedelta(hours=24), [0, 360, 1_440, 4_320]),
        # Two weeks: nobody waits longer than a day, three days, a week.
        (timedelta(days=14), [0, 1_440, 4_320, 10_080]),
    ],
)
def test_the_waits_follow_the_length_of_the_deadline(length: timedelta, moments: list[int]) -> None:
    due = START + length
    found = [ladder.rung_at(rung, started_at=START, due_at=due) - due for rung in ladder.RUNGS]
    assert found == [timedelta(minutes=minutes) for minutes in moments]


@pytest.mark.parametrize(
    ("escalates", "meaning", "rung"),
    [
        (True, "act_within", ladder.NATION),
        (True, "lasts_at_most", ladder.SUPERVISOR),
        (True, "act_before", ladder.SUPERVISOR),
        (False, "act_within", ladder.DESK),
    ],
)
def test_how_high_a_procedure_climbs(escalates: bool, meaning: str, rung: int) -> None:
    assert ladder.top(escalates=escalates, meaning=meaning) == rung


@given(
    minutes=st.integers(1, 60 * 24 * 400),
    last=st.sampled_from(ladder.RUNGS),
    looks=st.lists(st.integers(-60 * 24, 60 * 24 * 30), min_size=1, max_size=12),
)
def test_whenever_one_looks_every_rung_comes_once_and_in_order(
    minutes: int, last: int, looks: list[int]
) -> None:
    due = START + timedelta(minutes=minutes)
    climbed, seen = 0, []
    for look in sorted(looks):
        at = due + timedelta(minutes=look)
        for rung, moment in ladder.due_rungs(
            climbed, last=last, started_at=START, due_at=due, at=at
        ):
            assert due <= moment <= at
            seen.append(rung)
            climbed = rung
        waits = ladder.next_at(climbed, last=last, started_at=START, due_at=due)
        assert (waits is None) == (climbed == last)
        assert waits is None or waits > at
    assert seen == list(range(1, len(seen) + 1))
