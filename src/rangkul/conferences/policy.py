"""Who sees a conference, on which side, and who may open what was shared there.

Row security lets the agencies at the table in; this is the rule: at the lead those who may see one
of its cases, at a guest the people invited, those of an invited desk, and their supervisor.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.conferences import workflow
from rangkul.conferences.models import Conference, ConferenceCase, Decision, Seat
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.vault import KeyDestroyed
from rangkul.network import queries as network

_NOTHING: Final = Q(pk__in=())


class ShareClosed(KeyDestroyed):
    """What was shared can no longer be opened; ``why``: withdrawn, declined, expired, …"""

    code = "share_closed"

    def __init__(self, why: str) -> None:
        super().__init__(f"share closed: {why}")
        self.why = why


class PreviewChanged(RangkulError):
    """What would be sealed is no longer what was seen: the file or the form changed."""

    code = "preview_changed"

    def __init__(self) -> None:
        super().__init__("the share is not the one that was previewed")


def invited(actor: Actor) -> Q:
    """A condition on ``Seat``: it is offered to this person or to a desk at which she sits."""
    if not may(actor.roles, Permission.JOIN_CONFERENCE):
        return _NOTHING
    mine = Q(user_id=actor.user_id) | Q(desk_id__in=actor.desk_ids)
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        mine = Q()
    return Q(agency_id=actor.agency_id, left_at__isnull=True) & mine


def answerable(actor: Actor) -> Q:
    """A condition on ``Seat``: this very person may take it or refuse it."""
    if not may(actor.roles, Permission.JOIN_CONFERENCE):
        return _NOTHING
    to_me = Q(user_id=actor.user_id)
    to_us = Q(desk_id__in=actor.desk_ids) & (Q(user_id__isnull=True) | to_me)
    return Q(agency_id=actor.agency_id, left_at__isnull=True) & (to_me | to_us)


def led_by(actor: Actor) -> Q:
    """A condition on ``Conference``: it is about a case that this person may see, led by us."""
    if not may(actor.roles, Permission.CALL_CONFERENCE):
        return _NOTHING
    cases = custody.accesses(actor).order_by().values("case_id")
    ours = ConferenceCase.objects.filter(conference_id=OuterRef("pk"), case_id__in=cases)
    return Q(Exists(ours), lead_agency_id=actor.agency_id)


def joined_by(actor: Actor) -> Q:
    """A condition on ``Conference``: there is a seat for this person."""
    seats = Seat.objects.filter(invited(actor), conference_id=OuterRef("pk"))
    return Q(Exists(seats))


def visible_to(actor: Actor) -> Q:
    """A condition on ``Conference``: from either side."""
    return led_by(actor) | joined_by(actor)


def sits(actor: Actor) -> Q:
    """A condition on ``Seat``: this person has said that she comes."""
    return Q(
        agency_id=actor.agency_id, user_id=actor.user_id, state=workflow.ACCEPTED,
        left_at__isnull=True,
    )  # fmt: skip


def owed_by(actor: Actor) -> Q:
    """A condition on ``Decision``: it is this person's, or a desk's at which she sits."""
    if not may(actor.roles, Permission.JOIN_CONFERENCE):
        return _NOTHING
    mine = Q(owner_user_id=actor.user_id) | Q(
        owner_desk_id__in=actor.desk_ids, owner_user_id__isnull=True
    )
    return Q(owner_agency_id=actor.agency_id) & mine


def may_take_chair(actor: Actor, row: Conference) -> bool:
    """Whether the person may sit in the chair: she supervises there, or nobody sits in it."""
    if row.lead_agency_id != actor.agency_id or not may(actor.roles, Permission.CALL_CONFERENCE):
        return False
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        return True
    return network.get_live_actor(user_id=row.chair_user_id, agency_id=row.lead_agency_id) is None


def may_end(actor: Actor, decision: Decision) -> bool:
    """Whether the person may say how a decision ended: its owner, or the owner's supervisor."""
    if decision.owner_agency_id != actor.agency_id:
        return False
    if decision.owner_user_id is not None and decision.owner_user_id == actor.user_id:
        return True
    if decision.owner_user_id is None and decision.owner_desk_id in actor.desk_ids:
        return may(actor.roles, Permission.JOIN_CONFERENCE)
    return may(actor.roles, Permission.SEE_UNIT_CASES)
