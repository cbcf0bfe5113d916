"""Whom an alert calls: the person named, whoever sits at the desk, whoever holds the role."""

from __future__ import annotations

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.access.roles import NationalCoordinator, ProvinceCoordinator, Supervisor
from rangkul.alerts.models import Alert
from rangkul.foundation.actor import Actor

ROLES = {
    Alert.SUPERVISOR: Supervisor.code,
    Alert.PROVINCE: ProvinceCoordinator.code,
    Alert.NATION: NationalCoordinator.code,
}


def visible_to(actor: Actor) -> Q:
    """The alerts that call this person in the acting agency.

    A desk's alert calls whoever answers there: people with the desk's work, or its supervisors.
    """
    called = Q(audience=Alert.PERSON, user_id=actor.user_id)
    desk = Q(audience=Alert.DESK)
    if not may(actor.roles, Permission.SEE_UNIT_CASES):
        desk &= Q(desk_id__in=actor.desk_ids)
    if _answers(actor):
        called |= desk
    held = [audience for audience, role in ROLES.items() if role in actor.roles]
    return Q(agency_id=actor.agency_id) & (called | Q(audience__in=held))


def _answers(actor: Actor) -> bool:
    wanted = (Permission.TAKE_REPORT, Permission.ANSWER_PACKETS, Permission.SEE_UNIT_CASES)
    return any(may(actor.roles, permission) for permission in wanted)
