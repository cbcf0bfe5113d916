"""An older database comes back: nothing that was destroyed since opens with the ring of now."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql
from tests.conftest import CLONE, SERVER
from tests.domain.retention import scene
from tests.people import NOW, owner_url
from tests.world import World

from rangkul.commands.cli import main
from rangkul.foundation import keyring, roles, tombstones, vault
from rangkul.foundation.keyring import KeyRing
from rangkul.foundation.scope import acting
from rangkul.referrals import operations as referrals

_KEYS_OF = (
    "select id, subject, kek_version, wrapped from foundation_datakey where "
    "(owner_kind = 'case' and owner_id = %(case)s) or (owner_kind = 'request' and owner_id in "
    "(select request_id from referrals_referral where case_id = %(case)s))"
)


@dataclass(frozen=True)
class Backup:
    """Both dumps of the database as it was, and the ring's copy of that day."""

    data: Path
    keys: Path
    ring: Path


@pytest.fixture
def empty() -> Iterator[str]:
    """The name of an empty database that `rangkul roles` would have made."""
    assert SERVER is not None
    name = f"{CLONE}_back"
    with SERVER.superuser() as superuser:
        superuser.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )
        roles.create_database(superuser, name)
    yield name
    with SERVER.superuser() as superuser:
        superuser.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )


def back_up(folder: Path) -> Backup:
    """As `rangkul backup` makes it, with a copy of the ring of that day."""
    assert main(["backup", "--data", str(folder / "data"), "--keys", str(folder / "keys")]) == 0
    ring = folder / "ring-of-that-day.json"
    ring.write_bytes(settings.KEY_RING_PATH.read_bytes())
    ring.chmod(0o600)
    return Backup(one(folder / "data"), one(folder / "keys"), ring)


def one(folder: Path) -> Path:
    (found,) = folder.glob("*.dump")
    return found


