"""Which reports speak with the same words: keyed marks of a text, alike where the texts are.

MinHash over runs of three words, in bands (A. Broder 1997): two texts that share half of their runs
share a mark two times in three, two that share a fiftieth once in fifteen thousand. The hashes are
keyed per agency with a key from the ring: a stolen database says nothing of any word, and the marks
of two agencies cannot be compared.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final

from django.conf import settings

from rangkul.foundation.keyring import KeyRing

_RUN: Final = 3
_MOST_RUNS: Final = 400
_BANDS: Final = 8
_ROWS: Final = 3
_SIZE: Final = 8
_BLOCKS: Final = _BANDS * _ROWS * _SIZE // 64

# [local] From so many alike on they are one line; words that say little are alike by chance.
LEAST: Final = 5
LEAST_OF_SHORT: Final = 20
_SHORT: Final = 6


def is_short(text: str) -> bool:
    """Whether so little was said that two people may well say the same."""
    return len(_plain(text)) < _SHORT


def marks_of(text: str, *, agency_id: int) -> tuple[int, ...]:
    """The text's marks for this agency; none for a text without words."""
    words = _plain(text)
    if not words:
        return ()
    runs = {" ".join(words[i : i + _RUN]) for i in range(max(1, len(words) - _RUN + 1))}
    key = _key(agency_id)
    least = _least(sorted(runs)[:_MOST_RUNS], key)
    marks = []
    for band in range(_BANDS):
        rows = b"".join(least[band * _ROWS : (band + 1) * _ROWS])
        mark = hashlib.blake2b(bytes([band]) + rows, digest_size=_SIZE, key=key).digest()
        marks.append(int.from_bytes(mark, "big", signed=True))
    return tuple(marks)


def _plain(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", re.sub(r"\d+", "0", text.casefold()))


def _least(runs: list[str], key: bytes) -> list[bytes]:
    """Under each of the hash functions the least value of all runs."""
    hashed = [
        b"".join(
            hashlib.blake2b(run.encode(), digest_size=64, key=key, salt=bytes([block])).digest()
            for block in range(_BLOCKS)
        )
        for run in runs
    ]
    return [
        min(each[place : place + _SIZE] for each in hashed)
        for place in range(0, _BANDS * _ROWS * _SIZE, _SIZE)
    ]


def _key(agency_id: int) -> bytes:
    ring: KeyRing = settings.KEY_RING
    return _derived(ring.master, agency_id)


@lru_cache(maxsize=256)
def _derived(master: bytes, agency_id: int) -> bytes:
    return KeyRing(master, {}, 0).derive(f"flocks/{agency_id}")
