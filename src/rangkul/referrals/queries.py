"""Reading requests: what waits at the own desks, what was asked of others, one by its number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Case, DateTimeField, F, IntegerField, Q, QuerySet, Value, When

from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import Named, named_count
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.ids import MistypedNumber, NumberSeries
from rangkul.foundation.keyring import KeyRing
from rangkul.referrals import policy, workflow
from rangkul.referrals.models import (
    CallEnd,
    CallOffer,
    Message,
    Packet,
    Referral,
    Request,
    Transfer,
    TransferEnd,
)

PAGE: Final = 40
# Ended requests stay on the list this long; after that they are found by number.
SHOWN_AFTER_END: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """A request on a list. ``case_id`` is 0 on the receiver's side, which knows of no case."""

    request: Request
    number: str
    case_id: int = 0

    @property
    def due_at(self) -> datetime | None:
        """The deadline that runs now, if one does."""
        return due_at(self.request)


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message between the desks, opened; ``body`` is empty when its key is gone."""

    message: Message
    body: str


def _series() -> NumberSeries:
    ring: KeyRing = settings.KEY_RING
    return ring.numbers("PK")


def packet_number(request_id: int) -> str:
    """The packet's own public number, such as ``PK-8RDM-3TXW``."""
    return _series().number(request_id)


def request_id_of(number: str) -> int:
    """The request that ``number`` names. Raises ``NotReachable`` for what cannot be one."""
    try:
        return _series().sequence(number)
    except MistypedNumber as error:
        raise NotReachable("no such packet") from error


def due_at(request: Request) -> datetime | None:
    """The deadline that runs in this state: the answer, the first contact, or the outcome."""
    return {
        workflow.SENT: request.accept_by,
        workflow.ASKED: request.accept_by,
        workflow.ACCEPTED: request.first_contact_by,
        workflow.PARTLY: request.first_contact_by,
        workflow.IN_SERVICE: request.outcome_by,
    }.get(request.state)


def sides(actor: Actor, request: Request) -> frozenset[str]:
    """On which sides of a visible request the person stands."""
    found = Request.objects.filter(id=request.id).values_list("id", flat=True)
    both = {
        workflow.RECEIVER: policy.received_by(actor),
        workflow.SENDER: policy.sent_by(actor),
    }
    return frozenset(side for side, condition in both.items() if found.filter(condition).exists())


def _requests(condition: Q) -> QuerySet[Request]:
    return Request.objects.filter(condition).select_related(
        "sender_agency", "sender_desk", "receiver_agency", "receiver_desk"
    )


def _recent(now: datetime) -> Q:
    return Q(ended_at__isnull=True) | Q(ended_at__gt=now - SHOWN_AFTER_END)


