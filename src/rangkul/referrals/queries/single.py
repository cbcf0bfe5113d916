"""One request: by its number or id, its sender's end, its packet, its thread, its chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.referrals import policy, workflow
from rangkul.referrals.models import CallOffer, Message, Packet, Referral, Request
from rangkul.referrals.queries.numbers import message_place, request_id_of


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message between the desks, opened; ``body`` is empty when its key is gone."""

    message: Message
    body: str


def sides(actor: Actor, request: Request) -> frozenset[str]:
    """On which sides of a visible request the person stands."""
    found = Request.objects.filter(id=request.id).values_list("id", flat=True)
    both = {
        workflow.RECEIVER: policy.received_by(actor),
        workflow.SENDER: policy.sent_by(actor),
    }
    return frozenset(side for side, condition in both.items() if found.filter(condition).exists())


def select(condition: Q) -> QuerySet[Request]:
    """The requests of this condition, each with its four desks and agencies."""
    return Request.objects.filter(condition).select_related(
        "sender_agency", "sender_desk", "receiver_agency", "receiver_desk"
    )


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
    found = select(condition & Q(id=request_id)).first()
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


def sender_of(actor: Actor, request_id: int) -> int:
    """The person who sent an own agency's request, for work that is done on her behalf; 0: none."""
    found = Request.objects.filter(id=request_id, sender_agency_id=actor.agency_id)
    return found.values_list("sender_user_id", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands for an agency at one of its ends, for calling its people; no content.

    ``desk_id`` is 0 at the sender's end. ``edition`` changes with every act, packet and message.
    """

    desk_id: int
    sender_user_id: int
    state: str
    risk: str
    risk_change: str
    edition: str


def standing_of(actor: Actor, request_id: int) -> Standing | None:
    """The request as the acting agency is an end of it, for work on behalf of its people."""
    ends = Q(receiver_agency_id=actor.agency_id) | Q(sender_agency_id=actor.agency_id)
    found = Request.objects.filter(ends, id=request_id).first()
    if found is None:
        return None
    packets = found.packets.count()
    messages = Message.objects.filter(request_id=request_id).count()
    return Standing(
        desk_id=found.receiver_desk_id if found.receiver_agency_id == actor.agency_id else 0,
        sender_user_id=found.sender_user_id, state=found.state, risk=found.risk,
        risk_change=found.risk_change, edition=f"{found.version}.{packets}.{messages}",
    )  # fmt: skip


def desk_called(actor: Actor, offer_id: str) -> int:
    """The desk of the acting agency that is called by an offer; 0 where none is."""
    found = CallOffer.objects.filter(id=offer_id, receiver_agency_id=actor.agency_id)
    return int(found.values_list("receiver_desk_id", flat=True).first() or 0)
