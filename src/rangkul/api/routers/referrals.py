"""Referrals by a machine: preview, send, answer, first contact, outcome, and the packet itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any
from uuid import NAMESPACE_URL, uuid5

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
    case_id_in_path,
    place_said,
)
from rangkul.api.door import caller_of, once
from rangkul.api.schemas.referrals import (
    AnswerAsked,
    DraftAsked,
    FactSaid,
    MessageAsked,
    MessageKept,
    MessageSaid,
    MessagesSaid,
    OutcomeAsked,
    PacketSaid,
    PauseAsked,
    ReferralAsked,
    ReferralLine,
    ReferralList,
    ReferralPage,
    ReferralSaid,
    ReferralSent,
    ReplyAsked,
    VersionAsked,
)
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.referrals import operations as writing
from rangkul.referrals import queries as referrals
from rangkul.referrals import workflow
from rangkul.referrals.operations import Asked
from rangkul.referrals.packet import Content, Deadlines, Draft

if TYPE_CHECKING:
    from rangkul.referrals.models import Message, Request

router = Router(tags=["referrals"])

Page = Annotated[
    int, parameter.Query(ge=1, le=10_000, description="1 for what is most urgent.", examples=[1])
]


# -- the sender -------------------------------------------------------------------------------


@router.get(
    "/cases/{number}/referrals", response={200: ReferralList, **READ}, summary="Referrals of a case"
)
def list_of_case(request: HttpRequest, number: CaseNumber) -> ReferralList:
    """What the own agency asked of others for this case, newest first."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)
    found = referrals.list_case(caller.actor, case_id)
    return ReferralList(referrals=[ReferralLine(**_row(sent, case_id)) for _, sent in found])


@router.post(
    "/cases/{number}/referrals/preview",
    response={200: PacketSaid, **WRITE, **GONE},
    summary="Preview a packet",
)
def preview(request: HttpRequest, number: CaseNumber, body: DraftAsked) -> PacketSaid:
    """What the desk would get, and nothing is sent. It opens the identity, which is recorded.

    Send its `digest` as `seen`, and a file that changed in between is not sent.
    """
    caller = caller_of(request)
    prepared = writing.preview(
        asked=asked_of(case_id_in_path(number), body), by=caller.actor, at=caller.at
    )
    return packet_said(prepared.built.content)


