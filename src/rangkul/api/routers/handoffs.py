"""Around a referral, by a machine: open calls, the packet's versions, drafts, transfers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.params import functions as parameter

from rangkul.api import numbers
from rangkul.api.calls import (
    GONE,
    READ,
    WRITE,
    CaseNumber,
    IdempotencyKey,
    PacketNumber,
    RowId,
    case_id_in_path,
    desk_number,
    place_said,
)
from rangkul.api.door import caller_of, once
from rangkul.api.routers.consent import ground_of
from rangkul.api.routers.referrals import packet_said
from rangkul.api.schemas.handoffs import (
    TRANSFER,
    CallAnswerAsked,
    CallAnswered,
    CallDesksAsked,
    CallList,
    CallSaid,
    Discarded,
    DraftKeptAsked,
    DraftList,
    DraftOpened,
    DraftSaid,
    ExtendAsked,
    RefuseAsked,
    RenewalSaid,
    RenewAsked,
    TakenOver,
    TakeOverAsked,
    TransferAsked,
    TransferList,
    TransferOpened,
    TransferSaid,
    VersionList,
    VersionSaid,
)
from rangkul.api.schemas.referrals import VersionAsked
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import queries as network
from rangkul.referrals import drafts, versions
from rangkul.referrals import operations as writing
from rangkul.referrals import queries as referrals

if TYPE_CHECKING:
    from rangkul.referrals.models import CallOffer, Packet, ReferralDraft, Transfer

router = Router(tags=["hand-offs"])

TransferNumber = Annotated[
    str, parameter.Path(description="The transfer's number.", examples=[TRANSFER])
]


# -- open calls -------------------------------------------------------------------------------


@router.get("/calls/in", response={200: CallList, **READ}, summary="Open calls at our desks")
def calls_in(request: HttpRequest) -> CallList:
    """Whether a desk could take something, asked before anything about anyone goes."""
    caller = caller_of(request)
    return CallList(calls=[CallSaid(**_call(o)) for o in referrals.list_calls(caller.actor)])


@router.post(
    "/calls/{offer_id}/answer", response={200: CallAnswered, **WRITE}, summary="Answer a call"
)
def answer_call(request: HttpRequest, offer_id: RowId, body: CallAnswerAsked) -> CallAnswered:
    """The desk can, or cannot. Of two that can one is first; only that one is asked next."""
    caller = caller_of(request)
    found = writing.answer_call(offer_id=offer_id, can=body.can, by=caller.actor, at=caller.at)
    offer = referrals.get_call_offer(caller.actor, found.offer.id)
    return CallAnswered(**_call(offer), first=found.first)


@router.get(
    "/referrals/{number}/calls", response={200: CallList, **READ}, summary="Desks that were called"
)
def calls_of(request: HttpRequest, number: PacketNumber) -> CallList:
    """Which desks were called for a request of ours that nobody answers, and what they said."""
    caller = caller_of(request)
    referral = referrals.get_referral(caller.actor, referrals.request_id_of(number))
    found = referrals.list_call(caller.actor, referral.id)
    return CallList(calls=[CallSaid(**_call(offer)) for offer in found])


@router.post(
    "/referrals/{number}/calls", response={200: CallList, **WRITE}, summary="Call other desks"
)
def call_desks(request: HttpRequest, number: PacketNumber, body: CallDesksAsked) -> CallList:
    """Call desks that could stand in, without a packet; those called before stay called."""
    caller = caller_of(request)
    request_id = referrals.request_id_of(number)
    writing.call_desks(
        request_id=request_id, by=caller.actor, at=caller.at,
        desk_ids=[numbers.id_in_field(numbers.DESK, each, "desks") for each in body.desks],
    )  # fmt: skip
    return calls_of(request, number)


def _call(offer: CallOffer) -> dict[str, Any]:
    return {
        "id": offer.id, "service": offer.service, "area": offer.area, "state": offer.state,
        "caller": place_said(offer.sender_agency_id, offer.sender_agency.short_name, None, ""),
        "called": place_said(
            offer.receiver_agency_id, offer.receiver_agency.short_name, offer.receiver_desk_id,
            offer.receiver_desk.name,
        ),
        "offered_at": offer.offered_at, "answer_by": offer.answer_by,
        "answered_at": offer.answered_at,
    }  # fmt: skip


# -- versions of a packet ---------------------------------------------------------------------


@router.get(
    "/referrals/{number}/versions",
    response={200: VersionList, **READ},
    summary="Versions of a packet",
)
def list_versions(request: HttpRequest, number: PacketNumber) -> VersionList:
    """Which facts each version held and until when it opened; to both sides, without content."""
    found = versions.list_versions(caller_of(request).actor, number)
    return VersionList(versions=[_version(each) for each in found])


@router.get(
    "/referrals/{number}/renewal",
    response={200: RenewalSaid, **WRITE, **GONE},
    summary="Preview the next version",
)
def preview_renewal(request: HttpRequest, number: PacketNumber) -> RenewalSaid:
    """What the next version would hold. It opens the identity, which is recorded."""
    caller = caller_of(request)
    renewal = writing.preview_renewal(
        request_id=referrals.request_id_of(number), by=caller.actor, at=caller.at
    )
    said = packet_said(renewal.content).model_dump()
    return RenewalSaid(**said, changed=list(renewal.changed))


@router.post(
    "/referrals/{number}/versions",
    response={200: VersionList, **WRITE, **GONE},
    summary="Send the next version",
)
def renew(request: HttpRequest, number: PacketNumber, body: RenewAsked) -> VersionList:
    """The new version takes the old one's place; the old key is destroyed at once."""
    caller = caller_of(request)
    writing.renew_packet(
        request_id=referrals.request_id_of(number), seen=body.seen, by=caller.actor, at=caller.at
    )
    return list_versions(request, number)


