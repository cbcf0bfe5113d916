"""Reading the trail: an agency its own acts, a case's holders that case's acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from rangkul.foundation.actor import Actor
from rangkul.trail.models import Act


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as a screen shows it; names of people are added by the caller."""

    id: UUID
    at: datetime
    agency_id: int
    actor_id: int | None
    name: str
    subject_kind: str
    subject_id: str
    reason: str


def list_case(
    actor: Actor, case_id: int, *, names: Sequence[str] = (), limit: int = 50
) -> list[Entry]:
    """The newest acts on a case, by whichever agency, for an agency with live access to it.

    Row security shows an agency only its own acts; a definer function widens that for the
    case's holders, and returns nothing to anyone else.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, at, agency_id, actor_id, name, subject_kind, subject_id, reason "
            "from house.case_trail(%s, %s, %s)",
            [case_id, list(names), limit],
        )
        return [Entry(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a case's trail is asked for; 0 and () mean whoever and whatever."""

    since: datetime
    until: datetime
    actor_id: int = 0
    names: Sequence[str] = ()


def list_acts(actor: Actor, case_id: int, wanted: Wanted, *, limit: int) -> list[Entry]:
    """The newest acts on a case within ``wanted``, the readings of its packets elsewhere included.

    Nothing for an agency without live access, nor for whom the case is closed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, at, agency_id, actor_id, name, subject_kind, subject_id, reason "
            "from house.case_acts(%s, %s, %s, %s, %s, %s)",
            [
                case_id, wanted.actor_id, list(wanted.names), wanted.since, wanted.until, limit,
            ],
        )  # fmt: skip
        return [Entry(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Doer:
    """How often one person of one agency did one thing to a case; ``None``: Rangkul by itself."""

    actor_id: int | None
    agency_id: int
    name: str
    acts: int


def list_doers(actor: Actor, case_id: int) -> list[Doer]:
    """Who did what how often to a case, under the same condition."""
    with connection.cursor() as cursor:
        cursor.execute("select * from house.case_doers(%s)", [case_id])
        return [Doer(*row) for row in cursor.fetchall()]


def list_subject(actor: Actor, kind: str, subject_id: object, *, limit: int = 50) -> list[Act]:
    """The newest acts of the acting agency on one thing."""
    return list(
        Act.objects.filter(
            agency_id=actor.agency_id, subject_kind=kind, subject_id=str(subject_id)
        ).order_by("-at")[:limit]
    )


def subject_of_own(actor: Actor, *, act_id: UUID, name: str) -> str | None:
    """What one act of the acting person was done to, or ``None``: she has not done it."""
    found = Act.objects.filter(
        id=act_id, name=name, agency_id=actor.agency_id, actor_id=actor.user_id
    ).first()
    return found.subject_id if found else None


def list_own(actor: Actor, *, names: Sequence[str], since: datetime, limit: int = 20) -> list[Act]:
    """The acting person's own newest acts of these names."""
    return list(
        Act.objects.filter(
            agency_id=actor.agency_id, actor_id=actor.user_id, name__in=names, at__gte=since
        ).order_by("-at")[:limit]
    )
