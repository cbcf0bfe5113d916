"""Who can read a conference: the lead and every agency with a seat, whatever the order of acts.

The reach of each row is compared with that one sentence; then hands with the app's connection try
what the application never would.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, Cast, app_url
from tests.rows import Connection, add_row, owned_tables, set_scope

AGENCIES = (SEMARANG, KUPANG, MAKASSAR)
CONFERENCE = "update conferences_conference set"
DECISION = "update conferences_decision set"
DENIED, CHECK = "42501", "23514"
SEAT = (
    "insert into conferences_seat (id, conference_id, agency_id, user_id, state, reason, "
    "offered_at)"
)
MINUTES = (
    "insert into conferences_minutes (id, conference_id, number, body_sealed, digest, signed_at, "
    "signed_by)"
)
SHARE = (
    "insert into conferences_share (id, conference_id, sender_agency_id, receiver_agency_id, "
    "classes, content_sealed, sealed_at, expires_at, destroy_reason)"
)
ITEM = "insert into conferences_agendaitem (id, conference_id, position, kind, words_sealed)"


@pytest.fixture
def app(cast: Cast) -> Iterator[Connection]:
    """The app's connection; nothing of any test remains."""
    with psycopg.connect(app_url()) as connection:
        yield connection
        connection.rollback()


def hanging() -> list[str]:
    """Every table whose rows hang on a conference, from the catalogue."""
    found = [table for table, kind, _owner in owned_tables("conference") if kind]
    assert len(found) >= 4
    return found


def lead_of(cast: Cast, agency: int):
    return {SEMARANG: cast.ratih, KUPANG: cast.marten, MAKASSAR: cast.besse}[agency]


def meet(app: Connection, cast: Cast, lead: int) -> int:
    """A conference of ``lead``'s."""
    set_scope(app, lead_of(cast, lead))
    return int(str(add_row(app, "conferences_conference", lead_of(cast, lead))))


def fill(app: Connection, cast: Cast, lead: int, conference: int) -> None:
    """A row in every table that hangs on it, and its common key."""
    by = lead_of(cast, lead)
    set_scope(app, by)
    position = app.execute("select count(*) from conferences_agendaitem").fetchone()
    assert position is not None
    for table in hanging():
        if table == "conferences_seat":
            continue
        given: dict[str, object] = {"conference_id": conference}
        if table == "conferences_decision":
            given["owner_user_id"] = by.user_id
        given["number" if table == "conferences_minutes" else "position"] = position[0] + 1
        add_row(app, table, by, **given)
    add_row(
        app, "foundation_datakey", by, owner_kind="conference", owner_id=conference,
        audience="case", created_at=NOW,
    )  # fmt: skip


def seat(app: Connection, cast: Cast, lead: int, conference: int, agency: int) -> object:
    """A seat for somebody of that agency."""
    set_scope(app, lead_of(cast, lead))
    return add_row(
        app, "conferences_seat", lead_of(cast, lead), conference_id=conference, agency_id=agency,
        user_id=int(uuid4().int % 1_000_000) + 10_000,
    )  # fmt: skip


def reaches(app: Connection, conference: int) -> dict[str, set[tuple[int, ...]]]:
    """Table → the reaches found there, as the present scope sees them."""
    found = {"conferences_conference": app.execute(
        "select reach from conferences_conference where id = %s", [conference]
    ).fetchall()}  # fmt: skip
    for table in hanging():
        found[table] = app.execute(
            f"select reach from {table} where conference_id = %s", [conference]
        ).fetchall()
    found["foundation_datakey"] = app.execute(
        "select reach from foundation_datakey where owner_kind = 'conference' and owner_id = %s "
        "and audience <> 'shared'",
        [conference],
    ).fetchall()
    return {table: {tuple(sorted(row[0])) for row in rows} for table, rows in found.items()}


@settings(
    max_examples=25, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    lead=st.sampled_from(AGENCIES),
    acts=st.lists(st.sampled_from(["fill", *AGENCIES]), min_size=1, max_size=5),
)  # fmt: skip
def test_reach_is_the_lead_and_every_seat(
    cast: Cast, app: Connection, lead: int, acts: list[object]
) -> None:
    conference = meet(app, cast, lead)
    table = {lead}
    for act in acts:
        if act == "fill":
            fill(app, cast, lead, conference)
        else:
            seat(app, cast, lead, conference, int(str(act)))
            table.add(int(str(act)))
        for agency in AGENCIES:
            set_scope(app, lead_of(cast, agency))
            expected = {tuple(sorted(table))} if agency in table else set()
            for name, found in reaches(app, conference).items():
                assert found in (expected, set()), (name, agency, found)
            if agency in table:
                assert reaches(app, conference)["conferences_conference"] == expected
    app.rollback()


