"""The catalogue read aloud: each table secured or named open, each right written down.

``grants.txt`` holds every right of the app, the reader and PUBLIC. When a right is meant to change,
run ``RANGKUL_UPDATE_GRANTS=1 pytest tests/contracts/test_row_security.py`` and read the diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contracts import catalogue
from tests.rows import Connection, as_owner

GRANTS = Path(__file__).with_name("grants.txt")
DEFINERS = Path(__file__).parents[2] / "docs" / "decisions" / "0003-definer-functions.md"

# Where the app may change what a row of its own names; a guard trigger stands behind each.
_GUARDED = {("reports_report", "case_id")}


@pytest.fixture
def base(django_db_setup: None) -> Iterator[Connection]:
    """The owner's connection; whatever a test plants is undone."""
    with as_owner() as owner:
        yield owner
        owner.rollback()


def test_each_table_is_secured_or_named_open_with_a_reason(base: Connection) -> None:
    assert catalogue.unsecured_tables(base) == []


def test_no_policy_lets_everything_through(base: Connection) -> None:
    assert catalogue.open_policies(base) == []


def test_whose_a_row_is_cannot_be_changed(base: Connection) -> None:
    assert catalogue.movable_ownership(base) == _GUARDED


def test_each_reach_is_computed_by_a_trigger_and_refreshed_by_custody(base: Connection) -> None:
    assert catalogue.reach_without_trigger(base) == []
    assert catalogue.case_rows_without_reach(base) == []


def test_each_table_of_a_case_is_closed_to_whoever_is_related(base: Connection) -> None:
    assert catalogue.unclosed_tables(base) == []


def test_no_view_steps_around_row_security(base: Connection) -> None:
    rows = base.execute(
        "select relname from pg_class where relkind in ('v', 'm') and relnamespace in "
        "('public'::regnamespace, 'house'::regnamespace) and not "
        "'security_invoker=true' = any(coalesce(reloptions, '{}'))"
    ).fetchall()
    assert rows == []


def test_every_right_is_written_down(base: Connection) -> None:
    found = "\n".join(catalogue.grants(base)) + "\n"
    if os.environ.get("RANGKUL_UPDATE_GRANTS") == "1":
        GRANTS.write_text(found, encoding="utf-8")
    known = GRANTS.read_text(encoding="utf-8")
    added = sorted(set(found.splitlines()) - set(known.splitlines()))
    gone = sorted(set(known.splitlines()) - set(found.splitlines()))
    assert (added, gone) == ([], [])


def test_the_reader_reads_no_table_of_cases(base: Connection) -> None:
    read = [line for line in catalogue.grants(base) if line.startswith("rangkul_reader")]
    assert [line for line in read if " table " in line and " insight_" not in line] == []


def test_the_key_store_is_not_updatable(base: Connection) -> None:
    assert not [
        line
        for line in catalogue.grants(base)
        if " UPDATE " in line and "foundation_datakey" in line
    ]


def test_each_definer_function_is_listed_with_its_reason(base: Connection) -> None:
    text = DEFINERS.read_text(encoding="utf-8")
    listed = {
        name: _spelled_out(base, name)
        for name, reason in re.findall(r"^\| `(house\.[\w<>]+)` \| (.+?) \|$", text, re.M)
        if len(reason) > 30
    }
    functions = set(catalogue.definer_functions(base))
    assert functions - set().union(*listed.values()) == set()
    assert [name for name, spelled in listed.items() if not spelled & functions] == []


def _spelled_out(base: Connection, name: str) -> set[str]:
    """The functions that a line of the list stands for: one, or one for each table and column."""
    if "<" not in name:
        return {name}
    rows = base.execute(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'public'"
    )
    return {name.replace("<table>", row[0]).replace("<column>", row[1]) for row in rows}


def test_each_definer_function_has_a_fixed_path(base: Connection) -> None:
    assert catalogue.definers_with_open_path(base) == []


def test_no_house_function_is_for_everyone(base: Connection) -> None:
    assert catalogue.public_house_functions(base) == []


def test_no_extension_is_needed(base: Connection) -> None:
    assert base.execute("select extname from pg_extension").fetchall() == [("plpgsql",)]


def test_roles_are_bound_by_row_security_and_own_nothing(base: Connection) -> None:
    roles = base.execute(
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, "
        "(select count(*) from pg_auth_members m where m.member = r.oid) "
        "from pg_roles r where rolname ~ '^rangkul_' order by 1"
    ).fetchall()
    assert roles == [
        (role, False, False, False, False, False, 0)
        for role in (catalogue.APP, catalogue.OWNER, catalogue.READER)
    ]
    owned = base.execute(
        "select distinct r.rolname from pg_shdepend d join pg_roles r on r.oid = d.refobjid "
        "where d.deptype = 'o' and d.dbid in (0, (select oid from pg_database "
        "where datname = current_database())) and r.rolname ~ '^rangkul_'"
    ).fetchall()
    assert owned == [(catalogue.OWNER,)]


