"""The embedded server: private folders, passwords for all, nothing but a socket."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rangkul.foundation import embedded
from rangkul.foundation.embedded import EmbeddedServer


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def started() -> Iterator[EmbeddedServer]:
    """A server of this module's own, whichever one stands under the other tests."""
    server = EmbeddedServer(f"try-{os.getpid()}", embedded.default_home(), {"fsync": "off"})
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.root)


@pytest.fixture
def server(started: EmbeddedServer) -> EmbeddedServer:
    """That server, seen as anyone sees it who did not start it."""
    return EmbeddedServer(started.name, started.home, {})


def test_data_and_socket_are_for_the_server_alone(server: EmbeddedServer) -> None:
    assert _mode(server.data) == 0o700
    assert _mode(server._runtime()) == 0o700
    assert _mode(server.root / "database.json") == 0o600
    assert not (server.root / "initial-password").exists()


def test_everyone_needs_a_password(server: EmbeddedServer) -> None:
    # Only the server's user and root may read the rules.
    rules = [
        line.split()
        for line in (server.data / "pg_hba.conf").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert rules
    assert {rule[-1] for rule in rules} == {"scram-sha-256"}
    part = psycopg.conninfo.conninfo_to_dict(server.url(embedded.SUPERUSER, "postgres"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**{**part, "password": "guessed"})
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(**{**part, "password": None})


def test_it_listens_on_no_network_and_logs_no_statement(server: EmbeddedServer) -> None:
    wanted = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "unix_socket_directories": str(server._runtime()),
        "log_min_error_statement": "panic",
        "log_statement": "none",
        "data_checksums": "on",
        "server_encoding": "UTF8",
    }
    with server.connect(embedded.SUPERUSER, "postgres") as superuser:
        found = {name: superuser.execute(f"show {name}").fetchone()[0] for name in wanted}
    assert found == wanted


def test_each_role_has_a_password_of_its_own(server: EmbeddedServer) -> None:
    roles = ("postgres", "rangkul_owner", "rangkul_app", "rangkul_reader")
    passwords = [server.password(role) for role in roles]
    assert len(set(passwords)) == len(roles)
    assert all(len(password) >= 40 for password in passwords)
    assert passwords == [server.password(role) for role in roles]


def test_starting_what_runs_and_stopping_what_another_started_do_nothing(
    server: EmbeddedServer,
) -> None:
    server.start()
    server.stop()
    with server.connect(embedded.SUPERUSER, "postgres") as superuser:
        assert superuser.execute("select 1").fetchone() == (1,)


def test_a_folder_open_to_others_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root gives it to the server's user instead."""
    monkeypatch.setattr(embedded, "_as_root", lambda: False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    server = EmbeddedServer("try", tmp_path, {})
    server._runtime().mkdir(parents=True)
    server._runtime().chmod(0o755)
    with pytest.raises(embedded.EmbeddedServerFailed, match="open to others"):
        server.start()
