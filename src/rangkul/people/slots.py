"""How often a word may stand in an agency's tables under tokens of its own, and the book of it.

A word that always gave the same token would be counted: whoever steals the table and knows how
common names are reads the common ones off. So each bearer of a word takes a free slot of it, and
each slot has a token of its own that occurs once. Every word has two slots; a word that needs more
stands in the agency's book with how many it has, doubled whenever eight tries find none free. A
search asks all slots of a word. The book is sealed; its pages are padded and tell only their size.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from rangkul.foundation import memory, vault
from rangkul.foundation.keyring import KeyRing
from rangkul.people.models import TokenBook

BASE: Final = 2
PAGES: Final = 64
_KEY_ID: Final = UUID("0f6a1c1e-6a4b-5b0e-9a53-5d1f2a7c9e10")
_ENTRY: Final = struct.Struct(">qB")
_PADDED_TO: Final = 288
_BOOK: Final = "slots"

Page = dict[int, int]


def page_of(word: int) -> int:
    """The page on which a word stands."""
    return word & (PAGES - 1)


def slots_of(agency_id: int, words: Collection[int]) -> dict[int, int]:
    """Word → how many slots it has with this agency; one query for pages not read before."""
    return {word: n for (_, word), n in slots_of_many([(agency_id, w) for w in words]).items()}


def read_book(agency_id: int) -> None:
    """Learn all pages of an agency in one query, for what asks thousands of words."""
    for key, page in _read([(agency_id, number) for number in range(PAGES)]).items():
        memory.learn((_BOOK, *key), page)


def slots_of_many(asked: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """(agency, word) → how many slots."""
    needed = {(agency_id, page_of(word)) for agency_id, word in asked}
    pages = {key: memory.told((_BOOK, *key), dict) for key in needed}
    missing = [key for key, page in pages.items() if page is None]
    if missing:
        pages |= _read(missing)
        for key in missing:
            memory.learn((_BOOK, *key), pages[key])
    found: dict[tuple[int, int], int] = {}
    for agency_id, word in asked:
        page = pages[agency_id, page_of(word)] or {}
        found[agency_id, word] = page.get(word, BASE)
    return found


def grow(agency_id: int, words: Iterable[int]) -> dict[int, int]:
    """Twice as many slots for each of these words; word → how many it has now.

    One after the other with others who do so: the page is locked until the transaction ends.
    """
    by_page: dict[int, list[int]] = {}
    for word in words:
        by_page.setdefault(page_of(word), []).append(word)
    grown = {}
    for number in sorted(by_page):
        TokenBook.objects.bulk_create(
            [TokenBook(agency_id=agency_id, page=number, words_sealed=seal(agency_id, number, {}))],
            ignore_conflicts=True,
        )
        row = TokenBook.objects.select_for_update().get(agency_id=agency_id, page=number)
        page = unseal(agency_id, number, bytes(row.words_sealed))
        for word in by_page[number]:
            grown[word] = page[word] = 2 * page.get(word, BASE)
        row.words_sealed = seal(agency_id, number, page)
        row.save(update_fields=["words_sealed"])
        memory.learn((_BOOK, agency_id, number), page)
    return grown


def _read(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.agency_id, b.page, b.words_sealed from people_tokenbook b "
            "join unnest(%s::int[], %s::int[]) as k (agency, page) "
            "on b.agency_id = k.agency and b.page = k.page",
            [[agency for agency, _ in keys], [page for _, page in keys]],
        )
        written = {(row[0], row[1]): bytes(row[2]) for row in cursor.fetchall()}
    return {
        key: unseal(*key, written[key]) if key in written else {} for key in keys
    }  # fmt: skip


def seal(
    agency_id: int, number: int, page: Mapping[int, int], ring: KeyRing | None = None
) -> bytes:
    """A page as it is stored: padded, so that its length tells no count."""
    raw = b"".join(_ENTRY.pack(word, n.bit_length()) for word, n in sorted(page.items()))
    counted = struct.pack(">I", len(page)) + raw
    padded = counted + bytes(-len(counted) % _PADDED_TO)
    return vault.seal(_key(agency_id, ring), _place(agency_id, number), padded)


def unseal(agency_id: int, number: int, sealed: bytes) -> Page:
    """The page: word → slots."""
    key = _key(agency_id)
    raw = vault.open_with({key.id: key}, sealed, _place(agency_id, number))
    (count,) = struct.unpack_from(">I", raw)
    entries = _ENTRY.iter_unpack(raw[4 : 4 + count * _ENTRY.size])
    return {word: 1 << (length - 1) for word, length in entries}


def _key(agency_id: int, ring: KeyRing | None = None) -> vault.OpenKey:
    ring = ring or settings.KEY_RING
    return vault.OpenKey(_KEY_ID, ring.derive(f"tokens/{agency_id}/book"))


def _place(agency_id: int, number: int) -> vault.Place:
    return vault.Place("people_tokenbook", "words_sealed", number, agency_id)
