"""``rangkul doctor`` says who can read what, and what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.people import Cast, owner_url
from tests.transit import serving

from rangkul.commands.cli import main
from rangkul.commands.doctor import GOOD, LOOK, WRONG, examine
from rangkul.foundation import transit_ring
from rangkul.foundation.transit import Way

pytestmark = pytest.mark.usefixtures("committed_db")


def told(state: str) -> str:
    return "\n".join(f.sentence for f in examine() if f.state == state)


@pytest.fixture
def witness(cast: Cast, settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "checkpoints.jsonl"
    path.write_text("{}\n")
    settings.TRAIL_CHECKPOINTS = [path]
    settings.CLAMD = ""
    return path


def test_with_a_file_root_reads_all_and_the_doctor_says_so(witness: Path) -> None:
    assert "whoever is root here" in told(LOOK)
    assert "its keys kept by a file" in told(GOOD)


def test_with_an_engine_it_names_the_engine(
    witness: Path, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as (engine, address):
        engine.make()
        token = tmp_path / "token"
        token.write_text(engine.token)
        token.chmod(0o600)
        monkeypatch.setenv("RANGKUL_TRANSIT_ADDRESS", address)
        monkeypatch.setenv("RANGKUL_TRANSIT_TOKEN_FILE", str(token))
        path = tmp_path / "ring.json"
        ring = transit_ring.create(path, Way(address, token_file=token))
        settings.KEY_RING, settings.KEY_RING_PATH = ring, path
        assert f"Transit at {address} (transit/rangkul)" in told(GOOD)
        assert "whoever is root" not in told(LOOK)


def test_what_is_wrong_is_told_and_ends_with_one(
    witness: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no worker runs" in told(WRONG)
    with psycopg.connect(owner_url()) as owner:
        owner.execute("insert into procrastinate_workers default values")
    assert "a worker is at work" in told(GOOD)
    assert main(["doctor"]) == 0
    with psycopg.connect(owner_url()) as owner:
        owner.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    settings.CLAMD = "unix:/nonexistent/clamd.sock"
    witness.unlink()
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    for sentence in ("given a sign since", "clamd cannot be reached", "is not there"):
        assert sentence in said
