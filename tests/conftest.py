"""One database template for all tests: migrated as owner, cloned for each worker, used as the app.

Row security stays on in every test. ``TEST_DATABASE_SUPERUSER_URL`` names another PostgreSQL
(15 in CI); otherwise the embedded one starts by itself.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
from pathlib import Path
from typing import IO

import psycopg
import pytest
import pytest_django
from hypothesis import HealthCheck, settings
from psycopg import sql
from tests import promises
from tests.promises import figure as figure
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# No test fails for being slow on a busy machine; `make bench` measures.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent
_BASE = "rangkul_test_" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEMPLATE = f"{_BASE}_template"
# Several runs may go on at once, each with clones of its own; the workers know their controller.
_RUN = os.environ.setdefault("RANGKUL_TEST_RUN", str(os.getpid()))
CLONE = f"{_BASE}_{_RUN}_{_WORKER}"


class Lease:
    """Held by every run from this checkout, so that none stops the server under another."""

    def __init__(self) -> None:
        self._file: IO[str] | None = None

    def take(self, path: Path) -> None:
        self._file = path.open("w")
        if os.name == "posix":
            import fcntl

            fcntl.flock(self._file, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether no other run holds the lease now; this one gives it up."""
        if self._file is None or os.name != "posix":
            return True
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def end(self) -> None:
        """Nothing more is asked of this run's server."""
        if self._file is not None:
            self._file.close()


_LEASE = Lease()


class TestServer:
    """The PostgreSQL under the tests, and the URLs of its roles."""

    __test__ = False

    def __init__(self) -> None:
        from rangkul.foundation import embedded, roles

        self.passwords = dict.fromkeys((roles.OWNER, roles.APP, roles.READER), "test-only")
        self._given = os.environ.get("TEST_DATABASE_SUPERUSER_URL", "")
        self._embedded: embedded.EmbeddedServer | None = None
        if not self._given:
            name = "test-" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
            self._embedded = embedded.EmbeddedServer(
                name,
                embedded.default_home(),
                {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
            )

    def start(self) -> None:
        if self._embedded:
            self._embedded.start()

    def stop(self) -> None:
        if self._embedded:
            self._embedded.stop()

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        from rangkul.foundation import embedded

        if self._embedded:
            return self._embedded.connect(embedded.SUPERUSER, database)
        return psycopg.connect(self._given, dbname=database, autocommit=True)

    def url(self, role: str, database: str) -> str:
        if self._embedded:
            return self._embedded.url(role, database)
        part = psycopg.conninfo.conninfo_to_dict(self._given)
        part |= {"user": role, "password": self.passwords[role], "dbname": database}
        host = str(part.get("host", ""))
        return (
            f"postgresql://{role}:{self.passwords[role]}@/{database}"
            f"?host={host}&port={part.get('port', 5432)}"
        )


def _ring() -> str:
    """One ring for all runs from this checkout: the template carries its scope secret."""
    from rangkul.foundation import embedded, keyring

    path = embedded.default_home() / f"test-{_BASE[-8:]}" / "keyring.json"
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    if not path.exists():
        with contextlib.suppress(keyring.KeyRingUnusable):
            keyring.create(path)
    return str(path)


def _prepare_environment() -> TestServer | None:
    """Point the settings at this worker's clone, before Django reads them."""
    if os.environ.get("RANGKUL_CHECK") == "1":
        return None
    from rangkul.foundation import roles

    server = TestServer()
    ring = _ring()
    if _WORKER == "main":
        _LEASE.take(Path(ring).with_name("lease"))
    os.environ["RANGKUL_TEST_RING"] = ring
    server.start()
    os.environ["RANGKUL_KEYRING"] = ring
    os.environ.pop("DATABASE_URL", None)
    os.environ["RANGKUL_POOL"] = "0"
    # Tests knock faster than any person; those of the pace itself set their own.
    os.environ.setdefault("RANGKUL_REQUESTS_PER_MINUTE", "0")
    # A machine for each form that tests upload takes a second each; those of it ask for it.
    os.environ.setdefault("RANGKUL_ODK_VALIDATE", "0")
    os.environ["RANGKUL_EMBEDDED_URL"] = server.url(roles.APP, CLONE)
    os.environ["RANGKUL_EMBEDDED_OWNER_URL"] = server.url(roles.OWNER, CLONE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "rangkul.config.settings"
    from django.conf import settings

    # pytest-django sets Django up once the settings are read; they are complete only now.
    assert settings.DATABASES
    # Workers inherit the environment, and must not read the settings before their own clone is set.
    del os.environ["DJANGO_SETTINGS_MODULE"]
    return server


SERVER = _prepare_environment()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Ours: see ``tests/promises.py``."""
    promises.add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Ours: see ``tests/promises.py``."""
    promises.configure(config)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ours: see ``tests/promises.py``."""
    promises.note_marks(item)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller drops its run's clones, and stops the server when no other run needs it."""
    if hasattr(session.config, "workerinput") or SERVER is None:
        return
    from django.db import connections

    for connection in connections.all():
        connection.close()
    with SERVER.superuser() as superuser:
        mine = superuser.execute(
            "select datname from pg_database where datname like %s", [f"{_BASE}_{_RUN}_%"]
        ).fetchall()
        for (name,) in mine:
            superuser.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )
    if _LEASE.is_last():
        SERVER.stop()
    _LEASE.end()


class _ByGroup(LoadScopeScheduling):
    """Modules that share something dear (a browser's house, a world of all) stay with one worker.

    pytest-xdist's own ``loadgroup`` writes the group into a test's id, which pytest 9 no longer
    lets it do: the groups fell apart, and what they share was made in every worker.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group_of(nodeid.partition("::")[0]) or nodeid


@functools.cache
def _group_of(path: str) -> str:
    """The group that a module names, or its folder's conftest for all of it; "" for neither."""
    module = ROOT / path
    for file in (module, module.with_name("conftest.py")):
        named = file.is_file() and re.search(r'xdist_group\("([\w-]+)"\)', file.read_text())
        if named:
            return named[1]
    return ""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByGroup | None:
    """With ``--dist loadgroup`` ours."""
    return _ByGroup(config, log) if config.getoption("dist") == "loadgroup" else None


def _template_stamp() -> str:
    """Changes whenever migrations, SQL, released reference data or shipped forms change."""
    digest = hashlib.sha256()
    package = ROOT / "src" / "rangkul"
    watched = [
        *package.glob("*/migrations/*.py"),
        *package.glob("*/*sql.py"),
        *package.glob("foundation/*.py"),
        *package.glob("reference/**/*"),
        *package.glob("assessments/instruments/forms/*.csv"),
    ]
    for path in sorted(p for p in watched if p.is_file() and "__pycache__" not in p.parts):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _build_template(server: TestServer, ring: str) -> None:
    import subprocess
    import sys

    from rangkul.foundation import roles

    with server.superuser() as superuser:
        superuser.execute("select pg_advisory_lock(7365)")
        roles.create_roles(superuser, _passwords(server))
        stamp = _template_stamp() + hashlib.sha256(Path(ring).read_bytes()).hexdigest()
        known = superuser.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s",
            [TEMPLATE],
        ).fetchone()
        if known and known[0] == stamp:
            return
        name = sql.Identifier(TEMPLATE)
        superuser.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        roles.create_database(superuser, TEMPLATE)
        environment = os.environ | {
            "RANGKUL_EMBEDDED_URL": server.url(roles.APP, TEMPLATE),
            "RANGKUL_EMBEDDED_OWNER_URL": server.url(roles.OWNER, TEMPLATE),
        }
        done = subprocess.run(
            [sys.executable, "-m", "rangkul.commands.cli", "migrate", "--quiet"],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"migrating the template failed:\n{done.stdout}\n{done.stderr}")
        superuser.execute(sql.SQL("comment on database {} is {}").format(name, sql.Literal(stamp)))


