"""Seals and opens what identifies a person: AES-256-GCM under a key per subject and data class.

A sealed value is ``magic(1) key id(16) nonce(12) ciphertext+tag``. Its associated data bind the
header and the table, column, row and version it was written for, so that a ciphertext moved to
another place does not open. Data keys are wrapped by the ring's key-encryption key.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction

from rangkul.foundation import draw, keyring, memory, tombstones
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.ids import new_id
from rangkul.foundation.keyring import KeyNotOnRing, KeyRing, UnwrapFailed, Wrapped
from rangkul.foundation.models import DataKey

_MAGIC = b"\x01"
_HEADER = 29
# What the memory of a scope calls the keys it has fetched.
_KEYS = "keys"


class DataClass(StrEnum):
    """What kind of secret a value is; each has a key of its own, destroyed on its own."""

    IDENTITY = "identity"
    CONTACT = "contact"
    LOCATION = "location"
    ACCOUNT = "account"
    HEALTH = "health"
    LEGAL = "legal"
    FINANCE = "finance"
    PACKET = "packet"


class VaultError(RangkulError):
    """A sealed value could not be opened."""

    code = "vault"


class KeyDestroyed(VaultError):
    """The value's key no longer exists, or is not for this agency: nobody here can read it."""

    code = "key_destroyed"


class SealBroken(VaultError):
    """The value was altered, or moved from the place it was sealed for."""

    code = "seal_broken"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """The columns of a stored key; ``wrapped`` is its secret under the ring's key."""

    id: UUID
    owner_kind: str
    owner_id: int
    audience: str
    audience_agency_id: int | None
    subject: UUID
    data_class: str
    kek_version: int
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose row a key belongs to: its reach follows that row's."""

    kind: str
    id: int
    audience: str = "case"
    audience_agency_id: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is stored; part of what the seal protects."""

    table: str
    column: str
    row: UUID | int
    version: int = 1

    def bound(self) -> bytes:
        """The canonical bytes of the place."""
        return f"{self.table}|{self.column}|{self.row}|{self.version}".encode()


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A data key ready for use. Never stored, never printed."""

    id: UUID
    secret: bytes

    def __repr__(self) -> str:
        return f"OpenKey({self.id})"


def new_key(owner: Owner, subject: UUID, data_class: DataClass) -> tuple[OpenKey, KeyRow]:
    """A fresh data key and the row that stores it wrapped."""
    ring: KeyRing = settings.KEY_RING
    key_id, secret = new_id(), os.urandom(32)
    (made,) = ring.wrap([(secret, _bound(key_id, subject))])
    row = KeyRow(
        id=key_id, owner_kind=owner.kind, owner_id=owner.id, audience=owner.audience,
        audience_agency_id=owner.audience_agency_id, subject=subject, data_class=str(data_class),
        kek_version=made.version, wrapped=made.data,
    )  # fmt: skip
    return OpenKey(key_id, secret), row


def key_for(owner: Owner, subject: UUID, data_class: DataClass) -> OpenKey:
    """The subject's key of this class, made on first use. Safe when two sessions come at once."""
    return memory.once(
        (_KEYS, subject, str(data_class)), lambda: _key_for(owner, subject, data_class)
    )


def _key_for(owner: Owner, subject: UUID, data_class: DataClass) -> OpenKey:
    found = DataKey.objects.filter(subject=subject, data_class=data_class).first()
    if found is None:
        fresh, made = new_key(owner, subject, data_class)
        row = asdict(made)
        columns = ", ".join(row)
        marks = ", ".join(["%s"] * len(row))
        with connection.cursor() as cursor:
            cursor.execute(
                f"insert into foundation_datakey ({columns}, created_at) values ({marks}, now()) "
                "on conflict (subject, data_class) do nothing",
                list(row.values()),
            )
            if cursor.rowcount == 1:
                return fresh
        found = DataKey.objects.filter(subject=subject, data_class=data_class).first()
        if found is None:
            raise KeyDestroyed(f"the {data_class} key of this subject is out of reach")
    return _unwrap([found])[0]


def seal(key: OpenKey, place: Place, text: str | bytes) -> bytes:
    """Encrypt ``text`` for ``place``."""
    plain = text.encode() if isinstance(text, str) else text
    header = _MAGIC + key.id.bytes + os.urandom(12)
    return header + AESGCM(key.secret).encrypt(header[17:], plain, header + place.bound())


def open_bytes(sealed: Sequence[tuple[bytes, Place]]) -> list[bytes]:
    """Open many values with one look into the key store.

    Raises ``KeyDestroyed`` or ``SealBroken`` for the first that cannot be opened.
    """
    keys = keys_of(value for value, _ in sealed)
    return [open_with(keys, bytes(value), place) for value, place in sealed]


def open_text(value: bytes, place: Place) -> str:
    """Open one value as text."""
    return open_bytes([(value, place)])[0].decode()


