"""Conflict of interest: to a colleague who is related to somebody in a case, its file is closed.

Row security closes it (``closing_sql``), so that no list, search, count, export, call, job or
emergency opens it again; here it is declared and, by somebody else, lifted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, OwnException, may, require
from rangkul.custody import events, queries
from rangkul.custody.models import Relation
from rangkul.foundation import memory
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.trail.operations import record

SIDES: Final = ("survivor", "suspect")
TIES: Final = ("kin", "partner", "friend", "neighbour", "work", "other")
LIFT_REASONS: Final = ("mistaken", "tie_ended", "no_other_worker")


@transaction.atomic
def declare_relation(
    *, case_id: int, user_id: int, related_to: str, tie: str, by: Actor, at: datetime
) -> None:
    """Close a file to oneself, or as a supervisor to a colleague; from this second on.

    The person carries the case no more; supervisors are told by the outbox. Declaring it twice is
    declaring it once. Raises ``InvalidInput`` (field → code), ``Forbidden``.
    """
    queries.lock_case(by, case_id)
    if user_id != by.user_id:
        require(by.roles, Permission.ASSIGN_CASE)
    errors = {}
    if related_to not in SIDES:
        errors["related_to"] = "unknown" if related_to else "required"
    if tie not in TIES:
        errors["tie"] = "unknown" if tie else "required"
    if network.get_live_actor(user_id=user_id, agency_id=by.agency_id) is None:
        errors["user"] = "unknown"
    if errors:
        raise InvalidInput(errors)
    if Relation.objects.filter(case_id=case_id, user_id=user_id, lifted_at__isnull=True).exists():
        return
    carried = any(row.user_id == user_id for row in queries.list_assignments(by, case_id))
    # Recorded first: in the next moment the file is closed to whoever declares it for herself.
    record(
        by=by, at=at, name=events.RELATION_DECLARED, subject_kind="case", subject_id=case_id,
        case_id=case_id, reason=related_to, detail={"user": user_id, "carried": carried},
    )  # fmt: skip
    post(Event(events.RELATION_DECLARED, "case", str(case_id), by.agency_id, user_id))
    Relation.objects.create(
        id=new_id(), agency_id=by.agency_id, case_id=case_id, user_id=user_id,
        related_to=related_to, tie=tie, declared_at=at, declared_by=by.user_id,
    )  # fmt: skip
    memory.forget()


@transaction.atomic
def lift_relation(*, relation_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Open a file to a colleague again: another supervisor's act, with a reason.

    Raises ``OwnException``, ``Forbidden``, ``InvalidInput``, ``NotReachable``.
    """
    found = (
        Relation.objects.select_for_update()
        .filter(id=relation_id, agency_id=by.agency_id, lifted_at__isnull=True)
        .first()
    )
    if found is None:
        raise NotReachable("no such relation")
    if found.user_id == by.user_id:
        raise OwnException
    if not may(by.roles, Permission.ASSIGN_CASE):
        raise Forbidden(Permission.ASSIGN_CASE)
    queries.lock_case(by, found.case_id)
    if reason not in LIFT_REASONS:
        raise InvalidInput({"reason": "unknown" if reason else "required"})
    record(
        by=by, at=at, name=events.RELATION_LIFTED, subject_kind="case", subject_id=found.case_id,
        case_id=found.case_id, reason=reason, detail={"user": found.user_id},
    )  # fmt: skip
    found.lift_reason = reason
    found.save(update_fields=["lift_reason"])
    memory.forget()


def list_relations(actor: Actor, case_id: int) -> list[Relation]:
    """To whom of this agency a visible case is closed, or once was; the newest first."""
    queries.get_access(actor, case_id)
    found = Relation.objects.filter(agency_id=actor.agency_id, case_id=case_id)
    return list(found.order_by("-declared_at"))


def related_among(case_ids: list[int], user_id: int, agency_id: int) -> set[int]:
    """Those of these cases that are closed to a colleague of the acting agency."""
    found = Relation.objects.filter(
        case_id__in=case_ids, user_id=user_id, agency_id=agency_id, lifted_at__isnull=True
    )
    return set(found.values_list("case_id", flat=True))
