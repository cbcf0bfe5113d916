"""Withdrawal reaches prepared exports at once: the table of everything that takes a ground away."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from tests.domain.exchange import scene as scenes
from tests.domain.exchange.scene import Scene, scalar
from tests.people import Cast
from tests.rows import app_as, as_owner

from rangkul.custody import closing
from rangkul.exchange import operations, queries, workflow
from rangkul.foundation import hour
from rangkul.foundation.scope import acting, system
from rangkul.retention import operations as rights

CODE = "exports-follow-withdrawal"
SENTENCE = (
    "Whoever withdraws, restricts, erases, moves away or is related to a case that a prepared "
    "export holds: the file is destroyed in the same transaction, looked at again when it is "
    "fetched, and a job that waits leaves the case out or makes nothing."
)


@pytest.fixture
def scene(committed_db: None, cast: Cast) -> Scene:
    return scenes.make_scene(cast)


def _withdraw(scene: Scene, case_id: int) -> None:
    basis_id = scalar(
        "select id from consent_basis where case_id = %s and withdrawn_at is null", case_id
    )
    scenes.take_back(scene, basis_id)


def _restrict(scene: Scene, case_id: int) -> None:
    bagas = scene.cast.bagas
    with acting(bagas):
        rights.restrict_file(case_id=case_id, reason="keberatan", by=bagas, at=hour.now())


def _declare(scene: Scene, case_id: int) -> None:
    with acting(scene.maker):
        closing.declare_relation(
            case_id=case_id, user_id=scene.maker.user_id, related_to="suspect", tie="kin",
            by=scene.maker, at=hour.now(),
        )  # fmt: skip


def _move(scene: Scene, case_id: int) -> None:
    """Custody ends, as the transfer's function writes it."""
    with as_owner() as owner:
        owner.execute("update custody_caseaccess set until = now() where case_id = %s", [case_id])
        owner.execute("select house.refresh_reach(%s)", [case_id])


def _erase(scene: Scene, case_id: int) -> None:
    """What erasing does to the case, all of it in the database."""
    with as_owner() as owner:
        owner.execute("select house.clear_case(%s, now())", [case_id])


def _grow_young(scene: Scene, case_id: int) -> None:
    with as_owner() as owner:
        owner.execute("update cases_casefile set is_child = true where case_id = %s", [case_id])


def _end_recipient(scene: Scene, case_id: int) -> None:
    with acting(scene.cast.sinta):
        operations.end_recipient(
            recipient_id=scene.recipient_id, by=scene.cast.sinta, at=hour.now()
        )


def _lose_the_role(scene: Scene, case_id: int) -> None:
    with as_owner() as owner:
        owner.execute(
            "update network_membership set roles = '{pendamping}' where id = %s",
            [scene.maker.membership_id],
        )


ACTS: dict[str, tuple[Callable[[Scene, int], None], str]] = {
    "withdrawn": (_withdraw, "withdrawn"),
    "restricted": (_restrict, "restricted"),
    "conflict": (_declare, "conflict"),
    "custody": (_move, "custody"),
    "erased": (_erase, "custody"),
    "child": (_grow_young, "child"),
    "recipient": (_end_recipient, "recipient_ended"),
}
# What no row of the case tells: looked at when the file is fetched, and by the tick each minute.
LATER = {"left": (_lose_the_role, "left")}


def follow(scene: Scene, act: Callable[[Scene, int], None]) -> tuple[str, str, int]:
    """State, reason and kept files of a prepared export right after the act, nothing else run."""
    victim = scene.case_ids[0]
    scenes.agree(scene, victim)
    row = scene.made()
    assert (row.state, row.rows) == (workflow.READY, 4)
    act(scene, victim)
    return (
        scalar("select state from exchange_export where id = %s", row.id),
        scalar("select why from exchange_export where id = %s", row.id),
        scalar("select count(*) from exchange_exportfile"),
    )


@pytest.mark.promise(CODE, chapter="consent", sentence=SENTENCE)
@pytest.mark.parametrize("name", ACTS)
def test_a_prepared_export_is_gone_in_that_moment(
    scene: Scene, name: str, figure: Callable[[str], None]
) -> None:
    act, why = ACTS[name]
    assert follow(scene, act) == ("destroyed", why, 0)
    with system("retention"):
        assert operations.end_exports(at=hour.now()) == 1
        assert operations.end_exports(at=hour.now()) == 0
    assert scalar("select reason from trail_act where name = 'export.destroyed'") == why
    figure(f"{len(ACTS)} of {len(ACTS)} ways of losing the ground destroyed the file at once")


@pytest.mark.planted(CODE)
def test_a_database_that_does_not_follow_is_seen(scene: Scene) -> None:
    """Planted: the trigger on consents is missing; fetching still asks."""
    with as_owner() as owner:
        owner.execute("alter table consent_basis disable trigger house_follow_exports")
    assert follow(scene, _withdraw)[0] == "ready"
    row = scalar("select id from exchange_export")
    with acting(scene.maker):
        assert operations.fetch_export(export_id=row, by=scene.maker, at=hour.now()) is None
    assert scalar("select why from exchange_export") == "withdrawn"