def open_texts(sealed: Sequence[tuple[bytes, Place]]) -> list[str]:
    """Open many values as text."""
    return [plain.decode() for plain in open_bytes(sealed)]


def keys_of(values: Iterable[bytes]) -> dict[UUID, OpenKey]:
    """The keys of these values that this agency may fetch, in one query.

    The subjects' keys of other classes come along, still wrapped: a page that opens the notes of
    a file opens its plan next.
    """
    wanted = {key_id_of(value) for value in values}
    rows = {key_id: memory.told((_KEYS, key_id), DataKey) for key_id in wanted}
    if not all(rows.values()):
        subjects = DataKey.objects.filter(id__in=wanted).values("subject")
        for row in DataKey.objects.filter(subject__in=subjects):
            memory.learn((_KEYS, row.id), row)
            rows[row.id] = row
    wanted_rows = [
        row
        for key_id, row in rows.items()
        if row is not None and key_id in wanted and not tombstones.holds(key_id)
    ]
    opened: dict[UUID, OpenKey] = {}
    shut: list[DataKey] = []
    for row in wanted_rows:
        known = memory.told((_KEYS, row.subject, row.data_class), OpenKey)
        if known is None:
            shut.append(row)
        else:
            opened[row.id] = known
    for row, key in zip(shut, _unwrap(shut), strict=True):
        memory.learn((_KEYS, row.subject, row.data_class), key)
        opened[row.id] = key
    return opened


def key_id_of(value: bytes) -> UUID:
    """Which key a sealed value was sealed with."""
    return UUID(bytes=bytes(value)[1:17])


def open_with(keys: Mapping[UUID, OpenKey], value: bytes, place: Place) -> bytes:
    """Open one value with keys fetched before."""
    if len(value) < _HEADER or value[:1] != _MAGIC:
        raise SealBroken(f"{place.table}.{place.column}: not a sealed value")
    key = keys.get(UUID(bytes=value[1:17]))
    if key is None:
        raise KeyDestroyed(f"{place.table}.{place.column}: key destroyed or out of reach")
    header = value[:_HEADER]
    try:
        return AESGCM(key.secret).decrypt(header[17:], value[_HEADER:], header + place.bound())
    except InvalidTag as error:
        raise SealBroken(f"{place.table}.{place.column}: altered or moved") from error


def destroy(subject: UUID, data_class: DataClass | None = None) -> int:
    """Destroy the subject's keys (of one class, or all); the count destroyed."""
    rows = DataKey.objects.filter(subject=subject)
    if data_class is not None:
        rows = rows.filter(data_class=data_class)
    count, _ = rows.delete()
    forget_keys()
    return count


def forget_keys() -> None:
    """Drop the keys that this transaction holds, after some were destroyed by other ways.

    Once it commits, what was destroyed goes on the list beside the ring.
    """
    memory.forget(_KEYS)
    transaction.on_commit(tombstones.carry_over, robust=True)


def rewrap(ring: KeyRing, rows: Sequence[KeyRow]) -> list[Wrapped]:
    """Data keys wrapped anew under the ring's current key; what they seal is not touched."""
    with _worded():
        return ring.rewrap([_wrapped(row) for row in rows])


def _unwrap(rows: Sequence[DataKey]) -> list[OpenKey]:
    """The keys of these rows, with one request where a service keeps the ring's keys."""
    for row in rows:
        if tombstones.holds(row.id):
            raise KeyDestroyed("this key was destroyed; an older database brought its row back")
        draw.take()
    if not rows:
        return []
    ring: KeyRing = settings.KEY_RING
    if not all(ring.has(row.kek_version) for row in rows):
        ring = _ring_read_again(ring)
    with _worded():
        secrets = ring.unwrap([_wrapped(row) for row in rows])
    return [OpenKey(row.id, secret) for row, secret in zip(rows, secrets, strict=True)]


def _ring_read_again(ring: KeyRing) -> KeyRing:
    """The ring as it is now: a rotation may have gone on since this process read it."""
    fresh = keyring.load(settings.KEY_RING_PATH)
    if fresh.fingerprint == ring.fingerprint:
        settings.KEY_RING = fresh
        return fresh
    return ring


@contextmanager
def _worded() -> Iterator[None]:
    """The ring's refusals as the vault's."""
    try:
        yield
    except KeyNotOnRing as fault:
        raise KeyDestroyed(str(fault)) from fault
    except UnwrapFailed as fault:
        raise SealBroken(str(fault)) from fault


def _wrapped(row: KeyRow | DataKey) -> Wrapped:
    return Wrapped(row.kek_version, bytes(row.wrapped), _bound(row.id, row.subject))


def _bound(key_id: UUID, subject: UUID) -> bytes:
    """What a wrapped key is bound to: it opens for this row and this subject alone."""
    return key_id.bytes + subject.bytes
