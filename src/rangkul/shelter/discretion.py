"""Keeps a house's name and whereabouts out of every word that leaves for another desk."""

from __future__ import annotations

import re
from typing import Final

from rangkul.shelter.sealed import HousePlace

_WORDS: Final = re.compile(r"[^\W_]+")
# Three words of an address in a row, "Kenanga Uji 17", name a door; two may be any street.
_IN_A_ROW: Final = 3
_SHORTEST_PHONE: Final = 6
# Four decimals of a degree are eleven metres; two are a kilometre and name no house.
_DECIMALS: Final = 3


def tells_place(words: str, *, name: str, place: HousePlace) -> bool:
    """Whether ``words`` give away what the house is called, where it stands or its telephone."""
    said = _plain(words)
    if name and _plain(name) in said:
        return True
    if any(f" {row} " in f" {said} " for row in (*_rows(place.address), *_rows(place.way))):
        return True
    digits = re.sub(r"\D", "", words)
    phone = re.sub(r"\D", "", place.phone).removeprefix("62").removeprefix("0")
    if len(phone) >= _SHORTEST_PHONE and phone in digits:
        return True
    return any(
        _degrees(each) and _degrees(each) in words for each in (place.latitude, place.longitude)
    )


def _rows(text: str) -> list[str]:
    """Each three words in a row; a text of fewer words whole."""
    words = _plain(text).split()
    starts = range(max(len(words) - _IN_A_ROW + 1, min(len(words), 1)))
    return [" ".join(words[start : start + _IN_A_ROW]) for start in starts]


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _degrees(number: str) -> str:
    """The part of a coordinate that already names the street; empty for a round number."""
    whole, _dot, decimals = number.partition(".")
    return f"{whole}.{decimals[:_DECIMALS]}" if len(decimals) >= _DECIMALS else ""
