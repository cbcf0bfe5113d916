"""Changing the key-encryption key while the house works: keys are wrapped anew, data never.

Batch after batch is committed, so that a rotation killed in the middle has lost nothing: each key
opens under the one version that its row names, and the next run goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db import connections, transaction

from rangkul.foundation import vault
from rangkul.foundation.keyring import KeyRing

BATCH: Final = 500
_COLUMNS: Final = (
    "id, owner_kind, owner_id, audience, audience_agency_id, subject, data_class, kek_version, "
    "wrapped"
)
_NOBODY: Final = UUID(int=0)


def count_by_version(*, using: str) -> dict[int, int]:
    """How many data keys each version of the key-encryption key wraps."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select kek_version, count(*) from foundation_datakey group by kek_version order by 1"
        )
        return dict(cursor.fetchall())


def rotate(
    ring: KeyRing, *, using: str, batch: int = BATCH, told: Callable[[int], None] | None = None
) -> int:
    """Wrap every data key under the ring's current key; how many were wrapped anew.

    ``using`` is the owner's connection. Keys that others make or destroy meanwhile are left alone
    and looked at again at the end. ``told`` hears the count after each batch.
    """
    done = 0
    while True:
        round_done = 0
        after: UUID | None = _NOBODY
        while after is not None:
            after, count = _batch(ring, after, batch, using)
            round_done += count
            if count and told is not None:
                told(done + round_done)
        done += round_done
        if not round_done:
            return done


def _batch(ring: KeyRing, after: UUID, size: int, using: str) -> tuple[UUID | None, int]:
    """One committed step; the last id looked at, ``None`` behind the last, and the count."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            f"select {_COLUMNS} from foundation_datakey where id > %s and kek_version < %s "
            "order by id limit %s for update skip locked",
            [after, ring.current_kek, size],
        )
        rows = [vault.KeyRow(*row) for row in cursor.fetchall()]
        if not rows:
            return None, 0
        _store(cursor, ring, rows)
    return rows[-1].id, len(rows)


def _store(cursor: Any, ring: KeyRing, rows: list[vault.KeyRow]) -> None:
    fresh = vault.rewrap(ring, rows)
    cursor.execute(
        "update foundation_datakey k set wrapped = n.wrapped, kek_version = n.version "
        "from unnest(%s::uuid[], %s::bytea[], %s::smallint[]) as n (id, wrapped, version) "
        "where k.id = n.id",
        [[row.id for row in rows], [each.data for each in fresh], [each.version for each in fresh]],
    )
