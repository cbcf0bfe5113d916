"""reach = f(access, audience), for every table, after whatever sequence of custody acts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg import sql
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, Cast, app_url
from tests.rows import Connection, add_row, as_owner, open_case, owned_tables, set_scope

AGENCIES = (SEMARANG, KUPANG, MAKASSAR)


@pytest.fixture
def tables(cast: Cast) -> list[str]:
    """Every table whose rows belong to a case."""
    found = [table for table, _, _ in owned_tables("case")]
    assert len(found) >= 9
    return found


class Custody(RuleBasedStateMachine):
    """Cases opened, agencies let in and out, rows of every audience written; by the app alone.

    The model is two lines long: who has live access, and what each row's audience is.
    """

    cast: Cast
    tables: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.app: Connection = psycopg.connect(app_url())
        self.by = {SEMARANG: self.cast.wahyuni, KUPANG: self.cast.marten, MAKASSAR: self.cast.besse}
        self.lead: dict[int, int] = {}
        self.access: dict[int, set[int]] = {}
        self.ever: dict[int, set[int]] = {}
        self.rows: dict[tuple[str, object], tuple[int, str, int | None]] = {}

    def teardown(self) -> None:
        """Nothing stays: every run is one transaction, undone."""
        self.app.rollback()
        self.app.close()

    @rule(agency=st.sampled_from(AGENCIES))
    def open(self, agency: int) -> None:
        set_scope(self.app, self.by[agency])
        case_id = open_case(self.app)
        self.lead[case_id], self.access[case_id] = agency, {agency}
        self.ever[case_id] = {agency}

    @precondition(lambda self: self.lead)
    @rule(data=st.data(), agency=st.sampled_from(AGENCIES))
    def join(self, data: Any, agency: int) -> None:
        case_id = data.draw(st.sampled_from(sorted(self.lead)))
        set_scope(self.app, self.by[self.lead[case_id]])
        if agency in self.access[case_id]:
            with pytest.raises(psycopg.errors.UniqueViolation), self.app.transaction():
                self.app.execute("select house.join_case(%s, %s, %s)", [case_id, agency, NOW])
            return
        self.app.execute("select house.join_case(%s, %s, %s)", [case_id, agency, NOW])
        self.access[case_id].add(agency)
        self.ever[case_id].add(agency)

    @precondition(lambda self: self.lead)
    @rule(data=st.data(), agency=st.sampled_from(AGENCIES), by=st.sampled_from(AGENCIES))
    def end(self, data: Any, agency: int, by: int) -> None:
        case_id = data.draw(st.sampled_from(sorted(self.lead)))
        set_scope(self.app, self.by[by])
        lead = self.lead[case_id]
        allowed = agency in self.access[case_id] - {lead} and by in {agency, lead}
        if not allowed:
            with pytest.raises(psycopg.Error, match="parent not reachable"), self.app.transaction():
                self.app.execute("select house.end_access(%s, %s, %s)", [case_id, agency, NOW])
            return
        self.app.execute("select house.end_access(%s, %s, %s)", [case_id, agency, NOW])
        self.access[case_id].remove(agency)

    @precondition(lambda self: self.lead)
    @rule(
        data=st.data(),
        by=st.sampled_from(AGENCIES),
        audience=st.sampled_from(["case", "service", "shared"]),
        named=st.sampled_from(AGENCIES),
    )
    def write(self, data: Any, by: int, audience: str, named: int) -> None:
        case_id = data.draw(st.sampled_from(sorted(self.lead)))
        table = data.draw(st.sampled_from(self.tables))
        set_scope(self.app, self.by[by])
        agency = None if audience == "case" else named
        reach = self._expected(case_id, audience, agency)
        values = {"case_id": case_id, "audience": audience, "audience_agency_id": agency}
        strange = agency is not None and agency not in self.ever[case_id]
        if by in self.access[case_id] and strange:
            # A row is laid before no agency that never held the case.
            with pytest.raises(psycopg.Error, match=r"border|reachable"), self.app.transaction():
                add_row(self.app, table, self.by[by], parents=False, **values)
            return
        if by not in self.access[case_id] or by not in reach:
            with pytest.raises(psycopg.Error, match="parent not reachable"), self.app.transaction():
                add_row(self.app, table, self.by[by], parents=False, **values)
            return
        try:
            with self.app.transaction():
                made = add_row(self.app, table, self.by[by], **values)
        except psycopg.errors.UniqueViolation:
            # One file for each case, one survivor for each file.
            return
        self.rows[(table, made)] = (case_id, audience, agency)

    def _expected(self, case_id: int, audience: str, agency: int | None) -> set[int | None]:
        if audience == "case":
            return set(self.access[case_id])
        return {agency} if audience == "service" else {agency, self.lead[case_id]}

    @invariant()
    def each_agency_sees_exactly_its_reach(self) -> None:
        for agency, actor in self.by.items():
            set_scope(self.app, actor)
            for table in self.tables:
                seen = {
                    row[0]
                    for row in self.app.execute(
                        sql.SQL("select id from {}").format(sql.Identifier(table))
                    )
                }
                mine = {
                    made
                    for (where, made), (case_id, audience, named) in self.rows.items()
                    if where == table and agency in self._expected(case_id, audience, named)
                }
                # Parents that a row needed were written beside it, for the same audience.
                assert mine <= seen, (table, agency)
                foreign = {
                    made
                    for (where, made), (case_id, audience, named) in self.rows.items()
                    if where == table and agency not in self._expected(case_id, audience, named)
                }
                assert not foreign & seen, (table, agency)
            held = {row[0] for row in self.app.execute("select id from custody_case")}
            assert held == {c for c, agencies in self.access.items() if agency in agencies}


@pytest.fixture
def machine(committed_db: None, cast: Cast, tables: list[str]) -> Iterator[type[Custody]]:
    """The machine, with its cast."""
    yield type("CustodyMachine", (Custody,), {"cast": cast, "tables": tables})


def test_reach_follows_access_and_audience(machine: type[Custody]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_a_reach_that_lags_is_noticed(committed_db: None, cast: Cast, tables: list[str]) -> None:
    """Planted: a table that custody forgets when reach is refreshed."""
    with as_owner() as owner:
        owner.execute("delete from house.owned_table where name = 'cases_note'")
    planted = type("Forgetful", (Custody,), {"cast": cast, "tables": ["cases_note"]})
    run = planted()
    try:
        run.open(SEMARANG)
        (case_id,) = run.lead
        set_scope(run.app, run.by[SEMARANG])
        made = add_row(run.app, "cases_note", run.by[SEMARANG], case_id=case_id, audience="case")
        run.rows[("cases_note", made)] = (case_id, "case", None)
        run.each_agency_sees_exactly_its_reach()
        set_scope(run.app, run.by[SEMARANG])
        run.app.execute("select house.join_case(%s, %s, %s)", [case_id, KUPANG, NOW])
        run.access[case_id].add(KUPANG)
        with pytest.raises(AssertionError):
            run.each_agency_sees_exactly_its_reach()
    finally:
        run.teardown()
