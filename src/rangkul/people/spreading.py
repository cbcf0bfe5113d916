"""Rows of before, whose tokens could be counted, brought into slots; nothing is opened for it.

What was stored is the word's number itself (``TokenMaker.name``), so that the table and the ring
are enough. The new rows are written in the order of their new tokens: where one lies tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any, Final

import psycopg
from psycopg import sql

from rangkul.foundation.keyring import KeyRing
from rangkul.people import slots
from rangkul.people.tokens import TokenMaker, Wanted

COLUMNS: Final = "token agency_id subject subject_kind ref name parts spelling"
_AT_ONCE: Final = 20_000
_NAMES: Final = sql.SQL(", ").join(map(sql.Identifier, COLUMNS.split()))

Row = tuple[Any, ...]


def spread(connection: psycopg.Connection[Any], ring: KeyRing, source: str) -> int:
    """Write the rows of ``source`` into ``people_token`` under slots, with the books; how many
    there were, before padding.

    As the owner, within one transaction, and into tables that hold no row of these agencies.
    """
    connection.execute(
        sql.SQL("create temp table spread_token on commit drop as select {} from people_token")
        .format(_NAMES) + sql.SQL(" with no data")
    )  # fmt: skip
    rows = sql.SQL("select {} from {} order by agency_id, token").format(
        _NAMES, sql.Identifier(source)
    )
    count = 0
    with connection.cursor("spreading") as found:
        found.itersize = _AT_ONCE
        found.execute(rows)
        for agency_id, own in groupby(found, key=lambda row: row[1]):
            count += _agency(connection, ring, int(agency_id), own)
    _pad(connection, ring, source)
    connection.execute(
        sql.SQL("insert into people_token ({}) select {} from spread_token order by token").format(
            _NAMES, _NAMES
        )
    )
    return count


def _pad(connection: psycopg.Connection[Any], ring: KeyRing, source: str) -> None:
    """The rows that hide how many somebody has; written where the others wait."""
    asked = sql.SQL(
        "select agency_id, subject, subject_kind, ref, count(*) from {} group by 1, 2, 3, 4 "
        "order by 1"
    ).format(sql.Identifier(source))
    with connection.cursor("padding") as found:
        found.itersize = _AT_ONCE
        found.execute(asked)
        rows = _padding(found, ring)
        while part := list(islice(rows, _AT_ONCE)):
            _copy(connection, part)


def _padding(found: Iterable[Row], ring: KeyRing) -> Iterator[Row]:
    for agency_id, own in groupby(found, key=lambda row: row[0]):
        maker = TokenMaker(agency_id, ring)
        for _, subject, kind, ref, count in own:
            for wanted in maker.padding(subject, count):
                slot = maker.slot(wanted.word, 0)
                yield (slot.token, agency_id, subject, kind, ref, *slot.masked(wanted))


def _copy(connection: psycopg.Connection[Any], rows: Iterable[Row]) -> None:
    copy_in = sql.SQL("copy spread_token ({}) from stdin").format(_NAMES)
    with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        # Numbers, ids and one letter: nothing that the text form would have to escape.
        copy.write("".join("\t".join(map(str, row)) + "\n" for row in rows))


def _agency(
    connection: psycopg.Connection[Any], ring: KeyRing, agency_id: int, rows: Iterable[Row]
) -> int:
    pages: dict[int, slots.Page] = {}
    maker, count = TokenMaker(agency_id, ring), 0
    made = _slotted(maker, rows, pages)
    while part := list(islice(made, _AT_ONCE)):
        count += len(part)
        _copy(connection, part)
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into people_tokenbook (agency_id, page, words_sealed) values (%s, %s, %s)",
            [
                (agency_id, number, slots.seal(agency_id, number, page, ring))
                for number, page in pages.items()
            ],
        )
    return count


def _slotted(maker: TokenMaker, rows: Iterable[Row], pages: dict[int, slots.Page]) -> Iterator[Row]:
    """Each bearer of a word in a slot of its own; words that need more than two in the book."""
    for word, bearers in groupby(rows, key=lambda row: row[0]):
        place = -1
        for place, (_, agency_id, subject, kind, ref, *ranking) in enumerate(bearers):
            slot = maker.slot(word, place)
            masked = slot.masked(Wanted(word, *ranking))
            yield (slot.token, agency_id, subject, kind, ref, *masked)
        if place >= slots.BASE:
            pages.setdefault(slots.page_of(word), {})[word] = 1 << place.bit_length()
