"""A secret long enough to be guessed by nobody, short enough to be kept in the head or on paper.

One of 1296**6 (4.7 · 10**18), drawn uniformly; written as twenty digits, of which the last is a
check digit, or as six words: the same secret two ways. A database keeps only its digest, Argon2id
under keys from the ring, so that whoever steals the database can neither read nor try the codes.

What a guess may hope for, and why that is enough: see `chance`.
"""

from __future__ import annotations

import hmac
import math
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from django.conf import settings

from rangkul.foundation.errors import RangkulError
from rangkul.foundation.keyring import KeyRing
from rangkul.foundation.longcode_words import WORDS

_BASE: Final = len(WORDS)
_COUNT: Final = 6
SPACE: Final = _BASE**_COUNT
_DIGITS: Final = 19
_PLACE: Final = {word: place for place, word in enumerate(WORDS)}

# Damm's quasigroup of order ten: catches every wrong digit and every swap of two neighbours
# (H. M. Damm, Total anti-symmetrische Quasigruppen, Marburg 2004).
_DAMM: Final = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip

# Argon2id (RFC 9106): 32 MiB, two passes: some 50 ms on a machine of today. The code is not a
# password: its own length is the wall, and this only keeps the door from being tried quickly.
_MEMORY_KIB: Final = 32 * 1024
_PASSES: Final = 2
# At most so many at once, so that a crowd before the door cannot eat the machine's memory.
AT_ONCE: Final = 2
_WAIT: Final = 8.0
_turns = BoundedSemaphore(AT_ONCE)


class TooManyAtTheDoor(RangkulError):
    """So many codes are being tried that this one did not get its turn; again in a moment."""

    code = "too_many_at_the_door"


@dataclass(frozen=True, slots=True)
class LongCode:
    """One secret. It never prints itself by accident."""

    value: int = field(repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.value < SPACE:
            raise ValueError("outside the space of codes")

    @property
    def digits(self) -> str:
        """Twenty digits in groups of four."""
        plain = f"{self.value:0{_DIGITS}d}"
        plain += check_digit(plain)
        return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))

    @property
    def words(self) -> str:
        """Six words in their order."""
        rest, found = self.value, []
        for _ in range(_COUNT):
            rest, place = divmod(rest, _BASE)
            found.append(WORDS[place])
        return " ".join(reversed(found))


def draw(below: Callable[[int], int] = secrets.randbelow) -> LongCode:
    """A new secret, each of the space as likely as any other. ``below(n)`` draws from 0 … n-1."""
    return LongCode(below(SPACE))


def check_digit(digits: str) -> str:
    """Damm's check digit of a row of digits."""
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return str(state)


def read(text: str) -> LongCode | None:
    """The code that somebody wrote, in digits or in words; ``None`` for what can be none.

    Spaces, hyphens, dots, commas and capitals do not matter; nor do the digits of other scripts.
    """
    parts = re.findall(r"\w+", text[:400].casefold())
    if parts and all(part.isdecimal() for part in parts):
        return _of_digits("".join(str(int(sign)) for part in parts for sign in part))
    if len(parts) != _COUNT or any(part not in _PLACE for part in parts):
        return None
    value = 0
    for part in parts:
        value = value * _BASE + _PLACE[part]
    return LongCode(value)


def _of_digits(digits: str) -> LongCode | None:
    if len(digits) != _DIGITS + 1 or check_digit(digits) != "0":
        return None
    value = int(digits[:_DIGITS])
    return LongCode(value) if value < SPACE else None


def digest(code: LongCode) -> bytes:
    """What a database may keep of a code: 32 bytes, always the same under one key ring.

    So it is looked up by equality. Raises ``TooManyAtTheDoor`` when no turn came in time.
    """
    ring: KeyRing = settings.KEY_RING
    pepper, salt = _keys(ring)
    if not _turns.acquire(timeout=_WAIT):
        raise TooManyAtTheDoor("no turn came in time")
    try:
        return hash_secret_raw(
            hmac.digest(pepper, code.value.to_bytes(8, "big"), "sha256"), salt,
            time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1, hash_len=32, type=Type.ID,
        )  # fmt: skip
    finally:
        _turns.release()


def chance(*, live: int, guesses: float, space: int = SPACE) -> float:
    """How likely it is that at least one of ``guesses`` hits one of ``live`` codes.

    1 - (1 - live/space)^guesses. With 100,000 live receipts and 1,000 guesses an hour for a year:
    100,000 · 8.766 · 10^6 / 4.739 · 10^18 = 1.85 · 10^-7.
    """
    return -math.expm1(guesses * math.log1p(-live / space))


@lru_cache(maxsize=4)
def _derived(master: bytes) -> tuple[bytes, bytes]:
    ring = KeyRing(master, {}, 0)
    return ring.derive("long codes"), ring.derive("long codes, salt", 16)


def _keys(ring: KeyRing) -> tuple[bytes, bytes]:
    """Pepper and salt; derived from the ring's master alone, which no rotation changes."""
    return _derived(ring.master)
