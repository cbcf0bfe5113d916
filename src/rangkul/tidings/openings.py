"""From a code to a line and never back: what is kept of a code, and what opens it.

The table holds a digest (`foundation.longcode`) and beside it the line's id, sealed under a key
that is made of the code and the ring: whoever has the database and the ring but not the code knows
only how many codes there are. The code for pressure is kept in the same way and looks the same.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from rangkul.foundation import longcode
from rangkul.foundation.keyring import KeyRing
from rangkul.foundation.longcode import LongCode

_PRESSED: Final = "1"
_FREE: Final = "0"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a code leads: the line, its case, the agency that leads it now.

    ``pressed`` for the code that is written when somebody stands behind her.
    """

    line_id: UUID
    case_id: int
    agency_id: int
    pressed: bool
    digest: bytes = field(repr=False)


def keep(code: LongCode, *, line_id: UUID, pressed: bool, at: datetime) -> None:
    """Keep a code; under the scope of somebody at work who holds the line's case."""
    digest = longcode.digest(code)
    nonce = os.urandom(12)
    plain = f"{line_id}|{_PRESSED if pressed else _FREE}".encode()
    sealed = nonce + AESGCM(_key(code)).encrypt(nonce, plain, digest)
    with connection.cursor() as cursor:
        cursor.execute("select house.opening_keep(%s, %s, %s, %s)", [line_id, digest, sealed, at])


def find(code: LongCode, *, digest: bytes, at: datetime) -> Pointer | None:
    """Where a code leads; ``None`` for one that never was, has ended, or whose file is closed.

    Under the purpose *intake*; all of them are asked the same two questions.
    """
    day = at.date()
    with connection.cursor() as cursor:
        cursor.execute("select house.opening_find(%s, %s)", [digest, day])
        sealed = bytes(cursor.fetchone()[0] or b"")
        line_id, pressed = _opened(code, sealed, digest)
        cursor.execute("select * from house.line_holder(%s, %s)", [line_id, day])
        row = cursor.fetchone()
    return Pointer(line_id, row[1], row[0], pressed, digest) if row else None


def end(pointer: Pointer) -> None:
    """From now on this one code opens nothing. Under the purpose *intake*."""
    with connection.cursor() as cursor:
        cursor.execute("select house.opening_end(%s)", [pointer.digest])


def end_old(*, at: datetime) -> int:
    """Let go of the codes whose last day is over; how many. Under the purpose *tick*."""
    with connection.cursor() as cursor:
        cursor.execute("select house.openings_end_before(%s)", [at.date()])
        return int(cursor.fetchone()[0])


def _opened(code: LongCode, sealed: bytes, digest: bytes) -> tuple[UUID, bool]:
    """The line and whether this is the code for pressure; a line that is none for what is none."""
    try:
        plain = AESGCM(_key(code)).decrypt(sealed[:12] or bytes(12), sealed[12:], digest)
    except InvalidTag:
        return UUID(int=0), False
    line_id, _, pressed = plain.decode().partition("|")
    return UUID(line_id), pressed == _PRESSED


def _key(code: LongCode) -> bytes:
    ring: KeyRing = settings.KEY_RING
    return hmac.digest(ring.derive("tidings"), code.value.to_bytes(8, "big"), "sha256")
