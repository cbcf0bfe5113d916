"""Sealing: everything committed is covered once, nobody waits, and a fault loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import OperationalError, connections, transaction
from tests.conftest import CLONE, SERVER
from tests.people import NOW, Cast, owner_url
from tests.rows import app_as

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.trail import checkpoints, proof, sealing, seals
from rangkul.trail.operations import record
from rangkul.trail.sealing import seal_acts

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [tmp_path / "near" / "checkpoints.jsonl", tmp_path / "far.jsonl"]


@pytest.fixture
def trail(committed_db: None, cast: Cast) -> Iterator[None]:
    """A trail in which nothing stands yet."""
    yield


def act(by: Actor, *, name: str = "test.act", times: int = 1) -> None:
    with acting(by):
        for n in range(times):
            record(by=by, at=NOW, name=name, subject_kind="thing", subject_id=n)


def seal(files: list[Path], **more: Any) -> int:
    return seal_acts(at=NOW, key=KEY, files=files, **more)


def test_what_runs_elsewhere_or_for_the_server_holds_nothing_up(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    """Transactions are counted for the whole cluster: one in another database is none of ours."""
    assert SERVER is not None
    with SERVER.superuser("postgres") as elsewhere:
        elsewhere.autocommit = False
        elsewhere.execute("select pg_current_xact_id()")
        act(cast.ratih, times=2)
        assert seal(files) == 2
        elsewhere.rollback()
    # Planted fault: the same in this database holds up, since it might write an act.
    with SERVER.superuser(CLONE) as here:
        here.autocommit = False
        here.execute("select pg_current_xact_id()")
        act(cast.ratih)
        assert seal(files) == 0
        here.rollback()
    assert seal(files) == 1


def verdict(files: list[Path]) -> proof.Verdict:
    with psycopg.connect(owner_url()) as owner:
        return proof.verify(owner, map(checkpoints.lines, files), KEY.public_key())


def test_what_is_committed_is_sealed_once(trail: None, cast: Cast, files: list[Path]) -> None:
    act(cast.ratih, times=5)
    assert seal(files) == 5
    assert seal(files) == 0
    act(cast.yohana, times=2)
    assert seal(files) == 2
    found = verdict(files)
    assert (found.faults, found.notes) == ([], [])
    assert (found.seals, found.acts, found.unsealed) == (2, 7, 0)
    assert files[0].read_text() == files[1].read_text()


def test_an_act_committed_late_falls_into_a_later_batch(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    """It took its number first; the batch ends below it, and what came after it waits."""
    insert = (
        "insert into trail_act (id, at, xid, agency_id, actor_id, purpose, name, subject_kind, "
        "subject_id, reason, detail, digest) values (%s, now(), house.act_number(), %s, %s, "
        "'work', 'late', 'x', '1', '', '{}', '')"
    )
    act(cast.ratih)
    with app_as(cast.ratih) as late:
        late.execute(insert, [uuid4(), cast.ratih.agency_id, cast.ratih.user_id])
        act(cast.yohana, times=3)
        assert seal(files) == 1
        assert verdict(files).unsealed == 3
    assert seal(files) == 4


def test_a_batch_ends_with_a_whole_transaction(trail: None, cast: Cast, files: list[Path]) -> None:
    act(cast.ratih, times=4)
    for _ in range(5):
        act(cast.ratih)
    act(cast.ratih, times=7)
    assert seal(files, largest=3) == 16
    stated = [seals.read(line) for line in checkpoints.lines(files[0])]
    assert [one.acts for one in stated] == [4, 3, 2, 7]
    assert verdict(files).whole


def between(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None], *, times: int = 1
) -> None:
    """Let something happen while a seal is made and not committed yet, so many times."""
    left = iter(range(times))
    insert = sealing.insert

    def insert_and_more(cursor: Any, made: seals.Seal) -> None:
        insert(cursor, made)
        if next(left, None) is not None:
            happens()

    monkeypatch.setattr(sealing, "insert", insert_and_more)


def act_elsewhere(by: Actor) -> None:
    """An act of another process; a fault if it has to wait for anybody."""

    def write() -> None:
        try:
            with acting(by):
                with connections["default"].cursor() as cursor:
                    cursor.execute("set local lock_timeout = '300ms'")
                record(by=by, at=NOW, name="test.act", subject_kind="thing", subject_id=1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        other.submit(write).result()


@pytest.mark.promise(
    "trail-unserialised",
    chapter="trail",
    sentence="Whoever writes an act waits for no seal; what is written while one is made falls to "
    "the next.",
)
def test_who_writes_waits_for_no_seal_and_is_not_run_after(
    trail: None,
    cast: Cast,
    files: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    """Acts never cease in a country at work. Whoever sealed until none is left would make a seal
    of every few, and would not come to write the checkpoints outside.
    """
    between(monkeypatch, lambda: act_elsewhere(cast.yohana), times=3)
    act(cast.ratih, times=5)
    made = [seal(files), seal(files), seal(files, largest=1), seal(files)]
    assert made == [5, 1, 1, 1]
    assert [seals.read(line).acts for line in checkpoints.lines(files[0])] == made
    assert verdict(files).whole
    figure(f"{sum(made[1:])} of 3 acts written while a seal was being made, each in the next one")


@pytest.mark.planted("trail-unserialised")
def test_a_seal_that_locked_the_trail_would_be_waited_for(
    trail: None, cast: Cast, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(owner_url()) as owner:

        def lock_and_write() -> None:
            owner.execute("lock table trail_act in share mode")
            act_elsewhere(cast.yohana)

        between(monkeypatch, lock_and_write)
        act(cast.ratih)
        with pytest.raises(OperationalError, match="lock timeout"):
            seal(files)


def test_two_who_seal_at_once_make_one_chain(trail: None, cast: Cast, files: list[Path]) -> None:
    act(cast.ratih, times=50)
    gate = threading.Barrier(4)

    def one() -> None:
        gate.wait()
        try:
            seal(files, largest=1)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal(files)
    found = verdict(files)
    assert (found.faults, found.acts) == ([], 50)


def test_what_a_lost_disk_kept_away_is_written_later(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    act(cast.ratih)
    seal(files)
    kept = files[0].rename(files[0].with_suffix(".away"))
    files[0].mkdir()
    act(cast.ratih)
    with pytest.raises(checkpoints.CheckpointOutOfReach):
        seal(files)
    assert len(list(checkpoints.lines(files[1]))) == 2
    files[0].rmdir()
    kept.rename(files[0])
    assert seal(files) == 0
    assert (verdict(files).faults, verdict(files).notes) == ([], [])


def test_a_power_cut_in_the_middle_of_a_line_is_mended(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    for _ in range(2):
        act(cast.ratih)
        seal(files)
    text = files[0].read_text()
    for cut in (1, 200, len(text.splitlines()[1])):
        files[0].write_text(text[:-cut])
        assert seal(files) == 0
        assert files[0].read_text() == text


def test_a_database_put_back_to_an_older_copy_seals_nothing(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    """Whoever restores must say so: until then no second seal of the same number is made."""
    act(cast.ratih)
    seal(files)
    act(cast.ratih, times=3)
    seal(files)
    _put_back(1)
    with pytest.raises(sealing.TrailCut, match=r"ends at seal 1.*at 2"):
        seal(files)
    assert any("missing" in fault for fault in verdict(files).faults)


def test_after_a_restore_sealing_goes_on_and_tells_what_was_lost(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    act(cast.ratih)
    seal(files)
    act(cast.ratih, times=3)
    seal(files)
    _put_back(1)
    # Not sealed yet when the copy was made: it stands in it, and is covered now.
    act(cast.yohana)
    made = sealing.resume(at=NOW, key=KEY, files=files, using="owner")
    assert made is not None and (made.number, made.acts, made.continues) == (3, 1, 1)
    act(cast.ratih, times=2)
    assert seal(files) == 2
    found = verdict(files)
    assert found.faults == []
    assert found.notes == [f"restored {made.at} from an older copy: 2 sealed acts were lost"]
    assert sealing.resume(at=NOW, key=KEY, files=files, using="owner") is None


def test_numbers_go_on_where_transactions_are_counted_anew(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    """A new cluster counts from the start: without a base nothing of it would ever be sealed."""
    act(cast.ratih)
    seal(files)
    _count_anew(10_000)
    act(cast.yohana)
    _count_anew(-10_000)
    with pytest.raises(sealing.TrailBehind, match="rangkul migrate"):
        sealing.refuse_if_behind()
    with pytest.raises(sealing.TrailBehind):
        seal(files)
    with transaction.atomic(using="owner"):
        assert sealing.catch_up(using="owner") > 0
        assert sealing.catch_up(using="owner") == 0
    sealing.refuse_if_behind()
    act(cast.ratih)
    assert seal(files) == 2
    assert verdict(files).whole


def test_a_seal_is_kept_even_by_the_owner(trail: None, cast: Cast, files: list[Path]) -> None:
    act(cast.ratih)
    seal(files)
    for change in ("update trail_seal set line = ''", "delete from trail_seal"):
        with psycopg.connect(owner_url()) as owner, pytest.raises(psycopg.Error, match="insert-"):
            owner.execute(change)


def test_only_the_sealing_reads_and_writes_seals(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    act(cast.ratih)
    seal(files)
    with app_as(cast.ratih) as app:
        assert app.execute("select count(*) from trail_seal").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("insert into trail_seal values (2, '')")


def test_what_is_not_sealed_yet_is_counted_with_its_age(
    trail: None, cast: Cast, files: list[Path]
) -> None:
    act(cast.ratih)
    seal(files)
    with acting(cast.ratih):
        for hours in (3, 1):
            record(by=cast.ratih, at=NOW - timedelta(hours=hours), name="test.act",
                   subject_kind="thing", subject_id=1)  # fmt: skip
    found = verdict(files)
    assert (found.whole, found.unsealed) == (True, 2)
    assert found.oldest_unsealed == NOW - timedelta(hours=3)


def _put_back(number: int) -> None:
    """As a restore would: the acts and seals after seal ``number`` are gone."""
    with psycopg.connect(owner_url()) as owner:
        for table in ("trail_act", "trail_seal"):
            owner.execute(f"alter table {table} disable trigger user")
        row = owner.execute("select line from trail_seal where number = %s", [number]).fetchone()
        assert row is not None
        owner.execute("delete from trail_act where xid >= %s", [seals.read(row[0]).below])
        owner.execute("delete from trail_seal where number > %s", [number])
        for table in ("trail_act", "trail_seal"):
            owner.execute(f"alter table {table} enable trigger user")


def _count_anew(by: int) -> None:
    """Move the acts' numbers, as another cluster's count of transactions would."""
    with psycopg.connect(owner_url()) as owner:
        owner.execute("update house.act_base set base = base + %s", [by])
