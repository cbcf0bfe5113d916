"""What an agency with the app's connection, a true scope and SQL can do to a foreign case.

One agency (Semarang) fills every secured table; another (Kupang), with no part in the case, tries.
Tables come from the catalogue: a new one is tried without anyone remembering it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, Cast
from tests.rows import (
    Connection,
    WholeFile,
    add_row,
    app_as,
    as_owner,
    has_column,
    needed_columns,
    open_case,
    owned_tables,
    secured_tables,
    set_scope,
    write_whole_file,
)

NOWHERE = 900_000_001


@pytest.fixture
def file(committed_db: None, cast: Cast) -> WholeFile:
    """Semarang's case, with a request under way to Makassar."""
    return write_whole_file(cast.ratih, MAKASSAR)


def _everything() -> dict[str, Any]:
    """Each secured table's whole content, as the owner sees it."""
    with as_owner() as owner:
        return {
            table: owner.execute(
                sql.SQL("select md5(string_agg(t::text, '|' order by t::text)) from {} t").format(
                    sql.Identifier(table)
                )
            ).fetchone()
            for table in secured_tables(owner)
        }


def _refusal(app: Connection, act: Callable[[], object]) -> tuple[object, ...] | None:
    """How the database refused ``act`` (everything that a person could read), or ``None``."""
    try:
        with app.transaction():
            act()
            app.execute("set constraints all immediate")
    except psycopg.Error as fault:
        said = fault.diag
        return (
            fault.sqlstate, said.message_primary, said.message_detail, said.message_hint,
            said.constraint_name,
        )  # fmt: skip
    return None


def _count(app: Connection, table: str) -> int:
    row = app.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def test_the_owner_of_the_case_sees_a_row_in_every_secured_table(
    file: WholeFile, cast: Cast
) -> None:
    """Without this, the tests below could pass on empty tables."""
    with app_as(cast.ratih) as app:
        assert [t for t in secured_tables(app) if _count(app, t) == 0] == []


def test_another_agency_reads_nothing(file: WholeFile, cast: Cast) -> None:
    for stranger in (cast.yohana, cast.marten, cast.dorce):
        with app_as(stranger) as app:
            assert {t: n for t in secured_tables(app) if (n := _count(app, t))} == {}


def test_the_receiver_of_a_request_reads_the_request_and_nothing_of_the_case(
    file: WholeFile, cast: Cast
) -> None:
    with app_as(cast.andi) as app:
        seen = {t for t in secured_tables(app) if _count(app, t)}
    assert seen == {
        "referrals_request", "referrals_packet", "referrals_message", "foundation_datakey",
    }  # fmt: skip