@router.post(
    "/cases/{number}/referrals",
    response={201: ReferralSent, **WRITE, **GONE},
    summary="Send a referral",
)
def send(
    request: HttpRequest, number: CaseNumber, body: ReferralAsked, idempotency_key: IdempotencyKey
) -> Status[Mapping[str, Any]]:
    """Seal the packet and ask the desk. Only what the ground allows for this service goes along."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)
    token = uuid5(NAMESPACE_URL, f"{caller.actor.membership_id}|{idempotency_key}")

    def act() -> ReferralSent:
        sent = writing.send_referral(
            asked=asked_of(case_id, body), token=token, seen=body.seen,
            deadlines=Deadlines(**body.deadlines.model_dump()) if body.deadlines else None,
            uncovered_ok=body.uncovered_ok, by=caller.actor, at=caller.at,
        )  # fmt: skip
        return sent_said(sent)

    return Status(201, once(request, idempotency_key, act))


@router.get("/referrals/out", response={200: ReferralPage, **READ}, summary="What was sent")
def list_out(request: HttpRequest, page: Page = 1) -> ReferralPage:
    """What was asked of other desks for cases that the caller may see; open questions first."""
    caller = caller_of(request)
    offset = (page - 1) * referrals.PAGE
    found = referrals.outbox(caller.actor, now=caller.at, offset=offset)
    lines = [ReferralLine(**_row(e.request, e.case_id)) for e in found]
    return _page(lines, page, referrals.outbox_lanes(caller.actor, now=caller.at))


@router.post(
    "/referrals/{number}/reply",
    response={200: ReferralSaid, **WRITE, **GONE},
    summary="Answer the receiver's question",
)
def reply(request: HttpRequest, number: PacketNumber, body: ReplyAsked) -> ReferralSaid:
    """The sender answers what the desk asked back; its deadline runs on. No more than the packet
    may tell is let through."""
    caller = caller_of(request)
    writing.reply(
        request_id=referrals.request_id_of(number), words=body.words,
        expected_version=body.version, by=caller.actor, at=caller.at,
    )  # fmt: skip
    return _said(caller.actor, number)


@router.post(
    "/referrals/{number}/cancel", response={200: ReferralSaid, **WRITE}, summary="Take it back"
)
def cancel(request: HttpRequest, number: PacketNumber, body: VersionAsked) -> ReferralSaid:
    """Take back a request that nobody has answered; the packet can no longer be opened."""
    caller = caller_of(request)
    writing.cancel_referral(
        request_id=referrals.request_id_of(number), expected_version=body.version,
        by=caller.actor, at=caller.at,
    )  # fmt: skip
    return _said(caller.actor, number)


# -- the receiver -----------------------------------------------------------------------------


@router.get("/referrals/in", response={200: ReferralPage, **READ}, summary="What was received")
def list_in(request: HttpRequest, page: Page = 1) -> ReferralPage:
    """What was sent to the caller's desks: unanswered first, soonest first."""
    caller = caller_of(request)
    offset = (page - 1) * referrals.PAGE
    found = referrals.inbox(caller.actor, now=caller.at, offset=offset)
    lines = [ReferralLine(**_row(e.request, 0)) for e in found]
    return _page(lines, page, referrals.inbox_lanes(caller.actor, now=caller.at))


def _page(lines: list[ReferralLine], page: int, lanes: referrals.Lanes) -> ReferralPage:
    more = page * referrals.PAGE < lanes.all
    return ReferralPage(referrals=lines, count=lanes.all, next_page=page + 1 if more else 0)


@router.post(
    "/referrals/{number}/answer", response={200: ReferralSaid, **WRITE, **GONE}, summary="Answer"
)
def answer(request: HttpRequest, number: PacketNumber, body: AnswerAsked) -> ReferralSaid:
    """The desk says yes, asks back, or says no with a reason. A declined packet is destroyed."""
    caller = caller_of(request)
    writing.answer(
        request_id=referrals.request_id_of(number), decision=body.decision, reason=body.reason,
        words=body.words, limits=body.limits, expected_version=body.version, by=caller.actor,
        at=caller.at,
    )  # fmt: skip
    return _said(caller.actor, number)


@router.post(
    "/referrals/{number}/pause", response={200: ReferralSaid, **WRITE, **GONE}, summary="Pause"
)
def pause(request: HttpRequest, number: PacketNumber, body: PauseAsked) -> ReferralSaid:
    """The service rests for a reason until a day; the deadlines of both sides wait."""
    caller = caller_of(request)
    writing.pause(
        request_id=referrals.request_id_of(number), reason=body.reason, until=body.until,
        words=body.words, expected_version=body.version, by=caller.actor, at=caller.at,
    )  # fmt: skip
    return _said(caller.actor, number)


@router.post("/referrals/{number}/resume", response={200: ReferralSaid, **WRITE}, summary="Go on")
def resume(request: HttpRequest, number: PacketNumber, body: VersionAsked) -> ReferralSaid:
    """The service goes on where it stood; what is due has moved by the time it rested."""
    caller = caller_of(request)
    writing.resume(
        request_id=referrals.request_id_of(number), expected_version=body.version,
        by=caller.actor, at=caller.at,
    )  # fmt: skip
    return _said(caller.actor, number)


