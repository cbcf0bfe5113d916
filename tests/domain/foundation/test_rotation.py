"""Rotation: in use, killed in the middle, resumed; nothing shut that was open, nothing lost.

All of it twice: with the ring in a file, and with a Transit engine that keeps its keys.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections
from tests.people import NOW, Cast, owner_url
from tests.transit import serving

from rangkul.commands.cli import main
from rangkul.custody import operations as custody
from rangkul.foundation import keyring, rotation, transit_ring, vault
from rangkul.foundation.scope import acting
from rangkul.foundation.transit import way_from

KEYS = 60


class Killed(Exception):
    """The rotation ends here, as by a power cut after a committed batch."""


@pytest.fixture(params=["file", "transit"])
def ring_path(
    committed_db: None, cast: Cast, settings: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest,
) -> Iterator[Path]:  # fmt: skip
    """A copy of the tests' ring, which other tests go on using as it is."""
    path = tmp_path / "keyring.json"
    shutil.copyfile(os.environ["RANGKUL_TEST_RING"], path)
    path.chmod(0o600)
    settings.KEY_RING_PATH = path
    # How many keys a minute one person may open is another test's matter.
    settings.KEYS_PER_PERSON = settings.KEYS_PER_PROCESS = 1_000_000
    with ExitStack() as stack:
        if request.param == "transit":
            engine, address = stack.enter_context(serving())
            engine.make()
            token = tmp_path / "token"
            token.write_text(engine.token)
            token.chmod(0o600)
            monkeypatch.setenv("RANGKUL_TRANSIT_ADDRESS", address)
            monkeypatch.setenv("RANGKUL_TRANSIT_TOKEN_FILE", str(token))
            transit_ring.move(path, way_from(os.environ))
            keyring.retire_kek(path, 1)
        settings.KEY_RING = keyring.load(path)
        yield path


@pytest.fixture
def first(ring_path: Path, settings: Any) -> int:
    """The version that wraps what is made before a rotation; the next is one more."""
    return int(settings.KEY_RING.current_kek)


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


def test_everything_opens_before_and_after(ring_path: Path, cast: Cast, first: int) -> None:
    sealed = seal_some(cast)
    ring = keyring.add_kek(ring_path)
    assert ring.current_kek == first + 1
    assert opened(cast, sealed) == WORDS
    assert rotation.rotate(ring, using="owner", batch=7) == KEYS
    assert versions() == {first + 1: KEYS}
    assert opened(cast, sealed) == WORDS
    assert rotation.rotate(ring, using="owner") == 0


def test_a_process_with_the_old_ring_reads_it_again(
    ring_path: Path, cast: Cast, settings: Any, first: int
) -> None:
    sealed = seal_some(cast, 3)
    old = settings.KEY_RING
    rotation.rotate(keyring.add_kek(ring_path), using="owner")
    assert settings.KEY_RING is old
    assert opened(cast, sealed) == WORDS[:3]
    assert settings.KEY_RING.has(first + 1)
    # Planted fault: another ring in its place is no newer state of this one.
    ring_path.unlink()
    keyring.create(ring_path)
    settings.KEY_RING = keyring.KeyRing(old.master, {first: b"o" * 32}, first)
    with pytest.raises(vault.KeyDestroyed):
        opened(cast, sealed)


@pytest.mark.promise(
    "rotation-killed",
    chapter="vault",
    sentence="A rotation that is killed in the middle has lost nothing, and goes on where it was.",
)
def test_killed_between_batches_it_goes_on_where_it_was(
    ring_path: Path, cast: Cast, first: int
) -> None:
    sealed = seal_some(cast)
    ring = keyring.add_kek(ring_path)

    def told(count: int) -> None:
        if count >= 20:
            raise Killed

    with pytest.raises(Killed):
        rotation.rotate(ring, using="owner", batch=10, told=told)
    assert versions() == {first: KEYS - 20, first + 1: 20}
    assert opened(cast, sealed) == WORDS
    assert rotation.rotate(ring, using="owner", batch=10) == KEYS - 20
    assert opened(cast, sealed) == WORDS


@pytest.mark.promise(
    "rotation-killed",
    chapter="vault",
    sentence="A rotation that is killed in the middle has lost nothing, and goes on where it was.",
)
def test_killed_in_the_middle_of_a_batch_nothing_of_it_remains(
    ring_path: Path, cast: Cast, first: int, figure: Any
) -> None:
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
    assert versions() == {first: KEYS - 20, first + 1: 20}
    assert opened(cast, sealed) == WORDS
    assert rotation.rotate(keyring.load(ring_path), using="owner") == KEYS - 20
    assert opened(cast, sealed) == WORDS
    keeper = keyring.load(ring_path).keeper.split(" at ")[0]
    figure(f"kept by {keeper}: killed after 20 of {KEYS}, resumed, {KEYS} of {KEYS} open")


@pytest.mark.planted("rotation-killed")
def test_planted_a_rotation_that_forgets_half_is_found(ring_path: Path, cast: Cast) -> None:
    """Rows that bear what was wrapped for another."""
    sealed = seal_some(cast)
    rotation.rotate(keyring.add_kek(ring_path), using="owner")
    with psycopg.connect(owner_url()) as owner:
        owner.execute(
            "update foundation_datakey set wrapped = (select wrapped from foundation_datakey "
            "order by id limit 1)"
        )
    with pytest.raises(vault.VaultError):
        opened(cast, sealed)


