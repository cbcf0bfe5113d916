"""The signed scope: which agency and person a transaction acts for, checked by the database itself.

Row security reads one custom setting, ``rangkul.scope``. Its value is signed with a secret that
only the key ring and an owner-only table hold, bound to the connection and short-lived, so that a
``SET`` smuggled into a query, or an old value replayed, is refused. Unset, every secured table
raises *scope missing*: it never means nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from rangkul.foundation import draw, hour, memory
from rangkul.foundation.actor import Actor
from rangkul.foundation.keyring import KeyRing

WORK = "work"
# Emergency access: one person, one case, until an hour that the database knows too.
EMERGENCY = "emergency"

# Work that no agency's person does. Each has its own policies, naming tables and commands; a
# contract test lists them.
SYSTEM_PURPOSES = frozenset({"tick", "matching", "intake", "insight", "retention", "sealing"})

_REQUEST_LIMIT = 30
_SLACK = 60


@dataclass(frozen=True, slots=True)
class Borrowed:
    """The one case that an emergency lends, and the moment at which the lending ends by itself."""

    case_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may reach: one agency as one person, one named system purpose, or in an
    emergency one case and nothing else, the own agency's files not either.
    """

    agency_id: int
    user_id: int
    membership_id: int
    membership_version: int
    purpose: str
    borrowed: Borrowed | None = None

    @classmethod
    def of(cls, actor: Actor) -> Scope:
        """The scope of a person at work."""
        return cls(
            actor.agency_id, actor.user_id, actor.membership_id, actor.membership_version, WORK
        )

    @classmethod
    def borrowing(cls, actor: Actor, case_id: int, until: datetime) -> Scope:
        """The scope of a person who borrows one case in an emergency, until then at most.

        The database asks besides whether such a grant stands and still runs.
        """
        return cls(
            actor.agency_id, actor.user_id, actor.membership_id, actor.membership_version,
            EMERGENCY, Borrowed(case_id, until),
        )  # fmt: skip

    @classmethod
    def system(cls, purpose: str) -> Scope:
        """A named system scope. Raises ``ValueError`` for a name that has no policies."""
        if purpose not in SYSTEM_PURPOSES:
            raise ValueError(f"no system scope is called {purpose}")
        return cls(0, 0, 0, 0, purpose)

    def sign(self, secret: bytes, *, backend_pid: int, expires: int) -> str:
        """The setting's value: fields, expiry (Unix seconds), connection, HMAC-SHA256 in hex.

        A borrowed case and its end (Unix seconds) stand after the purpose: ten fields, not eight.
        """
        lent = self.borrowed
        more = f"{lent.case_id}|{int(lent.until.timestamp())}|" if lent else ""
        body = (
            f"{self.agency_id}|{self.user_id}|{self.membership_id}|{self.membership_version}|"
            f"{self.purpose}|{more}{expires}|{backend_pid}"
        )
        return f"{body}|{hmac.digest(secret, body.encode(), 'sha256').hex()}"


def set_scope(scope: Scope) -> None:
    """Set the scope for the rest of the running transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("a scope lives inside a transaction")
    memory.forget()
    connection.ensure_connection()
    ring: KeyRing = settings.KEY_RING
    value = scope.sign(
        ring.scope_secret,
        backend_pid=connection.connection.info.backend_pid,
        expires=int(hour.seconds()) + _REQUEST_LIMIT + _SLACK,
    )
    _set_raw_scope(value)
    draw.known_as(str(scope.user_id) if scope.user_id else scope.purpose)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """A transaction of its own in which ``actor``'s rows can be seen."""
    with within(Scope.of(actor)):
        yield


@contextmanager
def borrowing(actor: Actor, case_id: int, until: datetime) -> Iterator[None]:
    """A transaction of its own in which ``actor`` sees one borrowed case, its safe parts only."""
    with within(Scope.borrowing(actor, case_id, until)):
        yield


@contextmanager
def system(purpose: str) -> Iterator[None]:
    """A transaction of its own under a named system scope."""
    with within(Scope.system(purpose)):
        yield


@contextmanager
def within(scope: Scope) -> Iterator[None]:
    """A transaction under ``scope``, with a memory of its own.

    Inside another transaction the scope around comes back: a released savepoint keeps ours.
    """
    nested = connection.in_atomic_block
    with memory.remembering(), draw.nested(), transaction.atomic():
        around = _raw_scope() if nested else ""
        set_scope(scope)
        yield
        # What is undone takes the scope with it, and a broken transaction takes no statement.
        if nested and not connection.needs_rollback:
            _set_raw_scope(around)


def _raw_scope() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('rangkul.scope', true), '')")
        return str(cursor.fetchone()[0])


def _set_raw_scope(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('rangkul.scope', %s, true), clock_timestamp()", [value])
        hour.note(cursor.fetchone()[1])


def install_secret(owner: BaseDatabaseWrapper, ring: KeyRing) -> None:
    """Give the database the secret that checks scopes (as HMAC pads). Owner only; idempotent."""
    inner, outer = _pads(ring.scope_secret)
    with owner.cursor() as cursor:
        cursor.execute(
            "insert into house.scope_key (id, inner_pad, outer_pad, ring) values (1, %s, %s, %s) "
            "on conflict (id) do update set inner_pad = excluded.inner_pad, "
            "outer_pad = excluded.outer_pad, ring = excluded.ring",
            [inner, outer, ring.fingerprint],
        )


def _pads(secret: bytes) -> tuple[bytes, bytes]:
    """The two padded keys of HMAC-SHA256 (RFC 2104), so that SQL needs only ``sha256``."""
    key = (secret if len(secret) <= 64 else hashlib.sha256(secret).digest()).ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)
