"""The lists: what waits at the own desks, what was asked of others, what a case has sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Case, DateTimeField, F, IntegerField, Q, QuerySet, Value, When

from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import Named, named_count
from rangkul.referrals import policy, workflow
from rangkul.referrals.models import CallOffer, Referral, Request, Transfer
from rangkul.referrals.queries.numbers import packet_number
from rangkul.referrals.queries.single import select

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


def due_at(request: Request) -> datetime | None:
    """The deadline that runs in this state: the answer, the first contact, or the outcome."""
    return {
        workflow.SENT: request.accept_by,
        workflow.ASKED: request.accept_by,
        workflow.ACCEPTED: request.first_contact_by,
        workflow.PARTLY: request.first_contact_by,
        workflow.IN_SERVICE: request.outcome_by,
    }.get(request.state)


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
    found = select(policy.received_by(actor) & _recent(now))
    ordered = _in_order(found, workflow.UNANSWERED)
    return [Entry(request, packet_number(request.id)) for request in ordered[:limit]]


def outbox(actor: Actor, *, now: datetime, limit: int = PAGE) -> list[Entry]:
    """What was asked of other desks for cases that the person may see: questions first."""
    cases = custody.accesses(actor).order_by().values("case_id")
    found = select(policy.sent_by(actor) & _recent(now))
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
    return list(select(policy.received_by(actor) & wanted).order_by("sent_at", "id"))


def list_open_ids(actor: Actor, case_id: int) -> list[int]:
    """The case's requests of this agency that have not ended."""
    found = Referral.objects.filter(
        case_id=case_id, request__sender_agency_id=actor.agency_id,
        request__state__in=workflow.OPEN,
    )  # fmt: skip
    return list(found.order_by("made_at").values_list("request_id", flat=True))
