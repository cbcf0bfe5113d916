"""What a coordinator learns of hand-offs: what nobody answers, how long they take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.referrals.queries.numbers import packet_number

_OF_AGENCY: Final = """
select sender_agency_id, receiver_agency_id, count(*),
  percentile_cont(0.5) within group (order by extract(epoch from answered_at - sent_at)),
  percentile_cont(0.5) within group (order by extract(epoch from first_contact_at - answered_at)),
  percentile_cont(0.5) within group (order by extract(epoch from ended_at - sent_at))
from referrals_request where %s in (sender_agency_id, receiver_agency_id)
  and sent_at >= %s and sent_at < %s group by 1, 2 order by 3 desc, 1, 2
"""


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


def delays_of_agency(actor: Actor, *, since: datetime, until: datetime) -> list[Delays]:
    """The same for a supervisor: what the own agency asked of each other one, and was asked by it.

    Her own agency's hand-offs: none is too few to be told. The most first.
    """
    require(actor.roles, Permission.SEE_UNIT_CASES)
    with connection.cursor() as cursor:
        cursor.execute(_OF_AGENCY, [actor.agency_id, since, until])
        return [Delays(*row) for row in cursor.fetchall()]
