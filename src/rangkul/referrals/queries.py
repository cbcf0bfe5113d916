"""Reading requests: what waits at the own desks, what was asked of others, one by its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Count, DateTimeField, F, IntegerField, Q, QuerySet, Value, When

from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.ids import MistypedNumber, NumberSeries
from rangkul.foundation.keyring import KeyRing
from rangkul.referrals import policy, workflow
from rangkul.referrals.models import Message, Packet, Referral, Request

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
class Counts:
    """What the navigation shows: packets that wait here, and questions that wait for us."""

    waiting: int
    questions: int


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
            When(state=workflow.ACCEPTED, then=F("first_contact_by")),
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


def counts(actor: Actor) -> Counts:
    """Both counts in one query."""
    received, sent = policy.received_by(actor), policy.sent_by(actor)
    found = Request.objects.filter(
        (received & Q(state__in=workflow.UNANSWERED)) | (sent & Q(state=workflow.ASKED))
    ).aggregate(
        waiting=Count("id", filter=received & Q(state__in=workflow.UNANSWERED)),
        questions=Count("id", filter=sent & Q(state=workflow.ASKED)),
    )
    return Counts(found["waiting"], found["questions"])


def get_request(actor: Actor, number: str) -> Request:
    """A visible request by its packet's number. Raises ``NotReachable``."""
    return _one(policy.visible_to(actor), request_id_of(number))


def get_visible(actor: Actor, request_id: int) -> Request:
    """A visible request by id. Raises ``NotReachable``."""
    return _one(policy.visible_to(actor), request_id)


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
