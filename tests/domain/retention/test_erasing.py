"""Erasing: by two, of everything, held back by a legal hold; the trail stays whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from psycopg import sql
from tests.domain.retention import scene
from tests.people import owner_url
from tests.rows import as_owner
from tests.world import World

from rangkul.access.policy import OwnException
from rangkul.custody import queries as custody
from rangkul.foundation import hour, tombstones, vault
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import acting, system
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import queries as people
from rangkul.retention import clearing_sql, operations, policy, queries, workflow
from rangkul.retention.models import Erasure
from rangkul.trail import checkpoints, proof, seals
from rangkul.trail.sealing import seal_acts

_OF_CASE = """
select count(*) from foundation_datakey where
  (owner_kind in ('case', 'right') and owner_id = %(case)s)
  or (owner_kind = 'request' and owner_id in
    (select request_id from referrals_referral where case_id = %(case)s))
  or (owner_kind = 'report' and owner_id in
    (select id from reports_report where case_id = %(case)s))
  or (owner_kind = 'shelter' and subject in
    (select subject from shelter_admission where case_id = %(case)s))
  or (owner_kind = 'conference' and owner_id in
    (select conference_id from conferences_conferencecase where case_id = %(case)s))
"""


def keys_left(case_id: int) -> int:
    with psycopg.connect(owner_url()) as owner:
        row = owner.execute(_OF_CASE, {"case": case_id}).fetchone()
    assert row is not None
    return int(row[0])


def left_behind(case_id: int) -> dict[str, int]:
    """Rows of the case whose emptied columns still hold something, and rows that should be gone."""
    found: dict[str, int] = {}
    with psycopg.connect(owner_url()) as owner:
        for table, (rows, columns) in clearing_sql.CLEARED.items():
            where = rows.replace("p_case", str(case_id)).replace("p_at", "now()")
            for name, to in columns.items():
                if name in ("destroyed_at", "destroy_reason", "incident_key", "risk_at"):
                    continue
                question = (
                    f"select count(*) from {table} where {where} and {name} is distinct from {to}"
                )
                count = owner.execute(question).fetchone()
                assert count is not None
                found[f"{table}.{name}"] = count[0]
        for table, rows in clearing_sql.DELETED.items():
            where = rows.replace("p_case", str(case_id))
            count = owner.execute(f"select count(*) from {table} where {where}").fetchone()
            assert count is not None
            found[table] = count[0]
    return {name: count for name, count in found.items() if count}


@pytest.mark.promise(
    "erasure-destroys-everything", chapter="rights",
    sentence="Erasing a case destroys every key of it in one act: file, packets, conferences, "
    "stays, search tokens, drafts and attachments; what stood unsealed is emptied.",
)  # fmt: skip
def test_every_key_goes_and_what_stood_unsealed_is_emptied(
    world: World, figure: Callable[[str], None]
) -> None:
    before = keys_left(world.case_id)
    assert before > 8
    assert len(left_behind(world.case_id)) > 15
    erasure = scene.erase(world)
    assert erasure.state == workflow.DESTROYED
    assert keys_left(world.case_id) == 0
    assert left_behind(world.case_id) == {}
    tokens = "select count(*) from people_token where subject_kind = 'p' and ref = %s"
    assert scene.scalar(tokens, world.case_id) == 0
    figure(f"{erasure.keys} keys of one case destroyed, 0 left; 0 columns with anything in them")


@pytest.mark.planted("erasure-destroys-everything")
def test_an_erasure_that_leaves_search_tokens_is_seen(world: World) -> None:
    """Planted: the function forgets the tokens, and one class of keys."""
    with as_owner() as owner:
        owner.execute(
            "create table house.kept_tokens as select * from people_token "
            "where subject_kind = 'p' and ref = %s",
            [world.case_id],
        )
    scene.erase(world)
    with as_owner() as owner:
        owner.execute("alter table people_token disable trigger user")
        owner.execute("insert into people_token select * from house.kept_tokens")
        owner.commit()
        owner.execute("alter table people_token enable trigger user")
        owner.execute("drop table house.kept_tokens")
    assert left_behind(world.case_id)["people_token"] > 0


def test_nobody_reaches_the_case_any_more(world: World) -> None:
    scene.erase(world)
    for who in (world.cast.ratih, world.cast.wahyuni, world.cast.bagas):
        with acting(who), pytest.raises(NotReachable):
            custody.get_access(who, world.case_id)
    with acting(world.cast.wahyuni):
        assert people.search_names(world.cast.wahyuni, "Kusumaningrum") == [world.other_case_id]


def test_what_reaches_two_agencies_is_shut_for_both_and_they_are_told(world: World) -> None:
    erasure = scene.erase(world)
    assert world.cast.melki.agency_id in erasure.told_agencies
    assert scene.scalar(
        "select count(*) from procrastinate_jobs where args ->> 'name' = 'erasure.receiver_told'"
    ) == len(erasure.told_agencies)
    with as_owner() as owner:
        shut = owner.execute(
            "select count(*) from referrals_packet p join referrals_referral f using (request_id) "
            "where f.case_id = %s and (p.destroyed_at is null or p.content_sealed <> '')",
            [world.case_id],
        ).fetchone()
    assert shut == (0,)


@pytest.mark.promise(
    "erasure-by-two", chapter="rights",
    sentence="Nothing is erased by one person, nor by time alone: one proposes, another does it.",
)  # fmt: skip
def test_whoever_proposed_does_not_erase(world: World, figure: Callable[[str], None]) -> None:
    erasure = scene.propose(world)
    with acting(world.cast.bagas), pytest.raises(OwnException):
        operations.destroy_keys(erasure_id=erasure.id, by=world.cast.bagas, at=hour.now())
    assert keys_left(world.case_id) > 0
    # The database says the same, to whoever writes SQL as the app.
    by_hand = {
        "a second person erases": "select house.erase_case(%s, now())",
        "only destroying destroys":
            "update retention_erasure set state = 'destroyed' where id = %s",
    }  # fmt: skip
    for refusal, statement in by_hand.items():
        with (
            pytest.raises(DatabaseError, match=refusal),
            acting(world.cast.bagas),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement, [erasure.id])
    figure("3 ways tried by the proposer (operation, function, plain SQL): 0 keys destroyed")


@pytest.mark.planted("erasure-by-two")
def test_an_erasure_by_one_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: both checks of the second person are taken out."""
    erasure = scene.propose(world)
    monkeypatch.setattr(
        "rangkul.retention.operations.erasing.require_second_person", lambda **_: None
    )
    with as_owner() as owner:
        source = owner.execute(
            "select pg_get_functiondef('house.erase_case(uuid,timestamptz)'::regprocedure)"
        ).fetchone()
        assert source is not None
        owner.execute("alter table retention_erasure drop constraint erased_by_two")
        weaker = source[0].replace("e.proposed_by = house.current_actor()", "false")
        owner.execute(sql.SQL(weaker))
    scene.destroy(world, erasure, by=world.cast.bagas)
    assert keys_left(world.case_id) == 0


