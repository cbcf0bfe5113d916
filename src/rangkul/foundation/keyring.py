"""The key ring: a file outside the database that makes a stolen database silent.

It holds the versioned key-encryption keys and one master secret from which the other keys are
derived. Created 0600; refused when anyone else can read it; never created silently where data
already exist.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rangkul.foundation.errors import RangkulError
from rangkul.foundation.ids import NumberSeries

_FORMAT = 1


class KeyRingUnusable(RangkulError):
    """The key ring is missing, readable by others, damaged, or belongs to another database."""

    code = "key_ring_unusable"


@dataclass(frozen=True)
class KeyRing:
    """The opened ring. Bytes never leave the process; ``fingerprint`` may be printed."""

    master: bytes = field(repr=False)
    kek: dict[int, bytes] = field(repr=False)
    current_kek: int

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """A key for one purpose (HKDF-SHA256, RFC 5869)."""
        return HKDF(SHA256(), length, salt=None, info=f"rangkul/{purpose}".encode()).derive(
            self.master
        )

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hex digits that name the ring and reveal nothing of it."""
        return self.derive("fingerprint", 8).hex()

    @cached_property
    def scope_secret(self) -> bytes:
        """Signs the database scope."""
        return self.derive("scope")

    @cached_property
    def _number_key(self) -> bytes:
        return self.derive("numbers")

    def numbers(self, prefix: str) -> NumberSeries:
        """The public number series of one kind of row."""
        return NumberSeries(prefix, self._number_key)

    def token_key(self, agency_id: int, data_class: str) -> bytes:
        """The search-token key of one agency and data class: no two agencies' tokens agree."""
        return self.derive(f"tokens/{agency_id}/{data_class}")


def create(path: Path) -> KeyRing:
    """Write a new ring at ``path`` (0600) and open it. Refuses to overwrite one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(path, KeyRing(secrets.token_bytes(32), {1: secrets.token_bytes(32)}, 1))
    return load(path)


def add_kek(path: Path) -> KeyRing:
    """Put a fresh key-encryption key on the ring at ``path``, the current one from now on.

    The old ones stay: what they wrapped opens until it is wrapped anew. The file is replaced in
    one step, so that a power cut leaves the old ring or the new one.
    """
    ring = load(path)
    version = max(ring.kek) + 1
    return _replace(path, ring, {**ring.kek, version: secrets.token_bytes(32)}, version)


def retire_kek(path: Path, version: int) -> KeyRing:
    """Take one key-encryption key off the ring: what it still wraps is lost with it.

    Raises ``KeyRingUnusable`` for the current one and for one that is not there.
    """
    ring = load(path)
    if version == ring.current_kek or version not in ring.kek:
        raise KeyRingUnusable(f"key-encryption key {version} is current, or not on the ring")
    left = {number: key for number, key in ring.kek.items() if number != version}
    return _replace(path, ring, left, ring.current_kek)


def _replace(path: Path, ring: KeyRing, kek: dict[int, bytes], current: int) -> KeyRing:
    beside = path.with_name(f"{path.name}.new")
    # What an earlier try left, cut off in the middle.
    beside.unlink(missing_ok=True)
    _write(beside, KeyRing(ring.master, kek, current))
    beside.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return load(path)


def _write(path: Path, ring: KeyRing) -> None:
    """A new file of mode 0600, whole and on the disk, or none."""
    content = {
        "format": _FORMAT,
        "master": _text(ring.master),
        "kek": {str(version): _text(key) for version, key in sorted(ring.kek.items())},
        "current_kek": ring.current_kek,
    }
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyRingUnusable(f"a key ring already exists at {path}; it is not replaced") from error
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        # Half a ring would stand in the way of the next try.
        path.unlink()
        raise KeyRingUnusable(
            f"the key ring could not be written to {path} ({error.strerror}); none was made"
        ) from error


def load(path: Path) -> KeyRing:
    """Open the ring at ``path``. Raises ``KeyRingUnusable`` with one clear sentence."""
    try:
        info = path.stat()
    except FileNotFoundError as error:
        raise KeyRingUnusable(
            f"there is no key ring at {path}. Put the ring of this database there, or set "
            "RANGKUL_KEYRING to where it is. A new ring could not read what is already stored."
        ) from error
    if os.name == "posix" and stat.S_IMODE(info.st_mode) & 0o077:
        raise KeyRingUnusable(
            f"the key ring at {path} can be read by others "
            f"(mode {stat.S_IMODE(info.st_mode):04o}). Run: chmod 600 {path}"
        )
    try:
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise KeyRingUnusable(
            f"the key ring at {path} cannot be read ({error.strerror})"
        ) from error
    except UnicodeDecodeError as error:
        raise KeyRingUnusable(f"the key ring at {path} is damaged (not a ring at all)") from error
    try:
        content = json.loads(text)
        if content["format"] != _FORMAT:
            raise ValueError("unknown format")
        ring = KeyRing(
            master=_bytes(content["master"]),
            kek={int(version): _bytes(key) for version, key in content["kek"].items()},
            current_kek=int(content["current_kek"]),
        )
        if len(ring.master) != 32 or any(len(key) != 32 for key in ring.kek.values()):
            raise ValueError("wrong key length")
        if ring.current_kek not in ring.kek:
            raise ValueError("current key-encryption key missing")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyRingUnusable(f"the key ring at {path} is damaged ({error})") from error
    return ring


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
