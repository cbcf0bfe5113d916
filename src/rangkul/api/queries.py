"""Reading tokens and kept answers; and from a secret to who acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from rangkul.api.models import Replay, ServiceToken
from rangkul.foundation.actor import Actor
from rangkul.foundation.calling import digest_of
from rangkul.foundation.errors import NotReachable
from rangkul.network import queries as network

PREFIX = "rk_"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, at which hour; one hour for the whole call."""

    actor: Actor
    digest: bytes
    at: datetime


def caller_of(secret: str, *, at: datetime) -> Caller | None:
    """Who this secret lets act now, or ``None``: unknown, expired, withdrawn, membership over.

    Asked before any scope exists, of the one function that may answer it.
    """
    if not secret.startswith(PREFIX):
        return None
    digest = digest_of(secret)
    with connection.cursor() as cursor:
        cursor.execute("select membership, actor, agency from house.token_membership(%s)", [digest])
        found = cursor.fetchone()
    if found is None:
        return None
    membership_id, user_id, agency_id = found
    actor = network.get_live_actor(user_id=user_id, agency_id=agency_id)
    # A membership that ended and began anew is another one: its token has to be made anew too.
    if actor is None or actor.membership_id != membership_id:
        return None
    return Caller(actor, digest, at)


def list_tokens(actor: Actor) -> list[ServiceToken]:
    """The agency's tokens, newest first, the withdrawn and expired ones included."""
    return list(ServiceToken.objects.filter(agency_id=actor.agency_id).order_by("-created_at"))


def get_token(actor: Actor, token_id: UUID) -> ServiceToken:
    """One token of the agency. Raises ``NotReachable``."""
    found = ServiceToken.objects.filter(id=token_id, agency_id=actor.agency_id).first()
    if found is None:
        raise NotReachable("no such token")
    return found


def get_replay(actor: Actor, key: str) -> Replay:
    """What was kept under this caller's key. Raises ``NotReachable``."""
    found = Replay.objects.filter(membership_id=actor.membership_id, key=key).first()
    if found is None:
        raise NotReachable("no such key")
    return found
