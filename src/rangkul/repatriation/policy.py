"""Who sees which part of the way home: the organiser all of it, each desk its own stretch."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.custody.policy import assigned_to
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference.services import ServiceCode
from rangkul.repatriation import workflow
from rangkul.repatriation.models import Leg, Passage, Returnee

_NOTHING: Final = Q(pk__in=())


class SomeRefused(RangkulError):
    """One act on a group met persons for whom it cannot be done; nothing of it was.

    ``faults`` maps the person's case (the organiser) or traveller (a desk) to field → code.
    """

    code = "some_refused"

    def __init__(self, faults: dict[str, dict[str, str]]) -> None:
        codes = sorted(
            {f"{field}: {code}" for each in faults.values() for field, code in each.items()}
        )
        super().__init__(f"{len(faults)} of the group ({', '.join(codes)})")
        self.faults = faults


class ShelterDecides(IllegalMove):
    """A shelter takes nobody in on a leg's page: its admission checks first, then gives a bed."""

    code = "shelter_decides"

    def __init__(self) -> None:
        super().__init__("answer_leg", "shelter")


def visible_to(actor: Actor) -> Q:
    """A condition on ``Returnee``: those of the own agency's groups whose file the person sees."""
    if not may(actor.roles, Permission.ORGANISE_RETURNS):
        return _NOTHING
    ours = Q(organiser_agency_id=actor.agency_id)
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        return ours
    return ours & assigned_to(actor)


def organised_by(actor: Actor) -> Q:
    """A condition on ``Leg``: the own agency planned it, for somebody whom the person may see."""
    if not may(actor.roles, Permission.ORGANISE_RETURNS):
        return _NOTHING
    ours = Q(organiser_agency_id=actor.agency_id)
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        return ours
    seen = Returnee.objects.filter(visible_to(actor)).values("id")
    aboard = Passage.objects.filter(traveller__leg=OuterRef("pk"), returnee_id__in=seen)
    return ours & Q(Exists(aboard))


def received_by(actor: Actor) -> Q:
    """A condition on ``Leg``: it ends at a desk where the person sits."""
    if not may(actor.roles, Permission.ANSWER_PACKETS):
        return _NOTHING
    return Q(receiver_agency_id=actor.agency_id, receiver_desk_id__in=actor.desk_ids)


def given_by(actor: Actor) -> Q:
    """A condition on ``Leg``: it begins in the person's hands."""
    given = Q(pk__in=())
    if may(actor.roles, Permission.ANSWER_PACKETS):
        given |= Q(giver_agency_id=actor.agency_id, giver_desk_id__in=actor.desk_ids)
    return given | Q(giver_agency_id=actor.agency_id) & organised_by(actor)


def leg_visible_to(actor: Actor) -> Q:
    """A condition on ``Leg``: any of its three sides."""
    return organised_by(actor) | received_by(actor) | given_by(actor)


def held_by(actor: Actor) -> Q:
    """A condition on ``Hold``: the person's own desk holds now, or the organiser itself does."""
    held = Q(pk__in=())
    if may(actor.roles, Permission.ANSWER_PACKETS):
        held |= Q(traveller__leg__receiver_desk_id__in=actor.desk_ids)
    seen = Returnee.objects.filter(visible_to(actor)).values("id")
    held |= Q(organiser_agency_id=actor.agency_id, returnee_id__in=seen)
    return Q(agency_id=actor.agency_id, until__isnull=True) & held


def investigated_by(actor: Actor) -> Q:
    """A condition on ``Clearance``: asked of the own agency, of whoever answers packets there."""
    if not may(actor.roles, Permission.ANSWER_PACKETS):
        return _NOTHING
    return Q(agency_id=actor.agency_id)


def sides(actor: Actor, leg: Leg) -> frozenset[str]:
    """On which sides of a visible leg the person stands."""
    found = Leg.objects.filter(id=leg.id)
    each = {
        workflow.ORGANISER: organised_by(actor),
        workflow.GIVER: given_by(actor),
        workflow.RECEIVER: received_by(actor),
    }
    return frozenset(side for side, rule in each.items() if found.filter(rule).exists())


def by_admission(leg: Leg) -> bool:
    """Whether the receiver is a shelter: its conflict check comes before who it is, and any yes."""
    return leg.service == ServiceCode.HUNIAN
