"""Tokens: handed out by an admin for machines only, shown once, and over at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.api.machine import ROOT, Machine
from tests.clients import Client
from tests.people import Cast, sign_in
from tests.rows import app_as, as_owner

from rangkul.access.policy import Forbidden
from rangkul.api import operations, queries
from rangkul.api.policy import NoServiceAccount
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import operations as network
from rangkul.network import queries as network_queries
from rangkul.trail import queries as trail

NOW = datetime.now(UTC)
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def _committed(committed_db: None) -> None:
    """Every test here commits: a token is looked up before any scope exists."""


def _make(cast: Cast, member: Actor, **changes: object) -> tuple[str, object]:
    values = {"label": "Jembatan SIMFONI", "expires_at": NOW + YEAR} | changes
    with acting(cast.sinta):
        token, secret = operations.create_token(
            membership_id=member.membership_id, by=cast.sinta, at=NOW, **values,
        )  # fmt: skip
    return secret, token.id


def test_a_secret_is_shown_once_and_kept_by_nobody(cast: Cast) -> None:
    secret, token_id = _make(cast, cast.ratih)
    assert secret.startswith("rk_") and len(secret) >= 46
    with as_owner() as owner:
        row = owner.execute("select t::text from api_servicetoken t").fetchone()
    assert row is not None and secret not in row[0] and secret[3:] not in row[0]
    assert Machine(secret).get("/cases").status == 200
    with acting(cast.sinta):
        acts = trail.list_subject(cast.sinta, "token", token_id)
        assert [act.name for act in acts] == ["token.created"]
        assert secret[3:] not in str(acts[0].detail)
        assert queries.list_tokens(cast.sinta)[0].last_used_on == datetime.now(UTC).date()


def test_only_an_admin_of_the_own_agency_hands_out_tokens(cast: Cast) -> None:
    for actor in (cast.ratih, cast.wahyuni, cast.joko, cast.bagas):
        with acting(actor), pytest.raises(Forbidden):
            operations.create_token(
                membership_id=cast.ratih.membership_id, label="x", expires_at=NOW + YEAR,
                by=actor, at=NOW,
            )  # fmt: skip
    with acting(cast.dorce), pytest.raises(NotReachable):
        operations.create_token(
            membership_id=cast.ratih.membership_id, label="x", expires_at=NOW + YEAR,
            by=cast.dorce, at=NOW,
        )  # fmt: skip
    with acting(cast.sinta), pytest.raises(NotReachable):
        operations.create_token(
            membership_id=cast.darto.membership_id, label="x", expires_at=NOW + YEAR,
            by=cast.sinta, at=NOW,
        )  # fmt: skip


def test_a_token_has_a_name_and_an_end(cast: Cast) -> None:
    wrong: list[tuple[dict[str, object], dict[str, str]]] = [
        ({"label": " "}, {"label": "required"}),
        ({"label": "x" * 81}, {"label": "too_long"}),
        ({"expires_at": NOW}, {"expires_at": "past"}),
        ({"expires_at": NOW + YEAR * 2}, {"expires_at": "too_far"}),
    ]
    for changes, errors in wrong:
        with pytest.raises(InvalidInput) as caught:
            _make(cast, cast.ratih, **changes)
        assert caught.value.errors == errors


def test_a_person_who_signs_in_gets_no_token_and_loses_it(cast: Cast) -> None:
    secret, _ = _make(cast, cast.ratih)
    assert Machine(secret).get("/cases").status == 200
    sign_in(Client(), cast.ratih)
    assert Machine(secret).get("/cases").status == 401
    with pytest.raises(NoServiceAccount):
        _make(cast, cast.ratih)


def test_a_service_account_is_bound_by_the_rules_for_colleagues(cast: Cast) -> None:
    with acting(cast.sinta):
        membership_id = operations.create_service_account(
            label="SIMFONI", roles=["petugas_pengaduan"], desk_ids=[9101], by=cast.sinta, at=NOW
        )
        _, secret = operations.create_token(
            membership_id=membership_id, label="SIMFONI", expires_at=NOW + YEAR, by=cast.sinta,
            at=NOW,
        )  # fmt: skip
    assert Machine(secret).get("/reports").status == 200
    refused = Machine(secret).get("/directory/colleagues")
    assert refused.status == 200
    with acting(cast.sinta), pytest.raises(InvalidInput):
        operations.create_service_account(
            label="x", roles=["petugas_pengaduan"], desk_ids=[9201], by=cast.sinta, at=NOW
        )
    with acting(cast.ratih), pytest.raises(Forbidden):
        operations.create_service_account(
            label="x", roles=["penyelia"], desk_ids=[], by=cast.ratih, at=NOW
        )


def test_a_withdrawn_token_is_refused_at_once(cast: Cast) -> None:
    secret, token_id = _make(cast, cast.ratih)
    machine = Machine(secret)
    assert machine.get("/cases").status == 200
    with acting(cast.dorce), pytest.raises(NotReachable):
        operations.withdraw_token(token_id=token_id, by=cast.dorce, at=NOW)
    with acting(cast.ratih), pytest.raises(Forbidden):
        operations.withdraw_token(token_id=token_id, by=cast.ratih, at=NOW)
    with acting(cast.sinta):
        operations.withdraw_token(token_id=token_id, by=cast.sinta, at=NOW)
    refused = machine.get("/cases")
    assert (refused.status, refused.json["code"]) == (401, "unauthenticated")
    assert refused.response.headers["WWW-Authenticate"].startswith("Bearer")
    with acting(cast.sinta), pytest.raises(IllegalMove):
        operations.withdraw_token(token_id=token_id, by=cast.sinta, at=NOW)


def test_an_ended_membership_ends_its_tokens(cast: Cast) -> None:
    secret, _ = _make(cast, cast.ratih)
    machine = Machine(secret)
    assert machine.get("/cases").status == 200
    with acting(cast.sinta):
        network.end_membership(
            membership_id=cast.ratih.membership_id, version=1, by=cast.sinta, at=NOW
        )
    assert machine.get("/cases").status == 401
    # Coming back makes another membership: the old secret stays dead.
    with as_owner() as owner:
        owner.execute(
            "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, "
            "version, since) values (9911, %s, %s, '{pendamping}', '{}', '', 1, now())",
            [cast.ratih.agency_id, cast.ratih.user_id],
        )
    assert network_queries.get_live_actor(
        user_id=cast.ratih.user_id, agency_id=cast.ratih.agency_id
    )
    assert machine.get("/cases").status == 401


def test_changed_roles_hold_from_the_next_call(
    cast: Cast, machine_of: Callable[[Actor], Machine]
) -> None:
    machine = machine_of(cast.joko)
    assert machine.get("/directory/colleagues").status == 200
    with acting(cast.sinta):
        network.change_roles(
            membership_id=cast.joko.membership_id, roles=["petugas_layanan"], desk_ids=[9101],
            sex="", version=1, by=cast.sinta, at=NOW,
        )  # fmt: skip
    refused = machine.get("/directory/colleagues")
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert "Yang dapat membantu: " in refused.json["message_id"]
    assert "Who can help: " in refused.json["message_en"]


_HEADERS: list[dict[str, str]] = [
    {}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Bearer rk_x"},
    {"Authorization": "Bearer \x7f\udcff"}, {"Authorization": "Basic cmF0aWg6eA=="},
    {"Authorization": "Bearer " + "x" * 5000}, {"Authorization": "Bearer rk_\udcff"},
]  # fmt: skip


def test_no_valid_token_no_word(cast: Cast) -> None:
    for header in _HEADERS:
        for path in ("/cases", "/reports/LP-2K5W-07G8", "/directory/agencies"):
            answer = Client().get(ROOT + path, headers=header)
            assert answer.status_code == 401
            assert answer.json()["code"] == "unauthenticated"


def test_a_session_on_the_screen_opens_nothing(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.ratih)
    assert client.get(ROOT + "/cases").status_code == 401


def test_an_expired_token_is_refused(cast: Cast, machine_of: Callable[[Actor], Machine]) -> None:
    machine = machine_of(cast.ratih)
    with as_owner() as owner:
        owner.execute("update api_servicetoken set expires_at = now() - interval '1 second'")
    assert machine.get("/cases").status == 401


def test_a_former_member_has_no_voice(cast: Cast, machine_of: Callable[[Actor], Machine]) -> None:
    for actor in cast.former:
        assert machine_of(actor).get("/cases").status == 401


def test_another_agency_sees_no_token_and_plants_none(cast: Cast) -> None:
    _make(cast, cast.ratih)
    with app_as(cast.yohana) as app:
        assert app.execute("select count(*) from api_servicetoken").fetchone() == (0,)
        assert app.execute("update api_servicetoken set withdrawn_at = now()").rowcount == 0
    import psycopg

    statement = (
        "insert into api_servicetoken (id, agency_id, membership_id, label, digest, created_at, "
        "created_by, expires_at) values (gen_random_uuid(), 9002, %s, 'x', '\\x01', now(), 9027, "
        "now() + interval '1 day'); set constraints all immediate"
    )
    # A token of the own agency that names a foreign membership: the foreign key holds both.
    with pytest.raises(psycopg.errors.ForeignKeyViolation), app_as(cast.dorce) as app:
        for part in statement.split("; "):
            app.execute(part, [cast.ratih.membership_id] if "%s" in part else None)
