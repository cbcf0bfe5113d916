"""Open calls: several desks are asked whether they could help, before anything about anyone goes.

A call tells service, regency and hour. Who can takes it first; then the survivor is asked, and the
packet goes to that desk as a referral of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import operations as clocks
from rangkul.custody import queries as custody
from rangkul.foundation import memory
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.network.models import Desk
from rangkul.network.ranking import SurvivorFacts
from rangkul.reference import queries as reference
from rangkul.referrals import events, policy, queries, workflow
from rangkul.referrals.models import CallEnd, CallOffer, Referral, Request
from rangkul.trail.operations import record

CALL_CLOCK: Final = "open_call_answer"
SUBJECT: Final = "call"
# [local] As many desks as can be told "another was first" without weariness.
CALLED_AT_ONCE: Final = 5


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a desk's yes or no; ``first`` is false where another desk was there before."""

    offer: CallOffer
    first: bool


@transaction.atomic
def call_desks(
    *, request_id: int, by: Actor, at: datetime, desk_ids: Sequence[int] = (),
    first: Sequence[int] = (),
) -> list[CallOffer]:  # fmt: skip
    """Call desks that could stand in for one that does not answer; the offers made now.

    Without ``desk_ids`` the best-placed desks of other agencies are called, once for a request,
    after those that an agreement lets step in (``first``); with them those desks join the call
    that runs. Raises ``IllegalMove`` once the request was
    answered, ``InvalidInput`` for a desk that does not offer the service.
    """
    require(by.roles, Permission.SEND_REFERRAL)
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    request = queries.lock(policy.sent_by(by), request_id)
    if request.state not in workflow.UNANSWERED:
        raise IllegalMove("call", request.state)
    known = queries.list_call(by, referral.id)
    if known and not desk_ids:
        return []
    file = cases.get_file(by, referral.case_id)
    chosen = (
        _named(desk_ids, request, at=at) if desk_ids
        else _fitting(file, request, first, by=by, at=at)
    )  # fmt: skip
    called = {offer.receiver_desk_id for offer in known}
    chosen = [desk for desk in chosen if desk.id not in called]
    if not chosen:
        return []
    call = known[0].call if known else _open(referral, file, request, by=by, at=at)
    offers = _offer(call, chosen, len(known), file, request, by=by, at=at)
    record(
        by=by, at=at, name=events.CALL_MADE, subject_kind=SUBJECT, subject_id=call,
        case_id=referral.case_id,
        detail={"desks": [desk.id for desk in chosen],
                "stand_in": [desk.id for desk in chosen if desk.id in first]},
    )  # fmt: skip
    return offers


def _open(referral: Referral, file: CaseFile, request: Request, *, by: Actor, at: datetime) -> UUID:
    end = CallEnd.objects.create(
        id=new_id(), case_id=referral.case_id, referral_id=referral.id, made_at=at
    )
    clocks.start(
        procedure=CALL_CLOCK, subject_kind=SUBJECT, subject_id=end.id,
        area=file.area or request.receiver_agency.area_id, by=by, at=at,
        case_id=referral.case_id, risk=request.risk,
    )  # fmt: skip
    return end.id


def _offer(
    call: UUID, desks: Sequence[Desk], before: int, file: CaseFile, request: Request, *,
    by: Actor, at: datetime,
) -> list[CallOffer]:  # fmt: skip
    area = ".".join(file.area.split(".")[:2])
    answer_by = reference.due_at(CALL_CLOCK, start=at, area=area)
    offers = CallOffer.objects.bulk_create(
        CallOffer(
            id=new_id(), call=call, sender_agency_id=by.agency_id, sender_user_id=by.user_id,
            receiver_agency_id=desk.agency_id, receiver_desk=desk, service=request.service,
            area=area, answer_by=answer_by, rank=before + place, state=workflow.CALLED,
            offered_at=at,
        )
        for place, desk in enumerate(desks, start=1)
    )  # fmt: skip
    for offer in offers:
        post(Event(events.CALL_MADE, SUBJECT, str(offer.id), offer.receiver_agency_id))
    return offers


def survivor_of(file: CaseFile) -> SurvivorFacts:
    """What the cover knows of the person that decides which desk can take her."""
    return SurvivorFacts(
        age_years=None, is_child=file.is_child, sex=file.sex, area_code="",
        needs_access="disabilitas" in file.flags, languages=tuple(file.languages),
        worker_sex=file.worker_sex if file.worker_sex in ("P", "L") else "",
        age_band=file.age_band,
    )  # fmt: skip


