"""The key ring: what stands outside the database and makes a stolen database silent.

It holds the versioned key-encryption keys, which wrap data keys, and one master secret from which
the other keys are derived. Here it is a file: created 0600, refused when anyone else can read it,
never created silently where data already exist. Where a Transit engine keeps the key-encryption
keys (``transit_ring``), the file holds the master wrapped by it, and nothing that opens anything.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rangkul.foundation.errors import RangkulError
from rangkul.foundation.ids import NumberSeries

if TYPE_CHECKING:
    from rangkul.foundation.transit_ring import TransitRing

_FORMAT = 1
_IN_TRANSIT = 2


class KeyRingUnusable(RangkulError):
    """The key ring is missing, readable by others, damaged, or belongs to another database."""

    code = "key_ring_unusable"


class KeyNotOnRing(RangkulError):
    """The key-encryption key that wraps a data key is no longer there: nobody can open it."""

    code = "key_not_on_ring"


class UnwrapFailed(RangkulError):
    """A data key does not open: another ring's, altered, or moved from another row."""

    code = "unwrap_failed"


class KeysUnreachable(RangkulError):
    """The service that keeps the key-encryption keys does not answer now: nothing was changed."""

    code = "keys_unreachable"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key as the key store holds it: by which version, and for which row (``bound``)."""

    version: int
    data: bytes
    bound: bytes


@dataclass(frozen=True)
class KeyRing:
    """The opened ring. Bytes never leave the process; ``fingerprint`` may be printed.

    This one holds its key-encryption keys itself, read from the file.
    """

    master: bytes = field(repr=False)
    kek: dict[int, bytes] = field(repr=False)
    current_kek: int

    @property
    def keeper(self) -> str:
        """Who keeps the key-encryption keys, as an operator reads it."""
        return "a file"

    def has(self, version: int) -> bool:
        """Whether what this version wraps can be opened, as far as is known here."""
        return version in self.kek

    def versions(self) -> list[int]:
        """The key-encryption keys that can open something."""
        return sorted(self.kek)

    def wrap(self, secrets_: Sequence[tuple[bytes, bytes]]) -> list[Wrapped]:
        """(data key, row that it is bound to) each → wrapped under the current version."""
        kek = AESGCM(self.kek[self.current_kek])
        made = []
        for secret, bound in secrets_:
            nonce = os.urandom(12)
            data = nonce + kek.encrypt(nonce, secret, bound)
            made.append(Wrapped(self.current_kek, data, bound))
        return made

    def unwrap(self, wrapped: Sequence[Wrapped]) -> list[bytes]:
        """The data keys. Raises ``KeyNotOnRing``, ``UnwrapFailed`` or ``KeysUnreachable``."""
        return [self._unwrap(each) for each in wrapped]

    def rewrap(self, wrapped: Sequence[Wrapped]) -> list[Wrapped]:
        """The same data keys under the current version."""
        secrets_ = self.unwrap(wrapped)
        return self.wrap(
            [(secret, each.bound) for secret, each in zip(secrets_, wrapped, strict=True)]
        )

    def _unwrap(self, wrapped: Wrapped) -> bytes:
        kek = self.kek.get(wrapped.version)
        if kek is None:
            raise KeyNotOnRing(f"key-encryption key {wrapped.version} is not on the ring")
        try:
            return AESGCM(kek).decrypt(wrapped.data[:12], wrapped.data[12:], wrapped.bound)
        except (InvalidTag, ValueError) as error:
            raise UnwrapFailed("a data key does not open: wrong ring or altered row") from error

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
    write(path, _content(KeyRing(secrets.token_bytes(32), {1: secrets.token_bytes(32)}, 1)))
    return load(path)


def add_kek(path: Path) -> KeyRing:
    """Put a fresh key-encryption key on the ring at ``path``, the current one from now on.

    The old ones stay: what they wrapped opens until it is wrapped anew. The file is replaced in
    one step, so that a power cut leaves the old ring or the new one.
    """
    ring = load(path)
    if far := _in_transit(ring):
        far.client.rotate()
        return replace(path, far.wrapped_anew())
    version = max(ring.kek) + 1
    kek = {**ring.kek, version: secrets.token_bytes(32)}
    return replace(path, _content(KeyRing(ring.master, kek, version)))


def retire_kek(path: Path, version: int) -> KeyRing:
    """Take one key-encryption key off the ring: what it still wraps is lost with it.

    Raises ``KeyRingUnusable`` for the current one and for one that is not there. A Transit engine
    lets go of a version together with all older ones.
    """
    ring = load(path)
    if version == ring.current_kek or version not in ring.versions():
        raise KeyRingUnusable(f"key-encryption key {version} is current, or not on the ring")
    far = _in_transit(ring)
    if far and version > far.base:
        if far.kek:
            raise KeyRingUnusable(f"retire {max(far.kek)}, from before the move, first")
        # The ring's own secret must not stay behind under the version that ends.
        replace(path, far.wrapped_anew())
        far.client.forget_below(version - far.base + 1)
        return load(path)
    left = {number: key for number, key in ring.kek.items() if number != version}
    if far:
        return replace(path, far.content(left))
    return replace(path, _content(KeyRing(ring.master, left, ring.current_kek)))


def _in_transit(ring: KeyRing) -> TransitRing | None:
    from rangkul.foundation.transit_ring import TransitRing

    return ring if isinstance(ring, TransitRing) else None


def replace(path: Path, content: dict[str, Any]) -> KeyRing:
    """Write the ring's file anew in one step, and open it."""
    beside = path.with_name(f"{path.name}.new")
    # What an earlier try left, cut off in the middle.
    beside.unlink(missing_ok=True)
    write(beside, content)
    beside.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return load(path)


def _content(ring: KeyRing) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "master": _text(ring.master),
        "kek": {str(version): _text(key) for version, key in sorted(ring.kek.items())},
        "current_kek": ring.current_kek,
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """A new file of mode 0600, whole and on the disk, or none."""
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
        if content["format"] == _IN_TRANSIT:
            from rangkul.foundation import transit_ring

            return transit_ring.open_ring(content)
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