@router.post(
    "/referrals/{number}/first-contact",
    response={200: ReferralSaid, **WRITE},
    summary="Note the first contact",
)
def first_contact(request: HttpRequest, number: PacketNumber, body: VersionAsked) -> ReferralSaid:
    """The desk has met or spoken with the person."""
    caller = caller_of(request)
    writing.first_contact(
        request_id=referrals.request_id_of(number), expected_version=body.version,
        by=caller.actor, at=caller.at,
    )  # fmt: skip
    return _said(caller.actor, number)


@router.post(
    "/referrals/{number}/outcome",
    response={200: ReferralSaid, **WRITE, **GONE},
    summary="Report the outcome",
)
def outcome(request: HttpRequest, number: PacketNumber, body: OutcomeAsked) -> ReferralSaid:
    """Done or not, the next date, a change of danger: never notes of the service itself."""
    caller = caller_of(request)
    writing.report_outcome(
        request_id=referrals.request_id_of(number), result=body.result, outcome=body.outcome,
        reason=body.reason, next_on=body.next_on, risk_change=body.risk_change, words=body.words,
        expected_version=body.version, by=caller.actor, at=caller.at,
    )  # fmt: skip
    return _said(caller.actor, number)


# -- both sides -------------------------------------------------------------------------------


@router.get("/referrals/{number}", response={200: ReferralSaid, **READ}, summary="One referral")
def read_referral(request: HttpRequest, number: PacketNumber) -> ReferralSaid:
    """Where a request stands. The receiver learns of no case."""
    return _said(caller_of(request).actor, number)


@router.get(
    "/referrals/{number}/packet",
    response={200: PacketSaid, **READ, **GONE},
    summary="Open the packet",
)
def open_packet(request: HttpRequest, number: PacketNumber) -> PacketSaid:
    """What the desk may read; each reading is recorded, the sender's too.

    410 once the request was declined or taken back, the consent withdrawn, or its time is over.
    """
    caller = caller_of(request)
    found = referrals.get_request(caller.actor, number)
    if workflow.RECEIVER in referrals.sides(caller.actor, found):
        opened = writing.open_packet(request_id=found.id, by=caller.actor, at=caller.at)
        return packet_said(opened.content)
    return packet_said(writing.read_sent_packet(request_id=found.id, by=caller.actor, at=caller.at))


@router.get(
    "/referrals/{number}/messages",
    response={200: MessagesSaid, **READ, **GONE},
    summary="Read the thread",
)
def read_messages(request: HttpRequest, number: PacketNumber) -> MessagesSaid:
    """What the two desks wrote to each other, oldest first. The reading is recorded."""
    caller = caller_of(request)
    request_id = referrals.request_id_of(number)
    views = writing.read_messages(request_id=request_id, by=caller.actor, at=caller.at)
    return MessagesSaid(
        number=referrals.packet_number(request_id),
        messages=[
            MessageSaid(**_message(view.message, caller.actor), words=view.body) for view in views
        ],
    )


@router.post(
    "/referrals/{number}/message",
    response={201: MessageKept, **WRITE, **GONE},
    summary="Write to the other desk",
)
def write_message(
    request: HttpRequest,
    number: PacketNumber,
    body: MessageAsked,
    idempotency_key: IdempotencyKey,
) -> Status[Mapping[str, Any]]:
    """A line to the other desk. The sender's words may tell no more than the packet does."""
    caller = caller_of(request)
    request_id = referrals.request_id_of(number)

    def act() -> MessageKept:
        message = writing.write_message(
            request_id=request_id, words=body.words, by=caller.actor, at=caller.at
        )
        return MessageKept(**_message(message, caller.actor))

    return Status(201, once(request, idempotency_key, act))


# -- between the call and the operation -------------------------------------------------------