def _fitting(
    file: CaseFile, request: Request, first: Sequence[int], *, by: Actor, at: datetime
) -> list[Desk]:
    """Those that stand in by agreement, then desks of other agencies that could take this person,
    best first.
    """
    found = network.suggest_desks(
        by, service=request.service, at=at, survivor=survivor_of(file), near_area=file.area,
        limit=CALLED_AT_ONCE, without_agencies=(by.agency_id, request.receiver_agency_id),
    ).ranked  # fmt: skip
    chosen = list(dict.fromkeys([*first, *(each.desk_id for each in found)]))[:CALLED_AT_ONCE]
    desks = network.get_desks(chosen)
    return [desks[desk_id] for desk_id in chosen]


def _named(desk_ids: Sequence[int], request: Request, *, at: datetime) -> list[Desk]:
    cards = [network.get_desk_card(desk_id, at=at) for desk_id in desk_ids]
    for card in cards:
        fits = card.desk.active and request.service in card.services
        if not fits or card.desk.agency_id == request.sender_agency_id:
            raise InvalidInput({"desk": "not_offered"})
    return [card.desk for card in cards]


@transaction.atomic
def answer_call(*, offer_id: UUID, can: bool, by: Actor, at: datetime) -> Answered:
    """A called desk says whether it could take the request. Two at once: one is first.

    Raises ``NotReachable``; ``IllegalMove`` for a no to what is over.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    offer = queries.get_call_offer(by, offer_id)
    if can:
        with connection.cursor() as cursor:
            cursor.execute("select house.take_call(%s, %s)", [offer.id, at])
            first = bool(cursor.fetchone()[0])
        memory.forget()
        offer.refresh_from_db()
        first = first or (offer.state == workflow.CAN and offer.answered_by == by.user_id)
    else:
        offer = queries.lock_call_offer(by, offer_id)
        offer.state = workflow.CALL_MOVES.check("cannot", offer.state).target
        offer.answered_at, offer.answered_by = at, by.user_id
        offer.save(update_fields=["state", "answered_at", "answered_by"])
        first = True
    if first:
        name = events.CALL_TAKEN if can else events.CALL_REFUSED
        record(by=by, at=at, name=name, subject_kind=SUBJECT, subject_id=offer.id)
        post(
            Event(name, SUBJECT, str(offer.call), offer.sender_agency_id,
                  actor_id=offer.sender_user_id)
        )  # fmt: skip
    return Answered(offer, first)


@transaction.atomic
def take_up_call(*, call: UUID, by: Actor, at: datetime) -> bool:
    """For the caller, run by the outbox: the call's deadline is met once a desk can take it."""
    taken = [o.answered_at for o in queries.list_offers(by, call) if o.state == workflow.CAN]
    if not taken:
        return False
    return clocks.meet(subject_kind=SUBJECT, subject_id=call, by=by, at=at, done_at=taken[0]) > 0


@transaction.atomic
def end_calls(*, referral: Referral, by: Actor, at: datetime) -> int:
    """End what is still open of a referral's call: the request was answered or asked elsewhere."""
    return _end(queries.list_call(by, referral.id), referral.case_id, by=by, at=at)


def _end(offers: Iterable[CallOffer], case_id: int, *, by: Actor, at: datetime) -> int:
    ended = 0
    calls = set()
    for offer in offers:
        calls.add(offer.call)
        if offer.state in (workflow.CALLED, workflow.CAN):
            offer.state = workflow.CALL_MOVES.check("end", offer.state).target
            offer.save(update_fields=["state"])
            post(Event(events.CALL_ENDED, SUBJECT, str(offer.id), offer.receiver_agency_id))
            ended += 1
    for call in calls:
        clocks.void(subject_kind=SUBJECT, subject_id=call, by=by, at=at)
    if ended:
        record(
            by=by, at=at, name=events.CALL_ENDED, subject_kind=SUBJECT,
            subject_id=next(iter(calls)), case_id=case_id,
        )  # fmt: skip
    return ended


@transaction.atomic
def reassign_unanswered(*, number: str, desk_id: int, by: Actor, at: datetime) -> None:
    """A coordinator asks that a desk be called for a request in her province that is overdue.

    She knows its number, service and age; the sender's agency makes the call (outbox). Raises
    ``NotReachable``, ``InvalidInput`` for a desk that cannot be called.
    """
    require(by.roles, Permission.REASSIGN_UNANSWERED)
    request_id = queries.request_id_of(number)
    found = next((u for u in queries.unanswered(by, at) if u.request_id == request_id), None)
    if found is None:
        raise NotReachable("no overdue request of this number in the province")
    card = network.get_desk_card(desk_id, at=at)
    fits = card.desk.active and found.service in card.services
    if not fits or card.desk.agency_id in (found.sender_id, found.receiver_id):
        raise InvalidInput({"desk": "not_offered"})
    record(
        by=by, at=at, name=events.REASSIGNMENT_ASKED, subject_kind="request",
        subject_id=request_id, detail={"desk": desk_id},
    )  # fmt: skip
    post(
        Event(events.REASSIGNMENT_ASKED, "request", f"{request_id}:{desk_id}", found.sender_id)
    )  # fmt: skip