def restore(backup: Backup, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    """`rangkul restore` as an operator types it, into the empty database."""
    assert SERVER is not None
    environment = os.environ | {
        "RANGKUL_EMBEDDED_URL": SERVER.url(roles.APP, name),
        "RANGKUL_EMBEDDED_OWNER_URL": SERVER.url(roles.OWNER, name),
        "RANGKUL_KEYRING": str(settings.KEY_RING_PATH),
        "RANGKUL_CHECKPOINTS": str(settings.KEY_RING_PATH.with_name("witness.jsonl")),
        "SUPERUSER_URL": superuser_url(),
    }
    return subprocess.run(
        [sys.executable, "-m", "rangkul.commands.cli", "restore", "--data", str(backup.data),
         "--keys", str(backup.keys), *more],
        env=environment, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def superuser_url() -> str:
    assert SERVER is not None
    if SERVER._embedded is None:
        return os.environ["TEST_DATABASE_SUPERUSER_URL"]
    from rangkul.foundation import embedded

    return str(SERVER._embedded.url(embedded.SUPERUSER, "postgres"))


def url_of(name: str) -> str:
    assert SERVER is not None
    return SERVER.url(roles.OWNER, name)


def opening(rows: list[Any], ring: KeyRing) -> int:
    """How many of these wrapped keys the ring opens, whatever any list says."""
    opened = 0
    for key_id, subject, version, wrapped in rows:
        row = vault.KeyRow(key_id, "", 0, "", None, subject, "", version, bytes(wrapped))
        try:
            vault.rewrap(ring, [row])
        except vault.VaultError:
            continue
        opened += 1
    return opened


def rows_in(url: str, case_id: int) -> list[Any]:
    with psycopg.connect(url) as owner:
        return owner.execute(_KEYS_OF, {"case": case_id}).fetchall()


@pytest.mark.promise(
    "erased-stays-erased", chapter="rights",
    sentence="After an older database and its key store are restored, nothing that was destroyed "
    "since opens with the key ring of now.",
)  # fmt: skip
def test_what_was_erased_stays_erased_after_an_older_database_is_restored(
    world: World, tmp_path: Path, empty: str, figure: Callable[[str], None]
) -> None:
    backup = back_up(tmp_path)
    case_id = world.case_id
    wrapped = rows_in(owner_url(), case_id)
    assert len(wrapped) >= 5
    scene.erase(world)
    done = restore(backup, empty)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "destroyed again what an older database brought back" in done.stdout
    assert rows_in(url_of(empty), case_id) == []
    with psycopg.connect(url_of(empty)) as owner:
        cover = owner.execute(
            "select pseudonym, work_label, reach from cases_casefile where case_id = %s", [case_id]
        ).fetchone()
        held = owner.execute(
            "select count(*) from custody_caseaccess where case_id = %s and until is null",
            [case_id],
        ).fetchone()
        others = owner.execute("select count(*) from foundation_datakey").fetchone()
    assert (cover, held) == (("", "", []), (0,))
    assert others is not None and others[0] > 5
    # Before anybody migrates, the vault of a running process refuses each of them too.
    assert all(tombstones.holds(row[0]) for row in wrapped)
    figure(f"0 of {len(wrapped)} resurrected keys open; the restored trail verifies as whole")


@pytest.mark.planted("erased-stays-erased")
def test_a_vault_that_forgets_its_tombstones_is_seen(
    world: World, tmp_path: Path, empty: str
) -> None:
    """Planted: the list beside the ring is lost, and the operator says so."""
    backup = back_up(tmp_path)
    scene.erase(world)
    tombstones.path_of(settings.KEY_RING_PATH).unlink()
    refused = restore(backup, empty)
    assert refused.returncode == 1
    assert "what was erased would come back" in refused.stderr
    done = restore(backup, empty, "--without-tombstones")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(rows_in(url_of(empty), world.case_id)) >= 5


@pytest.mark.promise(
    "erased-from-every-backup", chapter="rights",
    sentence="Once the key that wraps the keys was changed and retired, no ring that exists opens "
    "a backup of the key store from before; until then (14 days) a copy of the old ring does.",
)  # fmt: skip
def test_old_keys_open_with_an_old_ring_until_the_wrapping_key_is_retired(
    world: World, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    old = rows_in(owner_url(), world.case_id)
    ring_of_then = keyring.load(settings.KEY_RING_PATH)
    scene.erase(world)
    assert opening(old, ring_of_then) == len(old)
    assert main(["keys", "new"]) == 0
    settings.KEY_RING = keyring.load(settings.KEY_RING_PATH)
    assert main(["keys", "rotate"]) == 0
    assert main(["keys", "retire", str(ring_of_then.current_kek)]) == 0
    assert opening(old, keyring.load(settings.KEY_RING_PATH)) == 0
    figure(
        f"{len(old)} of {len(old)} open with the old ring's copy within 14 days; "
        f"0 of {len(old)} with the ring of now"
    )


@pytest.mark.planted("erased-from-every-backup")
def test_a_ring_whose_old_key_was_not_retired_is_seen(world: World) -> None:
    """Planted: rotated, and the old key left on the ring."""
    old = rows_in(owner_url(), world.case_id)
    scene.erase(world)
    main(["keys", "new"])
    settings.KEY_RING = keyring.load(settings.KEY_RING_PATH)
    main(["keys", "rotate"])
    assert opening(old, keyring.load(settings.KEY_RING_PATH)) == len(old)


@pytest.mark.promise(
    "withdrawn-stays-shut", chapter="rights",
    sentence="A packet that was withdrawn, declined or has expired stays shut after an older "
    "database is restored: every destroyed key is on the list, whichever way destroyed it.",
)  # fmt: skip
def test_a_withdrawn_packet_is_on_the_list(
    ring_path: Path, cast: Any, figure: Callable[[str], None]
) -> None:
    from tests.domain.referrals.scene import make_scene, seed_desks

    seed_desks()
    with acting(cast.ratih):
        made = make_scene(cast)
        basis = made.consent()
        made.send(basis)
    before = rows_in(owner_url(), made.case_id)
    with acting(cast.ratih):
        referrals.withdraw_consent(basis_id=basis.id, by=cast.ratih, at=NOW)
    left = {row[0] for row in rows_in(owner_url(), made.case_id)}
    gone = [row[0] for row in before if row[0] not in left]
    assert gone
    assert all(tombstones.holds(key_id) for key_id in gone)
    assert not any(tombstones.holds(key_id) for key_id in left)
    figure(f"{len(gone)} of {len(gone)} destroyed packet keys on the list when the act had ended")


@pytest.mark.planted("withdrawn-stays-shut")
def test_a_key_that_goes_without_a_tombstone_is_seen(ring_path: Path, cast: Any) -> None:
    """Planted: the trigger is switched off, as a function that steps around it would."""
    with psycopg.connect(owner_url()) as owner:
        owner.execute("alter table foundation_datakey disable trigger house_bury")
    with acting(cast.ratih):
        from rangkul.custody import operations as custody

        case_id = custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW).id
        subject = uuid4()
        key = vault.key_for(vault.Owner("case", case_id), subject, vault.DataClass.IDENTITY)
    with acting(cast.ratih):
        vault.destroy(subject)
    assert not tombstones.holds(key.id)


def test_a_process_killed_between_commit_and_list_is_repaired(
    world: World, ring_path: Path
) -> None:
    """The keys are gone, the list does not know it, and nobody says *erased* before it does."""
    erasure = scene.propose(world)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(erasure.id), str(ring_path)],
        env=os.environ | {"RANGKUL_KEYRING": str(ring_path)}, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    assert scene.scalar("select state from retention_erasure where id = %s", erasure.id) == (
        "destroyed"
    )
    assert this(world) not in tombstones.erased_cases()
    from rangkul.jobs.retention import move_erasures_on

    move_erasures_on()
    assert this(world) in tombstones.erased_cases()
    assert scene.scalar("select state from retention_erasure where id = %s", erasure.id) == "listed"


def this(world: World) -> tombstones.Erased:
    subject = scene.scalar("select subject from custody_case where id = %s", world.case_id)
    return tombstones.Erased(world.case_id, tombstones.digest_of(subject))


def test_a_torn_line_is_none_and_the_next_is_whole(world: World, ring_path: Path) -> None:
    scene.erase(world)
    path = tombstones.path_of(ring_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    known = tombstones.count() + len(tombstones.erased_cases())
    lines = whole.count(b"\n") - 1
    assert known == lines - 1
    assert tombstones.carry_over(whole=True) == 1
    assert tombstones.count() + len(tombstones.erased_cases()) == lines


def test_the_list_is_for_its_ring_and_for_nobody_else(world: World, ring_path: Path) -> None:
    scene.erase(world)
    path = tombstones.path_of(ring_path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(keyring.KeyRingUnusable, match="read by others"):
        tombstones.carry_over(whole=True)
    path.chmod(0o600)
    path.write_text(path.read_text().replace("tombstones 1 ", "tombstones 1 0000"))
    with pytest.raises(keyring.KeyRingUnusable, match="another key ring"):
        tombstones.carry_over(whole=True)


def test_a_backup_prunes_only_its_own_old_key_stores(world: World, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    for name in ("keys-20200101T000000Z.dump", "keys-20200101T000000Z.json", "other.dump",
                 "data-20200101T000000Z.dump"):  # fmt: skip
        (keys / name).touch()
    assert main(["backup", "--keys", str(keys)]) == 0
    left = sorted(path.name for path in keys.iterdir())
    assert "keys-20200101T000000Z.dump" not in left
    assert {"other.dump", "data-20200101T000000Z.dump"} <= set(left)
    assert len(left) == 4
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys.glob("keys-*"))


def test_both_halves_in_one_place_are_refused(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = str(tmp_path / "all")
    assert main(["backup", "--data", where, "--keys", where]) == 1
    assert "one backup" in capsys.readouterr().err
    connections.close_all()


def test_a_cut_dump_is_not_put_back(world: World, tmp_path: Path, empty: str) -> None:
    backup = back_up(tmp_path)
    backup.data.write_bytes(backup.data.read_bytes()[:-100])
    done = restore(backup, empty)
    assert done.returncode == 1
    assert "cut off or changed" in done.stderr


_KILLED = """
import os, sys, signal
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
import django
django.setup()
from uuid import UUID
from rangkul.foundation import tombstones, hour
from rangkul.foundation.scope import acting
from rangkul.retention import operations
from tests.people import Cast
tombstones.carry_over = None
from rangkul.foundation import vault
vault.tombstones.carry_over = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
by = Cast().wahyuni
with acting(by):
    operations.destroy_keys(erasure_id=UUID(sys.argv[1]), by=by, at=hour.now())
"""
