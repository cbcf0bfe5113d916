"""Every row and key that another agency reaches stands on a basis, or in the list of exemptions.

The tables are read from the catalogue: a new one that reaches further fails until it says why.
The world that the whole house is tested on is looked at row by row, then random acts are done to
it; and hands with the app's connection try to let something over without the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.domain.referrals.scene import DESK, SECOND_DESK, make_scene, seed_desks
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, Cast, app_url, owner_url
from tests.rows import Connection, add_row, open_case, owned_tables, set_scope
from tests.world import World, build

from rangkul.consent.exemptions import EXEMPT, ROWS
from rangkul.foundation import draw
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.scope import acting
from rangkul.referrals import operations

CODE = "nothing-crosses-without-ground"
SENTENCE = (
    "No row and no key reaches an agency beyond those that hold the case unless a consent or "
    "another basis stands under it, written down by the one gate, or the list of exemptions names "
    "it with its reason; the database refuses whoever goes around the gate."
)

# Table whose rows are shared on a basis → the keys' subjects of one row (``t``).
SUBJECTS = {
    "referrals_request": "select id from referrals_packet where request_id = t.id",
    "referrals_packet": "select t.id",
    "referrals_message": "select id from referrals_packet where request_id = t.request_id",
    "referrals_transfer": "select t.subject",
    "conferences_share": "select t.id",
}
# Requests that are over keep the row that says so, and no key.
OPEN = {
    "referrals_request": "house.request_open(t.state)",
    "referrals_packet": "t.destroyed_at is null",
    "referrals_message": "house.request_open((select state from referrals_request "
                         "where id = t.request_id))",
    "referrals_transfer": "t.state = 'offered'",
    "conferences_share": "t.destroyed_at is null",
}  # fmt: skip
STANDS = (
    "exists (select 1 from consent_crossing c join consent_basis b on b.id = c.basis_id where "
    "c.subject = any(array({subjects})) and (a in (c.from_agency_id, c.to_agency_id) or exists "
    "(select 1 from custody_caseaccess x where x.case_id = c.case_id and x.agency_id = a "
    "and x.until is null)) and (b.withdrawn_at is null or not {open}))"
)


@dataclass
class Found:
    """What was looked at, and what stands without a ground."""

    tables: int = 0
    rows: int = 0
    keys: int = 0
    exempt: int = 0
    without: list[str] = field(default_factory=list)


def look(owner: Connection) -> Found:
    """Ask of every row and key that reaches further, on which ground it does."""
    found = Found()
    for table, kind, _owner in owned_tables():
        found.tables += 1
        if kind == "agency":
            continue
        if kind == "case":
            _tell(found, owner, table, "not house.ever_held(t.case_id, a)")
            continue
        several = _count(owner, f"select count(*) from {table} where cardinality(reach) > 1")
        found.rows += several
        if table in ROWS:
            found.exempt += several
        elif table not in SUBJECTS:
            if several or kind in ("pair", "request", "guest"):
                found.without.append(f"{table}: no rule says why it reaches further")
        else:
            stands = STANDS.format(subjects=SUBJECTS[table], open=OPEN[table])
            _tell(found, owner, table, f"cardinality(t.reach) > 1 and not {stands}")
    _look_at_keys(found, owner)
    return found


def _look_at_keys(found: Found, owner: Connection) -> None:
    exempt = [kind for kind, _audience in EXEMPT]
    found.keys = _count(owner, "select count(*) from foundation_datakey")
    stands = STANDS.format(subjects="select t.subject", open="true")
    _tell(
        found, owner, "foundation_datakey",
        "case when t.owner_kind = 'case' then not house.ever_held(t.owner_id, a) "
        "when cardinality(t.reach) = 1 then false "
        "when t.owner_kind = any(%s) and (t.owner_kind <> 'conference' or t.audience = 'case') "
        f"then false else not {stands} end",
        exempt,
    )  # fmt: skip


def _tell(found: Found, owner: Connection, table: str, wrong: str, *values: object) -> None:
    rows = owner.execute(
        f"select t.id::text, a from {table} t, unnest(t.reach) a where {wrong}", list(values)
    ).fetchall()
    found.without += [f"{table} {row[0]} reaches {row[1]}" for row in rows]
    found.rows += _count(owner, f"select count(*) from {table}") if table not in SUBJECTS else 0


def _count(owner: Connection, statement: str) -> int:
    row = owner.execute(statement).fetchone()
    assert row is not None
    return int(row[0])


def found_now() -> Found:
    """The same on a connection of the owner's: what is true, whoever may see it."""
    with psycopg.connect(owner_url()) as owner:
        return look(owner)


@pytest.fixture(autouse=True)
def fresh_draw() -> None:
    """Many hours pass in one test: what a person opened in them is not one minute's."""
    draw.forget()


@pytest.fixture
def world(committed_db: None, cast: Cast) -> World:
    """Everything that the house can hold, committed; the clone is thrown away afterwards."""
    return build(cast)


