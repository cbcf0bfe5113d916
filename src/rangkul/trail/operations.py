"""Writing the trail: inside the act's own transaction, so that neither exists without the other."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from rangkul.foundation.actor import Actor
from rangkul.foundation.ids import new_id

_COLUMNS = (
    "id, at, xid, agency_id, actor_id, purpose, name, subject_kind, subject_id, case_id, reason, "
    "note_sealed, detail, digest"
)

# Nobody of an agency acts, and no job: a command run by whoever keeps the machine.
OUTSIDE = "outside"

# Made once: `json.dumps` with arguments makes an encoder for every call.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def canonical(
    *,
    act_id: UUID,
    at: datetime,
    agency_id: int,
    actor_id: int | None,
    purpose: str,
    name: str,
    subject_kind: str,
    subject_id: str,
    case_id: int | None,
    reason: str,
    note_sealed: bytes | None,
    detail: dict[str, object],
) -> bytes:
    """The bytes that the digest covers: every column but the transaction's number, in order.

    Each field is length-prefixed, so that no two records share their bytes.
    """
    fields = (
        act_id.bytes,
        at.astimezone(UTC).isoformat(timespec="microseconds").encode(),
        str(agency_id).encode(),
        b"" if actor_id is None else str(actor_id).encode(),
        purpose.encode(),
        name.encode(),
        subject_kind.encode(),
        subject_id.encode(),
        b"" if case_id is None else str(case_id).encode(),
        reason.encode(),
        b"" if note_sealed is None else note_sealed,
        _encode(detail).encode(),
    )
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def record(
    *,
    by: Actor | None,
    at: datetime,
    name: str,
    subject_kind: str,
    subject_id: object,
    case_id: int | None = None,
    reason: str = "",
    note_sealed: bytes | None = None,
    detail: dict[str, object] | None = None,
    purpose: str = "work",
    act_id: UUID | None = None,
    agency_id: int | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> UUID:
    """Write one act. ``by`` is ``None`` only for a named system purpose; ``detail`` holds ids and
    codes, never words about a person. ``act_id`` is given when ``note_sealed`` was sealed for it.
    With `OUTSIDE` as ``purpose`` and the owner's connection in ``using`` it is an act of those who
    keep the machine, and stands in the trail of the agency that it concerns, ``agency_id``.
    Raises if the database refuses: then the act did not happen.
    """
    act_id = act_id or new_id()
    whose = agency_id or (by.agency_id if by else 0)
    actor_id = by.user_id if by else None
    data = detail or {}
    digest = hashlib.sha256(
        canonical(
            act_id=act_id, at=at, agency_id=whose, actor_id=actor_id, purpose=purpose,
            name=name, subject_kind=subject_kind, subject_id=str(subject_id), case_id=case_id,
            reason=reason, note_sealed=note_sealed, detail=data,
        )
    ).digest()  # fmt: skip
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"insert into trail_act ({_COLUMNS}) values "
            "(%s, %s, house.act_number(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                act_id, at, whose, actor_id, purpose, name, subject_kind, str(subject_id),
                case_id, reason, note_sealed, json.dumps(data), digest,
            ],
        )  # fmt: skip
    return act_id
