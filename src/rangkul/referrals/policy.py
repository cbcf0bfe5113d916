"""Who sees a request, from which side, and what stops an act on it.

Row security lets the two agencies in; this is the rule: at the receiver the people of that desk,
at the sender those who may see the case.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.vault import KeyDestroyed
from rangkul.referrals.models import Referral

_NOTHING: Final = Q(pk__in=())


class PacketClosed(KeyDestroyed):
    """The packet can no longer be opened; ``why`` is the request's state, or ``expired``."""

    code = "packet_closed"

    def __init__(self, why: str) -> None:
        super().__init__(f"packet closed: {why}")
        self.why = why


class PreviewChanged(RangkulError):
    """What would be sealed is no longer what the sender saw: the file or a form field changed."""

    code = "preview_changed"

    def __init__(self) -> None:
        super().__init__("the packet is not the one that was previewed")


class NoCover(RangkulError):
    """Nobody answers at that desk now; sending all the same must be said."""

    code = "no_cover"

    def __init__(self) -> None:
        super().__init__("nobody is on duty at the desk")


def received_by(actor: Actor) -> Q:
    """A condition on ``Request``: it waits, or waited, at a desk where this person sits."""
    if not actor.desk_ids or not may(actor.roles, Permission.ANSWER_PACKETS):
        return _NOTHING
    return Q(receiver_agency_id=actor.agency_id, receiver_desk_id__in=actor.desk_ids)


def sent_by(actor: Actor) -> Q:
    """A condition on ``Request``: it was made for a case that this person may see."""
    if not (
        may(actor.roles, Permission.SEE_OWN_CASES) or may(actor.roles, Permission.SEE_UNIT_CASES)
    ):
        return _NOTHING
    cases = custody.accesses(actor).order_by().values("case_id")
    ours = Referral.objects.filter(request_id=OuterRef("pk"), case_id__in=cases)
    return Q(Exists(ours), sender_agency_id=actor.agency_id)


def called(actor: Actor) -> Q:
    """A condition on ``CallOffer``: it waits, or waited, at a desk where this person sits."""
    if not actor.desk_ids or not may(actor.roles, Permission.ANSWER_PACKETS):
        return _NOTHING
    return Q(receiver_agency_id=actor.agency_id, receiver_desk_id__in=actor.desk_ids)


def transfers_visible_to(actor: Actor) -> Q:
    """A condition on ``Transfer``: offered to this agency's supervisors, or by them."""
    if not may(actor.roles, Permission.TRANSFER_CASE):
        return _NOTHING
    return Q(receiver_agency_id=actor.agency_id) | Q(sender_agency_id=actor.agency_id)


def visible_to(actor: Actor) -> Q:
    """A condition on ``Request``: either side."""
    return received_by(actor) | sent_by(actor)
