"""`rangkul trail` as an operator types it, and the independent verifier as an auditor does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.conftest import ROOT
from tests.people import NOW, Cast, owner_url

from rangkul.commands.cli import main
from rangkul.foundation.scope import acting
from rangkul.trail.operations import record


@pytest.fixture
def witness(committed_db: None, cast: Cast, settings: Any, tmp_path: Path) -> Path:
    path: Path = tmp_path / "witness.jsonl"
    settings.TRAIL_CHECKPOINTS = [path]
    return path


def act(cast: Cast, times: int = 1) -> None:
    with acting(cast.ratih):
        for n in range(times):
            record(by=cast.ratih, at=NOW, name="test.act", subject_kind="thing", subject_id=n)


def by_the_auditor(witness: Path, key: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "ops" / "verify_trail.py"), "--database", owner_url(),
         "--checkpoint", str(witness), "--key", key],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_seal_verify_and_the_auditors_own_check(
    witness: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    act(cast, 3)
    assert main(["trail", "seal"]) == 0
    assert capsys.readouterr().out == "3 acts sealed\n"
    act(cast)
    assert main(["trail", "verify"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(str(witness))
    assert said[1] == "sealed      3 acts under 1 seals"
    assert said[2].startswith("not sealed  1 acts, the oldest of 2026-03-02")
    assert said[3] == "whole"
    assert main(["trail", "key"]) == 0
    key = capsys.readouterr().out.strip()
    done = by_the_auditor(witness, key)
    assert (done.returncode, done.stdout) == (0, "3 sealed acts, 1 not sealed yet: whole\n")


def test_a_touched_trail_ends_with_one(
    witness: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planted: the owner switches the triggers off and takes an act away."""
    act(cast, 3)
    main(["trail", "seal"])
    main(["trail", "key"])
    key = capsys.readouterr().out.split()[-1]
    with psycopg.connect(owner_url()) as owner:
        owner.execute("alter table trail_act disable trigger user")
        owner.execute("delete from trail_act where subject_id = '1'")
    assert main(["trail", "verify"]) == 1
    assert "FAULT       seal 1" in capsys.readouterr().out
    done = by_the_auditor(witness, key)
    assert done.returncode == 1
    assert "FAULT: seal 1: 2 acts, 3 were sealed" in done.stdout


def test_the_auditor_is_told_what_could_not_be_checked(witness: Path, cast: Cast) -> None:
    act(cast)
    main(["trail", "seal"])
    assert by_the_auditor(witness, "no key").returncode == 2
    assert by_the_auditor(witness.with_name("nowhere"), "00" * 32).returncode == 2


def test_resume_after_a_restore_and_without_one(
    witness: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    act(cast)
    main(["trail", "seal"])
    assert main(["trail", "resume"]) == 0
    assert "nothing was lost" in capsys.readouterr().out
    with psycopg.connect(owner_url()) as owner:
        for table in ("trail_act", "trail_seal"):
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(f"delete from {table}")
            owner.execute(f"alter table {table} enable trigger user")
    assert main(["trail", "seal"]) == 1
    assert "rangkul trail resume" in capsys.readouterr().err
    assert main(["trail", "resume"]) == 0
    assert "goes on with seal 2" in capsys.readouterr().out
    act(cast)
    assert main(["trail", "seal"]) == 0
    assert main(["trail", "verify"]) == 0
    assert "1 sealed acts were lost" in capsys.readouterr().out


def test_the_worker_seals_and_the_house_refuses_to_serve_uncovered_acts(
    witness: Path, cast: Cast
) -> None:
    from rangkul.jobs.sealing import seal_trail
    from rangkul.trail.sealing import TrailBehind, refuse_if_behind

    act(cast, 2)
    seal_trail()
    assert len(witness.read_text().splitlines()) == 1
    refuse_if_behind()
    with psycopg.connect(owner_url()) as owner:
        owner.execute("update house.act_base set base = base - 1000")
    with pytest.raises(TrailBehind):
        refuse_if_behind()
