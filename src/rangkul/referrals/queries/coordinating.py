"""What a coordinator learns of hand-offs: what nobody answers, how long they take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from rangkul.foundation.actor import Actor
from rangkul.referrals.queries.numbers import packet_number


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What a coordinator sees of a request that nobody answers: no identity, no case."""

    request_id: int
    number: str
    service: str
    sent_at: datetime
    accept_by: datetime
    sender_id: int
    receiver_id: int
    desk_id: int


def unanswered(actor: Actor, at: datetime) -> list[Unanswered]:
    """Overdue requests at the desks of the acting coordinator's province, longest first."""
    with connection.cursor() as cursor:
        cursor.execute("select * from house.unanswered_requests(%s)", [at])
        rows = cursor.fetchall()
    return [Unanswered(row[0], packet_number(row[0]), *row[1:]) for row in rows]


@dataclass(frozen=True, slots=True)
class Delays:
    """Medians of the hand-offs between two agencies, in seconds; ``None`` where none came so far.

    ``answered`` from sending, ``contacted`` from the answer, ``ended`` from sending.
    """

    sender_id: int
    receiver_id: int
    requests: int
    answered: float | None
    contacted: float | None
    ended: float | None


def delays_between(actor: Actor, *, since: datetime, until: datetime) -> list[Delays]:
    """How long hand-offs take, pair by pair, for coordinators; pairs of fewer than five are left
    out.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from house.handoff_delays(%s, %s)", [since, until])
        return [Delays(*row) for row in cursor.fetchall()]