@router.post(
    "/referrals/{number}/extend",
    response={200: VersionList, **WRITE, **GONE},
    summary="Let the packet open longer",
)
def extend(request: HttpRequest, number: PacketNumber, body: ExtendAsked) -> VersionList:
    """As long as its ground stands, and no longer."""
    caller = caller_of(request)
    writing.extend_packet(
        request_id=referrals.request_id_of(number), until=body.until, by=caller.actor, at=caller.at
    )
    return list_versions(request, number)


def _version(packet: Packet) -> VersionSaid:
    return VersionSaid(
        version=packet.version, sealed_at=packet.sealed_at, expires_at=packet.expires_at,
        opened_at=packet.opened_at, destroyed_at=packet.destroyed_at,
        destroy_reason=packet.destroy_reason, facts=packet.facts, withheld=packet.withheld,
        changed=packet.changed,
    )  # fmt: skip


# -- drafts -----------------------------------------------------------------------------------


@router.get(
    "/cases/{number}/referral-drafts",
    response={200: DraftList, **READ},
    summary="Referrals being prepared",
)
def list_drafts(request: HttpRequest, number: CaseNumber) -> DraftList:
    """What is not ready yet, newest first, without its words."""
    caller = caller_of(request)
    found = drafts.list_drafts(caller.actor, case_id_in_path(number))
    return DraftList(drafts=[DraftSaid(**_draft(row)) for row in found])


@router.post(
    "/cases/{number}/referral-drafts",
    response={201: DraftSaid, **WRITE},
    summary="Keep a referral that is not ready",
)
def keep_draft(
    request: HttpRequest, number: CaseNumber, body: DraftKeptAsked, idempotency_key: IdempotencyKey
) -> Status[Mapping[str, Any]]:
    """Sealed like a note of the case, and sent to nobody."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)

    def act() -> DraftSaid:
        row = writing.keep_draft(
            case_id=case_id, service=body.service, values=body.values, need_id=body.need,
            draft_id=body.draft, by=caller.actor, at=caller.at,
            desk_id=None
            if body.desk is None
            else numbers.id_in_field(numbers.DESK, body.desk, "desk"),
        )  # fmt: skip
        return DraftSaid(**_draft(row))

    return Status(201, once(request, idempotency_key, act))


@router.get(
    "/referral-drafts/{draft_id}",
    response={200: DraftOpened, **READ, **GONE},
    summary="Read a draft",
)
def read_draft(request: HttpRequest, draft_id: RowId) -> DraftOpened:
    """What stands on its form; the reading is recorded."""
    caller = caller_of(request)
    row, values = writing.read_draft(draft_id=draft_id, by=caller.actor, at=caller.at)
    return DraftOpened(**_draft(row), values=values)


@router.post(
    "/referral-drafts/{draft_id}/discard",
    response={200: Discarded, **WRITE},
    summary="Throw a draft away",
)
def discard_draft(request: HttpRequest, draft_id: RowId) -> Discarded:
    """It was sent, or is not wanted any more."""
    caller = caller_of(request)
    writing.discard_draft(draft_id=draft_id, by=caller.actor, at=caller.at)
    return Discarded(id=draft_id)


def _draft(row: ReferralDraft) -> dict[str, Any]:
    return {
        "id": row.id, "case": custody.case_number(row.case_id), "service": row.service,
        "need": row.need_id, "desk": desk_number(row.desk_id), "begun_at": row.begun_at,
        "kept_at": row.kept_at,
    }  # fmt: skip


# -- transfers --------------------------------------------------------------------------------


@router.get("/transfers", response={200: TransferList, **READ}, summary="Hand-overs of cases")
def list_transfers(request: HttpRequest) -> TransferList:
    """Offers to take a case over, to and from the own agency: for its supervisors."""
    caller = caller_of(request)
    found = referrals.list_transfers(caller.actor)
    return TransferList(transfers=[TransferSaid(**_transfer(caller.actor, t)) for t in found])


@router.get(
    "/transfers/{number}",
    response={200: TransferOpened, **READ, **GONE},
    summary="Read an offer",
)
def read_transfer(request: HttpRequest, number: TransferNumber) -> TransferOpened:
    """An offer with its words; the reading is recorded. 410 once it ended without a hand-over."""
    caller = caller_of(request)
    found, words = writing.read_transfer(number=number, by=caller.actor, at=caller.at)
    return TransferOpened(**_transfer(caller.actor, found), words=words)


@router.post(
    "/cases/{number}/transfers", response={201: TransferSaid, **WRITE}, summary="Offer a case"
)
def offer_transfer(
    request: HttpRequest, number: CaseNumber, body: TransferAsked, idempotency_key: IdempotencyKey
) -> Status[Mapping[str, Any]]:
    """Nothing changes hands until the other agency takes the case over."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)

    def act() -> TransferSaid:
        offer = writing.Offer(
            case_id, numbers.id_in_field(numbers.DESK, body.to_desk, "to_desk"), body.reason,
            body.words, ground_of(body.basis), body.stays_until,
        )  # fmt: skip
        made = writing.offer_transfer(offer=offer, by=caller.actor, at=caller.at)
        found = referrals.get_transfer(caller.actor, referrals.transfer_number(made.id))
        return TransferSaid(**_transfer(caller.actor, found))

    return Status(201, once(request, idempotency_key, act))


