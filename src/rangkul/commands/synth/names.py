"""Invents Indonesian names, numbers and call words for synthetic cases; nobody real is meant.

Words are drawn with a Zipf-like skew and combined by each region's custom. Numbers lie in ranges
that no office and no operator gives out, so that none can reach a living person:

- a NIK begins with 99, which is no province (codes run from 11 to 97);
- a telephone number begins with 0840, a block assigned to no operator; it has the length of a
  number, so every form accepts it, but libphonenumber calls it invalid;
- a call word names a plant, a bird, a stone or the weather.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import accumulate, product
from random import Random
from typing import Literal, NamedTuple, TypeVar

from rangkul.commands.synth.name_customs import (
    CALL_COLOURS,
    CALL_WORDS,
    CUSTOMS,
    PROVINCES,
    SELDOM_CALLED,
)
from rangkul.commands.synth.name_pools import COMPOUNDS, POOLS

Sex = Literal["L", "P"]
"""As on the identity card: `L` laki-laki (male), `P` perempuan (female)."""

NO_PROVINCE = "99"
"""First two digits of every invented NIK: the code of no province."""

NO_OPERATOR = "0840"
"""First digits of every invented telephone number: a block that no operator serves."""

_SLOTS = 4096
_CUSTOM_SLOTS = 512
_PARTICLES = frozenset(("BIN", "BINTI", "ANAK"))
_ASSIMILATED = frozenset("rsnztd")
_BEFORE_FATHER = re.compile(" (?:bin|binti|anak) ")
_CALLED_BY_NEXT_WORD = 0.3
_WOMAN = 40
_SELDOM_CALLED = frozenset(SELDOM_CALLED.split())

_Item = TypeVar("_Item")


class GeneratedName(NamedTuple):
    """A full name as on a card, and the name the person is called by."""

    full: str
    called: str


class _Custom(NamedTuple):
    """One way to put a name together: a draw table for each word, run together or not."""

    words: tuple[tuple[str, ...], ...]
    joined: bool


def _filled(weighted: Sequence[tuple[_Item, float]], slots: int) -> tuple[_Item, ...]:
    """A table of about `slots` entries in which each item stands as often as its weight asks.

    Drawing from it is one multiplication; every item stands at least once.
    """
    share = slots / sum(weight for _, weight in weighted)
    table: list[_Item] = []
    for (item, _), reached in zip(weighted, accumulate(w for _, w in weighted), strict=True):
        table.extend([item] * max(1, round(reached * share) - len(table)))
    return tuple(table)


def _pool(entries: Sequence[str]) -> tuple[str, ...]:
    """Draw table of a pool: Zipf over its words, and again over the spellings of each."""
    weighted: list[tuple[str, float]] = []
    for rank, entry in enumerate(entries):
        spellings = entry.replace("_", " ").split("/")
        shares = [1 / (place + 1) ** 1.3 for place in range(len(spellings))]
        weight = 1 / (sum(shares) * (rank + 4) ** 0.8)
        weighted += [(s, share * weight) for s, share in zip(spellings, shares, strict=True)]
    return _filled(weighted, _SLOTS)


def _pools() -> dict[str, tuple[str, ...]]:
    tables = {name: _pool(text.split()) for name, text in POOLS.items()}
    for name, (fronts, backs) in COMPOUNDS.items():
        tables[name] = _pool([f + b for f, b in product(fronts.split(), backs.split())])
    return tables


def _customs(pools: dict[str, tuple[str, ...]], text: str) -> tuple[_Custom, ...]:
    weighted: list[tuple[_Custom, float]] = []
    for line in text.split("|"):
        weight, *steps = line.replace("~", " ~ ").split()
        words = tuple(
            pools.get(step) or (step.lower() if at and step in _PARTICLES else step.title(),)
            for at, step in enumerate(steps)
            if step != "~"
        )
        weighted.append((_Custom(words, "~" in steps), float(weight)))
    return _filled(weighted, _CUSTOM_SLOTS)


def _shares(text: str) -> list[tuple[str, float]]:
    weights, names = text.split()[::2], text.split()[1::2]
    return [(name, float(weight)) for name, weight in zip(names, weights, strict=True)]


def _run_together(first: str, second: str) -> str:
    """`Nur` + `Hayati` → `Nurhayati`; `Abdu` takes the l, or doubles what swallows it."""
    tail = second.lower()
    if first != "Abdu":
        return first + tail
    return first + (tail[0] if tail[0] in _ASSIMILATED else "l") + tail


class NameGenerator:
    """Draws names by province and sex; the same seed draws the same names in the same order.

    About 300,000 names a second. Not safe to share between threads.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        pools = _pools()
        customs: dict[tuple[str, str], tuple[_Custom, ...]] = {
            (name, sex): _customs(pools, text)
            for name, by_sex in CUSTOMS.items()
            for sex, text in by_sex.items()
        }
        self._provinces = _filled([(code, float(n)) for code, (n, _) in PROVINCES.items()], _SLOTS)
        self._customs: dict[tuple[str, Sex], tuple[tuple[_Custom, ...], ...]] = {}
        for code, (_, text) in PROVINCES.items():
            living = _filled(_shares(text), _CUSTOM_SLOTS)
            self._customs[code, "L"] = tuple(customs[name, "L"] for name in living)
            self._customs[code, "P"] = tuple(customs[name, "P"] for name in living)
        self._call_words = [word.replace("_", " ") for word in CALL_WORDS.split()]
        self._call_colours = CALL_COLOURS.split()

    def person(self, sex: Sex, province_code: str | None = None) -> GeneratedName:
        """A name as people of that sex bear it in a province (two digits; None: anywhere).

        Raises KeyError for a code that is no province.
        """
        draw = self._random.random
        if province_code is None:
            province_code = self._provinces[int(draw() * len(self._provinces))]
        living = self._customs[province_code, sex]
        customs = living[int(draw() * len(living))]
        custom = customs[int(draw() * len(customs))]
        words = [table[int(draw() * len(table))] for table in custom.words]
        if custom.joined:
            words = [_run_together(words[0], words[1])]
        elif len(words) > 1 and words[0] == words[-1]:
            del words[-1]
        full = " ".join(words)
        return GeneratedName(full, self._called(full))

    def _called(self, full: str) -> str:
        own = _BEFORE_FATHER.split(full, maxsplit=1)[0]
        usual = [word for word in own.split() if word not in _SELDOM_CALLED]
        if not usual:
            return own
        later = len(usual) > 1 and self._random.random() < _CALLED_BY_NEXT_WORD
        return usual[1 if later else 0]

    def pseudonym(self) -> str:
        """A call word for a file, such as `Kenanga` or `Jalak Senja`: it says nothing of anyone."""
        word = self._random.choice(self._call_words)
        if self._random.random() < 0.5:
            return word
        return f"{word} {self._random.choice(self._call_colours)}"

    def nik(self, sex: Sex, born_on: date) -> str:
        """Sixteen digits shaped like a NIK, in province 99, which does not exist."""
        day = born_on.day + (_WOMAN if sex == "P" else 0)
        district = self._random.randrange(10_000)
        serial = self._random.randrange(1, 10_000)
        return f"{NO_PROVINCE}{district:04d}{day:02d}{born_on:%m%y}{serial:04d}"

    def phone(self) -> str:
        """Twelve digits shaped like a mobile number, in a block that no operator serves."""
        return f"{NO_OPERATOR}{self._random.randrange(100_000_000):08d}"
