"""What a trial system may do: say that it is one, stay on this machine, keep its desks on duty."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from rangkul.commands import demo, migrate, run, serve
from rangkul.commands.agency import level_of
from rangkul.commands.cli import main
from rangkul.commands.server import Instance
from rangkul.foundation.errors import RangkulError

EVERY_ADDRESS = str(IPv4Address(socket.INADDR_ANY))


@pytest.mark.parametrize("host", [EVERY_ADDRESS, "::", "192.168.1.7", "rangkul.example.go.id", ""])
def test_a_trial_is_served_on_this_machine_only(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RANGKUL_EMBEDDED_URL", "postgresql://app@/rangkul")
    monkeypatch.setattr(serve, "setup_django", _must_not_be_reached)
    assert main(["web", "--host", host]) == 1
    assert "a trial system is not served on" in capsys.readouterr().err


def _must_not_be_reached() -> None:
    raise AssertionError("the public address was accepted")


class Reached(RangkulError):
    """The command went on to serve."""


def _reached() -> None:
    raise Reached("reached")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_loopback_is_this_machine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANGKUL_EMBEDDED_URL", "postgresql://app@/rangkul")
    monkeypatch.setattr(serve, "setup_django", _reached)
    assert main(["web", "--host", host]) == 1


def test_a_real_system_is_served_where_its_keeper_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RANGKUL_EMBEDDED_URL", raising=False)
    monkeypatch.setattr(serve, "setup_django", _reached)
    assert main(["web", "--host", EVERY_ADDRESS]) == 1
    assert capsys.readouterr().err == "rangkul: reached\n"


def test_a_port_that_is_taken_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(run, "Instance", _must_not_be_reached)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["run", "--port", str(taken.getsockname()[1])]) == 1
    assert "already served on port" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "trial"),
    [
        ({}, "True"),
        ({"RANGKUL_DEMO": "1"}, "False"),
        ({"RANGKUL_EMBEDDED_URL": "", "DATABASE_URL": "postgresql://app@/rangkul"}, "False"),
    ],
)
def test_what_stands_on_the_embedded_database_is_a_trial(
    changes: dict[str, str], trial: str
) -> None:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("RANGKUL_", "DATABASE"))
    }
    environment |= {
        "RANGKUL_EMBEDDED_URL": "postgresql://app@/rangkul",
        "RANGKUL_KEYRING": os.environ["RANGKUL_KEYRING"],
    } | changes
    done = subprocess.run(
        [sys.executable, "-c", "from rangkul.config import settings; print(settings.TRIAL)"],
        env={k: v for k, v in environment.items() if v}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == trial


@pytest.mark.parametrize(("demonstration", "fresh"), [(True, False), (True, True), (False, False)])
def test_a_demonstration_of_another_day_is_put_on_duty_at_its_start(
    demonstration: bool, fresh: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done: list[str] = []

    def note(what: str) -> Any:
        return lambda *_a, **_k: done.append(what)

    monkeypatch.setattr(run, "setup_django", lambda: None)
    monkeypatch.setattr(migrate, "migrate", note("migrated"))
    monkeypatch.setattr(demo, "load", note("loaded"))
    monkeypatch.setattr(demo, "keep_on_duty", note("on duty"))
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    for name in ("RANGKUL_DEMO", "RANGKUL_POOL"):
        monkeypatch.setenv(name, "1")
    instance = Instance("demo", tmp_path, {})
    instance.root.mkdir()
    monkeypatch.setattr(Instance, "apply_environment", lambda _self, *, owner: None)
    run._prepare(instance, demo=demonstration, fresh=fresh, villages=False)
    loaded = {(True, True): ["loaded"], (True, False): ["on duty"]}.get((demonstration, fresh), [])
    assert done == ["migrated", *loaded]
    assert (instance.root / "ready").exists() == (demonstration and fresh)


@pytest.mark.parametrize(
    ("kind", "area", "level"),
    [
        ("dinas_sosial", "62", "provinsi"), ("dinas_sosial", "62.71", "kab_kota"),
        ("puskesmas", "62.71.01", "kecamatan"), ("puskesmas", "62.71", "kecamatan"),
        ("lsm", "62.71", "masyarakat"), ("kemlu", "31", "nasional"),
        ("tidak_ada", "62", "provinsi"),
    ],
)  # fmt: skip
def test_an_agency_works_at_the_level_of_its_kind_and_area(
    db: None, kind: str, area: str, level: str
) -> None:
    assert level_of(kind, area) == level


def test_where_several_levels_fit_the_level_is_asked(db: None) -> None:
    with pytest.raises(RangkulError, match="--level nasional or provinsi or kab_kota"):
        level_of("rptc", "62.71.01")
