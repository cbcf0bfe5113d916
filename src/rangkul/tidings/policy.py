"""Who gives a survivor her code, writes to her, ends it: whoever carries her case, and the unit."""

from __future__ import annotations

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor


def visible_to(actor: Actor) -> Q:
    """A condition on rows of a case: those of the cases that the person sees."""
    return Q(case_id__in=custody.accesses(actor).order_by().values("case_id"))


def require_companion(actor: Actor, case_id: int) -> None:
    """Go on only for somebody who writes in this file. Raises ``Forbidden``, ``NotReachable``."""
    require(actor.roles, Permission.WRITE_NOTE)
    custody.get_access(actor, case_id)
