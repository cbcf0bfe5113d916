"""Counts of checked offers: each day gets its noise once, and no single check can be told."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from random import Random

import pytest

from rangkul.assessments import job_offer
from rangkul.assessments.job_offer import Finding, Road, weigh
from rangkul.assessments.offer_counts import (
    EPSILON,
    SCALE,
    SENSITIVITY,
    Noisy,
    Tally,
    cells,
    cells_of,
)

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
_TOLD = "Checked job offers are counted with noise: no single check can be told from what is kept."


def _every_sign(road: Road = Road.ABROAD) -> Finding:
    return weigh(road, {one.code: str(one.sign) for one in job_offer.questions(road)})


def _day(checks: int, random: Random, scale: Fraction = SCALE) -> Noisy:
    tally = Tally(below=random.randrange, scale=scale)
    tally.turn_to(MONDAY)
    for _ in range(checks):
        tally.add(_every_sign(), MONDAY)
    tally.finish()
    (day,) = tally.waiting()
    return day


def test_one_check_changes_no_more_than_is_said() -> None:
    for road in Road:
        counted = cells_of(_every_sign(road))
        assert len(counted) == len(set(counted)) == SENSITIVITY
        assert set(counted) <= set(cells())
    assert SENSITIVITY / EPSILON == SCALE == 26


def _right_guesses(scale: Fraction, days: int = 3000) -> float:
    """How often the best guesser tells a day with one check from one without, ½ being blind.

    She knows the rules, every other check (there was none) and the noise; she weighs likelihoods.
    """
    random = Random(7)
    asked = cells_of(_every_sign())
    right = 0.0
    for told in (0, 1):
        for _ in range(days):
            counts = _day(told, random, scale).counts
            lean = sum(abs(counts[cell]) - abs(counts[cell] - 1) for cell in asked)
            right += 0.5 if lean == 0 else float((lean > 0) == bool(told))
    return right / (2 * days)


@pytest.mark.promise("offers-counted-with-noise", chapter="web", sentence=_TOLD)
def test_the_best_guesser_cannot_tell_whether_somebody_came(figure: Callable[[str], None]) -> None:
    most = math.exp(float(EPSILON)) / (1 + math.exp(float(EPSILON)))
    right = _right_guesses(SCALE)
    figure(
        f"whether a check with all twelve signs took place is guessed right {right:.1%} of 6,000 "
        f"times by the best guesser there is, a coin 50 %, the bound at ε = {EPSILON} {most:.1%}"
    )
    assert 0.5 < right <= most


@pytest.mark.planted("offers-counted-with-noise")
def test_planted_too_little_noise_is_caught() -> None:
    most = math.exp(float(EPSILON)) / (1 + math.exp(float(EPSILON)))
    assert _right_guesses(SCALE / 10, days=500) > most


def test_a_day_is_finished_by_the_next_and_gets_its_noise_once() -> None:
    tally = Tally(below=Random(1).randrange)
    tally.turn_to(MONDAY)
    tally.add(_every_sign(), MONDAY)
    assert tally.waiting() == ()
    tally.turn_to(TUESDAY)
    (monday,) = tally.waiting()
    assert monday.day == MONDAY and set(monday.counts) == set(cells())
    tally.turn_to(TUESDAY)
    assert tally.waiting() == (monday,)
    tally.add(_every_sign(), WEDNESDAY)
    assert [one.day for one in tally.waiting()] == [MONDAY, TUESDAY]
    tally.stored([monday])
    assert [one.day for one in tally.waiting()] == [TUESDAY]


def test_a_day_on_which_nobody_came_is_written_all_the_same() -> None:
    """Otherwise the missing row would say that nobody came."""
    tally = Tally(below=Random(2).randrange)
    tally.turn_to(MONDAY)
    tally.turn_to(TUESDAY)
    (monday,) = tally.waiting()
    assert any(monday.counts.values())
    assert any(value < 0 for value in monday.counts.values())


def test_a_clock_set_back_begins_no_day_twice() -> None:
    tally = Tally(below=Random(3).randrange)
    tally.turn_to(TUESDAY)
    tally.add(_every_sign(), MONDAY)
    assert tally.waiting() == ()
    tally.finish()
    assert [one.day for one in tally.waiting()] == [TUESDAY]


def test_a_process_that_never_began_writes_nothing() -> None:
    tally = Tally()
    tally.finish()
    assert tally.waiting() == ()


def test_the_exact_counts_are_gone_with_the_day() -> None:
    tally = Tally(below=Random(5).randrange)
    for _ in range(4321):
        tally.add(_every_sign(), MONDAY)
    tally.finish()
    (day,) = tally.waiting()
    held = [day.counts[cell] == 4321 for cell in cells_of(_every_sign())]
    assert sum(held) <= 3, "a draw is nought once in fifty"
    assert "4321" not in repr(tally).replace(repr(day), "")


def test_the_sums_tell_the_many_all_the_same() -> None:
    """Noise that drowned everything would be no count: 300 checks a day are told within a tenth."""
    random = Random(11)
    days = [_day(300, random).counts["luar/checked"] for _ in range(30)]
    assert abs(sum(days) / (300 * 30) - 1) < 0.1
