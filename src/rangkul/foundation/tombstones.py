"""What was destroyed stays destroyed: a list beside the key ring that no older database undoes.

A restored backup brings back wrapped keys that somebody destroyed since. Each destroyed key leaves
a line in the database, in the transaction that destroys it (a trigger, so that no way is
forgotten), and from there in a file beside the ring, which is never restored with the database. The
vault opens no key that stands in the file. A line holds a digest of a random id: it names nobody.
"""

from __future__ import annotations

import hashlib
import os
import stat
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from rangkul.foundation.keyring import KeyRingUnusable

_HEAD: Final = "rangkul tombstones 1 "
_KEY, _CASE = "k", "e"
_DIGEST: Final = 16
# Days. A transaction lives for seconds; whoever looks each minute misses none of a day.
_RECENT: Final = 1
_EVER: Final = 36_500


@dataclass(frozen=True, slots=True)
class Erased:
    """A case whose rows were cleared: its id, and a digest of its subject, for an id can return."""

    case_id: int
    subject: str


@dataclass(slots=True)
class _Known:
    """What this process has read of the file, and the state of the file when it did."""

    stamp: tuple[int, int, int] | None = None
    marks: array[int] = field(default_factory=lambda: array("Q"))
    cases: tuple[Erased, ...] = ()


_KNOWN: Final[dict[Path, _Known]] = {}


def path_of(ring: Path) -> Path:
    """Where the list of a ring stands: beside it, under its name."""
    return ring.with_name(f"{ring.stem}.tombstones")


def digest_of(key_id: UUID) -> str:
    """How a key is named in the list: 128 bits of SHA-256 over its id, in hex."""
    return hashlib.sha256(key_id.bytes).digest()[:_DIGEST].hex()


def holds(key_id: UUID) -> bool:
    """Whether this key was destroyed, whatever a database says. One look at the file's state."""
    marks = _read(path_of(settings.KEY_RING_PATH)).marks
    if not marks:
        return False
    mark = int.from_bytes(hashlib.sha256(key_id.bytes).digest()[:8], "big")
    place = bisect_left(marks, mark)
    return place < len(marks) and marks[place] == mark


def erased_cases() -> Sequence[Erased]:
    """The cases whose rows must stay cleared."""
    return _read(path_of(settings.KEY_RING_PATH)).cases


def count() -> int:
    """How many destroyed keys the list knows."""
    return len(_read(path_of(settings.KEY_RING_PATH)).marks)


def carry_over(*, using: str = DEFAULT_DB_ALIAS, whole: bool = False) -> int:
    """Write into the file what the database has destroyed and the file does not know yet.

    The last day's, or with ``whole`` everything. The count of new lines. Durable when it returns;
    killed in the middle, the next call writes what is missing. Any process may call it at any time.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select kind, name from house.tombstone "
            "where at > now() - make_interval(days => %s) order by at",
            [_EVER if whole else _RECENT],
        )
        found = [f"{kind} {name}" for kind, name in cursor.fetchall()]
    path = path_of(settings.KEY_RING_PATH)
    known = _lines(path) if found else set()
    fresh = [line for line in dict.fromkeys(found) if line not in known]
    if fresh:
        _append(path, fresh)
    return len(fresh)


def bring_back(*, using: str) -> int:
    """Tell a database, as its owner, what the file knows and it does not; the count of lines.

    The other direction of ``carry_over``: after an older database was restored.
    """
    lines = [line.split(" ", 1) for line in _lines(path_of(settings.KEY_RING_PATH))]
    if not lines:
        return 0
    with connections[using].cursor() as cursor:
        cursor.execute(
            "insert into house.tombstone (kind, name, at) "
            "select kind, name, now() from unnest(%s::text[], %s::text[]) as l (kind, name) "
            "on conflict do nothing",
            [[kind for kind, _ in lines], [name for _, name in lines]],
        )
        return int(cursor.rowcount)


def _read(path: Path) -> _Known:
    known = _KNOWN.setdefault(path, _Known())
    try:
        state = path.stat()
    except FileNotFoundError:
        if known.stamp is not None:
            _KNOWN[path] = known = _Known()
        return known
    stamp = (state.st_ino, state.st_size, state.st_mtime_ns)
    if stamp != known.stamp:
        marks, cases = [], []
        for line in _lines(path):
            kind, _, name = line.partition(" ")
            if kind == _KEY:
                marks.append(int(name[:16], 16))
            else:
                case_id, _, subject = name.partition(" ")
                cases.append(Erased(int(case_id), subject))
        fresh = _Known(stamp, array("Q", sorted(marks)), tuple(cases))
        _KNOWN[path] = known = fresh
    return known


def _lines(path: Path) -> set[str]:
    """Every whole line of the file; a last one that a power cut tore is none.

    Raises ``KeyRingUnusable`` for a list that others may read, or of another ring.
    """
    try:
        info = path.stat()
    except FileNotFoundError:
        return set()
    if os.name == "posix" and stat.S_IMODE(info.st_mode) & 0o077:
        raise KeyRingUnusable(f"the tombstones at {path} can be read by others. Run: chmod 600")
    head, *lines = path.read_text(encoding="ascii").split("\n")
    if not lines:
        # Torn in its first line: nothing was written yet.
        return set()
    if head != _head():
        raise KeyRingUnusable(f"the tombstones at {path} belong to another key ring")
    return {line for line in lines if _whole(line)}


def _whole(line: str) -> bool:
    kind, _, name = line.partition(" ")
    if kind == _KEY:
        return len(name) == 2 * _DIGEST
    return kind == _CASE and len(name.partition(" ")[2]) == 2 * _DIGEST


def _head() -> str:
    return _HEAD + str(settings.KEY_RING.fingerprint)


def _append(path: Path, lines: Iterable[str]) -> None:
    """Add lines and have them on the disk; several processes may do so at once."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        if os.name == "posix":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        if size <= len(_head()):
            file.truncate(0)
            file.write(f"{_head()}\n".encode())
        elif _torn(file.fileno(), size):
            # What a power cut left: its line ends here, and is none.
            file.write(b"\n")
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _torn(handle: int, size: int) -> bool:
    return os.name == "posix" and os.pread(handle, 1, size - 1) != b"\n"
