"""From a code to a report and never back: what is kept of a receipt, and what opens it.

The table holds a digest (`foundation.longcode`) and beside it agency and report, sealed under a key
that is made of the code and the ring. Whoever has the database and the ring but not the code knows
only how many receipts there are.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection

from rangkul.foundation import longcode
from rangkul.foundation.keyring import KeyRing
from rangkul.foundation.longcode import LongCode

# [local] A receipt that nobody used for so long is ended: paper gets lost, and is found.
SILENCE: Final = timedelta(days=180)
# A lost answer may be asked for again within so long; then the code was shown, or is gone.
SHOWN_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a receipt leads, and when it was made; ``digest`` is how it is kept."""

    agency_id: int
    report_id: int
    made_at: datetime
    digest: bytes = field(repr=False)


def code_of_form(nonce: bytes) -> LongCode:
    """The code that sending this form gives: the same form gives the same one.

    So an answer that was lost on the way is given once more, and nothing had to be kept for it.
    ``nonce`` is the form's own (16 random bytes), and says nothing without the ring.
    """
    ring: KeyRing = settings.KEY_RING
    wide = HKDF(SHA256(), 32, salt=None, info=nonce).derive(ring.derive("receipts of forms"))
    # 256 bits for a space of 62: what the division leaves over is not noticeable.
    return LongCode(int.from_bytes(wide, "big") % longcode.SPACE)


def keep(
    code: LongCode, *, agency_id: int, report_id: int, at: datetime, digest: bytes = b""
) -> None:
    """Keep a receipt; under the purpose *intake*. ``digest`` as for ``find``."""
    digest = digest or longcode.digest(code)
    nonce = os.urandom(12)
    plain = f"{agency_id}|{report_id}".encode()
    sealed = nonce + AESGCM(_key(code)).encrypt(nonce, plain, digest)
    with connection.cursor() as cursor:
        cursor.execute(
            "select house.receipt_keep(%s, %s, %s, %s)",
            [digest, sealed, at, (at + SILENCE).date()],
        )


def find(code: LongCode, *, at: datetime, digest: bytes = b"") -> Pointer | None:
    """Where a code leads; ``None`` for one that never was, was ended, or slept too long.

    All three take the same steps. ``digest`` is the code's, where it was made already. Under the
    purpose *intake*.
    """
    digest = digest or longcode.digest(code)
    with connection.cursor() as cursor:
        cursor.execute("select * from house.receipt_find(%s, %s)", [digest, at.date()])
        row = cursor.fetchone()
    if row is None:
        return None
    sealed = bytes(row[0])
    try:
        plain = AESGCM(_key(code)).decrypt(sealed[:12], sealed[12:], digest)
    except InvalidTag:
        return None
    agency, _, report = plain.decode().partition("|")
    return Pointer(int(agency), int(report), row[1], digest)


def prolong(pointer: Pointer, *, at: datetime) -> None:
    """Somebody used it: it sleeps anew from today on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select house.receipt_prolong(%s, %s)",
            [pointer.digest, (at + SILENCE).date()],
        )


def end(pointer: Pointer) -> None:
    """From now on the code opens nothing."""
    with connection.cursor() as cursor:
        cursor.execute("select house.receipt_end(%s)", [pointer.digest])


def end_silent(*, at: datetime) -> int:
    """Let go of all that slept too long; how many. Under the purpose *tick*."""
    with connection.cursor() as cursor:
        cursor.execute("select house.receipts_end_before(%s)", [at.date()])
        return int(cursor.fetchone()[0])


def _key(code: LongCode) -> bytes:
    ring: KeyRing = settings.KEY_RING
    return hmac.digest(ring.derive("receipts"), code.value.to_bytes(8, "big"), "sha256")
