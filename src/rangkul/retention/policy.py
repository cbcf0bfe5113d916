"""Who may receive, weigh, decide, hand over and erase: said once."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require, require_second_person
from rangkul.custody.policy import assigned_to
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.retention.models import Request

HANDLES: Final = Permission.HANDLE_DATA_REQUESTS
RECEIVES: Final = Permission.RECEIVE_DATA_REQUEST


class GuardianTurnedAway(RangkulError):
    """A guardian who may be the suspect does not use the child's rights; nothing was told."""

    code = "guardian_turned_away"


class ErasureBarred(RangkulError):
    """Something stands in the way of erasing; ``why`` is its code."""

    code = "erasure_barred"

    def __init__(self, why: str) -> None:
        super().__init__(f"not erased: {why}")
        self.why = why


def visible_to(actor: Actor) -> Q:
    """Requests that this person sees: those who handle them all of the agency's; else the own."""
    mine = Q(agency_id=actor.agency_id)
    if may(actor.roles, HANDLES):
        return mine
    if may(actor.roles, Permission.SEE_OWN_CASES):
        return mine & (Q(received_by=actor.user_id) | assigned_to(actor))
    if may(actor.roles, RECEIVES):
        return mine & Q(received_by=actor.user_id)
    return Q(pk__in=())


def may_read_words(actor: Actor, request: Request) -> bool:
    """Whether this person may open what was asked: who wrote it down, handles it, or carries it."""
    return bool(
        may(actor.roles, HANDLES)
        or request.received_by == actor.user_id
        or may(actor.roles, Permission.OPEN_IDENTITY)
    )


def require_second(actor: Actor, request: Request) -> None:
    """Whoever proposed a refusal does not decide it. Raises ``Forbidden``, ``OwnException``."""
    require(actor.roles, HANDLES)
    require_second_person(requested_by=request.refusal_by, approved_by=actor.user_id)
