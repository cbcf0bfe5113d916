"""Choosing an area: words are sent, never put into an address; the answers are radio buttons."""

from __future__ import annotations

from dataclasses import dataclass

from rangkul.reference import queries as reference

FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """One area that can be chosen; ``alias`` is the other name by which it was met."""

    code: str
    name: str
    alias: str = ""
    chosen: bool = False


def offered(words: str, chosen: str = "") -> list[Place]:
    """The area chosen already, then those whose names fit the words; at most two queries."""
    found = []
    if chosen:
        found += [
            Place(area.code, area.full_name, chosen=True)
            for area in reference.get_areas([chosen]).values()
        ]
    if len(words.strip()) >= FEWEST_LETTERS:
        found += [
            Place(hit.code, hit.full_name, hit.alias)
            for hit in reference.search_areas(words[:80], limit=8)
            if hit.code != chosen
        ]
    return found


def only_one(words: str) -> str:
    """The code of the area when the words can mean no other, else ``""``."""
    hits = reference.search_areas(words[:80], limit=8) if words.strip() else []
    folded = words.strip().casefold()
    exact = [hit for hit in hits if folded in (hit.name.casefold(), hit.full_name.casefold())]
    fitting = exact or hits
    return fitting[0].code if len(fitting) == 1 else ""