def _passwords(server: TestServer) -> dict[str, str]:
    if server._embedded:
        return {role: server._embedded.password(role) for role in server.passwords}
    return server.passwords


def clone_database(server: TestServer, name: str) -> None:
    """A fresh copy of the template under ``name`` (about 0.05 s)."""
    with server.superuser() as superuser:
        superuser.execute("select pg_advisory_lock(7365)")
        superuser.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )
        superuser.execute(
            sql.SQL("create database {} template {} owner rangkul_owner").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The database's name is ours already."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    """Build the template once, clone it for this worker."""
    assert SERVER is not None
    _build_template(SERVER, os.environ["RANGKUL_TEST_RING"])
    clone_database(SERVER, CLONE)


@pytest.fixture
def untouched_db(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker):
    """Before ``committed_db``: a clone in which nothing stands, not the cast of another test."""
    from django.db import connections

    assert SERVER is not None
    with django_db_blocker.unblock():
        for connection in connections.all():
            connection.close()
        clone_database(SERVER, CLONE)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker):
    """Real transactions that commit; the clone is thrown away afterwards and made anew."""
    from django.db import connections

    assert SERVER is not None
    with django_db_blocker.unblock():
        yield
        for connection in connections.all():
            connection.close()
        clone_database(SERVER, CLONE)


@pytest.fixture(autouse=True)
def _nobody_drew_before() -> None:
    """A test's person has the whole measure of keys of a minute: the tests are one process."""
    from rangkul.foundation import draw

    draw.forget()
