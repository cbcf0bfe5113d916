"""Provinces, regencies and districts by name, from memory: what the public types is looked up here.

A few thousand names that change with a release only. Villages, which are ten times as many, are
asked of the database where nothing wider is meant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rangkul.reference import queries
from rangkul.reference.likeness import ALMOST_THE_SAME, Likeness
from rangkul.reference.models import Area, AreaTerm
from rangkul.reference.names import RANK_ALIAS, parse
from rangkul.reference.queries import KIND_ORDER, AreaHit

_KINDS = KIND_ORDER[:3]
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Places:
    """What a text may mean. ``are_guesses`` where no name begins so, and these are only like it;
    also where a district of that name stands beside a city that is written almost the same."""

    hits: tuple[AreaHit, ...]
    are_guesses: bool = False


@dataclass(frozen=True, slots=True)
class _Names:
    """Terms by their keys, and the areas that they are of."""

    keys: Sequence[str]
    terms: Sequence[tuple[int, str]]
    areas: dict[str, AreaHit]
    likeness: Likeness


def get_place(code: str) -> AreaHit | None:
    """The current area with this code; asks the database for a village only."""
    known = _names().areas.get(code)
    if known is not None or code.count(".") < len(_KINDS):
        return known
    area = queries.get_areas([code]).get(code)
    return _hit(area) if area is not None and area.is_current else None


def find_places(text: str, *, limit: int = 8) -> Places:
    """Areas whose name, other name or a later word of it begins with what was typed.

    Whole names first, then wider areas. Where there is none: villages; then what is like it.
    """
    asked = parse(text)
    if not asked.key:
        return Places(())
    names = _names()
    begin = bisect_left(names.keys, asked.key)
    end = bisect_left(names.keys, asked.key + _LAST)
    ranked: dict[str, tuple[object, ...]] = {}
    for place in range(begin, end):
        rank, code = names.terms[place]
        hit = names.areas[code]
        if asked.kind and hit.kind != asked.kind:
            continue
        if not all(wider.casefold() in hit.full_name.casefold() for wider in asked.within):
            continue
        whole = names.keys[place] == asked.key and rank <= RANK_ALIAS
        key = (not whole, _KINDS.index(hit.kind), rank, hit.name, code)
        ranked[code] = min(ranked.get(code, key), key)
    if ranked:
        best = sorted(ranked, key=ranked.__getitem__)[:limit]
        doubted = asked.kind is None and _is_narrow(names, best[0])
        meant = _meant_perhaps(names, asked.key) if doubted else []
        both = [*dict.fromkeys([*best[:1], *meant, *best[1:]])][:limit]
        return Places(tuple(names.areas[code] for code in both), are_guesses=bool(meant))
    villages = queries.search_areas(text, kinds=("village",), limit=limit)
    if villages:
        return Places(tuple(villages))
    like = names.likeness.like(asked.key, limit)
    return Places(tuple(names.areas[code] for code in like), are_guesses=True)


def _is_narrow(names: _Names, code: str) -> bool:
    return names.areas[code].kind == _KINDS[-1]


def _meant_perhaps(names: _Names, key: str) -> list[str]:
    """Wider areas written almost like the key: *Makassar* for whoever writes *Makasar*."""
    like = names.likeness.like(key, 12, enough=ALMOST_THE_SAME)
    return [code for code in like if not _is_narrow(names, code)]


def forget() -> None:
    """Read the names anew at the next question: a release was loaded."""
    _names.cache_clear()


@lru_cache(maxsize=1)
def _names() -> _Names:
    areas = {
        area.code: _hit(area)
        for area in Area.objects.filter(is_current=True, kind__in=_KINDS).order_by("code")
    }
    rows = AreaTerm.objects.filter(area__is_current=True, area__kind__in=_KINDS).values_list(
        "key", "rank", "area_id"
    )
    ordered = sorted(rows)
    return _Names(
        keys=[key for key, *_ in ordered],
        terms=[(rank, code) for _, rank, code in ordered],
        areas=areas,
        likeness=Likeness((key, code) for key, rank, code in ordered if rank <= RANK_ALIAS),
    )


def _hit(area: Area) -> AreaHit:
    return AreaHit(area.code, area.name, area.full_name, area.kind, "")
