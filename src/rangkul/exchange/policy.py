"""Who may register recipients, make exports, and stand as the second person: said once."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.custody import reading
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError

EXPORTS: Final = Permission.EXPORT_CASES
KEEPS: Final = Permission.KEEP_RECIPIENTS
_NOTHING: Final = Q(pk__in=())


class ExportBarred(RangkulError):
    """This export may not be asked, approved or made now; ``why`` is a stable code."""

    code = "export_barred"

    def __init__(self, why: str) -> None:
        super().__init__(f"no export: {why}")
        self.why = why


def visible_to(actor: Actor) -> Q:
    """A condition on ``Export``: whoever may make one sees those of the agency, to look at."""
    return Q(agency_id=actor.agency_id) if may(actor.roles, EXPORTS) else _NOTHING


def recipients_visible_to(actor: Actor) -> Q:
    """A condition on ``Recipient``: those of the own agency, for who keeps or uses them."""
    if may(actor.roles, EXPORTS) or may(actor.roles, KEEPS):
        return Q(agency_id=actor.agency_id)
    return _NOTHING


def require_calm(actor: Actor) -> None:
    """Whoever has read so much that somebody must look first takes nothing out of the house.

    Raises ``ReadingStopped``.
    """
    if reading.own_stop(actor) is not None:
        raise reading.ReadingStopped
