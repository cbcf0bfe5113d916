"""A packet whose facts have changed since: a new version takes its place, with a key of its own.

The older version's key is destroyed at once, not when the new one is first opened: for that long a
desk could act on an address or a danger that is no longer so, and two keys of one request would
stand. What it had read before stays in its memory and in the trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.consent import queries as consent
from rangkul.consent.policy import SERVICE, BasisMissing, require_basis
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, KeyDestroyed, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import operations as people_operations
from rangkul.people import queries as people
from rangkul.people.queries import OpenPerson
from rangkul.referrals import events, policy, queries, workflow
from rangkul.referrals.models import Packet, Referral, Request
from rangkul.referrals.operations.following import destroy_packet, open_content
from rangkul.referrals.operations.sending import Asked, Prepared, cross_border, draft_of, prepare
from rangkul.referrals.packet import Content
from rangkul.trail.operations import record

# Who writes the packet changes from one version to the next; that alone is no news.
_THE_WRITER = "through_companion"
_BESIDE_FACTS = ("risk", "is_child")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the next version would hold, and the codes of what is other than in the last."""

    content: Content
    changed: tuple[str, ...]
    prepared: Prepared


@transaction.atomic
def list_changes(*, request_id: int, by: Actor, at: datetime) -> tuple[str, ...]:
    """Codes of the facts that are other now than in the packet; empty where none may be sent.

    Nothing is shown of them: the page only says that something changed.
    """
    referral = queries.get_referral(by, request_id)
    request = queries.get_sent(by, request_id)
    if request.state not in workflow.OPEN:
        return ()
    try:
        opened = people.unseal(people.list_people(by, referral.case_id))
        return _renewal(request, referral, opened, by=by, at=at).changed
    except (BasisMissing, IllegalMove, InvalidInput, KeyDestroyed):
        return ()


@transaction.atomic
def preview_renewal(*, request_id: int, by: Actor, at: datetime) -> Renewal:
    """The next version for the sender's eyes; opening the identity is recorded.

    Raises what ``renew_packet`` raises.
    """
    require(by.roles, Permission.DRAFT_REFERRAL)
    referral = queries.get_referral(by, request_id)
    request = queries.get_sent(by, request_id)
    opened = people_operations.open_identity(
        case_id=referral.case_id, reason="menyusun_rujukan", by=by, at=at
    )
    return _renewal(request, referral, opened, by=by, at=at)


@transaction.atomic
def renew_packet(*, request_id: int, by: Actor, at: datetime, seen: str = "") -> Packet:
    """Send the next version of a packet on the same ground; the last one's key is destroyed.

    ``seen`` is the digest of the previewed content. Raises ``IllegalMove`` once the request has
    ended, ``BasisMissing``, ``PacketClosed``, ``PreviewChanged``, ``InvalidInput`` (unchanged).
    """
    require(by.roles, Permission.SEND_REFERRAL)
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    request = queries.lock(policy.sent_by(by), request_id)
    if request.state not in workflow.OPEN:
        raise IllegalMove("renew", request.state)
    opened = people.unseal(people.list_people(by, referral.case_id))
    renewal = _renewal(request, referral, opened, by=by, at=at)
    if seen and seen != renewal.content.digest:
        raise policy.PreviewChanged
    if not renewal.changed:
        raise InvalidInput({"packet": "unchanged"})
    last = queries.packet_of(request)
    destroy_packet(last, reason="renewed", at=at)
    row = _seal_next(request, last, renewal, by=by, at=at)
    request.version += 1
    request.save(update_fields=["version"])
    record(
        by=by, at=at, name=events.PACKET_RENEWED, subject_kind="request", subject_id=request.id,
        case_id=referral.case_id,
        detail={"version": row.version, "changed": row.changed, "facts": row.facts},
    )  # fmt: skip
    post(Event(events.PACKET_RENEWED, "request", str(request.id), request.receiver_agency_id))
    return row


@transaction.atomic
def extend_packet(*, request_id: int, until: datetime, by: Actor, at: datetime) -> Packet:
    """Let a packet be opened longer, while its ground stands and no longer than that.

    Raises ``BasisMissing``, ``PacketClosed``, ``InvalidInput``.
    """
    require(by.roles, Permission.SEND_REFERRAL)
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    request = queries.lock(policy.sent_by(by), request_id)
    basis = consent.get_basis(by, referral.basis_id)
    require_basis(
        basis, service=request.service, desk_id=request.receiver_desk_id, at=at, purpose=SERVICE
    )
    packet = queries.packet_of(request)
    open_content(request, packet, at=at)
    if not packet.expires_at < until <= basis.valid_until:
        raise InvalidInput({"until": "too_far" if until > basis.valid_until else "past"})
    packet.expires_at = until
    packet.save(update_fields=["expires_at"])
    record(
        by=by, at=at, name=events.PACKET_EXTENDED, subject_kind="request", subject_id=request.id,
        case_id=referral.case_id, detail={"until": until.isoformat()},
    )  # fmt: skip
    return packet


def _renewal(
    request: Request, referral: Referral, opened: list[OpenPerson], *, by: Actor, at: datetime
) -> Renewal:
    """Built anew from the same words and the file as it is now, under the same ground."""
    last = open_content(request, queries.packet_of(request), at=at)
    asked = Asked(
        referral.case_id, request.receiver_desk_id, referral.basis_id, draft_of(last),
        referral.need_id, request.sender_desk_id,
    )  # fmt: skip
    prepared = prepare(asked, opened, by=by, at=at)
    content = prepared.built.content
    return Renewal(content, _changed(last, content), prepared)


def _changed(last: Content, now: Content) -> tuple[str, ...]:
    before, after = dict(last.facts), dict(now.facts)
    facts = [
        code
        for code in dict.fromkeys((*after, *before))
        if before.get(code) != after.get(code) and code != _THE_WRITER
    ]
    beside = [name for name in _BESIDE_FACTS if getattr(last, name) != getattr(now, name)]
    return (*beside, *facts)


def _seal_next(
    request: Request, last: Packet, renewal: Renewal, *, by: Actor, at: datetime
) -> Packet:
    row = Packet(
        id=new_id(), request_id=last.request_id, version=last.version + 1,
        facts=[code for code, _ in renewal.content.facts],
        withheld=list(renewal.content.withheld), sealed_at=at, expires_at=last.expires_at,
        changed=list(renewal.changed),
    )  # fmt: skip
    prepared = renewal.prepared
    cross_border(request, row.id, prepared.basis, prepared.file, by=by, at=at)
    key = vault.key_for(Owner("request", last.request_id), row.id, DataClass.PACKET)
    row.content_sealed = vault.seal(key, queries.packet_place(row), renewal.content.to_json())
    row.save(force_insert=True)
    return row
