"""What the sender does after sending: taking up answers, taking the request back, moving it on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.clocks import operations as clocks
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.referrals import events, policy, queries, workflow
from rangkul.referrals.models import Packet, Referral, Request
from rangkul.referrals.operations.sending import ACCEPT_CLOCK, Asked, draft_of, send_referral
from rangkul.referrals.packet import Content
from rangkul.trail.operations import record

CONTACT_CLOCK, OUTCOME_CLOCK = "referral_first_contact", "referral_outcome"


@transaction.atomic
def cancel_referral(
    *, request_id: int, expected_version: int, by: Actor, at: datetime, moved: bool = False
) -> Request:
    """Take back a request that nobody has answered; the packet's key is destroyed.

    ``moved``: another desk is asked in the same transaction, the need stays referred. Raises
    ``IllegalMove`` once answered, ``StaleForm``.
    """
    require(by.roles, Permission.SEND_REFERRAL)
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    request = queries.lock(policy.sent_by(by), request_id)
    check_version(expected=expected_version, found=request.version)
    request.state = workflow.MOVES.check("cancel", request.state).target
    request.ended_at = at
    request.version += 1
    request.save(update_fields=["state", "ended_at", "version"])
    destroy_packet(queries.packet_of(request), reason=workflow.CANCELLED, at=at)
    clocks.void(subject_kind="request", subject_id=request.id, by=by, at=at)
    if not moved:
        move_need(referral, "return", by=by, at=at)
    record(
        by=by, at=at, name=events.REFERRAL_CANCELLED, subject_kind="request",
        subject_id=request.id, case_id=referral.case_id, detail={"moved": moved},
    )  # fmt: skip
    post(Event(events.REFERRAL_CANCELLED, "request", str(request.id), request.receiver_agency_id))
    return request


@transaction.atomic
def move_referral(
    *, request_id: int, desk_id: int, token: UUID, expected_version: int, by: Actor, at: datetime,
    uncovered_ok: bool = False,
) -> Request:  # fmt: skip
    """Take an unanswered request back and ask another desk that the survivor agreed to.

    The packet moves, built anew from the same words and sealed under a new key; the first desk's
    key is destroyed. Raises ``BasisMissing`` where the basis does not reach that desk,
    ``StaleForm``, ``IllegalMove``.
    """
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    before = queries.referral_of_token(referral.case_id, token)
    if before is not None:
        return queries.get_sent(by, before.request_id)
    content = read_sent_packet(request_id=request_id, by=by, at=at)
    old = cancel_referral(
        request_id=request_id, expected_version=expected_version, by=by, at=at, moved=True
    )
    asked = Asked(
        referral.case_id, desk_id, referral.basis_id, draft_of(content), referral.need_id,
        old.sender_desk_id,
    )  # fmt: skip
    return send_referral(
        asked=asked, token=token, by=by, at=at, uncovered_ok=uncovered_ok, follows=referral.id
    )


@transaction.atomic
def read_sent_packet(*, request_id: int, by: Actor, at: datetime) -> Content:
    """The sender looks at what was sent; the reading is recorded. Raises ``PacketClosed``."""
    referral = queries.get_referral(by, request_id)
    request = queries.get_sent(by, request_id)
    content = open_content(request, queries.packet_of(request), at=at)
    record(
        by=by, at=at, name=events.PACKET_REREAD, subject_kind="request", subject_id=request.id,
        case_id=referral.case_id,
    )  # fmt: skip
    return content


@transaction.atomic
def take_up_answer(*, request_id: int, by: Actor, at: datetime) -> bool:
    """Bring clocks, need and timeline of the sender in line with what the receiver did.

    Idempotent: the sender's clocks say what was taken up before. Returns whether anything changed.
    """
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    request = queries.lock(policy.sent_by(by), request_id)
    changed = False
    if request.state in (workflow.WITHDRAWN, workflow.CANCELLED):
        ended = clocks.void(subject_kind="request", subject_id=request.id, by=by, at=at)
        return ended > 0
    if request.state not in workflow.UNANSWERED and request.answered_at is not None:
        changed |= _take_up_decision(request, referral, by=by, at=at)
    if request.first_contact_at is not None and _meet(CONTACT_CLOCK, request, by=by, at=at):
        _record(events.REFERRAL_FIRST_CONTACT, request, referral, by=by, at=at)
        changed = True
    if request.state in (workflow.DONE, workflow.NOT_DONE) and _meet(
        OUTCOME_CLOCK, request, by=by, at=at
    ):
        _meet(CONTACT_CLOCK, request, by=by, at=at)
        done = request.state == workflow.DONE
        move_need(
            referral, "meet" if done else "return", by=by, at=at,
            outcome=request.outcome or request.reason,
        )  # fmt: skip
        _record(events.REFERRAL_ENDED, request, referral, by=by, at=at)
        changed = True
    return changed


@transaction.atomic
def expire_packets(*, by: Actor, at: datetime, limit: int = 500) -> int:
    """Destroy the keys of the agency's sent packets whose time is over; the count destroyed."""
    over = Packet.objects.select_for_update(of=("self",)).filter(
        request__sender_agency_id=by.agency_id, destroyed_at__isnull=True, expires_at__lte=at
    )
    packets = list(over.order_by("expires_at")[:limit])
    for packet in packets:
        destroy_packet(packet, reason="expired", at=at)
        record(
            by=by, at=at, name=events.PACKET_EXPIRED, subject_kind="request",
            subject_id=packet.request_id,
        )  # fmt: skip
    return len(packets)