def test_row_security_is_enabled_not_forced(base: Connection) -> None:
    """Forced, it binds the owner too: migrations touch no row and say nothing."""
    forced = base.execute("select relname from pg_class where relforcerowsecurity").fetchall()
    assert forced == []


def test_the_template_database_is_closed_to_public(base: Connection) -> None:
    """Made by ``roles.create_database``, as in production: no CONNECT, no TEMPORARY for all."""
    row = base.execute(
        "select bool_or(a.grantee = 0), bool_or(a.grantee = 'rangkul_app'::regrole "
        "and a.privilege_type <> 'CONNECT') from pg_database d, aclexplode(d.datacl) a "
        "where d.datname = substring(current_database() from '^rangkul_test_[0-9a-f]+') "
        "|| '_template'"
    ).fetchone()
    assert row == (False, False)


# -- planted faults: each check above fails when there is something to find -------------------

_FAULTS: list[tuple[str, Callable[[Connection], object], object]] = [
    (
        "create table public.shelter_diary (id bigint)",
        catalogue.unsecured_tables,
        ["shelter_diary"],
    ),
    (
        (
            "create table public.shelter_diary (id bigint); "
            "alter table public.shelter_diary enable row level security"
        ),
        catalogue.unsecured_tables,
        ["shelter_diary"],
    ),
    (
        "create view public.all_notes as select * from cases_note",
        catalogue.unsecured_tables,
        ["all_notes"],
    ),
    (
        "alter table cases_note disable row level security",
        catalogue.unsecured_tables,
        ["cases_note"],
    ),
    (
        (
            "insert into house.open_table values ('cases_note', '')"
            "; alter table cases_note disable row level security"
        ),
        catalogue.unsecured_tables,
        ["cases_note"],
    ),
    (
        "drop policy closed_update on cases_note",
        catalogue.unclosed_tables,
        ["cases_note"],
    ),
    (
        "create policy all_of_it on cases_note for select to rangkul_app using (true)",
        catalogue.open_policies,
        ["cases_note.all_of_it"],
    ),
    (
        (
            "create policy mine_all on cases_note to rangkul_app "
            "using ((select house.current_agency()) = any(reach))"
        ),
        catalogue.open_policies,
        ["cases_note.mine_all"],
    ),
    (
        "grant update (reach) on cases_note to rangkul_app",
        catalogue.movable_ownership,
        _GUARDED | {("cases_note", "reach")},
    ),
    (
        "grant update (agency_id) on clocks_clock to public",
        catalogue.movable_ownership,
        _GUARDED | {("clocks_clock", "agency_id")},
    ),
    (
        "alter table cases_note disable trigger house_reach",
        catalogue.reach_without_trigger,
        ["cases_note"],
    ),
    (
        "delete from house.owned_table where name = 'cases_note'",
        catalogue.reach_without_trigger,
        ["cases_note"],
    ),
    (
        "create table public.diary (case_id bigint, audience text)",
        catalogue.case_rows_without_reach,
        ["diary"],
    ),
    (
        (
            "create function house.leak() returns int language sql security definer "
            "set search_path = public as 'select 1'"
        ),
        catalogue.definers_with_open_path,
        ["leak"],
    ),
    (
        "create function house.leak() returns int language sql as 'select 1'",
        catalogue.public_house_functions,
        ["leak"],
    ),
]


@pytest.mark.parametrize(("fault", "check", "found"), _FAULTS, ids=[f[0][:60] for f in _FAULTS])
def test_a_planted_fault_is_found(
    base: Connection, fault: str, check: Callable[[Connection], object], found: object
) -> None:
    for statement in fault.split(";"):
        base.execute(statement)
    assert check(base) == found


@pytest.mark.parametrize(
    "fault",
    [
        "grant select on cases_note to rangkul_reader",
        "grant delete on cases_note to rangkul_app",
        "grant insert on custody_caseaccess to rangkul_app",
        "grant update (basis) on custody_caseaccess to rangkul_app",
        "grant execute on function house.refresh_reach(bigint) to rangkul_app",
        "grant select on house.scope_key to rangkul_app",
        "grant create on schema public to public",
        "grant usage on sequence custody_case_id_seq to rangkul_app",
    ],
)
def test_a_right_too_many_is_found(base: Connection, fault: str) -> None:
    before = catalogue.grants(base)
    base.execute(fault)
    assert len(catalogue.grants(base)) == len(before) + 1


def test_a_definer_function_nobody_listed_is_found(base: Connection) -> None:
    base.execute(
        "create function house.leak() returns int language sql security definer as 'select 1'"
    )
    assert "house.leak" in catalogue.definer_functions(base)