@dataclass
class Acts:
    """Acts of the lead's and of the team's on one committed case; a refusal changes nothing."""

    world: World
    requests: list[int] = field(default_factory=list)
    bases: list[Any] = field(default_factory=list)
    done: int = 0

    def act(self, name: str, pick: int) -> None:
        ratih = self.world.cast.ratih
        try:
            with acting(ratih), transaction.atomic():
                getattr(self, name)(pick)
            self.done += 1
        except (RangkulError, IndexError):
            return

    def give(self, pick: int) -> None:
        ground = self.world.scene.ground(
            ("medis", "psikologi")[pick % 2], recipient_desk_id=(None, DESK)[pick % 2],
            fallback_desk_ids=[SECOND_DESK] if pick % 2 else [],
            valid_until=NOW + timedelta(days=900),
        )  # fmt: skip
        self.bases.append(self._record(ground))

    def _record(self, ground: Any) -> Any:
        return operations.record_ground(
            case_id=self.world.case_id, ground=ground, by=self.world.cast.ratih,
            at=NOW + timedelta(days=600),
        )  # fmt: skip

    def send(self, pick: int) -> None:
        basis = self.bases[pick % len(self.bases)] if self.bases else [][0]
        request = operations.send_referral(
            asked=self.world.scene.asked(basis, desk_id=(DESK, SECOND_DESK)[pick % 2]),
            token=uuid4(), by=self.world.cast.ratih, at=NOW + timedelta(days=601),
            uncovered_ok=True,
        )  # fmt: skip
        self.requests.append(request.id)

    def write(self, pick: int) -> None:
        operations.write_message(
            request_id=self.requests[pick % len(self.requests)] if self.requests else [][0],
            words="Mohon dikabari", by=self.world.cast.ratih, at=NOW + timedelta(days=602),
        )  # fmt: skip

    def withdraw(self, pick: int) -> None:
        basis = self.bases[pick % len(self.bases)] if self.bases else [][0]
        operations.withdraw_consent(
            basis_id=basis.id, by=self.world.cast.ratih, at=NOW + timedelta(days=603)
        )