@router.post(
    "/transfers/{number}/accept", response={200: TakenOver, **WRITE}, summary="Take a case over"
)
def take_over(request: HttpRequest, number: TransferNumber, body: TakeOverAsked) -> TakenOver:
    """The case, its deadlines and open requests move in one act; the giver's access ends."""
    caller = caller_of(request)
    found = referrals.get_transfer(caller.actor, number)
    case_id = writing.take_over(
        transfer_id=found.id, companion_id=_companion(caller.actor, body.companion),
        expected_version=body.version, by=caller.actor, at=caller.at,
    )  # fmt: skip
    return TakenOver(
        number=referrals.transfer_number(found.id), case=custody.case_number(case_id)
    )  # fmt: skip


@router.post(
    "/transfers/{number}/decline", response={200: TransferSaid, **WRITE}, summary="Decline a case"
)
def decline(request: HttpRequest, number: TransferNumber, body: RefuseAsked) -> TransferSaid:
    """The case stays where it is, with the reason."""
    caller = caller_of(request)
    found = referrals.get_transfer(caller.actor, number)
    writing.decline_transfer(
        transfer_id=found.id, reason=body.reason, expected_version=body.version,
        by=caller.actor, at=caller.at,
    )  # fmt: skip
    return TransferSaid(**_transfer(caller.actor, referrals.get_transfer(caller.actor, number)))


@router.post(
    "/transfers/{number}/cancel", response={200: TransferSaid, **WRITE}, summary="Take it back"
)
def cancel(request: HttpRequest, number: TransferNumber, body: VersionAsked) -> TransferSaid:
    """Take an offer back that nobody has answered."""
    caller = caller_of(request)
    found = referrals.get_transfer(caller.actor, number)
    writing.cancel_transfer(
        transfer_id=found.id, expected_version=body.version, by=caller.actor, at=caller.at
    )
    return TransferSaid(**_transfer(caller.actor, referrals.get_transfer(caller.actor, number)))


def _companion(actor: Actor, number: str) -> int:
    """The colleague (user) that a number in the body names. Raises ``InvalidInput``."""
    membership_id = numbers.id_in_field(numbers.COLLEAGUE, number, "companion")
    try:
        return network.get_member(actor.agency_id, membership_id).membership.user_id
    except NotReachable as fault:
        raise InvalidInput({"companion": "unknown"}) from fault


def _transfer(actor: Actor, found: Transfer) -> dict[str, Any]:
    case_id = referrals.case_of_transfer(actor, found.id)
    held = bool(case_id and custody.visible_among(actor, [case_id]))
    return {
        "number": referrals.transfer_number(found.id), "state": found.state,
        "reason": found.reason, "case": custody.case_number(case_id) if held else "",
        "giver": place_said(found.sender_agency_id, found.sender_agency.short_name, None, ""),
        "receiver": place_said(
            found.receiver_agency_id, found.receiver_agency.short_name, found.receiver_desk_id,
            found.receiver_desk.name,
        ),
        "risk": found.risk, "is_child": found.is_child, "cover": found.cover,
        "basis_letter": found.basis_letter, "offered_at": found.offered_at,
        "answer_by": found.answer_by, "stays_until": found.stays_until,
        "answered_at": found.answered_at, "answer_reason": found.answer_reason,
        "version": found.version,
    }  # fmt: skip
