"""Handing out tokens and taking them back; receiving a report in one call; keeping an answer."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rangkul.api import events, policy, queries
from rangkul.api.models import Replay, ServiceToken
from rangkul.foundation.actor import Actor
from rangkul.foundation.calling import digest_of
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import operations as network_operations
from rangkul.network import queries as network
from rangkul.reports import operations as reports
from rangkul.reports.content import ReportContent
from rangkul.trail.operations import record

# How long a call may be repeated under its key.
KEPT_FOR = timedelta(days=30)
_MOST_LABEL = 80


@transaction.atomic
def create_service_account(
    *, label: str, roles: Collection[str], desk_ids: Collection[int], by: Actor, at: datetime
) -> int:
    """An account for a machine, under the same rules as a colleague's; its membership's id.

    Nobody ever learns its password. Raises what ``network.invite_member`` raises.
    """
    membership = network_operations.invite_member(
        username=f"layanan-{secrets.token_hex(6)}", display_name=label.strip()[:120], email="",
        sex="", roles=roles, desk_ids=desk_ids, password=secrets.token_urlsafe(32), by=by, at=at,
    )  # fmt: skip
    return membership.id


@transaction.atomic
def create_token(
    *, membership_id: int, label: str, expires_at: datetime, by: Actor, at: datetime
) -> tuple[ServiceToken, str]:
    """A token for a service account of the own agency, and its secret, which is shown once.

    Raises ``Forbidden``, ``NotReachable``, ``NoServiceAccount``, ``InvalidInput``.
    """
    policy.require_tokens(by)
    member = network.get_member(by.agency_id, membership_id)
    if member.membership.until is not None and member.membership.until <= at:
        raise NotReachable("the membership is over")
    if member.membership.user.last_login is not None:
        raise policy.NoServiceAccount
    errors = {}
    if not label.strip():
        errors["label"] = "required"
    elif len(label.strip()) > _MOST_LABEL:
        errors["label"] = "too_long"
    if not at < expires_at <= at + policy.LONGEST_LIFE:
        errors["expires_at"] = "past" if expires_at <= at else "too_far"
    if errors:
        raise InvalidInput(errors)
    secret = queries.PREFIX + secrets.token_urlsafe(32)
    token = ServiceToken.objects.create(
        id=new_id(), agency_id=by.agency_id, membership_id=membership_id, label=label.strip(),
        digest=digest_of(secret), created_at=at, created_by=by.user_id,
        expires_at=expires_at,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.CREATED, subject_kind="token", subject_id=token.id,
        detail={"membership": membership_id, "expires": expires_at.isoformat()},
    )  # fmt: skip
    return token, secret


@transaction.atomic
def withdraw_token(*, token_id: UUID, by: Actor, at: datetime) -> ServiceToken:
    """Take a token back: the next call with it is refused. Twice: ``IllegalMove``."""
    policy.require_tokens(by)
    queries.get_token(by, token_id)
    token = ServiceToken.objects.select_for_update().get(id=token_id)
    if token.withdrawn_at is not None:
        raise IllegalMove("withdraw", "withdrawn")
    token.withdrawn_at, token.withdrawn_by = at, by.user_id
    token.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(
        by=by, at=at, name=events.WITHDRAWN, subject_kind="token", subject_id=token.id
    )  # fmt: skip
    return token


def note_use(*, digest: bytes, by: Actor, at: datetime) -> None:
    """Remember the day on which a token was last used; one write a day."""
    today = at.date()
    before = Q(last_used_on__isnull=True) | Q(last_used_on__lt=today)
    ServiceToken.objects.filter(before, agency_id=by.agency_id, digest=digest).update(
        last_used_on=today
    )


# -- the same call twice ----------------------------------------------------------------------


@transaction.atomic
def claim_key(*, key: str, digest: bytes, by: Actor, at: datetime) -> tuple[Replay, bool]:
    """Claim a key for one call; the kept row, and whether this call is the first under it.

    Two at once: the second waits for the first's end and then meets its answer, or goes first when
    the first failed. Raises ``KeyReused`` for another call under a used key.
    """
    Replay.objects.filter(agency_id=by.agency_id, made_at__lt=at - KEPT_FOR).delete()
    mine = Replay(
        id=new_id(), agency_id=by.agency_id, membership_id=by.membership_id, key=key,
        digest=digest, made_at=at,
    )  # fmt: skip
    Replay.objects.bulk_create([mine], ignore_conflicts=True)
    kept = queries.get_replay(by, key)
    if bytes(kept.digest) != digest:
        raise policy.KeyReused("another call came under this key before")
    return kept, kept.id == mine.id


def keep_answer(*, replay_id: UUID, answer: Mapping[str, Any], by: Actor) -> None:
    """Keep what the first call was answered."""
    Replay.objects.filter(id=replay_id, agency_id=by.agency_id).update(answer=dict(answer))


# -- reports ----------------------------------------------------------------------------------


@transaction.atomic
def receive_at_once(*, content: ReportContent, take: bool, by: Actor, at: datetime) -> int:
    """Begin and receive a report in one act, and take it in hand when wished; the report's id.

    Raises what ``reports.receive_report`` raises.
    """
    draft = reports.begin_report(by=by, at=at)
    receive = reports.begin_helping if take else reports.receive_report
    receive(report_id=draft.id, expected_version=draft.version, content=content, by=by, at=at)
    return draft.id