@pytest.mark.promise(CODE, chapter="consent", sentence=SENTENCE)
def test_whatever_reaches_further_stands_on_a_ground(
    world: World, figure: Callable[[str], None]
) -> None:
    first = found_now()
    assert first.without == []
    with psycopg.connect(owner_url()) as owner:
        known = owner.execute("select owner_kind, audience from house.border_exempt").fetchall()
    assert set(known) == set(EXEMPT), "an exemption needs a line and a migration"
    assert first.tables > 30 and first.keys > 10
    told = {"walks": 0, "acts": 0, "rows": first.rows, "keys": first.keys}

    @settings(
        max_examples=12, deadline=None, database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip
    @given(
        st.lists(
            st.tuples(st.sampled_from(["give", "send", "write", "withdraw"]), st.integers(0, 5)),
            min_size=4, max_size=10,
        )
    )  # fmt: skip
    def walk(path: list[tuple[str, int]]) -> None:
        draw.forget()
        acts = Acts(world)
        for name, pick in [("give", 0), ("send", 0), *path]:
            acts.act(name, pick)
        found = found_now()
        assert found.without == []
        told["walks"] += 1
        told["acts"] += acts.done
        told["rows"], told["keys"] = found.rows, found.keys

    walk()
    assert told["acts"] > told["walks"]
    figure(
        f"0 without a ground among {told['rows']} rows of {first.tables} tables and "
        f"{told['keys']} keys, after {told['walks']} random walks; {len(EXEMPT)} kinds of keys and "
        f"{len(ROWS)} tables are exempt by name"
    )


@pytest.mark.planted(CODE)
def test_planted_what_was_let_over_by_the_owner_is_found(world: World) -> None:
    """Triggers off, a key and a case's row are laid before a stranger: the look is not blind."""
    with psycopg.connect(owner_url()) as owner:
        for table, where in (
            ("foundation_datakey", "owner_kind = 'case'"),
            ("foundation_datakey", "owner_kind = 'request'"),
            ("cases_note", "true"),
        ):
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(
                f"update {table} set reach = reach || {MAKASSAR} where id = "
                f"(select id from {table} where {where} limit 1)"
            )
            assert any(f"reaches {MAKASSAR}" in each for each in look(owner).without), table
            owner.rollback()
        owner.execute("delete from consent_crossing")
        assert len(look(owner).without) >= 3
        owner.rollback()


@pytest.mark.planted(CODE)
def test_planted_a_road_that_skips_the_gate_is_refused_by_the_database(
    committed_db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application forgets to ask: the transaction does not commit, and nothing was sent."""
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        basis = scene.consent()
    monkeypatch.setattr("rangkul.consent.borders.cross", lambda **asked: None)
    with pytest.raises(DatabaseError, match="border"), acting(cast.ratih), transaction.atomic():
        scene.send(basis)
    monkeypatch.undo()
    assert found_now().without == []
    with psycopg.connect(owner_url()) as owner:
        assert _count(owner, "select count(*) from referrals_request") == 0


@pytest.fixture
def app(cast: Cast) -> Iterator[Connection]:
    """The app's own connection; nothing of any test remains."""
    seed_desks()
    with psycopg.connect(app_url()) as connection:
        yield connection
        connection.rollback()


def _refused(app: Connection, act: Callable[[], object]) -> str:
    """The code with which the database refuses, at once or at the end; "" if it does not."""
    try:
        with app.transaction():
            act()
            app.execute("set constraints all immediate")
    except psycopg.Error as fault:
        return fault.sqlstate or "?"
    return ""


@pytest.mark.planted(CODE)
def test_planted_hands_with_the_apps_connection_widen_nothing(cast: Cast, app: Connection) -> None:
    ratih = cast.ratih
    set_scope(app, ratih)
    case, other = open_case(app), open_case(app)
    basis = add_row(app, "consent_basis", ratih, case_id=case, audience="case", service="medis")
    withdrawn = add_row(
        app, "consent_basis", ratih, case_id=case, audience="case", service="medis",
        withdrawn_at=NOW,
    )  # fmt: skip
    own = add_row(app, "foundation_datakey", ratih, owner_kind="case", owner_id=case,
                  audience="case", created_at=NOW)  # fmt: skip
    crossing = {
        "case_id": case, "audience": "case", "basis_id": basis, "service": "medis",
        "to_agency_id": KUPANG, "desk_id": DESK, "crossed_at": NOW,
    }  # fmt: skip

    def cross(**changes: object) -> object:
        return add_row(app, "consent_crossing", ratih, parents=False, **(crossing | changes))

    def key(**given: object) -> object:
        return add_row(
            app, "foundation_datakey", ratih, **({"created_at": NOW, "audience": "case"} | given)
        )

    def meeting() -> object:
        row = add_row(app, "conferences_conference", ratih)
        add_row(app, "conferences_seat", ratih, conference_id=row, agency_id=KUPANG, user_id=9025)
        return row

    request = add_row(
        app, "referrals_request", ratih, sender_agency_id=SEMARANG, receiver_agency_id=KUPANG,
        receiver_desk_id=DESK,
    )  # fmt: skip
    faults: dict[str, Callable[[], object]] = {
        "a note laid before a stranger": lambda: add_row(
            app, "cases_note", ratih, case_id=case, audience="shared", audience_agency_id=KUPANG
        ),
        "a key of the case for a stranger": lambda: key(
            owner_kind="case", owner_id=case, audience="shared", audience_agency_id=KUPANG
        ),
        "a packet's key that nothing let over": lambda: key(
            owner_kind="request", owner_id=request, subject=uuid4()
        ),
        "a share's key that nothing let over": lambda: key(
            owner_kind="conference",
            owner_id=meeting(),
            audience="shared",
            audience_agency_id=KUPANG,
            subject=uuid4(),
        ),
        "a crossing on a basis taken back": lambda: cross(basis_id=withdrawn),
        "a crossing on another case's basis": lambda: cross(case_id=other),
        "a crossing for another service": lambda: cross(service="polisi"),
        "a crossing for another purpose": lambda: cross(purpose="rapat"),
        "a crossing after the basis is over": lambda: cross(crossed_at=NOW + timedelta(days=91)),
        "a crossing before it was given": lambda: cross(crossed_at=NOW - timedelta(days=1)),
        "a crossing to a desk of another agency": lambda: cross(to_agency_id=MAKASSAR),
        "a crossing in another agency's name": lambda: cross(from_agency_id=KUPANG),
        "a crossing in another person's name": lambda: cross(crossed_by=cast.andi.user_id),
        "a key whose reach is written": lambda: app.execute(
            "update foundation_datakey set reach = '{9001,9002}' where id = %s", [own]
        ),
        "a crossing that is made longer": lambda: app.execute(
            "update consent_crossing set basis_id = %s", [basis]
        ),
        "a crossing that is forgotten": lambda: app.execute("delete from consent_crossing"),
        "an exemption of one's own": lambda: app.execute(
            "insert into house.border_exempt values ('request', '*', 'x')"
        ),
    }
    told = {name: _refused(app, act) for name, act in faults.items()}
    assert [name for name, code in told.items() if not code] == []
    assert set(told.values()) <= {"RK005", "RK404", "42501"}, told
    # And what is right goes through, or the refusals above would say nothing.
    subject = uuid4()
    assert _refused(app, lambda: (cross(subject=subject), key(
        owner_kind="request", owner_id=request, subject=subject))) in ("", "RK005")  # fmt: skip
    app.rollback()


def test_what_had_crossed_before_is_written_down_by_the_migration(world: World) -> None:
    """An older database has packets, offers and shares and no crossing: each gets its line."""
    from rangkul.referrals.border_sql import CROSSED

    with psycopg.connect(owner_url()) as owner:
        before = _count(owner, "select count(*) from consent_crossing where kind <> 'traveller'")
        owner.execute("delete from consent_crossing")
        assert look(owner).without
        owner.execute(CROSSED)
        assert look(owner).without == []
        assert _count(owner, "select count(*) from consent_crossing") == before >= 3
        owner.rollback()
