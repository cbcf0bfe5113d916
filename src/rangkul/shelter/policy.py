"""Who keeps which house, who sees its board, who may learn where it stands; and what stops an act.

Row security lets the agency in; this is the rule. The officers of a house's desk keep its stays and
open its address, anybody else of the agency only once one of them has allowed it; a supervisor sees
stays by number and decides extensions; an admin keeps rooms and beds and sees no stay; a companion
sees how the own case's asking stands.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.workflow import IllegalMove

_NOTHING: Final = Q(pk__in=())


class BedTaken(RangkulError):
    """Somebody else was given this bed a moment before (409); the form stays as it was."""

    code = "bed_taken"

    def __init__(self) -> None:
        super().__init__("the bed was taken a moment ago")


class RequestGone(IllegalMove):
    """The request was taken back, moved on or ended: it can no longer be decided here."""

    code = "request_gone"

    def __init__(self, state: str) -> None:
        super().__init__("decide", state)


def at_own_desk(actor: Actor) -> Q:
    """A condition on ``House`` and ``Admission``: of a desk where this officer keeps stays."""
    if not actor.desk_ids or not may(actor.roles, Permission.KEEP_STAYS):
        return _NOTHING
    return Q(agency_id=actor.agency_id, desk_id__in=actor.desk_ids)


def seen_by(actor: Actor) -> Q:
    """A condition on ``House`` and ``Admission``: whose board the person may look at."""
    if may(actor.roles, Permission.EXTEND_STAY):
        return Q(agency_id=actor.agency_id)
    return at_own_desk(actor)


def managed_by(actor: Actor) -> Q:
    """A condition on ``House``: whose rooms and beds the person keeps."""
    if not may(actor.roles, Permission.KEEP_HOUSES):
        return _NOTHING
    if may(actor.roles, Permission.EDIT_AGENCY):
        return Q(agency_id=actor.agency_id)
    return at_own_desk(actor)


def works_in_a_house(actor: Actor) -> bool:
    """Whether the person keeps stays somewhere, so that an address may be the own house's."""
    return may(actor.roles, Permission.SEE_HOUSE_ADDRESS)


def looked_for_by(actor: Actor) -> Q:
    """A condition on ``House``: whose address the person may ask a second person to let see.

    Supervisors of the agency that keeps it; an officer of another house of the same agency.
    """
    if may(actor.roles, Permission.EXTEND_STAY) or works_in_a_house(actor):
        return Q(agency_id=actor.agency_id)
    return _NOTHING


def placed_by(actor: Actor) -> Q:
    """A condition on ``House``: who may open where it stands without a second person, and write
    it down: its own officers, nobody else.
    """
    if not may(actor.roles, Permission.SEE_HOUSE_ADDRESS):
        return _NOTHING
    return at_own_desk(actor)
