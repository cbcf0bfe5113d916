"""The seals outside the database: files that only grow, best on another machine's disk.

Whoever owns the database can take rows away and put an older copy in its place; what stands here
tells. A file is appended to and never rewritten; the half line of a power cut is taken off.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from rangkul.foundation.errors import RangkulError
from rangkul.trail import seals
from rangkul.trail.seals import Seal

log = logging.getLogger("rangkul.trail")

# Far longer than any line.
_TAIL = 4096


class CheckpointOutOfReach(RangkulError):
    """A checkpoint file could be neither read nor written: the trail is not witnessed there."""

    code = "checkpoint_out_of_reach"


def newest(path: Path) -> Seal | None:
    """The last whole seal of a file; ``None`` where there is none yet.

    Raises `CheckpointOutOfReach` or `SealUnreadable`.
    """
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - _TAIL))
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise CheckpointOutOfReach(
            f"the checkpoint {path} could not be read ({fault.strerror})"
        ) from fault
    return seals.read(lines[-1].decode("ascii", "replace")) if lines else None


def lines(path: Path) -> Iterator[str]:
    """Every whole line, oldest first; nothing where there is no file."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1].decode("ascii", "replace")


def append(path: Path, made: Iterable[Seal]) -> None:
    """Add these seals to a file and wait until the disk has them.

    Raises `CheckpointOutOfReach`; the next call adds what is missing.
    """
    text = "".join(seal.line() + "\n" for seal in made).encode()
    if not text:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            _take_off_half_a_line(file.fileno(), path)
            file.seek(0, os.SEEK_END)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise CheckpointOutOfReach(
            f"the checkpoint {path} could not be written ({fault.strerror})"
        ) from fault


def _take_off_half_a_line(handle: int, path: Path) -> None:
    end = os.lseek(handle, 0, os.SEEK_END)
    tail = os.pread(handle, _TAIL, max(0, end - _TAIL))
    if tail and not tail.endswith(b"\n"):
        whole = end - len(tail) + tail.rfind(b"\n") + 1
        log.warning("half a line is taken off the checkpoint %s", path)
        os.ftruncate(handle, whole if b"\n" in tail else 0)
