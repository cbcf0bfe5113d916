"""The nation as thirty-eight equal tiles, one a province, drawn where each lies on the map.

Our own drawing: an island keeps its neighbours, and no province looks larger than another. The
short names are the two letters of ISO 3166-2:ID.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.template.loader import get_template

from rangkul.portal.page import is_english
from rangkul.reference import queries as reference

# Code, letters, column and row, from Aceh to Papua.
LAYOUT: Final = (
    ("11", "AC", 1, 1), ("12", "SU", 2, 2), ("14", "RI", 3, 2), ("21", "KR", 4, 2),
    ("13", "SB", 2, 3), ("15", "JA", 3, 3), ("19", "BB", 4, 4),
    ("17", "BE", 2, 4), ("16", "SS", 3, 4), ("18", "LA", 3, 5),
    ("36", "BT", 3, 6), ("31", "JK", 4, 6), ("32", "JB", 4, 7), ("33", "JT", 5, 6),
    ("34", "YO", 5, 7), ("35", "JI", 6, 6), ("51", "BA", 7, 6), ("52", "NB", 8, 6),
    ("53", "NT", 9, 6),
    ("61", "KB", 5, 3), ("62", "KT", 6, 3), ("64", "KI", 7, 2), ("65", "KU", 7, 1),
    ("63", "KS", 6, 4),
    ("71", "SA", 10, 1), ("75", "GO", 9, 1), ("72", "ST", 9, 2), ("76", "SR", 8, 3),
    ("73", "SN", 8, 4), ("74", "SG", 9, 4),
    ("82", "MU", 11, 2), ("81", "MA", 10, 4),
    ("96", "PD", 11, 3), ("92", "PB", 12, 3), ("94", "PT", 12, 4), ("91", "PA", 13, 3),
    ("95", "PE", 13, 4), ("93", "PS", 13, 5),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tile:
    """One province: where its tile lies, and how many desks there are; ``tone`` is 0 to 3."""

    code: str
    letters: str
    name: str
    column: int
    row: int
    count: int
    tone: int


def drawn(counts: Mapping[str, int]) -> str:
    """The map and the same as a list, for these counts by province: buttons of a form around it.

    It is the same for everybody, and drawn anew only when a count changes.
    """
    return _drawn(tuple(counts.get(code, 0) for code, *_ in LAYOUT), is_english())


@lru_cache(maxsize=8)
def _drawn(counts: tuple[int, ...], english: bool) -> str:
    return get_template("portal/tiles.html").render({"tiles": tiles(counts)})


def tiles(counts: Sequence[int]) -> list[Tile]:
    """All tiles in the layout's order, with their counts; one query."""
    names = {area.code: area.name for area in reference.list_areas(kind="province")}
    return [
        Tile(code, letters, names.get(code, letters), column, row, count, _tone(count))
        for (code, letters, column, row), count in zip(LAYOUT, counts, strict=True)
    ]


def _tone(count: int) -> int:
    """None, a few, several, many."""
    return sum(count >= least for least in (1, 5, 20))
