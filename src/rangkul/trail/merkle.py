"""The tree over a batch of acts: one root that no act can leave, join or change without a trace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY = hashlib.sha256(b"").digest()


def leaf(data: bytes) -> bytes:
    """SHA-256 of one act's bytes, marked as a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves in their order (RFC 6962, 2.1); 32 bytes, also for none.

    Holds one node for each level, so that a batch of any size can be streamed.
    """
    levels: list[tuple[int, bytes]] = []
    for one in leaves:
        levels.append((1, one))
        while len(levels) > 1 and levels[-2][0] == levels[-1][0]:
            size, right = levels.pop()
            _, left = levels.pop()
            levels.append((size * 2, _node(left, right)))
    if not levels:
        return EMPTY
    _, found = levels.pop()
    while levels:
        _, left = levels.pop()
        found = _node(left, found)
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
