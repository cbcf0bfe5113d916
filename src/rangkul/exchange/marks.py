"""The mark of a row: which export it left in and which line it was, checked under the house's key.

``EK-7F3K-9QXT-4M2QXR``: the export's public number, and thirty bits of an HMAC over export and
line. One copied row is enough to know who took it out, when and for whom; nobody without the ring
can make a mark that fits, nor lead a trace to somebody else.
"""

from __future__ import annotations

import hmac
from typing import Final

from django.conf import settings

from rangkul.foundation.errors import RangkulError
from rangkul.foundation.ids import ALPHABET, MistypedNumber
from rangkul.foundation.keyring import KeyRing
from rangkul.foundation.numbers import number_of, read_number

PREFIX: Final = "EK"
_SIGNS: Final = 6
_READ: Final = str.maketrans("OIL", "011")


class UnknownMark(RangkulError):
    """The text is no mark of this house: mistyped, invented, or of another installation."""

    code = "unknown_mark"


def mark_of(export_id: int, line: int) -> str:
    """The mark of one line of an export."""
    return f"{number_of(PREFIX, export_id)}-{_tail(export_id, line)}"


def read_mark(mark: str) -> tuple[int, str]:
    """(export's id, tail) of a mark as somebody copied it. Raises ``UnknownMark``."""
    bare = "".join(sign for sign in mark.upper() if sign.isascii() and sign.isalnum())
    number, tail = bare[:-_SIGNS], bare[-_SIGNS:].translate(_READ)
    try:
        export_id = read_number(PREFIX, number)
    except MistypedNumber as fault:
        raise UnknownMark("this is no mark of an export of this house") from fault
    return export_id, tail


def line_of(export_id: int, tail: str, lines: range) -> int | None:
    """Which of these lines bears this tail, or ``None``: then the mark was altered or invented."""
    return next((n for n in lines if hmac.compare_digest(_tail(export_id, n), tail)), None)


def _tail(export_id: int, line: int) -> str:
    ring: KeyRing = settings.KEY_RING
    digest = hmac.digest(ring.derive("export-mark"), f"{export_id}|{line}".encode(), "sha256")
    value = int.from_bytes(digest[:4], "big") >> 2
    return "".join(ALPHABET[value >> 5 * place & 31] for place in range(_SIGNS))
