"""Which cases a person may see: said once, for lists, pages, counts, search, API and export.

Row security is the net (the agency's reach); this is the rule (the person's).
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.custody.models import Assignment
from rangkul.foundation.actor import Actor

_NOTHING = Q(pk__in=())


def visible_to(actor: Actor) -> Q:
    """A condition on ``CaseAccess``: the live accesses of the agency that this person may use.

    A supervisor sees the unit's files; a companion those assigned; everyone else none.
    """
    live = Q(agency_id=actor.agency_id, until__isnull=True)
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        return live
    if may(actor.roles, Permission.SEE_OWN_CASES):
        return live & assigned_to(actor)
    return _NOTHING


def assigned_to(actor: Actor) -> Q:
    """A condition on any row with a ``case_id``: the person carries that case."""
    carried = Assignment.objects.filter(
        case_id=OuterRef("case_id"),
        agency_id=actor.agency_id,
        user_id=actor.user_id,
        until__isnull=True,
    )
    return Q(Exists(carried))
