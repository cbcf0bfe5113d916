"""Taking people off the road ahead: off one leg for a reason, or off all of it at its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError, connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.clocks import operations as clocks
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event, post
from rangkul.referrals import events as referral_events
from rangkul.referrals import operations as referrals
from rangkul.repatriation import events, queries, workflow
from rangkul.repatriation.models import Leg, Passage, Returnee
from rangkul.trail.operations import record


@transaction.atomic
def leave_leg(
    *, leg_id: int, returnee_ids: Sequence[int], by: Actor, at: datetime, reason: str = ""
) -> list[int]:
    """Take people off a leg that has not happened, and off what was planned from its desk onward.

    Whom a desk has accepted leaves with a ``reason`` (``OFF_REASONS``), which the desk reads; a bed
    kept there is free at once. The ids of the requests that ended. Raises ``InvalidInput``
    (``reason``: ``required``; ``people``: ``handed_over``, ``between_hands``), ``NotReachable``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    leg = own_leg(leg_id, by)
    if reason and reason not in workflow.OFF_REASONS:
        raise InvalidInput({"reason": "unknown"})
    ended = []
    for person in queries.lock_returnees(by, returnee_ids):
        parts = list(
            Passage.objects.filter(returnee=person)
            .select_related("traveller__leg")
            .order_by("position")
        )
        here = next((p for p in parts if p.traveller.leg_id == leg.id), None)
        if here is None:
            raise NotReachable("not on this leg")
        for part in parts:
            if part.position >= here.position and part.traveller.state != workflow.WITHDRAWN:
                ended += _take_off(part, person, reason, by=by, at=at)
    return ended


@transaction.atomic
def cancel_ahead(*, returnee_id: int, by: Actor, at: datetime) -> list[int]:
    """End all that was asked of the desks ahead of somebody who left, is missing or has died.

    The desks are told that a request was taken back, and nothing of why. Again: nothing more
    happens. The ids of the requests that ended. Raises ``NotReachable``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    [person] = queries.lock_returnees(by, [returnee_id])
    ended = []
    for part in Passage.objects.filter(returnee=person).select_related("traveller__leg"):
        if part.traveller.state == workflow.WITHDRAWN:
            ended += _end_request(part, by=by, at=at)
    if ended:
        record(
            by=by, at=at, name=events.ROAD_CANCELLED, subject_kind="returnee",
            subject_id=person.id, case_id=person.case_id, detail={"requests": ended},
        )  # fmt: skip
    if person.state in (workflow.LEFT, workflow.DIED):
        clocks.void(subject_kind="returnee", subject_id=person.id, by=by, at=at)
    return ended


def own_leg(leg_id: int, by: Actor) -> Leg:
    """A leg that the own agency organises. Raises ``NotReachable``."""
    leg = queries.get_leg_by_id(by, leg_id)
    if leg.organiser_agency_id != by.agency_id:
        raise NotReachable("another agency's leg")
    return leg


def _take_off(
    part: Passage, person: Returnee, reason: str, *, by: Actor, at: datetime
) -> list[int]:
    traveller = part.traveller
    if traveller.state in workflow.BEHIND:
        raise InvalidInput({"people": "handed_over"})
    if traveller.state == workflow.ACCEPTED:
        if not reason:
            raise InvalidInput({"reason": "required"})
        if traveller.asked_request is not None:
            words = str(workflow.OFF_REASONS[reason])
            referrals.write_message(request_id=traveller.asked_request, words=words, by=by, at=at)
    ended = _end_request(part, by=by, at=at)
    record(
        by=by, at=at, name=events.LEG_LEFT, subject_kind="returnee", subject_id=person.id,
        case_id=person.case_id, reason=reason,
        detail={"leg": traveller.leg_id, "desk": traveller.leg.receiver_desk_id},
    )  # fmt: skip
    return ended


def _end_request(part: Passage, *, by: Actor, at: datetime) -> list[int]:
    """Off this leg; the request behind it ends, if one was open, and its desk is told."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select house.take_off(%s, %s)", [part.traveller_id, at])
            request_id: int | None = cursor.fetchone()[0]
    except DatabaseError as refused:
        if getattr(refused.__cause__, "sqlstate", "") == "RK403":
            raise InvalidInput({"people": "between_hands"}) from refused
        raise
    vault.forget_keys()
    if request_id is None:
        return []
    clocks.void(subject_kind="request", subject_id=request_id, by=by, at=at)
    record(
        by=by, at=at, name=referral_events.REFERRAL_CANCELLED, subject_kind="request",
        subject_id=request_id,
    )  # fmt: skip
    receiver = part.traveller.leg.receiver_agency_id
    post(Event(referral_events.REFERRAL_CANCELLED, "request", str(request_id), receiver))
    post(Event(events.SET_OUT, "leg", str(part.traveller.leg_id), receiver))
    return [request_id]
