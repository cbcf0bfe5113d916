"""The walls as the app's own role, with SQL in hand: functions, sequences, settings, catalogue.

Rows, unique errors and foreign keys are tried in ``test_foreign_agency.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from tests.people import MAKASSAR, NOW, Cast
from tests.rows import Connection, WholeFile, app_as, as_owner, write_whole_file

pytestmark = pytest.mark.xdist_group("walls-of-sql")

NOWHERE = 900_000_001
# What each type is filled with beside the numbers that name something; ids that nothing has.
_ANY: dict[str, object] = {
    "text": "case", "timestamptz": NOW, "date": NOW.date(), "bool": False, "bytea": b"\x01",
    "uuid": UUID(int=7), "jsonb": "{}", "_int4": [], "_int8": [], "_text": [], "_uuid": [],
    "interval": "1 hour", "int2": 1, "float8": 0.0, "numeric": 0,
}  # fmt: skip
# They answer of the acting agency, or of nobody: no number of theirs names a row of another.
_NUMBERS = {"int4", "int8"}


@pytest.fixture
def file(committed_db: None, cast: Cast) -> WholeFile:
    """Semarang's case, with a request under way to Makassar."""
    return write_whole_file(cast.ratih, MAKASSAR)


def callable_functions(app: Connection) -> list[tuple[str, str, list[str]]]:
    """Every function of ours that this role may call: schema, name, argument types."""
    return [
        (schema, name, list(types))
        for schema, name, types in app.execute(
            "select n.nspname, p.proname, array(select t.typname from unnest(p.proargtypes) "
            "with ordinality a(oid, place) join pg_type t on t.oid = a.oid order by a.place) "
            "from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in "
            "('house', 'public') and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype "
            # The job queue's own: jobs carry ids of rows, and belong to no agency.
            "and p.proname not like 'procrastinate%%' "
            "and has_function_privilege(p.oid, 'execute') order by 1, 2"
        ).fetchall()
    ]


def answers(app: Connection, schema: str, name: str, given: list[object]) -> tuple[object, ...]:
    """What the call returns or how it is refused: everything that somebody could learn."""
    call = sql.SQL("select * from {}({})").format(
        sql.Identifier(schema, name), sql.SQL(", ").join(sql.Placeholder() * len(given))
    )
    try:
        with app.transaction(force_rollback=True):
            return ("returned", app.execute(call, given).fetchall())
    except psycopg.Error as fault:
        said = fault.diag
        return (fault.sqlstate, said.message_primary, said.message_detail, said.constraint_name)


def tells(app: Connection, ids: list[int]) -> Iterator[str]:
    """One sentence for each function that answers otherwise for a row that is there."""
    for schema, name, types in callable_functions(app):
        unknown = [kind for kind in types if kind not in _ANY and kind not in _NUMBERS]
        if unknown:
            yield f"{schema}.{name}: what is a {unknown}?"
            continue
        for place, kind in enumerate(types):
            if kind not in _NUMBERS:
                continue
            filled = [NOWHERE if t in _NUMBERS else _ANY[t] for t in types]
            nothing = answers(app, schema, name, filled)
            for there in ids:
                filled[place] = there
                if _without(there, answers(app, schema, name, filled)) != _without(
                    NOWHERE, nothing
                ):
                    yield f"{schema}.{name}: argument {place + 1} tells that {there} is there"


def _without(number: int, answer: tuple[object, ...]) -> str:
    """The answer without the number that was asked for, which the asker knows."""
    return str(answer).replace(str(number), "N")


@pytest.mark.promise(
    "walls-functions",
    chapter="walls",
    sentence="No function that the app's role may call tells another agency whether a case, "
    "request or report is there.",
)
def test_no_function_tells_of_a_foreign_row(
    file: WholeFile, cast: Cast, figure: Callable[[str], None]
) -> None:
    with app_as(cast.yohana) as app:
        told = list(tells(app, [file.case_id, file.request_id, file.report_id]))
        tried = len(callable_functions(app))
    assert told == [], "\n".join(told)
    figure(f"{tried} functions tried with numbers that are there and one that is not")


