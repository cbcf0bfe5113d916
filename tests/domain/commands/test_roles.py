"""`rangkul roles` on a server of somebody's own: three roles, a database, a key ring, told once."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.domain.commands.test_agency import environment

from rangkul.foundation import roles
from rangkul.foundation.embedded import SUPERUSER, EmbeddedServer

pytestmark = pytest.mark.xdist_group("roles-command")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL that knows nothing of Rangkul."""
    home = Path(tempfile.mkdtemp(prefix="rangkul-roles-"))
    home.chmod(0o711)
    own = EmbeddedServer("own", home, {})
    own.start()
    try:
        yield own
    finally:
        own.stop(force=True)
        shutil.rmtree(home, ignore_errors=True)


def call(server: EmbeddedServer, *words: str) -> subprocess.CompletedProcess[str]:
    """`rangkul roles` as its operator types it."""
    return subprocess.run(
        [sys.executable, "-m", "rangkul.commands.cli", "roles", "--superuser-url",
         server.url(SUPERUSER, "postgres"), "--database", "kantor", *words],
        env=environment(server.home), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def told(answer: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The addresses that the command printed, by the variable they belong in."""
    assert answer.returncode == 0, answer.stderr
    return dict(re.findall(r"^(DATABASE\w*URL)=(\S+)$", answer.stdout, re.M))


def test_three_roles_and_a_database_are_made_and_none_is_above_row_security(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    ring = tmp_path / "kunci.json"
    first = call(server, "--keyring", str(ring))
    urls = told(first)
    assert list(urls) == ["DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_READER_URL"]
    assert "created" in first.stdout
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    wanted = {roles.APP, roles.OWNER, roles.READER}
    for url in urls.values():
        with psycopg.connect(url) as connection:
            name, above, passes = connection.execute(
                "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
            ).fetchone() or ("", True, True)
        assert (above, passes) == (False, False), name
        wanted.discard(name)
    assert wanted == set()
    with psycopg.connect(urls["DATABASE_URL"]) as app, pytest.raises(psycopg.Error):
        app.execute("create table mine (id int)")

    # Again: new passwords, the same database, and the ring is not made anew under the data.
    held = ring.read_bytes()
    second = call(server, "--keyring", str(ring))
    again = told(second)
    assert "already there" in second.stdout
    assert ring.read_bytes() == held
    assert again["DATABASE_URL"] != urls["DATABASE_URL"]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls["DATABASE_URL"]).close()
    psycopg.connect(again["DATABASE_URL"]).close()
