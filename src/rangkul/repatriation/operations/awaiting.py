"""The deadline from the departure until somebody has said that the people are there.

On the road it is the receiving desk's, for the whole leg; at the road's end the holder's, for each
person. Both run under one procedure, counted from the planned hour of arrival.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.repatriation import events, policy, workflow
from rangkul.repatriation.models import Handover, Hold, Leg, Passage, Returnee, Traveller

ARRIVAL: Final = "arrival_confirmed"


@transaction.atomic
def await_leg(*, leg_id: int, by: Actor, at: datetime) -> None:
    """Who was signed out by the giver is signed for by the own desk: start it, or end it.

    As the leg stands now; again: nothing more happens. Raises ``Forbidden``, ``NotReachable``.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    leg = Leg.objects.filter(policy.received_by(by), id=leg_id).first()
    if leg is None:
        raise NotReachable("no such leg for this person")
    # Locked as a signature locks them: what is decided here is not overtaken by the next one.
    minutes = Handover.objects.select_for_update().filter(leg=leg).order_by("id")
    gone = {
        each
        for sheet in minutes
        if sheet.giver_signed_at is not None
        for each in sheet.present
    }  # fmt: skip
    states = set(Traveller.objects.filter(leg=leg, id__in=gone).values_list("state", flat=True))
    if workflow.ACCEPTED in states:
        _start("leg", leg.id, leg, by=by, at=at, desk_id=leg.receiver_desk_id)
    else:
        end = clocks.meet if states & workflow.BEHIND else clocks.void
        end(subject_kind="leg", subject_id=leg.id, by=by, at=at, procedures=[ARRIVAL])


@transaction.atomic
def tell_last_holder(*, traveller_id: UUID, by: Actor) -> None:
    """The organiser, who alone knows the whole road, tells whoever holds now what is awaited.

    Raises ``NotReachable``.
    """
    seen = Returnee.objects.filter(policy.visible_to(by)).values("id")
    part = Passage.objects.filter(traveller_id=traveller_id, returnee_id__in=seen).first()
    if part is None:
        raise NotReachable("no such person for this person")
    live = Hold.objects.filter(returnee_id=part.returnee_id, until__isnull=True)
    hold = live.select_related("traveller__leg").first()
    if hold is None or hold.traveller is None:
        return
    leg = hold.traveller.leg
    post(Event(events.SET_OUT, "leg", str(leg.id), leg.receiver_agency_id))
    parts = Passage.objects.filter(returnee_id=part.returnee_id)
    if leg.homeward and not parts.filter(traveller__state__in=workflow.AHEAD).exists():
        post(Event(events.ARRIVAL_AWAITED, "hold", str(hold.id), hold.agency_id))


@transaction.atomic
def await_arrival(*, hold_id: int, by: Actor, at: datetime) -> None:
    """At the end of the road the holder owes the word that the person is there.

    Raises ``NotReachable``.
    """
    hold = Hold.objects.filter(policy.held_by(by), id=hold_id)
    found = hold.select_related("traveller__leg").first()
    if found is None or found.traveller is None:
        raise NotReachable("no such hold for this person")
    if found.state == workflow.WAITING:
        leg = found.traveller.leg
        _start("hold", found.id, leg, by=by, at=at, desk_id=leg.receiver_desk_id)


@transaction.atomic
def close_awaiting(*, traveller_id: UUID, by: Actor, at: datetime) -> None:
    """Who was handed on from here is awaited by the next one."""
    taken = Hold.objects.filter(traveller_id=traveller_id, from_agency_id=by.agency_id)
    for person, position in taken.values_list("returnee_id", "position"):
        ours = Hold.objects.filter(
            returnee_id=person, agency_id=by.agency_id, position__lt=position
        )
        for hold_id in ours.values_list("id", flat=True):
            clocks.meet(subject_kind="hold", subject_id=hold_id, by=by, at=at, procedures=[ARRIVAL])


def _start(kind: str, subject_id: int, leg: Leg, *, by: Actor, at: datetime, desk_id: int) -> None:
    area = network.get_agency(by.agency_id).area_id
    due_at = reference.due_at(ARRIVAL, start=max(leg.arrives_at, at), area=area)
    clocks.start(
        procedure=ARRIVAL, subject_kind=kind, subject_id=subject_id, area=area, by=by, at=at,
        due_at=due_at, desk_id=desk_id,
    )  # fmt: skip
