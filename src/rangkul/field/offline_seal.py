"""What a browser seals without a line: the agency's keys for it, and the opening of what arrives.

An item is ``magic(4) key number(4) item(16) person(16) ephemeral point(65) nonce(12)`` and then
AES-256-GCM over JSON that is padded with spaces to whole blocks; all before the nonce is bound in.
The key is HKDF-SHA256 over ECDH on P-256, an ephemeral pair to the agency's (the pattern of
RFC 9180's base mode, in what WebCrypto offers everywhere). Whoever sealed cannot open again.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.keyring import KeyRing

MAGIC: Final = b"RKO1"
MOST: Final = 1_500_000
"""Bytes of one item; a filling has at most a million signs."""
_INFO: Final = b"rangkul/offline/1"
_POINT: Final = 65
_HEADER: Final = 4 + 4 + 16 + 16 + _POINT
_NONCE: Final = 12
_TAG: Final = 16
# A fresh pair each quarter. Former ones are derived again for as long as the ring stands, because
# what waits on a phone is never given up for its age.
_PERIOD: Final = timedelta(days=90)
# NIST SP 800-186, 3.2.1.3: the order of P-256.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


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
    return int(at.timestamp() // _PERIOD.total_seconds())


def public_point(ring: KeyRing, *, agency_id: int, number: int) -> bytes:
    """The public half as an uncompressed point of P-256 (SEC 1, 2.3.3)."""
    public = _private(ring, agency_id, number).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def person_mark(ring: KeyRing, actor: Actor) -> bytes:
    """Sixteen bytes that stand for this person in this agency and tell nothing of either."""
    return ring.derive(f"offline-person/{actor.agency_id}/{actor.user_id}", 16)


def open_item(ring: KeyRing, data: bytes, *, by: Actor, at: datetime) -> Item:
    """Open what ``by`` sealed. Raises ``ItemDamaged``, ``ItemOfAnother``."""
    if not _HEADER + _NONCE + _TAG <= len(data) <= MOST or not data.startswith(MAGIC):
        raise ItemDamaged("not an item")
    header, nonce = data[:_HEADER], data[_HEADER : _HEADER + _NONCE]
    (number,) = struct.unpack(">I", header[4:8])
    if header[24:40] != person_mark(ring, by):
        raise ItemOfAnother("sealed by another person or for another agency")
    # A phone's pair is never younger than this quarter's, but for an hour that was set back.
    if not 0 < number <= key_number(at) + 1:
        raise ItemDamaged("no such key")
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), header[40:])
        private = _private(ring, by.agency_id, number)
        key = derived_key(private.exchange(ec.ECDH(), point), header[40:], private.public_key())
        plain = AESGCM(key).decrypt(nonce, data[_HEADER + _NONCE :], header)
        content = json.loads(plain)
        # Half a sign, which no text of ours can hold, stands in JSON as an escape.
        json.dumps(content, ensure_ascii=False).encode()
    except (InvalidTag, ValueError, RecursionError) as fault:
        raise ItemDamaged("does not open") from fault
    if not isinstance(content, dict):
        raise ItemDamaged("says nothing")
    return Item(UUID(bytes=header[8:24]), content)


def derived_key(shared: bytes, ephemeral: bytes, public: ec.EllipticCurvePublicKey) -> bytes:
    """The key of one item: bound to both points, so that neither can be exchanged."""
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return HKDF(SHA256(), 32, salt=ephemeral + point, info=_INFO).derive(shared)


def _private(ring: KeyRing, agency_id: int, number: int) -> ec.EllipticCurvePrivateKey:
    # 384 bits for a number of 256: what the division leaves over is not noticeable.
    wide = int.from_bytes(ring.derive(f"offline/{agency_id}/{number}", 48), "big")
    return ec.derive_private_key(wide % (_ORDER - 1) + 1, ec.SECP256R1())
