"""Rows that hold every pair of values of several dimensions, without the whole product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

Row = dict[str, Any]
Pair = tuple[tuple[str, Any], tuple[str, Any]]


def every_pair(dimensions: Mapping[str, Sequence[Any]]) -> set[Pair]:
    """Each pair of values of two different dimensions."""
    return {
        ((one, a), (other, b))
        for one, other in combinations(dimensions, 2)
        for a in dimensions[one]
        for b in dimensions[other]
    }


def pairs_of(row: Row) -> set[Pair]:
    """The pairs that one row holds."""
    return {((one, row[one]), (other, row[other])) for one, other in combinations(row, 2)}


def uncovered(rows: Iterable[Row], dimensions: Mapping[str, Sequence[Any]]) -> set[Pair]:
    """The pairs that no row holds."""
    left = every_pair(dimensions)
    for row in rows:
        left -= pairs_of(row)
    return left


def all_pairs(dimensions: Mapping[str, Sequence[Any]]) -> list[Row]:
    """Rows holding every pair: the two longest dimensions in full, the others turned along.

    Each further dimension walks at a step of its own, so that over the rows of one value of the
    longest all of its values come by; what is left after that gets rows of its own.
    """
    first, second, *others = sorted(dimensions, key=lambda name: -len(dimensions[name]))
    rows: list[Row] = []
    for outer, a in enumerate(dimensions[first]):
        for inner, b in enumerate(dimensions[second]):
            row: Row = dict.fromkeys(dimensions)
            row[first], row[second] = a, b
            for step, name in enumerate(others):
                values = dimensions[name]
                # Whole rounds of the longest move each dimension against the others.
                turned = inner + outer * (step + 1) + outer // len(values)
                row[name] = values[turned % len(values)]
            rows.append(row)
    left = uncovered(rows, dimensions)
    while left:
        rows.append(_one_more(left, dimensions))
        left -= pairs_of(rows[-1])
    return rows


def _one_more(left: set[Pair], dimensions: Mapping[str, Sequence[Any]]) -> Row:
    """A row around one uncovered pair, the rest filled by others where they fit."""
    row: Row = dict.fromkeys(dimensions)
    order = list(dimensions)
    for (one, a), (other, b) in sorted(left, key=str):
        if row[one] in (None, a) and row[other] in (None, b):
            row[one], row[other] = a, b
    for name in order:
        if row[name] is None:
            row[name] = dimensions[name][0]
    return row