def asked_of(case_id: int, body: DraftAsked) -> Asked:
    """What a call asks of a desk. Raises ``InvalidInput`` for a number that names no desk."""
    from_desk = body.from_desk
    return Asked(
        case_id=case_id, desk_id=numbers.id_in_field(numbers.DESK, body.to_desk, "to_desk"),
        basis_id=body.basis, need_id=body.need,
        from_desk_id=None
        if from_desk is None
        else numbers.id_in_field(numbers.DESK, from_desk, "from_desk"),
        draft=Draft(
            asked=body.asked, reach=body.reach, words=body.words,
            left_out=frozenset(body.left_out), risk_note=body.risk_note, bans=tuple(body.bans),
            ban_note=body.ban_note, languages=tuple(body.languages),
            interpreter=body.interpreter, access_note=body.access_note,
            worker_sex=body.worker_sex,
        ),
    )  # fmt: skip


# -- answers ----------------------------------------------------------------------------------


def sent_said(sent: Request) -> ReferralSent:
    """The request as it is on its way."""
    return ReferralSent(
        number=referrals.packet_number(sent.id), state=sent.state, version=sent.version,
        accept_by=sent.accept_by, first_contact_by=sent.first_contact_by,
        outcome_by=sent.outcome_by,
    )  # fmt: skip


def _said(actor: Actor, number: str) -> ReferralSaid:
    found = referrals.get_request(actor, number)
    sides = referrals.sides(actor, found)
    case_id = 0
    if workflow.SENDER in sides:
        case_id = referrals.get_referral(actor, found.id).case_id
    moves = {
        move.name for side in sides for move in workflow.MOVES.open_from(found.state, side)
    }  # fmt: skip
    return ReferralSaid(**_row(found, case_id), sides=sorted(sides), moves=sorted(moves))


def _row(found: Request, case_id: int) -> dict[str, Any]:
    """A request with its desks joined; ``case_id`` is 0 for who knows of no case."""
    sender_desk = found.sender_desk
    return {
        "number": referrals.packet_number(found.id), "service": found.service,
        "state": found.state, "case": custody.case_number(case_id) if case_id else "",
        "sender": place_said(
            found.sender_agency_id, found.sender_agency.short_name, found.sender_desk_id,
            sender_desk.name if sender_desk else "",
        ),
        "receiver": place_said(
            found.receiver_agency_id, found.receiver_agency.short_name, found.receiver_desk_id,
            found.receiver_desk.name,
        ),
        "risk": found.risk, "is_child": found.is_child, "basis_letter": found.basis_letter,
        "sent_at": found.sent_at, "accept_by": found.accept_by,
        "first_contact_by": found.first_contact_by, "outcome_by": found.outcome_by,
        "due_at": referrals.due_at(found), "answered_at": found.answered_at,
        "first_contact_at": found.first_contact_at, "ended_at": found.ended_at,
        "reason": found.reason, "outcome": found.outcome, "risk_change": found.risk_change,
        "next_on": found.next_on, "limits": found.limits,
        "paused_until": found.paused_until, "version": found.version,
    }  # fmt: skip


def packet_said(content: Content) -> PacketSaid:
    """What the receiver may read."""
    return PacketSaid(
        service=content.service, to_agency=content.to_agency, to_desk=content.to_desk,
        from_agency=content.from_agency, from_desk=content.from_desk, reach=content.reach,
        asked=content.asked, risk=content.risk, risk_note=content.risk_note,
        is_child=content.is_child, bans=list(content.bans), ban_note=content.ban_note,
        languages=list(content.languages), interpreter=content.interpreter,
        access_note=content.access_note, worker_sex=content.worker_sex,
        basis_letter=content.basis_letter, basis_article=content.basis_article,
        basis_until=content.basis_until,
        facts=[FactSaid(code=code, value=value) for code, value in content.facts],
        withheld=list(content.withheld), not_known=list(content.not_known),
        digest=content.digest,
    )  # fmt: skip


def _message(message: Message, actor: Actor) -> dict[str, Any]:
    return {
        "id": message.id, "kind": message.kind, "written_at": message.written_at,
        "ours": message.from_agency_id == actor.agency_id,
    }  # fmt: skip