@pytest.mark.promise(
    "rotation-in-use",
    chapter="vault",
    sentence=(
        "The key that wraps all keys is changed while everybody works: nobody is kept from a "
        "value, and nothing is lost."
    ),
)
def test_in_use_nobody_is_kept_from_a_value(ring_path: Path, cast: Cast, figure: Any) -> None:
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
    figure(
        f"3 rotations under 3 workers, kept by {ring.keeper.split(' at ')[0]}: "
        "0 values shut, 0 lost"
    )


@pytest.mark.planted("rotation-in-use")
def test_planted_a_key_taken_off_too_early_shuts_values(
    ring_path: Path, cast: Cast, settings: Any, first: int
) -> None:
    """Retired before all was wrapped anew, past the command that refuses it."""
    sealed = seal_some(cast)
    stolen = _key_store()
    rotation.rotate(keyring.add_kek(ring_path), using="owner")
    settings.KEY_RING = keyring.retire_kek(ring_path, first)
    assert opened(cast, sealed) == WORDS
    _bring_back(stolen[:1], first)
    with pytest.raises(vault.VaultError):
        opened(cast, sealed)


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
    ring_path: Path, cast: Cast, settings: Any, capsys: pytest.CaptureFixture[str], first: int
) -> None:
    sealed = seal_some(cast, 4)
    assert main(["keys", "new"]) == 0
    settings.KEY_RING = keyring.load(ring_path)
    assert main(["keys", "new"]) == 1
    assert "end that rotation first" in capsys.readouterr().err
    assert main(["keys", "retire", str(first)]) == 1
    assert "still wraps 4 data keys" in capsys.readouterr().err
    assert main(["keys", "rotate"]) == 0
    said = f"4 data keys are wrapped anew; key {first + 1} wraps all"
    assert said in capsys.readouterr().out
    assert main(["keys", "retire", str(first + 1)]) == 1
    assert main(["keys", "retire", str(first)]) == 0
    capsys.readouterr()
    settings.KEY_RING = keyring.load(ring_path)
    assert main(["keys", "status"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"key ring {settings.KEY_RING.fingerprint}, its keys kept by {settings.KEY_RING.keeper}",
        f"key {first + 1}  wraps 4 data keys  (current)",
    ]
    assert opened(cast, sealed) == WORDS[:4]


@pytest.mark.parametrize("ring_path", ["transit"], indirect=True)
def test_a_house_moves_from_a_file_to_an_engine(
    ring_path: Path, cast: Cast, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copyfile(os.environ["RANGKUL_TEST_RING"], ring_path)
    old = settings.KEY_RING = keyring.load(ring_path)
    sealed = seal_some(cast)
    assert main(["keys", "move"]) == 0
    # A process that still has the old ring goes on; the others read what it wrote.
    assert opened(cast, sealed) == WORDS
    settings.KEY_RING = keyring.load(ring_path)
    assert settings.KEY_RING.fingerprint == old.fingerprint
    assert opened(cast, sealed) == WORDS
    assert main(["keys", "rotate"]) == 0
    assert versions() == {2: KEYS}
    assert main(["keys", "retire", "1"]) == 0
    settings.KEY_RING = keyring.load(ring_path)
    assert opened(cast, sealed) == WORDS
    assert main(["keys", "move"]) == 1
    assert "already" in capsys.readouterr().err


@pytest.mark.promise(
    "rotation-old-store",
    chapter="vault",
    sentence="A stolen key store from before a rotation is silent once the old key is retired.",
)
def test_an_old_key_store_opens_only_with_the_old_ring(
    ring_path: Path, cast: Cast, settings: Any, first: int, figure: Any
) -> None:
    sealed = seal_some(cast, 2)
    stolen = _key_store()
    rotation.rotate(keyring.add_kek(ring_path), using="owner")
    settings.KEY_RING = keyring.retire_kek(ring_path, first)
    _bring_back(stolen, first)
    with pytest.raises(vault.VaultError):
        opened(cast, sealed)
    figure("0 of 2 values open with the key store of the day before and the ring of today")


@pytest.mark.planted("rotation-old-store")
def test_planted_a_ring_that_keeps_the_old_key_opens_the_old_store(
    ring_path: Path, cast: Cast, settings: Any, first: int
) -> None:
    sealed = seal_some(cast, 2)
    stolen = _key_store()
    settings.KEY_RING = keyring.add_kek(ring_path)
    rotation.rotate(settings.KEY_RING, using="owner")
    _bring_back(stolen, first)
    assert opened(cast, sealed) == WORDS[:2]


def _key_store() -> list[tuple[Any, ...]]:
    with psycopg.connect(owner_url()) as owner:
        return owner.execute("select id, wrapped from foundation_datakey").fetchall()


def _bring_back(stolen: list[tuple[Any, ...]], version: int) -> None:
    with psycopg.connect(owner_url()) as owner:
        for key_id, wrapped in stolen:
            owner.execute(
                "update foundation_datakey set wrapped = %s, kek_version = %s where id = %s",
                [wrapped, version, key_id],
            )
