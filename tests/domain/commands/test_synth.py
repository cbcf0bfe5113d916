"""An invented country in the database: as if every row had come by the product's own way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connections
from psycopg import sql
from tests.people import Cast
from tests.rows import Connection, as_owner, open_case, owned_tables

from rangkul.accounts.models import User
from rangkul.assessments import queries as assessments
from rangkul.cases import queries as cases
from rangkul.commands.synth import load
from rangkul.commands.synth.command import fill
from rangkul.commands.synth.country import BENCH_COMPANION, BENCH_SUPERVISOR
from rangkul.commands.synth.rows import TABLES
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.scope import acting
from rangkul.network import queries as network
from rangkul.people import queries as people
from rangkul.referrals import queries as referrals
from rangkul.referrals.models import Packet
from rangkul.reports import queries as reports
from rangkul.reports.models import Report
from rangkul.trail.operations import canonical

_UNTIL = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
_CASES = 160


def _fill(*, seed: int = 5, cases_: int = _CASES, add: bool = False) -> None:
    fill(cases=cases_, seed=seed, agencies=60, staff=200, jobs=1, until=_UNTIL, add=add)


@pytest.fixture
def country(untouched_db: None, committed_db: None) -> Iterator[Connection]:
    """A small country, and the owner's eyes."""
    _fill()
    with as_owner() as owner:
        yield owner


def _bench_actor(username: str = BENCH_SUPERVISOR) -> Actor:
    user = User.objects.get(username=username)
    chosen = network.get_acting_membership(user.id, None)
    assert chosen is not None
    return chosen.actor


def _actors(owner: Connection) -> dict[int, Actor]:
    """For each case somebody of the lead agency who may see it."""
    found = owner.execute(
        "select distinct on (c.id) c.id, m.user_id, m.agency_id from custody_case c "
        "join network_membership m on m.agency_id = c.lead_agency_id "
        "where 'penyelia' = any(m.roles) order by c.id"
    ).fetchall()
    made = {}
    for case_id, user_id, agency_id in found:
        actor = network.get_live_actor(user_id=user_id, agency_id=agency_id)
        assert actor is not None
        made[case_id] = actor
    return made


def _catalogue(owner: Connection) -> list[tuple[object, ...]]:
    """Every constraint, index and trigger of the tables, as the catalogue words them."""
    return [
        *owner.execute(
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated "
            "from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2"
        ).fetchall(),
        *owner.execute(
            "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' "
            "order by 1, 2"
        ).fetchall(),
        *owner.execute(
            "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger "
            "where not tgisinternal order by 1, 2"
        ).fetchall(),
    ]


def test_reach_is_what_the_triggers_would_have_written(country: Connection) -> None:
    counted = 0
    for table, kind, _ in owned_tables():
        known = {
            "case": sql.SQL("house.case_reach(case_id, audience, audience_agency_id)"),
            "pair": sql.SQL(
                "array(select distinct a from unnest(array[sender_agency_id, "
                "receiver_agency_id]) a order by a)"
            ),
            "request": sql.SQL("house.request_reach(request_id)"),
        }
        if kind not in known:
            # A lane that the invented country does not fill: nothing of it may stand there.
            assert country.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(table))
            ).fetchone() == (0,), table
            continue
        wanted = known[kind]
        total, wrong = country.execute(
            sql.SQL(
                "select count(*), count(*) filter (where reach is distinct from {}) from {}"
            ).format(wanted, sql.Identifier(table))
        ).fetchone()
        assert wrong == 0, table
        counted += total
    assert counted > 10 * _CASES
    wrong_keys = country.execute(
        "select count(*) from foundation_datakey k where reach is distinct from case owner_kind "
        "when 'case' then house.case_reach(owner_id, audience, audience_agency_id) "
        "when 'request' then house.request_reach(owner_id) "
        "else (select array[agency_id] from reports_report where id = owner_id) end"
    ).fetchone()
    assert wrong_keys == (0,)
    wrong_cases = country.execute(
        "select count(*) from custody_case where reach <> house.case_reach(id, 'case', null)"
    ).fetchone()
    assert wrong_cases == (0,)


def test_every_table_is_filled(country: Connection) -> None:
    for table in TABLES:
        found = country.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(table))
        ).fetchone()
        assert found is not None
        assert found[0] > 0, table


