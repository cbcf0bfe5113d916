"""The noise on counts: distributed as it is said, in whole numbers, and never none at all."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from random import Random

import pytest

from rangkul.foundation.noise import discrete_laplace, probability

_DRAWN = 40_000


def _distance(found: Counter[int], scale: Fraction) -> float:
    """Chi-squared per cell over the values that are expected at least ten times."""
    cells = [x for x in range(-400, 401) if probability(x, scale) * _DRAWN >= 10]
    total = sum(
        (found[x] - probability(x, scale) * _DRAWN) ** 2 / (probability(x, scale) * _DRAWN)
        for x in cells
    )
    return total / len(cells)


@pytest.mark.parametrize("scale", [Fraction(1, 2), Fraction(1), Fraction(7, 3), Fraction(26)])
def test_it_is_distributed_as_it_is_said(scale: Fraction) -> None:
    random = Random(20)
    found = Counter(discrete_laplace(scale, random.randrange) for _ in range(_DRAWN))
    assert 0.4 < _distance(found, scale) < 1.8
    assert abs(sum(x * n for x, n in found.items())) / _DRAWN < float(scale) / 20


def test_a_rounded_normal_would_not_pass() -> None:
    """The check above can fail: noise of the same spread and another shape is told apart."""
    random, scale = Random(20), Fraction(26)
    spread = math.sqrt(2) * float(scale)
    found = Counter(round(random.gauss(0, spread)) for _ in range(_DRAWN))
    assert _distance(found, scale) > 4


def test_the_chances_are_one_together_and_fall_by_the_same_factor() -> None:
    scale = Fraction(26)
    assert math.isclose(sum(probability(x, scale) for x in range(-3000, 3001)), 1)
    for x in range(60):
        assert math.isclose(probability(x, scale) / probability(x + 1, scale), math.exp(1 / 26))


def test_zero_is_drawn_no_more_often_for_having_two_signs() -> None:
    random, scale = Random(4), Fraction(1)
    zeros = sum(discrete_laplace(scale, random.randrange) == 0 for _ in range(_DRAWN))
    assert abs(zeros / _DRAWN - probability(0, scale)) < 0.01


@pytest.mark.parametrize("scale", [Fraction(0), Fraction(-1)])
def test_no_noise_is_refused(scale: Fraction) -> None:
    with pytest.raises(ValueError, match="above zero"):
        discrete_laplace(scale)


def test_two_draws_differ_where_nobody_says_how() -> None:
    assert len({discrete_laplace(Fraction(1000)) for _ in range(20)}) > 10
