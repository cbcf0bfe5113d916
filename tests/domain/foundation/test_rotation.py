"""Rotation: in use, killed in the middle, resumed; nothing shut that was open, nothing lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections
from tests.people import NOW, Cast, owner_url

from rangkul.commands.cli import main
from rangkul.custody import operations as custody
from rangkul.foundation import keyring, rotation, vault
from rangkul.foundation.scope import acting

KEYS = 60


class Killed(Exception):
    """The rotation ends here, as by a power cut after a committed batch."""


@pytest.fixture
def ring_path(committed_db: None, cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A copy of the tests' ring, which other tests go on using as it is."""
    path = tmp_path / "keyring.json"
    shutil.copyfile(os.environ["RANGKUL_TEST_RING"], path)
    path.chmod(0o600)
    settings.KEY_RING_PATH = path
    settings.KEY_RING = keyring.load(path)
    yield path


def seal_some(cast: Cast, count: int = KEYS) -> dict[UUID, bytes]:
    """Subjects with one sealed value each."""
    made = {}
    with acting(cast.ratih):
        case_id = custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW).id
        for n in range(count):
            subject = uuid4()
            key = vault.key_for(vault.Owner("case", case_id), subject, vault.DataClass.IDENTITY)
            made[subject] = vault.seal(key, vault.Place("x", "y", n), f"word {n}")
    return made


def opened(cast: Cast, sealed: dict[UUID, bytes]) -> list[str]:
    with acting(cast.ratih):
        return vault.open_texts(
            [(value, vault.Place("x", "y", n)) for n, value in enumerate(sealed.values())]
        )


WORDS = [f"word {n}" for n in range(KEYS)]


def versions() -> dict[int, int]:
    return rotation.count_by_version(using="owner")


def test_everything_opens_before_and_after(ring_path: Path, cast: Cast) -> None:
    sealed = seal_some(cast)
    ring = keyring.add_kek(ring_path)
    assert ring.current_kek == 2
    assert opened(cast, sealed) == WORDS
    assert rotation.rotate(ring, using="owner", batch=7) == KEYS
    assert versions() == {2: KEYS}
    assert opened(cast, sealed) == WORDS
    assert rotation.rotate(ring, using="owner") == 0


def test_a_process_with_the_old_ring_reads_it_again(
    ring_path: Path, cast: Cast, settings: Any
) -> None:
    sealed = seal_some(cast, 3)
    old = settings.KEY_RING
    rotation.rotate(keyring.add_kek(ring_path), using="owner")
    assert settings.KEY_RING is old
    assert opened(cast, sealed) == WORDS[:3]
    assert settings.KEY_RING.current_kek == 2
    # Planted fault: another ring in its place is no newer state of this one.
    ring_path.unlink()
    keyring.create(ring_path)
    settings.KEY_RING = old
    with pytest.raises(vault.KeyDestroyed):
        opened(cast, sealed)


def test_killed_between_batches_it_goes_on_where_it_was(ring_path: Path, cast: Cast) -> None:
    sealed = seal_some(cast)
    ring = keyring.add_kek(ring_path)

    def told(count: int) -> None:
        if count >= 20:
            raise Killed

    with pytest.raises(Killed):
        rotation.rotate(ring, using="owner", batch=10, told=told)
    assert versions() == {1: KEYS - 20, 2: 20}
    assert opened(cast, sealed) == WORDS
    assert rotation.rotate(ring, using="owner", batch=10) == KEYS - 20
    assert opened(cast, sealed) == WORDS


