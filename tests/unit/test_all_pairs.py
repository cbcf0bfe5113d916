"""Every pair is held by some row, with far fewer rows than the product has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.walls.pairs import all_pairs, every_pair, pairs_of, uncovered


@given(st.lists(st.integers(1, 7), min_size=3, max_size=5))
def test_every_pair_is_held(sizes: list[int]) -> None:
    dimensions = {str(number): list(range(size)) for number, size in enumerate(sizes)}
    rows = all_pairs(dimensions)
    assert uncovered(rows, dimensions) == set()
    longest, second, *_ = sorted(sizes, reverse=True)
    assert len(rows) <= longest * second * 2


def test_a_row_that_is_missing_is_told() -> None:
    """Planted: the only row that holds a pair is taken away."""
    dimensions = {"a": [1, 2], "b": [1, 2]}
    rows = all_pairs(dimensions)
    assert len(every_pair(dimensions)) == 4
    assert uncovered(rows[1:], dimensions) == pairs_of(rows[0])