def refused(app: Connection, statement: object, *values: object) -> str:
    """How the database refuses (the state's code), "" when it does not."""
    try:
        with app.transaction():
            app.execute(str(statement), list(values))
    except psycopg.Error as fault:
        return fault.sqlstate or "?"
    return ""


def test_planted_hands_find_every_door_closed(cast: Cast, app: Connection) -> None:
    conference = meet(app, cast, SEMARANG)
    fill(app, cast, SEMARANG, conference)
    guest_seat = seat(app, cast, SEMARANG, conference, KUPANG)
    share = add_row(
        app, "conferences_share", cast.ratih, conference_id=conference,
        sender_agency_id=SEMARANG, receiver_agency_id=KUPANG,
    )  # fmt: skip
    faults: dict[str, tuple[object, ...]] = {
        "a guest invites": (
            f"{SEAT} values (%s, %s, {MAKASSAR}, 9031, 'invited', '', now())", uuid4(), conference,
        ),
        "a guest moves it": (
            f"{CONFERENCE} state = 'cancelled', reason = 'x' where id = %s", conference
        ),
        "a guest widens the reach": (
            f"{CONFERENCE} reach = '{{9001,9002,9003}}' where id = %s", conference
        ),
        "a guest ends the lead's decision": (
            f"{DECISION} state = 'done', ended_at = now() where conference_id = %s", conference,
        ),
        "a guest says that she came": (
            "update conferences_seat set attended = true, state = 'accepted' where id = %s",
            guest_seat,
        ),
        "a guest edits what was shown": (
            "update conferences_share set content_sealed = '' where id = %s", share
        ),
        "a guest signs": (
            f"{MINUTES} values (%s, %s, 9, '', '', now(), 1)", uuid4(), conference,
        ),
    }  # fmt: skip
    set_scope(app, cast.marten)
    told = {name: refused(app, *fault) for name, fault in faults.items()}
    assert told == {
        "a guest invites": "RK404", "a guest moves it": "RK403",
        "a guest widens the reach": DENIED, "a guest ends the lead's decision": "RK403",
        "a guest says that she came": "RK403", "a guest edits what was shown": DENIED,
        "a guest signs": "RK404",
    }  # fmt: skip
    set_scope(app, cast.ratih)
    lead = {
        "the lead answers for the guest": (
            "update conferences_seat set state = 'accepted' where id = %s", guest_seat),
        "the lead shows a stranger": (
            f"{SHARE} values (%s, %s, {SEMARANG}, {MAKASSAR}, '{{}}', '', now(), %s, '')",
            uuid4(), conference, NOW,
        ),
        "mediation on the agenda": (
            f"{ITEM} values (%s, %s, 88, 'mediation', '')", uuid4(), conference
        ),
        "minutes rewritten": (
            "update conferences_minutes set body_sealed = '' where conference_id = %s", conference),
    }  # fmt: skip
    told = {name: refused(app, *fault) for name, fault in lead.items()}
    assert told == {
        "the lead answers for the guest": "RK403", "the lead shows a stranger": "RK404",
        "mediation on the agenda": CHECK, "minutes rewritten": DENIED,
    }  # fmt: skip


def test_a_share_reaches_its_guest_alone(cast: Cast, app: Connection) -> None:
    conference = meet(app, cast, SEMARANG)
    for agency in (KUPANG, MAKASSAR):
        seat(app, cast, SEMARANG, conference, agency)
    share = add_row(
        app, "conferences_share", cast.ratih, conference_id=conference,
        sender_agency_id=SEMARANG, receiver_agency_id=KUPANG,
    )  # fmt: skip
    subject = UUID(str(share))
    add_row(
        app, "foundation_datakey", cast.ratih, owner_kind="conference", owner_id=conference,
        audience="shared", audience_agency_id=KUPANG, subject=subject, created_at=NOW,
    )  # fmt: skip
    for by, sees in ((cast.marten, True), (cast.besse, False), (cast.ratih, True)):
        set_scope(app, by)
        for statement in (
            "select 1 from conferences_share where id = %s",
            "select 1 from foundation_datakey where subject = %s",
        ):
            assert bool(app.execute(statement, [subject]).fetchone()) is sees
