"""Worker and database are killed at random moments while two hundred hand-offs go through.

Nothing may be lost, nothing doubled: the counts at the end are those of a quiet day.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from tests.faults.handing_over import HAND_OFFS

from rangkul.commands.server import Instance
from rangkul.foundation import roles
from rangkul.foundation.embedded import EmbeddedServerFailed

pytestmark = pytest.mark.xdist_group("faults")

ROOT = Path(__file__).resolve().parents[2]
DRIVER = ROOT / "tests" / "faults" / "handing_over.py"
DRAINED_WITHIN = 240.0


QUESTIONS: Final = {
    "states": "select state, count(*) from referrals_request group by 1",
    "acts": "select name, count(*), count(distinct subject_id) from trail_act "
    "where subject_kind = 'request' group by 1",
    "clocks": "select procedure, state, count(*), count(distinct subject_id) "
    "from clocks_clock where subject_kind = 'request' group by 1, 2",
    "jobs": "select status::text, count(*) from procrastinate_jobs "
    "where queue_name = 'events' group by 1",
    "keys": "select count(*) from referrals_packet p join foundation_datakey k "
    "on k.subject = p.id and k.data_class = 'packet'",
}


class House:
    """A database of its own with a worker beside it, both of which can be killed."""

    def __init__(self, home: Path) -> None:
        self.instance = Instance("faults", home, {})
        self.instance.start()
        inherited = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("RANGKUL_", "DJANGO_", "DATABASE_", "PYTEST_"))
        }  # fmt: skip
        self.environment = inherited | self.instance.environment(owner=True) | {
            "PYTHONPATH": str(ROOT), "RANGKUL_POOL": "0",
            # One person presses as often as two hundred do.
            "RANGKUL_KEYS_PER_PERSON": str(600 * HAND_OFFS),
        }  # fmt: skip
        self.worker: subprocess.Popen[bytes] | None = None

    def drive(self, step: str, told: str = "") -> str:
        """Run one step of the driver to its end."""
        done = subprocess.run(
            [sys.executable, str(DRIVER), step], env=self.environment, input=told.encode(),
            capture_output=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()[-3_000:]
        return done.stdout.decode()

    def count(self, *names: str) -> dict[str, list[tuple[Any, ...]]]:
        """What stands in the database now, read as the owner."""
        with psycopg.connect(self.instance.server.url(roles.OWNER, self.instance.database)) as own:
            return {name: own.execute(QUESTIONS[name]).fetchall() for name in names or QUESTIONS}

    def keep_worker(self) -> None:
        """Start the worker where none runs, as the supervisor of processes does."""
        if self.worker is None or self.worker.poll() is not None:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "rangkul.commands.cli", "worker"], env=self.environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def kill_worker(self) -> None:
        """No word of warning, nothing finished."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()

    def kill_database(self) -> None:
        """Every process of the server at once; it recovers from its log when it starts again."""
        server = self.instance.server
        server._run("pg_ctl", "stop", "-D", str(server.data), "--mode", "immediate", "--silent")
        time.sleep(random.Random().uniform(0, 0.5))
        server.start()

    def stop(self) -> None:
        """Leave nothing behind."""
        self.kill_worker()
        # It may lie dead already, killed by the test itself.
        with suppress(EmbeddedServerFailed):
            self.instance.server.stop(force=True)
        shutil.rmtree(self.instance.home, ignore_errors=True)


@pytest.fixture
def house() -> Iterator[House]:
    home = Path(tempfile.mkdtemp(prefix="rangkul-faults-"))
    # As root the database runs as another user, who must be able to come this way.
    home.chmod(0o711)
    made = House(home)
    try:
        yield made
    finally:
        made.stop()


def test_nothing_is_lost_and_nothing_doubled(house: House) -> None:
    cases = house.drive("prepare")
    house.keep_worker()
    killed = {"worker": 0, "database": 0}
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as said:
        told.write(cases.encode())
        told.seek(0)
        driver = subprocess.Popen(
            [sys.executable, str(DRIVER), "work"], env=house.environment, stdin=told,
            stdout=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
        _plague(house, driver, killed)
        said.seek(0)
        assert driver.returncode == 0, said.read().decode()[-3_000:]
    assert min(killed.values()) >= 2, killed
    _drain(house)
    _as_on_a_quiet_day(house.count())


def _plague(house: House, driver: subprocess.Popen[bytes], killed: dict[str, int]) -> None:
    """Kill one or the other every few seconds, as long as hand-offs go on."""
    rng = random.Random(7)
    while driver.poll() is None:
        time.sleep(rng.uniform(0.5, 3))
        if driver.poll() is not None:
            return
        victim = rng.choice(("worker", "worker", "database"))
        house.kill_worker() if victim == "worker" else house.kill_database()
        killed[victim] += 1
        time.sleep(rng.uniform(0, 0.5))
        house.keep_worker()


def _drain(house: House) -> None:
    """Until every event was followed; what a killed worker had in hand is taken up again."""
    end = time.monotonic() + DRAINED_WITHIN
    while time.monotonic() < end:
        house.keep_worker()
        left = {status: n for status, n in house.count("jobs")["jobs"] if status != "succeeded"}
        if not left:
            return
        time.sleep(0.5)
    raise AssertionError(f"events are left over: {left}")


def _as_on_a_quiet_day(found: dict[str, Any]) -> None:
    assert found["states"] == [("done", HAND_OFFS)]
    acts = {name: (times, requests) for name, times, requests in found["acts"]}
    for name in (
        "referral.sent", "request.accepted", "request.first_contact", "request.outcome",
        "referral.answered", "referral.first_contact", "referral.ended",
    ):  # fmt: skip
        assert acts[name] == (HAND_OFFS, HAND_OFFS), name
    assert {state for _procedure, state, _n, _things in found["clocks"]} == {"met"}
    assert all(n == things == HAND_OFFS for _p, _s, n, things in found["clocks"])
    assert found["keys"] == [(HAND_OFFS,)]