def test_killed_in_the_middle_of_a_batch_nothing_of_it_remains(ring_path: Path, cast: Cast) -> None:
    """A real process, killed inside its transaction after it has written."""
    sealed = seal_some(cast)
    keyring.add_kek(ring_path)
    script = (
        "import os, signal, django; django.setup()\n"
        "from django.conf import settings\n"
        "from rangkul.foundation import rotation, vault\n"
        "store, seen = rotation._store, []\n"
        "def dying(cursor, ring, rows):\n"
        "    store(cursor, ring, rows); seen.append(1)\n"
        "    if len(seen) == 3: os.kill(os.getpid(), signal.SIGKILL)\n"
        "rotation._store = dying\n"
        "rotation.rotate(settings.KEY_RING, using='owner', batch=10)\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "rangkul.config.settings", "RANGKUL_KEYRING": str(ring_path),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], env=environment, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert versions() == {1: KEYS - 20, 2: 20}
    assert opened(cast, sealed) == WORDS
    assert rotation.rotate(keyring.load(ring_path), using="owner") == KEYS - 20
    assert opened(cast, sealed) == WORDS


def test_in_use_nobody_is_kept_from_a_value(ring_path: Path, cast: Cast) -> None:
    """Readers, makers and destroyers at work while the rotation goes on."""
    sealed = seal_some(cast)
    ring = keyring.add_kek(ring_path)
    stop = threading.Event()

    def work() -> int:
        made = 0
        try:
            while not stop.is_set():
                assert opened(cast, sealed) == WORDS
                fresh = seal_some(cast, 2)
                assert opened(cast, fresh) == WORDS[:2]
                with acting(cast.ratih):
                    assert vault.destroy(next(iter(fresh))) == 1
                made += 1
        finally:
            connections.close_all()
        return made

    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(work) for _ in range(3)]
        try:
            for _ in range(3):
                rotation.rotate(ring, using="owner", batch=3)
                ring = keyring.add_kek(ring_path)
        finally:
            stop.set()
    made = sum(worker.result() for worker in workers)
    rotation.rotate(ring, using="owner")
    assert made > 0
    assert versions() == {ring.current_kek: KEYS + made}
    assert opened(cast, sealed) == WORDS


def test_what_was_erased_stays_erased(ring_path: Path, cast: Cast) -> None:
    sealed = seal_some(cast, 2)
    first, second = sealed
    with acting(cast.ratih):
        vault.destroy(first)
    rotation.rotate(keyring.add_kek(ring_path), using="owner")
    with pytest.raises(vault.KeyDestroyed), acting(cast.ratih):
        vault.open_text(sealed[first], vault.Place("x", "y", 0))
    with acting(cast.ratih):
        assert vault.open_text(sealed[second], vault.Place("x", "y", 1)) == "word 1"


def test_the_commands_go_step_by_step(
    ring_path: Path, cast: Cast, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = seal_some(cast, 4)
    assert main(["keys", "new"]) == 0
    settings.KEY_RING = keyring.load(ring_path)
    assert main(["keys", "new"]) == 1
    assert "end that rotation first" in capsys.readouterr().err
    assert main(["keys", "retire", "1"]) == 1
    assert "still wraps 4 data keys" in capsys.readouterr().err
    assert main(["keys", "rotate"]) == 0
    assert "4 data keys are wrapped anew; key 2 wraps all" in capsys.readouterr().out
    assert main(["keys", "retire", "2"]) == 1
    assert main(["keys", "retire", "1"]) == 0
    capsys.readouterr()
    settings.KEY_RING = keyring.load(ring_path)
    assert main(["keys", "status"]) == 0
    assert capsys.readouterr().out == "key 2  wraps 4 data keys  (current)\n"
    assert opened(cast, sealed) == WORDS[:4]


def test_an_old_key_store_opens_only_with_the_old_ring(
    ring_path: Path, cast: Cast, settings: Any
) -> None:
    """A stolen backup of the key store from before is silent once the old key is retired."""
    sealed = seal_some(cast, 2)
    with psycopg.connect(owner_url()) as owner:
        before = owner.execute("select id, wrapped from foundation_datakey").fetchall()
    rotation.rotate(keyring.add_kek(ring_path), using="owner")
    settings.KEY_RING = keyring.retire_kek(ring_path, 1)
    with psycopg.connect(owner_url()) as owner:
        for key_id, wrapped in before:
            owner.execute(
                "update foundation_datakey set wrapped = %s, kek_version = 1 where id = %s",
                [wrapped, key_id],
            )
    with pytest.raises(vault.KeyDestroyed, match="not on the ring"):
        opened(cast, sealed)