@pytest.mark.promise(
    "hold-stops-erasure", chapter="rights",
    sentence="A legal hold stops every erasing and every destroying of the case's own keys until "
    "another person lifts it.",
)  # fmt: skip
def test_a_hold_stops_erasing_and_any_destroying(
    world: World, figure: Callable[[str], None]
) -> None:
    erasure = scene.propose(world)
    bagas, wahyuni = world.cast.bagas, world.cast.wahyuni
    with acting(bagas):
        hold = operations.set_hold(
            case_id=world.case_id, reason="penyidikan", reference_number="LP/1/2026", by=bagas,
            at=hour.now(),
        )  # fmt: skip
    tried = 0
    with acting(wahyuni), pytest.raises(policy.ErasureBarred, match="held"):
        operations.destroy_keys(erasure_id=erasure.id, by=wahyuni, at=hour.now())
    tried += 1
    subject = scene.scalar("select subject from custody_case where id = %s", world.case_id)
    with acting(wahyuni), pytest.raises(Exception, match="legal hold"):
        vault.destroy(subject)
    tried += 1
    with as_owner() as owner, pytest.raises(psycopg.DatabaseError, match="legal hold"):
        owner.execute("delete from foundation_datakey where subject = %s", [subject])
    tried += 1
    with acting(bagas), pytest.raises(OwnException):
        operations.lift_hold(hold_id=hold.id, by=bagas, at=hour.now())
    assert keys_left(world.case_id) > 0
    with acting(wahyuni):
        operations.lift_hold(hold_id=hold.id, by=wahyuni, at=hour.now())
    scene.destroy(world, erasure)
    assert keys_left(world.case_id) == 0
    figure(f"{tried} ways tried while it stood (operation, vault, the owner's SQL): 0 keys gone")


@pytest.mark.planted("hold-stops-erasure")
def test_a_hold_that_is_ignored_is_seen(world: World) -> None:
    """Planted: the database no longer knows of holds."""
    with as_owner() as owner:
        owner.execute(
            "create or replace function house.case_held(p_case bigint) returns boolean "
            "language sql stable security definer set search_path = house, public, pg_temp "
            "as $$ select false $$"
        )
    with acting(world.cast.bagas):
        operations.set_hold(
            case_id=world.case_id, reason="penyidikan", reference_number="", by=world.cast.bagas,
            at=hour.now(),
        )  # fmt: skip
    scene.erase(world)
    assert keys_left(world.case_id) == 0


def test_an_open_file_and_one_on_its_way_are_not_erased(ring_path: Path, cast: object) -> None:
    from tests.people import Cast
    from tests.world import build

    assert isinstance(cast, Cast)
    world = build(cast)
    request = scene.grant(cast.bagas, scene.receive(cast.ratih, world.case_id, "deletion"))
    with acting(cast.bagas), pytest.raises(policy.ErasureBarred, match="open"):
        operations.propose_erasure(
            case_id=world.case_id, request_id=request.id, by=cast.bagas, at=hour.now()
        )