def test_statistics_show_no_values(file: WholeFile, cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute("analyze")
    with app_as(cast.yohana) as app:
        shown = app.execute(
            "select distinct tablename from pg_stats where tablename = any(%s)",
            [secured_tables(app)],
        ).fetchall()
    assert shown == []


def test_another_agency_changes_and_deletes_nothing(file: WholeFile, cast: Cast) -> None:
    before, changed = _everything(), []
    with app_as(cast.yohana) as app:
        for table in secured_tables(app):
            columns = [
                row[0]
                for row in app.execute(
                    "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 "
                    "and not attisdropped and attgenerated = ''",
                    [table],
                )
            ]
            statements = [
                sql.SQL("update {0} set {1} = {1}").format(
                    sql.Identifier(table), sql.Identifier(column)
                )
                for column in columns
            ]
            statements.append(sql.SQL("delete from {}").format(sql.Identifier(table)))
            statements.append(sql.SQL("truncate {}").format(sql.Identifier(table)))
            for statement in statements:

                def run(statement: sql.Composed = statement, table: str = table) -> None:
                    if app.execute(statement).rowcount > 0:
                        changed.append(table)

                said = _refusal(app, run)
                assert said is None or said[0] == "42501", (table, said)
    assert changed == []
    assert _everything() == before


def test_a_foreign_case_takes_no_row_and_is_not_told_from_one_that_is_not_there(
    file: WholeFile, cast: Cast
) -> None:
    """Each table that can name a case: same refusal, same words, for both."""
    naming = {
        **dict.fromkeys(_tables_with("case_id"), "case_id"),
        "people_token": "ref",
        "people_sameperson": "first_case_id",
    }
    told, taken = {}, []
    with app_as(cast.yohana) as app:
        for table, column in naming.items():
            said = []
            for case_id in (file.case_id, NOWHERE):
                given: dict[str, Any] = {column: case_id}
                if table == "people_sameperson":
                    given["second_case_id"] = NOWHERE + 1
                if table == "trail_act":
                    given["xid"] = _transaction(app)
                said.append(_refusal(app, lambda t=table, g=given: _attach(app, t, cast, g)))
            if None in said:
                taken.append(table)
            elif said[0] != said[1]:
                told[table] = said
    # The one thing an agency may name a foreign case in: a borrowing, which is told and reviewed.
    assert taken == ["custody_emergencygrant"]
    assert told == {}


def test_an_own_row_is_not_moved_to_a_foreign_case(file: WholeFile, cast: Cast) -> None:
    """Where the app may change the case that a row names, it may name only its own."""
    with as_owner() as owner:
        movable = [
            row[0]
            for row in owner.execute(
                "select table_name from information_schema.column_privileges where grantee = "
                "'rangkul_app' and privilege_type = 'UPDATE' and column_name = 'case_id'"
            )
        ]
    assert movable == ["reports_report"]
    with app_as(cast.yohana) as app:
        report = add_row(app, "reports_report", cast.yohana)
        said = [
            _refusal(
                app,
                lambda c=case_id: app.execute(
                    "update reports_report set case_id = %s where id = %s", [c, report]
                ),
            )
            for case_id in (file.case_id, NOWHERE)
        ]
    assert None not in said
    assert said[0] == said[1]


@pytest.mark.parametrize("audience", ["case", "service", "shared"])
@pytest.mark.parametrize("agency", [SEMARANG, KUPANG])
def test_no_audience_opens_a_foreign_case(
    file: WholeFile, cast: Cast, audience: str, agency: int
) -> None:
    with app_as(cast.yohana) as app:
        for table, _, _ in owned_tables("case"):
            given = {"case_id": file.case_id, "audience": audience, "audience_agency_id": agency}
            said = _refusal(app, lambda t=table, g=given: _attach(app, t, cast, g))
            assert said is not None, table
            assert said[:2] == ("RK404", "parent not reachable"), table


def test_a_foreign_request_takes_no_row_and_is_not_told_from_one_that_is_not_there(
    file: WholeFile, cast: Cast
) -> None:
    with app_as(cast.yohana) as app:
        own_case = open_case(app)
        own: dict[str, Any] = {"case_id": own_case, "audience": "case"}
        own_basis = add_row(app, "consent_basis", cast.yohana, **own)
        tries: dict[str, dict[str, Any]] = {
            table: {} for table, kind, _ in owned_tables() if kind == "request"
        }
        tries["referrals_referral"] = {**own, "basis_id": own_basis}
        for table, given in tries.items():
            said = [
                _refusal(
                    app,
                    lambda t=table, g=given, r=request: _attach(
                        app, t, cast, {**g, "request_id": r}
                    ),
                )
                for request in (file.request_id, NOWHERE)
            ]
            assert None not in said, table
            assert said[0] == said[1], table


def test_a_row_of_ones_own_case_names_no_row_of_a_foreign_case(file: WholeFile, cast: Cast) -> None:
    """Foreign keys ignore row security: the owner is part of the key."""
    with app_as(cast.yohana) as app:
        own: dict[str, Any] = {"case_id": open_case(app), "audience": "case"}
        for table, column, target in (
            ("cases_note", "replaces", "cases_note"),
            ("assessments_sealedanswers", "submission_id", "assessments_submission"),
            ("referrals_referral", "basis_id", "consent_basis"),
            ("referrals_referral", "need_id", "cases_need"),
        ):
            said = [
                _refusal(
                    app,
                    lambda t=table, c=column, v=value: add_row(
                        app, t, cast.yohana, **own, **{c: v}
                    ),
                )
                for value in (file.subjects[target], uuid4())
            ]
            # The ids are random: that both are refused is what counts.
            assert None not in said, (table, column)


@pytest.mark.parametrize("owner_kind", ["case", "request", "report", "nobody"])
def test_a_foreign_owner_gets_no_key(file: WholeFile, cast: Cast, owner_kind: str) -> None:
    owner_id = {
        "case": file.case_id, "request": file.request_id, "report": file.report_id, "nobody": 1,
    }[owner_kind]  # fmt: skip
    with app_as(cast.yohana) as app:
        for audience, agency in (("case", None), ("service", KUPANG), ("shared", KUPANG)):
            said = [
                _refusal(
                    app,
                    lambda i=named, a=audience, g=agency: add_row(
                        app, "foundation_datakey", cast.yohana, owner_kind=owner_kind, owner_id=i,
                        audience=a, audience_agency_id=g, created_at=NOW,
                    ),
                )
                for named in (owner_id, NOWHERE)
            ]  # fmt: skip
            assert None not in said
            assert said[0] == said[1]


def test_custody_functions_refuse_a_foreign_case_in_the_same_words(
    file: WholeFile, cast: Cast
) -> None:
    calls = {
        "join me": "select house.join_case(%(case)s, 9002, now())",
        "join another": "select house.join_case(%(case)s, 9003, now())",
        "end the lead": "select house.end_access(%(case)s, 9001, now())",
        "end mine": "select house.end_access(%(case)s, 9002, now())",
    }
    before = _everything()
    with app_as(cast.marten) as app:
        for call in calls.values():
            said = [
                _refusal(app, lambda c=case_id, q=call: app.execute(q, {"case": c}))
                for case_id in (file.case_id, NOWHERE)
            ]
            assert said == [("RK404", "parent not reachable", None, None, None)] * 2
        for case_id in (file.case_id, NOWHERE):
            answer = app.execute(
                "select house.has_case_access(%s), (select count(*) from "
                "house.case_trail(%s, '{}', 10))",
                [case_id, case_id],
            ).fetchone()
            assert answer == (False, 0)
    assert _everything() == before


def test_inner_functions_cannot_be_called(file: WholeFile, cast: Cast) -> None:
    with app_as(cast.yohana) as app:
        for call in (
            f"select house.refresh_reach({file.case_id})",
            f"select house.case_reach({file.case_id}, 'case', null)",
            f"select house.new_case_row({file.case_id}, 'service', 9002)",
            f"select house.request_reach({file.request_id})",
            f"select house.key_reach('case', {file.case_id}, 'case', null)",
            "select house.membership_live(9011, 1, 9011, 9001)",
        ):
            said = _refusal(app, lambda q=call: app.execute(q))
            assert said is not None
            assert said[0] == "42501", call


def test_nobody_writes_custody_or_reach_by_hand(file: WholeFile, cast: Cast) -> None:
    """Neither the stranger nor the lead itself: access and reach change in the functions only."""
    statements = [
        (
            f"insert into custody_caseaccess (case_id, agency_id, basis, opened_at, since) "
            f"values ({file.case_id}, {KUPANG}, 'joint', now(), now())"
        ),
        f"update custody_caseaccess set agency_id = {KUPANG}",
        "update custody_caseaccess set until = now()",
        "delete from custody_caseaccess",
        (
            f"insert into custody_case (subject, lead_agency_id, opened_at, reach) "
            f"values ('{uuid4()}', {KUPANG}, now(), '{{{KUPANG}}}')"
        ),
        f"update custody_case set lead_agency_id = {KUPANG}",
        f"update custody_case set reach = reach || {KUPANG}",
        "delete from custody_case",
        *(f"update {table} set reach = reach || {KUPANG}" for table, _, _ in owned_tables()),
        f"update foundation_datakey set reach = reach || {KUPANG}",
        "alter table cases_note disable row level security",
        "alter table cases_note disable trigger house_reach",
        "set row_security = off; select count(*) from cases_note",
        "set session_replication_role = replica",
        "set role rangkul_owner",
    ]
    before = _everything()
    for actor in (cast.yohana, cast.wahyuni):
        with app_as(actor) as app:
            for statement in statements:
                said = _refusal(app, lambda q=statement: app.execute(q))
                assert said is not None, statement
                assert said[0] == "42501", (statement, said)
    assert _everything() == before


def test_a_reach_that_is_sent_is_ignored(committed_db: None, cast: Cast) -> None:
    with app_as(cast.ratih) as app:
        for table, _, _ in owned_tables("case"):
            made = add_row(
                app, table, cast.ratih,
                case_id=open_case(app), audience="case", reach=[SEMARANG, KUPANG],
            )  # fmt: skip
            row = app.execute(
                sql.SQL("select reach from {} where id = %s").format(sql.Identifier(table)), [made]
            ).fetchone()
            assert row == ([SEMARANG],), table


def test_one_agency_writes_no_row_for_another(file: WholeFile, cast: Cast) -> None:
    """Agency-owned tables: the agency's name on a row is the writer's, or there is no row."""
    with app_as(cast.yohana) as app:
        own_case = open_case(app)
        for table in _tables_with("agency_id"):
            given: dict[str, Any] = {"agency_id": SEMARANG}
            if has_column(app, table, "case_id"):
                given["case_id"] = own_case
            if table == "people_token":
                given["ref"] = own_case
            if table == "trail_act":
                given |= {"xid": _transaction(app), "actor_id": cast.yohana.user_id}
                given["purpose"] = "work"
            if table == "cases_note":
                # Whose note it is follows from audience and reach; the column names the author.
                continue
            said = _refusal(app, lambda t=table, g=given: _attach(app, t, cast, g))
            assert said is not None, table
            assert said[0] in {"42501", "RK404"}, (table, said)


def test_the_receiver_cannot_turn_a_request_into_custody(file: WholeFile, cast: Cast) -> None:
    """Makassar holds the packet; it reaches the case by no column of it."""
    with app_as(cast.besse) as app:
        for table in ("referrals_request", "referrals_packet", "referrals_message"):
            names = {
                row[0]
                for row in app.execute(
                    "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0",
                    [table],
                )
            }
            assert not names & {"case_id", "subject", "referral_id", "need_id", "incident_key"}
        said = _refusal(
            app, lambda: app.execute("update referrals_request set receiver_agency_id = 9002")
        )
        assert said is not None
        assert said[0] == "42501"


def test_an_ended_joint_access_ends_every_reach(file: WholeFile, cast: Cast) -> None:
    """Let in, Kupang sees the rows of the case, not those of Semarang's service; then none."""
    with app_as(cast.wahyuni) as app:
        app.execute("select house.join_case(%s, %s, %s)", [file.case_id, KUPANG, NOW])
    with app_as(cast.yohana) as app:
        seen = {table: _count(app, table) for table, _, _ in owned_tables("case")}
        audiences = {
            row[0]
            for table in seen
            for row in app.execute(
                sql.SQL("select distinct audience from {}").format(sql.Identifier(table))
            )
        }
    assert all(seen.values()), seen
    assert audiences == {"case"}
    with app_as(cast.yohana) as app:
        set_scope(app, cast.marten)
        app.execute("select house.end_access(%s, %s, %s)", [file.case_id, KUPANG, NOW])
    with app_as(cast.yohana) as app:
        left = {t: n for t in secured_tables(app) if (n := _count(app, t))}
    # Its own access, ended, stays as its own history.
    assert left == {"custody_caseaccess": 1}


def _tables_with(column: str) -> list[str]:
    with as_owner() as owner:
        return [t for t in secured_tables(owner) if has_column(owner, t, column)]


def _transaction(app: Connection) -> object:
    row = app.execute("select pg_current_xact_id()::text::bigint").fetchone()
    assert row is not None
    return row[0]


def _attach(app: Connection, table: str, cast: Cast, given: dict[str, Any]) -> None:
    """Kupang tries to add a row; columns that name other rows name nothing."""
    values = dict(given)
    if table == "trail_act":
        values |= {"purpose": "work", "actor_id": cast.yohana.user_id}
    needed = {column.name for column in needed_columns(app, table)}
    if "audience" in needed:
        values.setdefault("audience", "case")
    add_row(app, table, cast.yohana, parents=False, **values)
