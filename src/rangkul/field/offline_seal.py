"""What a browser seals without a line: the agency's keys for it, and the opening of what arrives.

An item is ``magic(4) key number(4) item(16) person(16) ephemeral point(65) nonce(12)`` and then
AES-256-GCM over JSON that is padded with spaces to whole blocks; all before the nonce is bound in.
How it is sealed to the agency's pair says `foundation.pairs`. Whoever sealed cannot open again.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from rangkul.foundation import pairs
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.keyring import KeyRing

MAGIC: Final = b"RKO1"
MOST: Final = 1_500_000
"""Bytes of one item; a filling has at most a million signs."""
_PURPOSE: Final = "offline"
_HEADER: Final = 4 + 4 + 16 + 16 + pairs.POINT


class ItemDamaged(RangkulError):
    """Not an item, or one that was altered, or sealed to a key of another house."""

    code = "item_damaged"


class ItemOfAnother(RangkulError):
    """Sealed by another person, or by her while she acted for another agency."""

    code = "item_of_another"


@dataclass(frozen=True, slots=True)
class Item:
    """One opened item: its own number, by which it counts once, and what it says."""

    id: UUID
    content: dict[str, Any]


def key_number(at: datetime) -> int:
    """Which of an agency's pairs is given to browsers at this hour."""
    return pairs.key_number(at)


def public_point(ring: KeyRing, *, agency_id: int, number: int) -> bytes:
    """The public half as an uncompressed point of P-256 (SEC 1, 2.3.3)."""
    return pairs.public_point(ring, _PURPOSE, agency_id=agency_id, number=number)


def person_mark(ring: KeyRing, actor: Actor) -> bytes:
    """Sixteen bytes that stand for this person in this agency and tell nothing of either."""
    return ring.derive(f"offline-person/{actor.agency_id}/{actor.user_id}", 16)


def open_item(ring: KeyRing, data: bytes, *, by: Actor, at: datetime) -> Item:
    """Open what ``by`` sealed. Raises ``ItemDamaged``, ``ItemOfAnother``."""
    if not _HEADER + pairs.NONCE + pairs.TAG <= len(data) <= MOST or not data.startswith(MAGIC):
        raise ItemDamaged("not an item")
    header = data[:_HEADER]
    (number,) = struct.unpack(">I", header[4:8])
    if header[24:40] != person_mark(ring, by):
        raise ItemOfAnother("sealed by another person or for another agency")
    # A phone's pair is never younger than this quarter's, but for an hour that was set back.
    if not 0 < number <= key_number(at) + 1:
        raise ItemDamaged("no such key")
    try:
        plain = pairs.open_sealed(
            ring, _PURPOSE, agency_id=by.agency_id, number=number, header=header,
            closed=data[_HEADER:],
        )  # fmt: skip
        content = json.loads(plain)
        # Half a sign, which no text of ours can hold, stands in JSON as an escape.
        json.dumps(content, ensure_ascii=False).encode()
    except (InvalidTag, ValueError, RecursionError) as fault:
        raise ItemDamaged("does not open") from fault
    if not isinstance(content, dict):
        raise ItemDamaged("says nothing")
    return Item(UUID(bytes=header[8:24]), content)
