"""What a browser seals before it sends it: the words and names, to the receiving agency's pair.

A sealed part is ``RKD1 key number(4) agency(4) ephemeral point(65)``, then nonce and ciphertext
over JSON padded with spaces to whole blocks; all before the nonce is bound in. It is opened in the
act that sends it, and stands under the report's own key from then on.
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
_MAGIC: Final = b"RKD1"
_PURPOSE: Final = "door"
_HEADER: Final = 4 + 4 + 4 + pairs.POINT


def key_of(agency_id: int, *, at: datetime) -> dict[str, str | int]:
    """What a form tells the browser: key number, agency, and the public point in base64."""
    ring: KeyRing = settings.KEY_RING
    number = pairs.key_number(at)
    point = pairs.public_point(ring, _PURPOSE, agency_id=agency_id, number=number)
    return {"number": number, "agency": agency_id, "point": base64.b64encode(point).decode()}


def open_part(text: str, *, at: datetime) -> dict[str, str]:
    """The fields of a sealed part. Raises ``InvalidInput`` for one that does not open."""
    ring: KeyRing = settings.KEY_RING
    try:
        data = base64.b64decode(text[:MOST], validate=True)
        if not data.startswith(_MAGIC) or len(data) < _HEADER + pairs.NONCE + pairs.TAG:
            raise ValueError("not a sealed part")
        number, agency_id = struct.unpack(">II", data[4:12])
        if not 0 < number <= pairs.key_number(at) + 1:
            raise ValueError("no such key")
        plain = pairs.open_sealed(
            ring, _PURPOSE, agency_id=agency_id, number=number, header=data[:_HEADER],
            closed=data[_HEADER:],
        )  # fmt: skip
        content = json.loads(plain)
        return {str(name): str(value) for name, value in content.items()}
    except (binascii.Error, ValueError, InvalidTag, AttributeError, RecursionError) as fault:
        raise InvalidInput({"words": "unknown"}) from fault
