"""Work that a browser does before it writes or tries a code: a second for her.

A challenge is a signed word with an hour; the answer is a number that, hashed behind it, begins
with so many zero bits. Nothing of it is stored but, in this process for its short life, that it was
used. Whoever has no scripts waits a few seconds instead, and then goes on. Both grow with the load
of the last minute and with nothing else: no visitor is told from another, and none is locked out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import os
import struct
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from threading import Lock
from typing import Final

from django.conf import settings

from rangkul.foundation.keyring import KeyRing

LIFE: Final = 30 * 60
_FORM: Final = ">IHH12s"
_MAC: Final = 16
_MOST_ANSWER: Final = 16


class Kind(Enum):
    """What the work is for: bits and seconds at rest, and how many of it in a minute are rest."""

    WRITE = ("write", 16, 5, 30)
    TRY = ("try", 16, 5, 20)

    def __init__(self, code: str, bits: int, wait: int, calm: int) -> None:
        self.code, self.bits, self.wait, self.calm = code, bits, wait, calm


# [local] As far as both go under a flood: a minute of a phone's work, a minute of waiting.
_MOST_BITS: Final = 22
_MOST_WAIT: Final = 60


class Verdict(Enum):
    """Whether the work was done: it was, it must be waited for, or a new one is needed."""

    DONE = "done"
    WAIT = "wait"
    ANEW = "anew"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a form carries: the word, and how much work or how many seconds it asks for."""

    word: str
    bits: int
    wait: int


@dataclass(slots=True)
class _Minute:
    """The hours of the last minute's answers of one kind."""

    hours: deque[float] = field(default_factory=deque)

    def add(self, now: float) -> None:
        self.hours.append(now)

    def load(self, now: float, calm: int) -> float:
        """How many times more than calm; 1 at most times."""
        while self.hours and self.hours[0] < now - 60:
            self.hours.popleft()
        return max(1.0, len(self.hours) / calm)


class Gate:
    """One process's gate: what was used, and how much is going on."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minutes = {kind: _Minute() for kind in Kind}
        self._used: dict[bytes, float] = {}

    def ask(self, kind: Kind, *, at: datetime) -> Challenge:
        """A new challenge, as hard as the load of the last minute."""
        now = at.timestamp()
        with self._lock:
            load = self._minutes[kind].load(now, kind.calm)
        bits = min(_MOST_BITS, kind.bits + math.ceil(math.log2(load)))
        wait = min(_MOST_WAIT, math.ceil(kind.wait * load))
        body = struct.pack(_FORM, int(now), bits, wait, os.urandom(12))
        word = base64.urlsafe_b64encode(body + _sign(kind, body)).decode().rstrip("=")
        return Challenge(word, bits, wait)

    def judge(self, kind: Kind, word: str, answer: str, *, at: datetime) -> tuple[Verdict, int]:
        """Whether the work behind ``word`` is done, and the seconds to wait where it is not.

        A word that was used, is too old, or is not ours needs a new one.
        """
        body = _body(kind, word)
        if body is None:
            return Verdict.ANEW, 0
        made, bits, wait, nonce = struct.unpack(_FORM, body)
        now = at.timestamp()
        age = now - made
        if age > LIFE or nonce in self._used:
            return Verdict.ANEW, 0
        if not _solves(word, answer, bits) and age < wait:
            return Verdict.WAIT, math.ceil(wait - age)
        with self._lock:
            if nonce in self._used:
                return Verdict.ANEW, 0
            self._note(nonce, now)
            self._minutes[kind].add(now)
        return Verdict.DONE, 0

    def _note(self, nonce: bytes, now: float) -> None:
        # Kept in the order in which they were used: the oldest stand first.
        while self._used:
            oldest = next(iter(self._used))
            if self._used[oldest] > now - LIFE:
                break
            del self._used[oldest]
        self._used[nonce] = now


GATE: Final = Gate()


def _body(kind: Kind, word: str) -> bytes | None:
    if len(word) > 80:
        return None
    try:
        raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[:-_MAC], raw[-_MAC:]
    good = len(body) == struct.calcsize(_FORM) and hmac.compare_digest(mac, _sign(kind, body))
    return body if good else None


def _solves(word: str, answer: str, bits: int) -> bool:
    if not answer.isascii() or not answer.isdigit() or len(answer) > _MOST_ANSWER:
        return False
    found = hashlib.sha256(f"{word}:{answer}".encode()).digest()
    return int.from_bytes(found, "big") >> (256 - bits) == 0


def _sign(kind: Kind, body: bytes) -> bytes:
    ring: KeyRing = settings.KEY_RING
    return hmac.digest(ring.derive(f"effort/{kind.code}"), body, "sha256")[:_MAC]
