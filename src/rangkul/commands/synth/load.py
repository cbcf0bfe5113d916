"""Brings the invented rows into the tables by COPY, in one transaction: all of them or none.

What would be done again for every row is set aside first and made again at the end, inside the
same transaction: the row triggers (reach is written as they would compute it; a test compares),
the foreign keys and the secondary indexes. A load that breaks off leaves nothing behind, also not
a missing index. The tables are locked meanwhile: the service stands still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.conf import settings
from psycopg import sql

from rangkul.commands.synth.country import Bases
from rangkul.commands.synth.rows import TABLES
from rangkul.foundation.errors import RangkulError
from rangkul.people import spreading

_TOKENS: Final = "people_token"
_WAITING: Final = "waiting_token"

Connection = psycopg.Connection[Any]
Tell = Callable[[str], None]

_SEQUENCES: Final = {
    "accounts_user": "user", "network_agency": "agency", "network_desk": "desk",
    "network_membership": "membership", "custody_case": "case", "referrals_request": "request",
    "reports_report": "report",
}  # fmt: skip


class SystemNotEmpty(RangkulError):
    """There are cases already; an invented country is not put beside them unasked."""

    code = "system_not_empty"


def _value(connection: Connection, query: sql.Composed) -> Any:
    """The one value that a query of one row and one column brings."""
    (value,) = next(connection.execute(query))
    return value


def bases(connection: Connection) -> Bases:
    """The highest ids in use."""
    found = {
        name: _value(
            connection, sql.SQL("select coalesce(max(id), 0) from {}").format(sql.Identifier(table))
        )
        for table, name in _SEQUENCES.items()
    }
    return Bases(**found)


def transaction_id(connection: Connection) -> int:
    """The running transaction's number, which every record of the trail carries."""
    found = connection.execute("select pg_current_xact_id()::text::bigint").fetchone()
    return int(found[0]) if found else 0


def is_taken(connection: Connection, code: str) -> bool:
    """Whether an agency of this code is there."""
    return bool(
        connection.execute("select 1 from network_agency where code = %s", [code]).fetchone()
    )


def lock(connection: Connection) -> bool:
    """Lock every table until the transaction ends; whether all of them are empty."""
    connection.execute(sql.SQL("lock table {} in access exclusive mode").format(_names(TABLES)))
    return all(
        _value(
            connection,
            sql.SQL("select not exists (select from {})").format(sql.Identifier(table)),
        )
        for table in TABLES
    )


@contextmanager
def set_aside(connection: Connection, *, empty: bool, tell: Tell) -> Iterator[None]:
    """Without row triggers, foreign keys and secondary indexes inside; with them again after.

    ``empty``: the tables hold nothing. They are then truncated, which changes no row and lets COPY
    write frozen rows, and without a log where the server keeps no replicas.
    """
    for table in TABLES:
        _alter(connection, table, "disable trigger user")
    keys, uniques, indexes = _definitions(connection)
    for table, name, _ in [*keys, *uniques]:
        _alter(connection, table, sql.SQL("drop constraint {}").format(sql.Identifier(name)))
    for name, _ in indexes:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    if empty:
        connection.execute(sql.SQL("truncate {}").format(_names(TABLES)))
    yield
    tell("building indexes and checking every reference")
    connection.execute("set local maintenance_work_mem = '256MB'")
    for _, statement in indexes:
        connection.execute(statement)
    for table, name, definition in [*uniques, *keys]:
        added = sql.SQL("add constraint {} {}").format(sql.Identifier(name), sql.SQL(definition))
        _alter(connection, table, added)
    for table in TABLES:
        _alter(connection, table, "enable trigger user")


def copy_in(connection: Connection, filled: Mapping[str, bytes], *, empty: bool) -> None:
    """One chunk's rows, table by table; tokens wait until all bearers of a word are known."""
    option = sql.SQL(" with (freeze)") if empty else sql.SQL("")
    for table, lines in filled.items():
        columns = sql.SQL(", ").join(map(sql.Identifier, TABLES[table].split()))
        waits = table == _TOKENS
        target = sql.Identifier(_WAITING if waits else table)
        statement = sql.SQL("copy {} ({}) from stdin").format(target, columns)
        if not waits:
            statement += option
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(lines)


def await_tokens(connection: Connection) -> None:
    """Where tokens wait."""
    connection.execute(
        sql.SQL("create temp table {} on commit drop as select {} from {} with no data").format(
            sql.Identifier(_WAITING),
            sql.SQL(", ").join(map(sql.Identifier, TABLES[_TOKENS].split())),
            sql.Identifier(_TOKENS),
        )
    )


def spread_tokens(connection: Connection) -> None:
    """Each bearer of a word in a slot of its own, as the product does it one by one."""
    spreading.spread(connection, settings.KEY_RING, _WAITING)


def advance_sequences(connection: Connection) -> None:
    """The next row made by hand gets the next number."""
    for table in _SEQUENCES:
        connection.execute(
            sql.SQL(
                "select setval(pg_get_serial_sequence({}, 'id'), "
                "greatest((select max(id) from {}), 1))"
            ).format(sql.Literal(table), sql.Identifier(table))
        )


def analyze(connection: Connection) -> None:
    """Fresh statistics, so that the first page is planned like the thousandth."""
    for table in TABLES:
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))


def _names(tables: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, tables))


def _alter(connection: Connection, table: str, change: str | sql.Composed) -> None:
    done = sql.SQL(change) if isinstance(change, str) else change
    connection.execute(sql.SQL("alter table {} ").format(sql.Identifier(table)) + done)


_Definition = tuple[str, str, str]


def _definitions(
    connection: Connection,
) -> tuple[list[_Definition], list[_Definition], list[tuple[str, str]]]:
    """(foreign keys, unique constraints, indexes): what brings each of them back.

    Constraints as (table, name, definition), indexes as (name, statement). Foreign keys of
    other tables that point into these go too, because the key that they point at goes.
    """
    constraints = connection.execute(
        "select contype, conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
        "from pg_constraint where connamespace = 'public'::regnamespace "
        "and ((contype = 'f' and (conrelid = any(%(tables)s::regclass[]) "
        "or confrelid = any(%(tables)s::regclass[]))) "
        "or (contype in ('u', 'x') and conrelid = any(%(tables)s::regclass[]))) order by conname",
        {"tables": list(TABLES)},
    ).fetchall()
    indexes = connection.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i "
        "where i.indrelid = any(%s::regclass[]) and not i.indisprimary and not exists "
        "(select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('u', 'x')) "
        "order by 1",
        [list(TABLES)],
    ).fetchall()
    keys = [(table, name, text) for kind, table, name, text in constraints if kind == "f"]
    uniques = [(table, name, text) for kind, table, name, text in constraints if kind != "f"]
    return keys, uniques, [(name, statement) for name, statement in indexes]
