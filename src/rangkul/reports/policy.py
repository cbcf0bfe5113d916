"""Which reports a person sees: the own desk's until handed over; the unit's for a supervisor."""

from __future__ import annotations

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, may
from rangkul.foundation.actor import Actor
from rangkul.reports import workflow
from rangkul.reports.models import Report

_NOTHING = Q(pk__in=())


def visible_to(actor: Actor) -> Q:
    """A condition on ``Report``. After a case was opened an intake officer sees only that it was.

    Drafts are seen by the one who types them.
    """
    own = Q(agency_id=actor.agency_id)
    drafts = Q(state=workflow.DRAFT, taken_by=actor.user_id)
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        return own & (~Q(state=workflow.DRAFT) | drafts)
    if may(actor.roles, Permission.SEE_DESK_REPORTS):
        desks = Q(desk_id__in=actor.desk_ids) | Q(desk_id__isnull=True) | Q(taken_by=actor.user_id)
        return own & ((desks & ~Q(state=workflow.DRAFT)) | drafts)
    if may(actor.roles, Permission.TAKE_REPORT):
        return own & Q(taken_by=actor.user_id)
    return _NOTHING


def content_open(actor: Actor, state: str) -> bool:
    """Whether the words of a report may still be read: until it is handed over, or by the unit."""
    return state not in (workflow.OPENED, workflow.JOINED) or may(
        actor.roles, Permission.SEE_UNIT_CASES
    )


def talk_open(actor: Actor, report: Report) -> bool:
    """Whether the talk with a reporter may be read: as the words, and by whoever led it on."""
    return content_open(actor, report.state) or report.handled_by == actor.user_id


def may_answer(actor: Actor) -> bool:
    """Whether the person may write to a reporter: whoever takes reports, or leads them on."""
    return may(actor.roles, Permission.TAKE_REPORT) or may(actor.roles, Permission.OPEN_CASE)


def require_may_answer(actor: Actor) -> None:
    """Raise ``Forbidden`` for anybody else."""
    if not may_answer(actor):
        raise Forbidden(Permission.TAKE_REPORT)


def may_unjoin(actor: Actor, report: Report) -> bool:
    """Whether the person may take a joined report off its file: their own act, or the unit's."""
    unit = may(actor.roles, Permission.SEE_UNIT_CASES)
    own = report.handled_by == actor.user_id
    return may(actor.roles, Permission.WITHDRAW_NOTE) and (own or unit)


def require_may_unjoin(actor: Actor, report: Report) -> None:
    """Raise ``Forbidden`` for anybody else."""
    if not may_unjoin(actor, report):
        raise Forbidden(Permission.WITHDRAW_NOTE)
