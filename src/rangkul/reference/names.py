"""Area names as people type them: squeezed keys, the terms a name is found by, and queries."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_KIND_WORDS: Final = {
    "provinsi": "province", "prov": "province", "propinsi": "province",
    "kabupaten": "regency", "kab": "regency",
    "kecamatan": "district", "kec": "district", "distrik": "district",
    "kelurahan": "village", "kel": "village", "desa": "village",
}  # fmt: skip
_PREFIXES: Final = ("kabupaten administrasi", "kota administrasi", "kabupaten", "kota")

RANK_NAME, RANK_ALIAS, RANK_WORD = 0, 1, 2


def words(text: str) -> list[str]:
    """The words of ``text`` without case, accents, apostrophes and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (
        "" if unicodedata.combining(sign) or sign in "'’\"" else sign if sign.isalnum() else " "
        for sign in plain
    )
    return "".join(kept).split()


def squeeze(text: str) -> str:
    """The key two spellings share: ``Palangka Raya`` and ``Palangkaraya`` are one."""
    return "".join(words(text))


@dataclass(frozen=True, slots=True)
class Term:
    """One way to find an area: the squeezed ``key``, how good a hit it is, the alias as written."""

    key: str
    rank: int
    alias: str = ""


def without_prefix(name: str) -> str:
    """``Kabupaten Kapuas`` → ``Kapuas``; other names stay as they are."""
    lowered = name.casefold()
    for prefix in _PREFIXES:
        if lowered.startswith(prefix + " "):
            return name[len(prefix) + 1 :]
    return name


def terms(name: str, aliases: Iterable[str] = ()) -> list[Term]:
    """Every term of an area: whole name, name without *Kabupaten/Kota*, aliases, later words.

    Of two terms with one key the better rank stays.
    """
    best: dict[str, Term] = {}

    def add(term: Term) -> None:
        known = best.get(term.key)
        if term.key and (known is None or term.rank < known.rank):
            best[term.key] = term

    bare = words(without_prefix(name))
    add(Term(squeeze(name), RANK_NAME))
    add(Term("".join(bare), RANK_NAME))
    for alias in aliases:
        add(Term(squeeze(alias), RANK_ALIAS, alias))
    for start in range(1, len(bare)):
        add(Term("".join(bare[start:]), RANK_WORD))
    return list(best.values())


@dataclass(frozen=True, slots=True)
class AreaQuery:
    """What was typed, understood: the key, the kind it names if any, and the wider places."""

    key: str
    kind: str | None
    within: tuple[str, ...]


def parse(text: str) -> AreaQuery:
    """Read a query such as ``kec. menteng, jakarta``: kind words first, wider places after commas.

    A kind word alone (``desa``) is taken as text, since nothing else was typed.
    """
    first, *wider = text.split(",")
    typed = words(first)
    kind = None
    if len(typed) > 1 and typed[0] in _KIND_WORDS:
        kind = _KIND_WORDS[typed[0]]
        typed = typed[1:]
    within = tuple(part.strip() for part in wider if squeeze(part))
    return AreaQuery("".join(typed), kind, within)
