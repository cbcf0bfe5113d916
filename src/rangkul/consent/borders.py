"""The one gate through which anything of a case leaves its agency, and by which it is read there.

``cross`` asks for a standing basis and writes down what went, to whom and why; the database lets no
key reach another agency without that line (``border_sql``). ``require_open`` asks again at each
reading on the other side. ``exemptions`` is the whole list of what needs neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from rangkul.consent import policy
from rangkul.consent.models import Basis, Crossing
from rangkul.consent.policy import BasisMissing, Circumstances
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.ids import new_id

PACKET, SHARE, TRANSFER, TRAVELLER = "packet", "share", "transfer", "traveller"
KINDS: Final = (PACKET, SHARE, TRANSFER, TRAVELLER)


@dataclass(frozen=True, slots=True)
class Passing:
    """What is about to cross: its kind, the random name its keys stand under, to whom, what for."""

    kind: str
    subject: UUID
    to_agency_id: int
    desk_id: int | None = None
    purpose: str = policy.SERVICE


def cross(
    *, basis: Basis, passing: Passing, by: Actor, at: datetime,
    person: Circumstances | None = None,
) -> Crossing:  # fmt: skip
    """Let ``passing`` over the border on this basis, and write it down.

    Part of the caller's transaction; the caller has locked the case, so that withdrawing comes
    before or after and never between. Raises ``BasisMissing``.
    """
    policy.require_basis(
        basis, service=basis.service, desk_id=passing.desk_id, at=at, purpose=passing.purpose,
        person=person,
    )  # fmt: skip
    return Crossing.objects.create(
        id=new_id(), case_id=basis.case_id, basis_id=basis.id, kind=passing.kind,
        subject=passing.subject, from_agency_id=by.agency_id, to_agency_id=passing.to_agency_id,
        desk_id=passing.desk_id, service=basis.service, purpose=passing.purpose, crossed_at=at,
        crossed_by=by.user_id,
    )  # fmt: skip


def obstacle(subject: UUID, *, at: datetime) -> str:
    """Why what crossed under this name may not be read now, as a code; empty where it may.

    For both ends and the case's holders; ``missing`` for anyone else, and where nothing crossed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select house.crossing_obstacle(%s, %s)", [subject, at])
        return str(cursor.fetchone()[0])


def obstacles(subjects: Iterable[UUID], *, at: datetime) -> dict[UUID, str]:
    """The same for many at once: subject → code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s, house.crossing_obstacle(s, %s) from unnest(%s::uuid[]) as s",
            [at, list(subjects)],
        )
        return dict(cursor.fetchall())


def require_open(subject: UUID, *, at: datetime) -> None:
    """Go on only while the basis stands on which this crossed. Raises ``BasisMissing``."""
    why = obstacle(subject, at=at)
    if why:
        raise BasisMissing(why)


def close_over(subject: UUID, *, at: datetime) -> bool:
    """Take the keys of what crossed from its receiver once the basis is over; whether any went."""
    with connection.cursor() as cursor:
        cursor.execute("select house.close_over(%s, %s)", [subject, at])
        held = int(cursor.fetchone()[0])
    vault.forget_keys()
    return held > 0


def list_crossings(actor: Actor, case_id: int) -> Sequence[Crossing]:
    """All that left this visible case's agencies, newest first. Raises ``NotReachable``."""
    custody.get_access(actor, case_id)
    return list(Crossing.objects.filter(case_id=case_id).order_by("-crossed_at", "-id"))
