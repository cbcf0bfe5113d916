"""Finds in free words what may not travel: numbers, names, addresses and conditions held back.

A packet's facts are chosen by level; free words could carry the same things past the levels. What
is found is refused with its field and a code, never cut out silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_CASE_NUMBER: Final = re.compile(r"\bRK[\s–-]*[0-9A-Z]{4}[\s–-]*[0-9A-Z]{4}\b", re.IGNORECASE)
_LONG_DIGITS: Final = re.compile(r"(?<!\d)\d{16}(?!\d)")
_HIV: Final = re.compile(r"\b(hiv|aids|odha|odhiv|arv|cd4)\b", re.IGNORECASE)
_PREGNANCY: Final = re.compile(
    r"\b(hamil|mengandung|kehamilan|kandungan|pregnan\w*|aborsi|abortion)\b", re.IGNORECASE
)
_SUSPECT_WORDS: Final = re.compile(
    r"\b(terduga|tersangka|pelaku|perpetrator|suspect|abuser|offender|trafficker)\b",
    re.IGNORECASE,
)
# A short word of a name is too often a word of something else.
_LEAST_LETTERS: Final = 4


@dataclass(frozen=True, slots=True)
class Secrets:
    """What free words of one packet may not hold, as the levels stand.

    ``names`` and ``suspects`` are empty where the names themselves may travel.
    """

    names: tuple[str, ...] = ()
    suspects: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    suspect_withheld: bool = True


def find(
    texts: Mapping[str, str], secrets: Secrets, *, may_name_suspect: Iterable[str] = ()
) -> dict[str, str]:
    """Field → code for every text that holds something it may not; empty when all may go.

    ``may_name_suspect`` are the fields in which the suspect's name stands by right ("who must not
    come in"). ``risk_note`` may not even mention that there is a suspect where that is withheld.
    """
    exempt = frozenset(may_name_suspect)
    found: dict[str, str] = {}
    for field, text in texts.items():
        code = _find_in(field, text, secrets, exempt)
        if code:
            found[field] = code
    return found


def _find_in(field: str, text: str, secrets: Secrets, exempt: frozenset[str]) -> str:
    plain = " ".join(text.casefold().split())
    digits = re.sub(r"[\s.()–-]", "", text)
    if _CASE_NUMBER.search(text):
        return "case_number"
    if _LONG_DIGITS.search(digits):
        return "identity_number"
    if _HIV.search(text):
        return "hiv"
    if _PREGNANCY.search(text):
        return "pregnancy"
    if any(_tail(phone) and _tail(phone) in digits for phone in secrets.phones):
        return "contact"
    if any(" ".join(a.casefold().split()) in plain for a in secrets.addresses if a):
        return "address"
    if any(_names(name, plain) for name in secrets.names):
        return "name"
    if field not in exempt and any(_names(name, plain) for name in secrets.suspects):
        return "suspect_named"
    if field == "risk_note" and secrets.suspect_withheld and _SUSPECT_WORDS.search(text):
        return "suspect_named"
    return ""


def _tail(phone: str) -> str:
    """The digits by which a number is recognised however its beginning is written."""
    digits = re.sub(r"\D", "", phone)
    return digits[-8:] if len(digits) >= 8 else ""


def _names(name: str, plain: str) -> bool:
    """Whether the whole name, or any long word of it, stands in the text as a word."""
    words = name.casefold().split()
    whole = " ".join(words)
    wanted = [whole, *(word for word in words if len(word) >= _LEAST_LETTERS)]
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain) is not None for word in wanted if word
    )
