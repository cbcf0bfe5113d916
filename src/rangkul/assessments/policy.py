"""Who may draw up, publish and see which forms: an agency its own, the house's everyone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments.models import FormVersion
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable


def seen_by(actor: Actor) -> Q:
    """A condition on ``FormVersion``: the house's own and those of the acting agency."""
    return Q(agency_id__isnull=True) | Q(agency_id=actor.agency_id)


_FILLED_WITH: Final[Mapping[str, Permission]] = {
    "rk01_triase": Permission.TRIAGE, "rk12_hambatan": Permission.LOG_OBSTACLE,
}  # fmt: skip


def require_filler(actor: Actor, form: FormVersion) -> None:
    """Go on only for somebody who may fill this form: triage and obstacles by more than assessors.

    Raises ``Forbidden``; ``NotReachable`` for another agency's form.
    """
    require(actor.roles, _FILLED_WITH.get(form.code, Permission.ASSESS))
    if form.agency_id not in (None, actor.agency_id):
        raise NotReachable("no such form of this agency")


def require_keeper(actor: Actor, form: FormVersion | None = None) -> None:
    """Go on only for a keeper of forms, and of ``form`` only where it is the agency's own.

    Raises ``Forbidden``; ``NotReachable`` for another agency's form and for the house's, which
    comes with a release and is kept by nobody here.
    """
    require(actor.roles, Permission.KEEP_FORMS)
    if form is not None and form.agency_id != actor.agency_id:
        raise NotReachable("no such form of this agency")
