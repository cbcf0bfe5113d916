"""What a browser seals before it sends it: words, names and files, to the receiving agency's pair.

A sealed part is ``RKD1 key number(4) agency(4) ephemeral point(65)``, then nonce and ciphertext
over JSON padded with spaces to whole blocks; a sealed file is the same behind ``RKF1`` over its own
bytes. All before the nonce is bound in. It is opened in the act that sends it, and stands under the
report's own key from then on.

Behind a code the pair is the house's: no page there may tell which agency answers.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from django.conf import settings

from rangkul.foundation import pairs
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.keyring import KeyRing

MOST: Final = 60_000
"""Signs of one sealed part in base64; the longest account is a fifth of it."""
HOUSE: Final = 0
"""In place of an agency, where a page may not name one."""
_WORDS: Final = b"RKD1"
_FILE: Final = b"RKF1"
_PURPOSE: Final = "door"
_HEADER: Final = 4 + 4 + 4 + pairs.POINT
ROOM: Final = _HEADER + pairs.NONCE + pairs.TAG
"""Bytes that sealing adds to a file."""


def key_of(agency_id: int, *, at: datetime) -> dict[str, str | int]:
    """What a form tells the browser: key number, agency, and the public point in base64."""
    ring: KeyRing = settings.KEY_RING
    number = pairs.key_number(at)
    point = pairs.public_point(ring, _PURPOSE, agency_id=agency_id, number=number)
    return {"number": number, "agency": agency_id, "point": base64.b64encode(point).decode()}


def open_part(text: str, *, at: datetime) -> dict[str, str]:
    """The fields of a sealed part. Raises ``InvalidInput`` for one that does not open."""
    try:
        data = base64.b64decode(text[:MOST], validate=True)
        content = json.loads(_opened(_WORDS, data, at=at))
        fields = {str(name): str(value) for name, value in content.items()}
        # Half a sign (a lone surrogate) passes JSON, and nothing behind it.
        "".join(fields.values()).encode()
        return fields
    except (binascii.Error, ValueError, InvalidTag, AttributeError, RecursionError) as fault:
        raise InvalidInput({"words": "unknown"}) from fault


def open_file(data: bytes, *, at: datetime) -> bytes:
    """A file as it was chosen; one that no browser sealed is given back as it is.

    Raises ``InvalidInput`` for a sealed one that does not open.
    """
    if not data.startswith(_FILE):
        return data
    try:
        return _opened(_FILE, data, at=at)
    except (ValueError, InvalidTag) as fault:
        raise InvalidInput({"file": "unknown"}) from fault


def _opened(magic: bytes, data: bytes, *, at: datetime) -> bytes:
    ring: KeyRing = settings.KEY_RING
    if not data.startswith(magic) or len(data) < ROOM:
        raise ValueError("not sealed so")
    number, agency_id = struct.unpack(">II", data[4:12])
    if not 0 < number <= pairs.key_number(at) + 1:
        raise ValueError("no such key")
    return pairs.open_sealed(
        ring, _PURPOSE, agency_id=agency_id, number=number, header=data[:_HEADER],
        closed=data[_HEADER:],
    )  # fmt: skip