def _in_order(found: QuerySet[Request], first: frozenset[str]) -> QuerySet[Request]:
    """Those that wait for this side first, then the open ones by what runs, the ended ones last."""
    return found.annotate(
        lane=Case(
            When(state__in=first, then=Value(0)),
            When(state__in=workflow.OPEN, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
        due=Case(
            When(state__in=workflow.UNANSWERED, then=F("accept_by")),
            When(state__in=workflow.TAKEN, then=F("first_contact_by")),
            When(state=workflow.IN_SERVICE, then=F("outcome_by")),
            default=None,
            output_field=DateTimeField(),
        ),
    ).order_by("lane", "due", "-ended_at", "id")


def inbox(actor: Actor, *, now: datetime, limit: int = PAGE) -> list[Entry]:
    """What was sent to the desks at which the person sits: unanswered first, soonest first."""
    found = _requests(policy.received_by(actor) & _recent(now))
    ordered = _in_order(found, workflow.UNANSWERED)
    return [Entry(request, packet_number(request.id)) for request in ordered[:limit]]


def outbox(actor: Actor, *, now: datetime, limit: int = PAGE) -> list[Entry]:
    """What was asked of other desks for cases that the person may see: questions first."""
    cases = custody.accesses(actor).order_by().values("case_id")
    found = _requests(policy.sent_by(actor) & _recent(now))
    requests = list(_in_order(found, frozenset({workflow.ASKED, workflow.DECLINED}))[:limit])
    of_case = dict(
        Referral.objects.filter(
            request_id__in=[request.id for request in requests], case_id__in=cases
        ).values_list("request_id", "case_id")
    )
    return [
        Entry(request, packet_number(request.id), of_case.get(request.id, 0))
        for request in requests
    ]


def list_case(actor: Actor, case_id: int) -> list[tuple[Referral, Request]]:
    """The referrals of a visible case that the agency itself made, newest first."""
    custody.get_access(actor, case_id)
    found = Referral.objects.filter(
        case_id=case_id, request__sender_agency_id=actor.agency_id
    ).select_related("request__receiver_desk", "request__receiver_agency")
    return [(referral, referral.request) for referral in found.order_by("-made_at", "-id")]


def waiting_counts(actor: Actor) -> list[Named]:
    """What waits: ``requests`` at the own desks, ``questions`` for us; for ``count_all``.

    ``transfers`` are cases offered to the agency, ``calls`` open calls at the own desks.
    """
    received = Request.objects.filter(policy.received_by(actor), state__in=workflow.UNANSWERED)
    sent = Request.objects.filter(policy.sent_by(actor), state=workflow.ASKED)
    offered = Transfer.objects.filter(
        policy.transfers_visible_to(actor), receiver_agency_id=actor.agency_id,
        state=workflow.OFFERED,
    )  # fmt: skip
    called = CallOffer.objects.filter(policy.called(actor), state=workflow.CALLED)
    return [
        named_count("requests", received), named_count("questions", sent),
        named_count("transfers", offered), named_count("calls", called),
    ]  # fmt: skip


def list_open_received(actor: Actor, *, service: str, desk_ids: Iterable[int]) -> list[Request]:
    """The requests for one service at these own desks that are still open, the oldest first."""
    wanted = Q(service=service, receiver_desk_id__in=list(desk_ids), state__in=workflow.OPEN)
    return list(_requests(policy.received_by(actor) & wanted).order_by("sent_at", "id"))


def get_request(actor: Actor, number: str) -> Request:
    """A visible request by its packet's number. Raises ``NotReachable``."""
    return _one(policy.visible_to(actor), request_id_of(number))


def get_visible(actor: Actor, request_id: int) -> Request:
    """A visible request by id. Raises ``NotReachable``."""
    return _one(policy.visible_to(actor), request_id)


def list_visible_ids(actor: Actor, request_ids: Iterable[int]) -> set[int]:
    """Those of these requests that the person may see; one query."""
    found = Request.objects.filter(policy.visible_to(actor), id__in=set(request_ids))
    return set(found.values_list("id", flat=True))


def get_received(actor: Actor, request_id: int) -> Request:
    """A request at a desk where the person sits. Raises ``NotReachable``."""
    return _one(policy.received_by(actor), request_id)


def get_sent(actor: Actor, request_id: int) -> Request:
    """A request made for a case that the person may see. Raises ``NotReachable``."""
    return _one(policy.sent_by(actor), request_id)


def _one(condition: Q, request_id: int) -> Request:
    found = _requests(condition & Q(id=request_id)).first()
    if found is None:
        raise NotReachable("no such request for this person")
    return found


def by_ids(request_ids: Iterable[int]) -> dict[int, Request]:
    """Those of some requests that row security shows the acting agency: the two sides' own."""
    return Request.objects.in_bulk(list(request_ids))


def lock(condition: Q, request_id: int) -> Request:
    """The same, locked: a second person waits here and then meets the new version."""
    found = Request.objects.select_for_update(of=("self",)).filter(condition, id=request_id).first()
    if found is None:
        raise NotReachable("no such request for this person")
    return found


def get_referral(actor: Actor, request_id: int) -> Referral:
    """The sender's end of a request, for those who may see the case. Raises ``NotReachable``."""
    found = Referral.objects.filter(request_id=request_id).first()
    if found is None:
        raise NotReachable("no such referral")
    custody.get_access(actor, found.case_id)
    return found


def referral_of_token(case_id: int, token: UUID) -> Referral | None:
    """The referral that this form made before, if it was sent twice."""
    return Referral.objects.filter(case_id=case_id, token=token).first()


def packet_of(request: Request) -> Packet:
    """The newest packet of a request; raises ``NotReachable``."""
    found = request.packets.order_by("-version").first()
    if found is None:
        raise NotReachable("the request has no packet")
    return found


def packet_place(packet: Packet) -> vault.Place:
    """Where a packet's content stands."""
    return vault.Place("referrals_packet", "content_sealed", packet.id, packet.version)


def message_place(message_id: UUID) -> vault.Place:
    """Where a message's words stand."""
    return vault.Place("referrals_message", "body_sealed", message_id)


def list_messages(request: Request) -> list[MessageView]:
    """The thread of a visible request, oldest first. Callers record the reading."""
    rows = list(request.messages.order_by("written_at", "id"))
    keys = vault.keys_of(bytes(row.body_sealed) for row in rows)
    return [
        MessageView(
            row,
            vault.open_with(keys, bytes(row.body_sealed), message_place(row.id)).decode()
            if UUID(bytes=bytes(row.body_sealed)[1:17]) in keys
            else "",
        )
        for row in rows
    ]


# -- the chain, open calls, what stays unanswered ----------------------------------------------


def chain_of(actor: Actor, referral: Referral) -> list[Request]:
    """The requests of a chain from this one back to the first; each replaced the next."""
    custody.get_access(actor, referral.case_id)
    rows = Referral.objects.filter(case_id=referral.case_id).select_related("request")
    by_id = {row.id: row for row in rows}
    chain = []
    at: Referral | None = referral
    while at is not None:
        chain.append(at.request)
        at = by_id.get(at.follows) if at.follows else None
    return chain


def followers_of(actor: Actor, referral: Referral) -> list[Request]:
    """The requests that replaced this one: at most one, and after it its own."""
    custody.get_access(actor, referral.case_id)
    found = Referral.objects.filter(case_id=referral.case_id, follows=referral.id)
    return [row.request for row in found.select_related("request__receiver_desk")]


def list_open_ids(actor: Actor, case_id: int) -> list[int]:
    """The case's requests of this agency that have not ended."""
    found = Referral.objects.filter(
        case_id=case_id, request__sender_agency_id=actor.agency_id,
        request__state__in=workflow.OPEN,
    )  # fmt: skip
    return list(found.order_by("made_at").values_list("request_id", flat=True))


def sender_of(actor: Actor, request_id: int) -> int:
    """The person who sent an own agency's request, for work that is done on her behalf; 0: none."""
    found = Request.objects.filter(id=request_id, sender_agency_id=actor.agency_id)
    return found.values_list("sender_user_id", flat=True).first() or 0


def desk_called(actor: Actor, kind: str, subject_id: str) -> int:
    """The desk of the acting agency at which a request or a call waits; 0 where none does."""
    here: Any = CallOffer.objects if kind == "call" else Request.objects
    found = here.filter(id=subject_id, receiver_agency_id=actor.agency_id)
    return int(found.values_list("receiver_desk_id", flat=True).first() or 0)


def list_calls(actor: Actor) -> list[CallOffer]:
    """Open calls at the desks where the person sits: waiting ones first, soonest on top."""
    waits = Case(When(state=workflow.CALLED, then=0), default=1, output_field=IntegerField())
    found = _offers(policy.called(actor)).order_by(waits, "answer_by", "id")
    return list(found[:PAGE])


def count_calls(actor: Actor) -> int:
    """How many open calls wait at the person's desks."""
    return CallOffer.objects.filter(policy.called(actor), state=workflow.CALLED).count()


def get_call_offer(actor: Actor, offer_id: UUID) -> CallOffer:
    """An open call at a desk where the person sits. Raises ``NotReachable``."""
    found = _offers(policy.called(actor)).filter(id=offer_id).first()
    if found is None:
        raise NotReachable("no such call for this person")
    return found


def lock_call_offer(actor: Actor, offer_id: UUID) -> CallOffer:
    """The same, locked."""
    condition = policy.called(actor) & Q(id=offer_id)
    found = CallOffer.objects.select_for_update().filter(condition).first()
    if found is None:
        raise NotReachable("no such call for this person")
    return found


def list_call(actor: Actor, referral_id: UUID) -> list[CallOffer]:
    """The offers of the call for a visible referral, in order of rank."""
    found = CallEnd.objects.filter(referral_id=referral_id).order_by("-made_at").first()
    return list_offers(actor, found.id) if found else []


def list_offers(actor: Actor, call: UUID) -> list[CallOffer]:
    """The offers of an own call, in order of rank."""
    return list(_offers(Q(call=call, sender_agency_id=actor.agency_id)).order_by("rank", "id"))


def case_of_call(actor: Actor, call: UUID) -> CallEnd | None:
    """The case's end of an own call, for who may see the case; else ``None``."""
    return CallEnd.objects.filter(id=call).first()


def _offers(condition: Q) -> QuerySet[CallOffer]:
    return CallOffer.objects.filter(condition).select_related(
        "sender_agency", "receiver_agency", "receiver_desk"
    )


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


# -- transfers --------------------------------------------------------------------------------


def transfer_number(transfer_id: int) -> str:
    """The offer's own public number, such as ``PL-7F3K-9QXT``."""
    ring: KeyRing = settings.KEY_RING
    return ring.numbers("PL").number(transfer_id)


def _transfer_id_of(number: str) -> int:
    ring: KeyRing = settings.KEY_RING
    try:
        return ring.numbers("PL").sequence(number)
    except MistypedNumber as fault:
        raise NotReachable("no such transfer") from fault


def get_transfer(actor: Actor, number: str) -> Transfer:
    """An offer that this person may see, by its number. Raises ``NotReachable``."""
    found = _transfers(actor).filter(id=_transfer_id_of(number)).first()
    if found is None:
        raise NotReachable("no such transfer")
    return found


def list_transfers(actor: Actor, *, limit: int = PAGE) -> list[Transfer]:
    """Offers to and from this agency: those that wait first, then newest."""
    waits = Case(When(state=workflow.OFFERED, then=0), default=1, output_field=IntegerField())
    return list(_transfers(actor).order_by(waits, "-offered_at", "-id")[:limit])


def _transfers(actor: Actor) -> QuerySet[Transfer]:
    return Transfer.objects.filter(policy.transfers_visible_to(actor)).select_related(
        "sender_agency", "receiver_agency", "receiver_desk"
    )


def lock_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """The visible offer, locked against a second answer. Raises ``NotReachable``."""
    found = (
        Transfer.objects.select_for_update()
        .filter(policy.transfers_visible_to(actor), id=transfer_id)
        .first()
    )
    if found is None:
        raise NotReachable("no such transfer")
    return found


def case_of_transfer(actor: Actor, transfer_id: int) -> int:
    """The case of an offer, for an agency that holds it; 0 for one that does not."""
    found = TransferEnd.objects.filter(transfer_id=transfer_id).first()
    return found.case_id if found else 0


def open_transfer_of(actor: Actor, case_id: int) -> Transfer | None:
    """The offer of a visible case that still waits for its answer."""
    custody.get_access(actor, case_id)
    found = (
        TransferEnd.objects.filter(case_id=case_id, transfer__state=workflow.OFFERED)
        .select_related("transfer__receiver_agency", "transfer__receiver_desk")
        .first()
    )
    return found.transfer if found else None


def transfer_place(transfer_id: int) -> vault.Place:
    """Where an offer's words stand."""
    return vault.Place("referrals_transfer", "words_sealed", transfer_id)


def list_stays_over(actor: Actor, on: date) -> list[int]:
    """Taken-over transfers of this agency whose giver's place in the team ended before ``on``."""
    found = Transfer.objects.filter(
        receiver_agency_id=actor.agency_id, state=workflow.TAKEN_OVER, stays_until__lt=on
    )
    return list(found.order_by("id").values_list("id", flat=True))
