"""Public numbers that tell nothing: a keyed permutation of the row's sequence, with a check sign.

``RK-7F3K-9QXT`` is seven signs of a 35-bit Feistel permutation and one check sign. The same key
and prefix always give the same number, so no column stores it and no index can collide.
"""

from __future__ import annotations

import hmac
import os
import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

# Crockford's thirty-two signs: no I, L, O or U to misread over a bad line.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {sign: index for index, sign in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_SIGNS = 7
_BITS = 5 * _SIGNS
_LEFT, _RIGHT = 18, 17
_ROUNDS = 10
LIMIT = 1 << _BITS

# Distinct non-zero weights in GF(32): any one wrong sign and any swap of two is caught.
_WEIGHTS = (2, 4, 8, 16, 5, 10, 20)


class MistypedNumber(ValueError):
    """The text cannot be one of our numbers; nothing needs to be asked of the database."""


def _gf32(a: int, b: int) -> int:
    """Multiply in GF(32) with the polynomial x^5 + x^2 + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= 37
        b >>= 1
    return product


def _check_sign(values: list[int]) -> int:
    check = 0
    for weight, value in zip(_WEIGHTS, values, strict=True):
        check ^= _gf32(weight, value)
    return check


@dataclass(frozen=True, slots=True)
class NumberSeries:
    """One kind of public number: its prefix and the key that scrambles it.

    ``key`` must never change while a printed number is in anyone's hands.
    """

    prefix: str
    key: bytes = field(repr=False)

    def _round(self, index: int, half: int, bits: int) -> int:
        message = f"{self.prefix}|{index}|{half}".encode()
        digest = hmac.digest(self.key, message, "sha256")
        return int.from_bytes(digest[:4], "big") & ((1 << bits) - 1)

    def number(self, sequence: int) -> str:
        """The public number of row ``sequence`` (1 ≤ sequence < 2**35)."""
        if not 0 < sequence < LIMIT:
            raise ValueError(f"sequence {sequence} is outside 1..2^35-1")
        left, right = sequence >> _RIGHT, sequence & ((1 << _RIGHT) - 1)
        for index in range(0, _ROUNDS, 2):
            left ^= self._round(index, right, _LEFT)
            right ^= self._round(index + 1, left, _RIGHT)
        mixed = left << _RIGHT | right
        values = [mixed >> 5 * (_SIGNS - 1 - i) & 31 for i in range(_SIGNS)]
        signs = "".join(ALPHABET[v] for v in [*values, _check_sign(values)])
        return f"{self.prefix}-{signs[:4]}-{signs[4:]}"

    def sequence(self, text: str) -> int:
        """The row that ``text`` names; case, spaces and hyphens do not matter.

        Raises ``MistypedNumber`` when prefix, length, signs or the check sign are wrong.
        """
        signs = "".join(text.upper().split()).replace("-", "").replace("–", "")
        if not signs.startswith(self.prefix):
            raise MistypedNumber("prefix")
        signs = signs[len(self.prefix) :]
        if len(signs) != _SIGNS + 1 or any(sign not in _VALUE for sign in signs):
            raise MistypedNumber("signs")
        values = [_VALUE[sign] for sign in signs]
        if _check_sign(values[:_SIGNS]) != values[_SIGNS]:
            raise MistypedNumber("check sign")
        mixed = 0
        for value in values[:_SIGNS]:
            mixed = mixed << 5 | value
        left, right = mixed >> _RIGHT, mixed & ((1 << _RIGHT) - 1)
        for index in range(_ROUNDS - 2, -1, -2):
            right ^= self._round(index + 1, left, _RIGHT)
            left ^= self._round(index, right, _LEFT)
        sequence = left << _RIGHT | right
        if sequence == 0:
            raise MistypedNumber("zero")
        return sequence


class _Newest:
    """The millisecond and the random part of the id made last in this process."""

    stamp = 0
    random = 0
    lock = threading.Lock()


def new_id() -> UUID:
    """A random id that sorts by time (UUID version 7, RFC 9562): rows land side by side on disk.

    Of two ids that one process makes the later sorts after the earlier, also within a millisecond
    (RFC 9562 section 6.2, method 2): acts are read in the order in which they were done.
    """
    stamp = time.time_ns() // 1_000_000
    # 73 of the 74 bits: the highest is left for the steps of one millisecond.
    random = int.from_bytes(os.urandom(10), "big") >> 7
    with _Newest.lock:
        if stamp == _Newest.stamp:
            random = _Newest.random + 1 + (random >> 33)
        _Newest.stamp, _Newest.random = stamp, random
    value = (stamp & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | random >> 62 << 64
    return UUID(int=value | 0x2 << 62 | random & ((1 << 62) - 1))
