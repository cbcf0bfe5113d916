"""The lists: what waits at the own desks, what was asked of others, what a case has sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, DateTimeField, F, IntegerField, Q, QuerySet, Value, When

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


@dataclass(frozen=True, slots=True)
class Lanes:
    """How many requests stand on a list in each lane, whatever page of it is shown."""

    waiting: int
    serving: int
    ended: int

    @property
    def all(self) -> int:
        """The whole list."""
        return self.waiting + self.serving + self.ended


def _lanes(found: QuerySet[Request], first: frozenset[str]) -> Lanes:
    counted = found.aggregate(
        waiting=Count("id", filter=Q(state__in=first)),
        ended=Count("id", filter=~Q(state__in=workflow.OPEN | first)),
        all=Count("id"),
    )
    serving = counted["all"] - counted["waiting"] - counted["ended"]
    return Lanes(counted["waiting"], serving, counted["ended"])


_ASKS_SENDER: Final = frozenset({workflow.ASKED, workflow.DECLINED})


def inbox(actor: Actor, *, now: datetime, limit: int = PAGE, offset: int = 0) -> list[Entry]:
    """What was sent to the desks at which the person sits: unanswered first, soonest first."""
    found = select(policy.received_by(actor) & _recent(now))
    ordered = _in_order(found, workflow.UNANSWERED)[offset : offset + limit]
    return [Entry(request, packet_number(request.id)) for request in ordered]


def inbox_lanes(actor: Actor, *, now: datetime) -> Lanes:
    """How many stand on the whole of that list; ``waiting`` are the unanswered."""
    found = Request.objects.filter(policy.received_by(actor) & _recent(now))
    return _lanes(found, workflow.UNANSWERED)


def outbox(actor: Actor, *, now: datetime, limit: int = PAGE, offset: int = 0) -> list[Entry]:
    """What was asked of other desks for cases that the person may see: questions first."""
    cases = custody.accesses(actor).order_by().values("case_id")
    found = select(policy.sent_by(actor) & _recent(now))
    requests = list(_in_order(found, _ASKS_SENDER)[offset : offset + limit])
    of_case = dict(
        Referral.objects.filter(
            request_id__in=[request.id for request in requests], case_id__in=cases
        ).values_list("request_id", "case_id")
    )
    return [
        Entry(request, packet_number(request.id), of_case.get(request.id, 0))
        for request in requests
    ]


def outbox_lanes(actor: Actor, *, now: datetime) -> Lanes:
    """How many stand on the whole of that list; ``waiting`` are questions and refusals."""
    return _lanes(Request.objects.filter(policy.sent_by(actor) & _recent(now)), _ASKS_SENDER)


def received_due(actor: Actor, *, until: datetime) -> list[tuple[datetime, int, int]]:
    """Every deadline before ``until`` that runs at the own desks: due, desk, request; soonest
    first.
    """
    ordered: Any = _in_order(
        Request.objects.filter(policy.received_by(actor), ended_at__isnull=True),
        workflow.UNANSWERED,
    )
    found = ordered.filter(due__lt=until).order_by("due", "id")
    return list(found.values_list("due", "receiver_desk_id", "id"))


def list_received(actor: Actor, request_ids: Iterable[int]) -> dict[int, Request]:
    """These of the requests at the own desks, by id; one query."""
    found = select(policy.received_by(actor) & Q(id__in=list(request_ids)))
    return {request.id: request for request in found}


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