def test_not_on_an_ungranted_request_and_not_unripe(world: World) -> None:
    bagas = world.cast.bagas
    request = scene.receive(world.cast.ratih, world.case_id, "deletion")
    with acting(bagas), pytest.raises(policy.ErasureBarred, match="not_granted"):
        operations.propose_erasure(
            case_id=world.case_id, request_id=request.id, by=bagas, at=hour.now()
        )
    with acting(bagas), pytest.raises(policy.ErasureBarred, match="not_ripe"):
        operations.propose_erasure(
            case_id=world.case_id, schedule="berkas_dewasa", by=bagas, at=hour.now()
        )


def test_her_request_is_answered_with_it(world: World) -> None:
    erasure = scene.erase(world)
    with acting(world.cast.bagas):
        request = queries.get_request(world.cast.bagas, erasure.request_id or 0)
    assert (request.state, request.words_sealed) == (workflow.DONE, None)
    assert scene.scalar(
        "select state from clocks_clock where subject_kind = 'right' and subject_id = %s",
        str(request.id),
    ) == "met"  # fmt: skip


def test_a_second_erasing_is_refused(world: World) -> None:
    erasure = scene.erase(world)
    with acting(world.cast.marten), pytest.raises(NotReachable):
        operations.destroy_keys(erasure_id=erasure.id, by=world.cast.marten, at=hour.now())
    with acting(world.cast.wahyuni), pytest.raises(IllegalMove):
        operations.destroy_keys(erasure_id=erasure.id, by=world.cast.wahyuni, at=hour.now())


def verdict(files: list[Path]) -> proof.Verdict:
    with transaction.atomic(using="owner"):
        connections["owner"].ensure_connection()
        return proof.verify(
            connections["owner"].connection, [checkpoints.lines(path) for path in files],
            seals.public_key(settings.KEY_RING),
        )  # fmt: skip


@pytest.mark.promise(
    "trail-outlives-erasure", chapter="rights",
    sentence="The sealed trail of an erased case stays whole; its words do not open.",
)  # fmt: skip
def test_the_trail_stays_whole(world: World, tmp_path: Path, figure: Callable[[str], None]) -> None:
    files = [tmp_path / "witness.jsonl"]
    seal_acts(at=hour.now(), key=seals.private_key(settings.KEY_RING), files=files)
    scene.erase(world)
    seal_acts(at=hour.now(), key=seals.private_key(settings.KEY_RING), files=files)
    found = verdict(files)
    assert found.whole, found.faults
    acts = scene.scalar("select count(*) from trail_act where case_id = %s", world.case_id)
    assert acts > 20
    figure(f"{found.acts} sealed acts whole after the erasure, {acts} of them on the erased case")


@pytest.mark.planted("trail-outlives-erasure")
def test_an_erasure_that_takes_acts_away_is_seen(world: World, tmp_path: Path) -> None:
    """Planted: the erasure also deletes the case's acts."""
    files = [tmp_path / "witness.jsonl"]
    seal_acts(at=hour.now(), key=seals.private_key(settings.KEY_RING), files=files)
    scene.erase(world)
    with as_owner() as owner:
        owner.execute("alter table trail_act disable trigger user")
        owner.execute("delete from trail_act where case_id = %s", [world.case_id])
    assert not verdict(files).whole


@pytest.mark.promise(
    "erased-said-when-true", chapter="rights",
    sentence="Erased is said only once the list beside the ring knows it and the last backup of "
    "the key store from before is over (14 days).",
)  # fmt: skip
def test_erased_is_said_only_when_the_last_backup_is_over(
    world: World, figure: Callable[[str], None]
) -> None:
    erasure = scene.erase(world)
    at = erasure.destroyed_at
    assert at is not None
    path = tombstones.path_of(settings.KEY_RING_PATH)
    path.unlink(missing_ok=True)
    assert ended(at) == (0, 0)
    assert state_of(erasure) == workflow.DESTROYED
    tombstones.carry_over(whole=True)
    assert ended(at) == (1, 0)
    assert ended(at + timedelta(days=13, hours=23)) == (0, 0)
    assert state_of(erasure) == workflow.LISTED
    assert ended(at + timedelta(days=14)) == (0, 1)
    assert ended(at + timedelta(days=15)) == (0, 0)
    assert state_of(erasure) == workflow.ERASED
    figure("destroyed → listed at once, erased after 14 days, not an hour earlier")


@pytest.mark.planted("erased-said-when-true")
def test_a_word_too_early_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: backups are thought to be kept for no time at all."""
    monkeypatch.setattr(workflow, "KEYS_KEPT", timedelta(0))
    erasure = scene.erase(world)
    assert erasure.destroyed_at is not None
    ended(erasure.destroyed_at)
    assert state_of(erasure) == workflow.ERASED


def ended(at: object) -> tuple[int, int]:
    with system("retention"):
        return operations.end_erasures(at=at)


def state_of(erasure: Erasure) -> str:
    return str(scene.scalar("select state from retention_erasure where id = %s", erasure.id))