@pytest.mark.planted("walls-functions")
def test_a_function_that_tells_is_told(file: WholeFile, cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute(
            "create function house.planted(p_case bigint) returns boolean language sql security "
            "definer as 'select exists (select 1 from custody_case where id = p_case)'; "
            "grant execute on function house.planted(bigint) to rangkul_app"
        )
    with app_as(cast.yohana) as app:
        told = list(tells(app, [file.case_id]))
    assert told == [f"house.planted: argument 1 tells that {file.case_id} is there"]


def counting_sequences(app: Connection) -> list[str]:
    """Sequences of ours whose value this role can read or move: they count everybody's rows."""
    return [
        str(name)
        for (name,) in app.execute(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on "
            "n.oid = c.relnamespace where c.relkind = 'S' and n.nspname in ('house', 'public') and "
            "c.relname not like 'procrastinate%%' and (has_sequence_privilege(c.oid, 'usage') or "
            "has_sequence_privilege(c.oid, 'select') or has_sequence_privilege(c.oid, 'update')) "
            "order by 1"
        )
    ]


@pytest.mark.promise(
    "walls-sequences",
    chapter="walls",
    sentence="The app's role can neither read nor move a sequence: no agency counts another's rows "
    "by it.",
)
def test_no_sequence_counts_for_another(
    file: WholeFile, cast: Cast, figure: Callable[[str], None]
) -> None:
    with app_as(cast.yohana) as app:
        assert counting_sequences(app) == []
        shown = app.execute(
            "select sequencename from pg_sequences where last_value is not null and "
            "sequencename not like 'procrastinate%'"
        ).fetchall()
        assert shown == []
    with as_owner() as owner:
        row = owner.execute("select count(*) from pg_class where relkind = 'S'").fetchone()
    assert row is not None
    figure(f"{row[0]} sequences, none readable but the job queue's own")


@pytest.mark.planted("walls-sequences")
def test_a_sequence_that_counts_is_told(file: WholeFile, cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute("grant usage on sequence custody_case_id_seq to rangkul_app")
    with app_as(cast.yohana) as app:
        assert counting_sequences(app) == ["custody_case_id_seq"]


def shown_settings(app: Connection) -> dict[str, Any]:
    """Settings of the server that tell where things lie, as this role may read them."""
    return {
        str(name): value
        for name, value in app.execute(
            "select name, setting from pg_settings where name in ('data_directory', "
            "'config_file', 'hba_file', 'ident_file', 'external_pid_file', 'primary_conninfo')"
        )
        if value
    }


@pytest.mark.promise(
    "walls-settings",
    chapter="walls",
    sentence="The app's role reads no setting that tells where files lie, no password, no other "
    "session's statement, and can set none that lifts a wall.",
)
def test_no_setting_helps(file: WholeFile, cast: Cast, figure: Callable[[str], None]) -> None:
    closed = (
        "select * from pg_authid", "select passwd from pg_shadow",
        "select * from pg_hba_file_rules", "select pg_read_file('PG_VERSION')",
        "select pg_ls_dir('.')", "copy custody_case to '/tmp/x'",
        "copy (select 1) to program 'true'", "select lo_import('/etc/passwd')",
        "select * from house.scope_key", "create extension plpython3u",
        "create function f() returns int language c as 'x'", "create schema mine",
        "create table public.mine (id int)", "set role rangkul_reader",
        "set session authorization rangkul_owner", "alter role rangkul_app bypassrls",
        "alter database current set row_security = off", "load 'auto_explain'",
        "set session_preload_libraries = 'x'", "set log_statement = 'all'",
        "create publication p for all tables",
        "create event trigger e on ddl_command_start execute function house.scope()",
        "select pg_create_physical_replication_slot('x')", "checkpoint",
        "security label on table custody_case is 'x'", "vacuum full custody_case",
        "create policy mine on custody_case using (true)", "drop policy mine_select on cases_note",
        "comment on table custody_case is 'x'", "analyze custody_case; select 1/0",
    )  # fmt: skip
    open_ = []
    with app_as(cast.yohana) as app:
        assert shown_settings(app) == {}
        for statement in closed:
            try:
                with app.transaction(force_rollback=True):
                    app.execute(statement)
            except psycopg.Error:
                continue
            open_.append(statement)
        others = app.execute(
            "select count(*) from pg_stat_activity where usename <> current_user "
            "and query not in ('', '<insufficient privilege>')"
        ).fetchone()
    assert open_ == []
    assert others == (0,)
    figure(f"{len(closed)} ways refused")


@pytest.mark.planted("walls-settings")
def test_a_setting_that_helps_is_told(
    file: WholeFile, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the owner of a database is shown, and what lies open to any role."""
    from tests import conftest

    assert conftest.SERVER is not None
    with conftest.SERVER.superuser() as superuser:
        assert "data_directory" in shown_settings(superuser)
