"""Cells of tables that leave the house: no spreadsheet takes what somebody typed for a formula."""

from __future__ import annotations

import unicodedata
from typing import Final

_BEGINS: Final = frozenset("=+-@")
_QUOTES: Final = "'\"`´‘’“”«»"
# Signs that take no room: a spreadsheet strips or skips them, and so does whoever hides behind one.
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp"})


def defused(text: str) -> str:
    """The text as a cell that stays text, with an apostrophe before what could be a formula.

    As OWASP advises against CSV injection: ``= + - @``, tab and line ends at the beginning, their
    full-width and small forms, and all of them behind blanks, invisible signs or quotes.
    """
    told = text.replace("\x00", "")
    bare = 0
    while bare < len(told) and _is_hiding(told[bare]):
        bare += 1
    first = unicodedata.normalize("NFKC", told[bare])[:1] if bare < len(told) else ""
    if first in _BEGINS or told[:1] in ("\t", "\r", "\n"):
        return f"'{told}"
    return told


def _is_hiding(sign: str) -> bool:
    return sign in _QUOTES or sign.isspace() or unicodedata.category(sign) in _INVISIBLE