def open_content(request: Request, packet: Packet, *, at: datetime) -> Content:
    """A packet's content while it may be read. Raises ``PacketClosed``."""
    if request.state in workflow.KEYLESS:
        raise policy.PacketClosed(request.state)
    if packet.destroyed_at is not None or packet.expires_at <= at:
        raise policy.PacketClosed(packet.destroy_reason or "expired")
    text = vault.open_text(bytes(packet.content_sealed), queries.packet_place(packet))
    return Content.from_json(text)


def destroy_packet(packet: Packet, *, reason: str, at: datetime) -> None:
    """Destroy a packet's key; the thread beside it has its own, which ends with consent only."""
    vault.destroy(packet.id, vault.DataClass.PACKET)
    if packet.destroyed_at is None:
        packet.destroyed_at, packet.destroy_reason = at, reason
        packet.save(update_fields=["destroyed_at", "destroy_reason"])


def move_need(referral: Referral, move: str, *, by: Actor, at: datetime, outcome: str = "") -> None:
    """Move the need that the referral answers, unless the plan has gone on without it."""
    if referral.need_id is None:
        return
    need = cases.get_need(by, referral.need_id)
    if move in {legal.name for legal in case_workflow.NEED.open_from(need.state)}:
        case_operations.set_need_state(
            need_id=need.id, move=move, by=by, at=at, outcome=outcome[:24]
        )


def _take_up_decision(request: Request, referral: Referral, *, by: Actor, at: datetime) -> bool:
    if not _meet(ACCEPT_CLOCK, request, by=by, at=at):
        return False
    if request.state == workflow.DECLINED:
        move_need(referral, "return", by=by, at=at, outcome=request.reason)
    else:
        move_need(referral, "run", by=by, at=at)
        file = cases.get_file(by, referral.case_id)
        for procedure, due in (
            (CONTACT_CLOCK, request.first_contact_by),
            (OUTCOME_CLOCK, request.outcome_by),
        ):
            clocks.start(
                procedure=procedure, subject_kind="request", subject_id=request.id,
                area=file.area or request.sender_agency.area_id, by=by, at=at,
                since=request.answered_at, due_at=due, case_id=referral.case_id,
                risk=request.risk,
            )  # fmt: skip
    _record(events.REFERRAL_ANSWERED, request, referral, by=by, at=at)
    return True


def _meet(procedure: str, request: Request, *, by: Actor, at: datetime) -> bool:
    ended = clocks.meet(
        subject_kind="request", subject_id=request.id, by=by, at=at, procedures=[procedure]
    )
    return ended > 0


def _record(name: str, request: Request, referral: Referral, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="request", subject_id=request.id,
        case_id=referral.case_id, reason=request.reason,
        detail={"state": request.state, "desk": request.receiver_desk_id,
                "outcome": request.outcome},
    )  # fmt: skip