def test_everything_sealed_opens_for_its_agency(country: Connection) -> None:
    opened = 0
    for case_id, actor in _actors(country).items():
        with acting(actor):
            opened += len(cases.list_notes(actor, case_id)) + len(cases.list_needs(actor, case_id))
            for view in people.unseal(people.list_people(actor, case_id)):
                assert view.identity.full_name
            incident = cases.get_incident(actor, case_id)
            assert incident.account_sealed is not None
            assert vault.open_text(
                bytes(incident.account_sealed), cases.incident_place(incident.id)
            )
            for submission in assessments.list_submissions(actor, case_id):
                assert assessments.unseal_answers(submission).given("luka")
            for report in Report.objects.filter(case_id=case_id):
                content = reports.unseal(report).content
                assert content.account
                assert content.about.name
            for packet in Packet.objects.filter(destroyed_at__isnull=True):
                content_place = referrals.packet_place(packet)
                assert vault.open_text(bytes(packet.content_sealed), content_place)
                referrals.list_messages(packet.request)
    assert opened > 4 * _CASES


def test_a_destroyed_packet_has_no_key(country: Connection) -> None:
    found = country.execute(
        "select count(*) filter (where p.destroyed_at is not null), "
        "count(*) filter (where (p.destroyed_at is null) <> exists (select from "
        "foundation_datakey k where k.subject = p.id and k.data_class = 'packet')) "
        "from referrals_packet p"
    ).fetchone()
    assert found is not None
    assert found[0] > 0
    assert found[1] == 0


def test_every_request_stands_on_its_ground(country: Connection) -> None:
    count = country.execute(
        "select count(house.request_grounded(id)::text) from referrals_request"
    ).fetchone()
    assert count is not None
    assert count[0] > 10


def test_survivors_are_found_by_name_and_number(country: Connection) -> None:
    actor = _bench_actor()
    mine = [
        case_id for case_id, who in _actors(country).items() if who.agency_id == actor.agency_id
    ]
    assert mine
    with acting(actor):
        for case_id in mine:
            survivor = people.unseal([people.get_survivor(actor, case_id)])[0]
            found = people.search_names(actor, survivor.identity.full_name, limit=50)
            assert case_id in found
            for number in filter(None, (survivor.identity.nik, survivor.contact.phone)):
                assert case_id in people.search_numbers(actor, number)
            number = custody.case_number(case_id)
            assert custody.get_access(actor, custody.case_id_of(number)).case_id == case_id


def test_the_trail_is_whole(country: Connection) -> None:
    columns = (
        "id", "at", "agency_id", "actor_id", "purpose", "name", "subject_kind", "subject_id",
        "case_id", "reason", "note_sealed", "detail",
    )  # fmt: skip
    rows = country.execute(f"select {', '.join(columns)}, digest from trail_act").fetchall()
    assert len(rows) > 10 * _CASES
    for *values, digest in rows:
        named = dict(zip(columns, values, strict=True))
        named["act_id"] = named.pop("id")
        assert hashlib.sha256(canonical(**named)).digest() == bytes(digest)


def test_the_schema_is_as_before(committed_db: None) -> None:
    with as_owner() as owner:
        before = _catalogue(owner)
    _fill()
    with as_owner() as owner:
        assert _catalogue(owner) == before
        enabled = owner.execute("select reltuples from pg_class where relname = 'custody_case'")
        assert enabled.fetchone() == (_CASES,)


def test_a_load_that_breaks_off_leaves_nothing_behind(committed_db: None) -> None:
    with as_owner() as owner:
        before = _catalogue(owner)
    with (
        as_owner() as owner,
        pytest.raises(KeyError),
        owner.transaction(),
        load.set_aside(owner, empty=True, tell=str),
    ):
        raise KeyError
    with as_owner() as owner:
        assert _catalogue(owner) == before


def test_the_next_case_gets_the_next_number(country: Connection) -> None:
    actor = _bench_actor()
    highest = country.execute("select max(id) from custody_case").fetchone()
    country.commit()
    with acting(actor):
        made = open_case(connections["default"].connection, _UNTIL)
    assert highest is not None
    assert made == highest[0] + 1


def test_a_second_country_only_when_asked(country: Connection, cast: Cast) -> None:
    country.commit()
    with pytest.raises(load.SystemNotEmpty):
        _fill(seed=6)
    with pytest.raises(RangkulError, match="seed 5"):
        _fill(add=True)
    _fill(seed=6, cases_=40, add=True)
    count = country.execute("select count(*) from custody_case").fetchone()
    assert count == (_CASES + 40,)


def test_the_benchmarks_people_cannot_sign_in_by_password(country: Connection) -> None:
    for username in (BENCH_SUPERVISOR, BENCH_COMPANION):
        user = User.objects.get(username=username)
        assert not user.has_usable_password()
        assert not user.is_demo