@pytest.mark.parametrize("name", [*ACTS, *LATER])
def test_fetching_asks_again_even_where_nothing_followed(scene: Scene, name: str) -> None:
    """No trigger fires at all: what stands is looked at in the fetching transaction."""
    act, why = (ACTS | LATER)[name]
    victim = scene.case_ids[0]
    scenes.agree(scene, victim)
    row = scene.made()
    with as_owner() as owner:
        for table in ("consent_basis", "retention_restriction", "retention_erasure",
                      "custody_relation", "custody_caseaccess", "cases_casefile"):  # fmt: skip
            owner.execute(f"alter table {table} disable trigger house_follow_exports")
        owner.execute("alter table exchange_recipient disable trigger house_follow_recipient")
    act(scene, victim)
    with pytest.raises(psycopg.Error, match="ground is gone"), app_as(scene.maker) as app:
        app.execute("update exchange_export set state = 'fetched' where id = %s", [row.id])
    assert scene.fetch(row) is None
    assert scalar("select why from exchange_export where id = %s", row.id) == why
    assert scalar("select count(*) from exchange_exportfile") == 0


@pytest.mark.parametrize("name", ["withdrawn", "restricted", "conflict", "custody", "child"])
def test_a_queued_job_leaves_the_case_out(scene: Scene, name: str) -> None:
    victim = scene.case_ids[0]
    scenes.agree(scene, victim)
    row = scene.ask()
    ACTS[name][0](scene, victim)
    scenes.work(row)
    again = scene.again(row)
    assert (again.state, again.rows) == ("ready", 3)
    assert victim not in _held(row.id)


@pytest.mark.parametrize("name", ["recipient", "left"])
def test_a_queued_job_whose_ground_is_gone_makes_nothing(scene: Scene, name: str) -> None:
    row = scene.ask()
    (ACTS | LATER)[name][0](scene, scene.case_ids[0])
    scenes.work(row)
    assert scalar("select state from exchange_export where id = %s", row.id) == "destroyed"
    assert scalar("select count(*) from exchange_exportfile") == 0


def test_what_is_taken_back_while_it_is_made_stays_out(scene: Scene) -> None:
    victim = scene.case_ids[0]
    scenes.agree(scene, victim)
    row = scene.ask()
    with acting(scene.maker):
        begun = operations.begin_export(export_id=row.id, by=scene.maker, at=hour.now())
        assert begun is not None
        facts = queries.describe(scene.maker, begun.weighed.case_ids, at=hour.now())
    _withdraw(scene, victim)
    with acting(scene.maker):
        done = operations.finish_export(begun=begun, facts=facts, by=scene.maker, at=hour.now())
    assert done is not None
    assert (done.rows, done.left_barred) == (3, 1)
    assert victim not in _held(row.id)


def test_a_consent_given_again_lets_the_case_in_again(scene: Scene) -> None:
    victim = scene.case_ids[0]
    scenes.agree(scene, victim)
    _withdraw(scene, victim)
    assert scene.made().rows == 3
    scenes.agree(scene, victim)
    assert scene.made().rows == 4


def test_one_who_is_related_is_not_told_that_there_was_a_file(scene: Scene) -> None:
    _declare(scene, scene.case_ids[0])
    row = scene.made()
    assert (row.rows, row.left_barred, row.left_children) == (3, 0, 1)


def _held(export_id: int) -> list[int]:
    return list(
        scalar("select array_agg(case_id) from exchange_exportcase where export_id = %s", export_id)
    )


def test_with_sql_in_hand_nobody_goes_around(scene: Scene, cast: Cast) -> None:
    """The app's own connection: another's name, one's own word, another's approval, a dead one."""
    row = scene.made()
    tries = [
        (cast.wahyuni, "update exchange_export set state = 'queued', approved_by = 9013"),
        (cast.ratih, "update exchange_export set state = 'fetched'"),
        (cast.wahyuni, "update exchange_recipient set key = 'age1other'"),
        (cast.wahyuni, "update exchange_export set asked_by = 9012"),
        (cast.ratih, "select * from house.end_exports(now())"),
        (cast.ratih, f"select house.spoil_exports({scene.case_ids[0]}, 'x', null, null)"),
        (cast.ratih, "delete from exchange_exportcase"),
    ]  # fmt: skip
    for who, statement in tries:
        with pytest.raises(psycopg.Error), app_as(who) as app:
            app.execute(statement)
    with app_as(cast.marten) as app:
        seen = [
            app.execute(f"select count(*) from exchange_{t}").fetchone()
            for t in ("recipient", "export", "exportcase", "exportfile")
        ]
        assert seen == [(0,)] * 4
        assert app.execute("select house.export_obstacle(%s)", [row.id]).fetchone() == ("missing",)
        assert (
            app.execute("select * from house.export_barred(%s)", [scene.case_ids]).fetchall() == []
        )
