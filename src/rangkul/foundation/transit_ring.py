"""The ring whose key-encryption keys never leave a Transit engine.

Its file holds the master secret wrapped by the engine, opened into memory when a process starts,
and, while a house moves from a ring in a file, the old key-encryption keys wrapped likewise. The
file alone opens nothing; whoever has it must also be let in by the engine.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rangkul.foundation import keyring
from rangkul.foundation.keyring import (
    KeyNotOnRing,
    KeyRing,
    KeyRingUnusable,
    KeysUnreachable,
    UnwrapFailed,
    Wrapped,
)
from rangkul.foundation.transit import KeyState, Transit, Way, way_from

_FORMAT: Final = 2
_MARK: Final = b"vault:v"
_MASTER: Final = b"rangkul/master"


@dataclass(frozen=True)
class TransitRing(KeyRing):
    """``kek`` are the keys from before the move, wanted until all is wrapped anew.

    Version ``base + n`` is version n of the engine's key, so that numbers go on where a ring in a
    file ended.
    """

    client: Transit = field(repr=False)
    base: int
    lowest: int
    sealed: dict[str, Any] = field(repr=False)

    @property
    def keeper(self) -> str:
        """The engine, its mount and its key."""
        way = self.client.way
        return f"Transit at {way.address} ({way.mount}/{way.key})"

    def has(self, version: int) -> bool:
        """The engine may have a version that was made since."""
        return version in self.kek or version - self.base >= self.lowest

    def versions(self) -> list[int]:
        """Those from before the move, and the engine's."""
        return sorted({*self.kek, *range(self.base + self.lowest, self.current_kek + 1)})

    def wrap(self, secrets_: Sequence[tuple[bytes, bytes]]) -> list[Wrapped]:
        """In one request."""
        texts = self.client.encrypt(secrets_)
        return [self._made(text, each[1]) for text, each in zip(texts, secrets_, strict=True)]

    def unwrap(self, wrapped: Sequence[Wrapped]) -> list[bytes]:
        """In one request, however many."""
        far = [each for each in wrapped if each.data.startswith(_MARK)]
        for each in far:
            if not self.has(each.version):
                raise KeyNotOnRing(f"key-encryption key {each.version} is not on the ring")
        opened = (
            iter(self.client.decrypt([(_text(each), each.bound) for each in far]))
            if far
            else iter(())
        )
        return [
            next(opened) if each.data.startswith(_MARK) else self._unwrap(each) for each in wrapped
        ]

    def rewrap(self, wrapped: Sequence[Wrapped]) -> list[Wrapped]:
        """Within the engine; only what a ring in a file wrapped is opened here for it."""
        far = [each for each in wrapped if each.data.startswith(_MARK)]
        near = [each for each in wrapped if not each.data.startswith(_MARK)]
        moved = iter(self.wrap([(self._unwrap(each), each.bound) for each in near]) if near else ())
        texts = iter(self.client.rewrap([(_text(each), each.bound) for each in far]) if far else ())
        return [
            self._made(next(texts), each.bound) if each.data.startswith(_MARK) else next(moved)
            for each in wrapped
        ]

    def content(self, kek: dict[int, bytes]) -> dict[str, Any]:
        """What the file says with only these keys from before the move."""
        kept = {name: text for name, text in self.sealed["kek"].items() if int(name) in kek}
        return {**self.sealed, "kek": kept}

    def wrapped_anew(self) -> dict[str, Any]:
        """What the file says with its secrets under the engine's latest version."""
        old: dict[str, str] = self.sealed["kek"]
        asked = [(self.sealed["master"], _MASTER)]
        asked += [(text, _bound(int(version))) for version, text in old.items()]
        master, *keys = self.client.rewrap(asked)
        return {**self.sealed, "master": master, "kek": dict(zip(old, keys, strict=True))}

    def _made(self, text: str, bound: bytes) -> Wrapped:
        try:
            version = int(text.split(":")[1].removeprefix("v"))
        except (IndexError, ValueError) as fault:
            raise KeysUnreachable("the key service's answer is no ciphertext") from fault
        return Wrapped(self.base + version, text.encode("ascii"), bound)


def open_ring(content: dict[str, Any], client: Transit | None = None) -> TransitRing:
    """The ring of this file. Raises ``KeyRingUnusable`` with one clear sentence."""
    client = client or Transit(way_from(os.environ))
    old = {int(version): str(text) for version, text in content["kek"].items()}
    asked = [(str(content["master"]), _MASTER), *((t, _bound(v)) for v, t in old.items())]
    try:
        state = _fit(client)
        master, *keys = client.decrypt(asked)
    except (KeysUnreachable, UnwrapFailed) as fault:
        raise KeyRingUnusable(f"the key ring does not open: {fault}") from fault
    base = int(content["base"])
    return TransitRing(
        master=master, kek=dict(zip(old, keys, strict=True)), current_kek=base + state.latest,
        client=client, base=base, lowest=max(state.lowest, 1), sealed=content,
    )  # fmt: skip


def create(path: Path, way: Way) -> KeyRing:
    """A new ring whose master is wrapped by the engine. Refuses to overwrite one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keyring.write(path, _sealed(Transit(way), secrets.token_bytes(32), {}))
    return keyring.load(path)


def move(path: Path, way: Way) -> KeyRing:
    """Let the engine keep what the ring in the file at ``path`` held; the same ring from then on.

    What the old keys wrap opens until ``rotate`` has wrapped it anew. The old file is replaced in
    one step: copies of it open the database as before and must be destroyed.
    """
    ring = keyring.load(path)
    if isinstance(ring, TransitRing):
        raise KeyRingUnusable(f"the ring at {path} is kept by {ring.keeper} already")
    return keyring.replace(path, _sealed(Transit(way), ring.master, ring.kek))


def _sealed(client: Transit, master: bytes, kek: dict[int, bytes]) -> dict[str, Any]:
    try:
        _fit(client)
        texts = client.encrypt([(master, _MASTER), *((key, _bound(v)) for v, key in kek.items())])
    except (KeysUnreachable, UnwrapFailed) as fault:
        raise KeyRingUnusable(f"the key ring was not made: {fault}") from fault
    return {
        "format": _FORMAT, "master": texts[0], "base": max(kek, default=0),
        "kek": {str(version): text for version, text in zip(kek, texts[1:], strict=True)},
    }  # fmt: skip


def _fit(client: Transit) -> KeyState:
    """The key's state. Raises ``KeyRingUnusable`` for one that can be exported or binds nothing."""
    state = client.state()
    if not state.derived or state.exportable:
        raise KeyRingUnusable(
            f"the key {client.way.key} must be derived and not exportable: make it with "
            f"`bao write -f {client.way.mount}/keys/{client.way.key} derived=true`"
        )
    return state


def _bound(version: int) -> bytes:
    return b"rangkul/kek/%d" % version


def _text(wrapped: Wrapped) -> str:
    return wrapped.data.decode("ascii")
