"""Numbers to call, and how a number is written so that a phone can call it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rangkul.portal.page import is_english
from rangkul.reference.release import read_codes


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """One nationwide number: what for, in few words, and where it is published."""

    code: str
    number: str
    words: str
    hint: str
    whatsapp: str
    source: str


def emergency_numbers() -> Sequence[EmergencyNumber]:
    """All of them, the most pressing first; read from the release, so that no database is asked."""
    return _numbers(is_english())


@cache
def _numbers(english: bool) -> tuple[EmergencyNumber, ...]:
    language = "en" if english else "id"
    return tuple(
        EmergencyNumber(
            code=row.code,
            number=row.mappings["number"],
            words=row.label_en if english else row.label_id,
            hint=row.mappings[f"hint_{language}"],
            whatsapp=row.mappings.get("whatsapp", ""),
            source=row.source,
        )
        for row in read_codes("nomor_darurat")
    )


def dialled(number: str) -> str:
    """As a phone dials it: digits and a leading plus; "" where nothing could be dialled."""
    digits = "".join(sign for sign in number if sign.isdecimal())
    if not digits:
        return ""
    return f"+{digits}" if number.strip().startswith("+") else digits


def international(number: str) -> str:
    """As WhatsApp wants it: the country first, no plus (Indonesia's where none is named)."""
    dial = dialled(number)
    if dial.startswith("+"):
        return dial[1:]
    return f"62{dial[1:]}" if dial.startswith("0") else dial
