"""Whose clocks a person sees: the unit's, or those of the own cases, desks and tasks."""

from __future__ import annotations

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.custody.policy import assigned_to
from rangkul.foundation.actor import Actor

REPORT = "report"
"""What clocks about reports call their subject."""


def mine(actor: Actor) -> Q:
    """Clocks that wait for this person: own tasks, own cases, and the desks sat at.

    At a desk reports wait for whoever takes them in; what else falls due there, such as a visit to
    somebody who came home, for whoever answers packets.
    """
    wanted = Q(user_id=actor.user_id) | assigned_to(actor)
    at_desk = Q(desk_id__in=actor.desk_ids, user_id__isnull=True, case_id__isnull=True)
    if may(actor.roles, Permission.SEE_DESK_REPORTS):
        wanted |= at_desk & Q(subject_kind=REPORT)
    if may(actor.roles, Permission.ANSWER_PACKETS):
        wanted |= at_desk & ~Q(subject_kind=REPORT)
    return Q(agency_id=actor.agency_id) & wanted


def visible_to(actor: Actor) -> Q:
    """All clocks of the agency for a supervisor, else only the own."""
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        return Q(agency_id=actor.agency_id)
    return mine(actor)
