"""The age group of a person, by the bounds that the code list carries."""

from __future__ import annotations

from functools import lru_cache

from rangkul.reference.release import read_codes

ADULT_AT = 18
"""A child is anyone under 18, the unborn included (UU 21/2007 ps 1 angka 5; UU 12/2022 ps 1)."""


@lru_cache(maxsize=1)
def _bounds() -> tuple[tuple[int, str], ...]:
    lower = ((int(code.mappings["min_years"]), code.code) for code in read_codes("kelompok_usia"))
    return tuple(sorted(lower, reverse=True))


def age_group(years: int) -> str:
    """The code of ``kelompok_usia`` for an age in completed years; raises `ValueError` below 0."""
    if years < 0:
        raise ValueError("an age is not negative")
    return next(code for bound, code in _bounds() if years >= bound)


def years_of(group: str) -> tuple[int, int | None]:
    """The youngest and the oldest completed years of an age group; ``None`` for no upper bound.

    Raises ``ValueError`` for a code that the list does not hold.
    """
    above: int | None = None
    for lower, code in _bounds():
        if code == group:
            return lower, above
        above = lower - 1
    raise ValueError(f"no age group {group!r}")
