"""Who has finished which training, as the agency notes it; a form says which one it asks for.

Somebody without it may fill the form all the same: it is told to them, and to whoever reads it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments import events
from rangkul.assessments.declared import TRAININGS
from rangkul.assessments.models import Training
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.reference.zones import latest_date
from rangkul.trail.operations import record

REPORTER: Final = "pelapor"
"""Half a day for whoever may send reports from a school, a clinic or a village; no form asks it."""
MODULES: Final = (*TRAININGS, REPORTER)
"""Everything that an agency notes as finished."""


def held_by(user_ids: Iterable[int]) -> dict[int, dict[str, date]]:
    """User → module → the day it was finished, as the acting agency has noted it."""
    found: dict[int, dict[str, date]] = {}
    for row in Training.objects.filter(user_id__in=set(user_ids)):
        found.setdefault(row.user_id, {})[row.module] = row.finished_on
    return found


@transaction.atomic
def note(
    *, user_id: int, modules: Collection[str], finished_on: date, by: Actor, at: datetime
) -> None:
    """Note that a colleague holds exactly these trainings; new ones were finished on that day.

    Raises ``InvalidInput`` for an unknown module or a day to come.
    """
    require(by.roles, Permission.MANAGE_STAFF)
    if not set(modules) <= set(MODULES):
        raise InvalidInput({"modules": "unknown"})
    if finished_on > latest_date(at):
        raise InvalidInput({"finished_on": "future"})
    before = {
        row.module: row for row in Training.objects.filter(agency_id=by.agency_id, user_id=user_id)
    }
    for module in MODULES:
        if module in modules and module not in before:
            Training.objects.create(
                id=new_id(), agency_id=by.agency_id, user_id=user_id, module=module,
                finished_on=finished_on, noted_at=at, noted_by=by.user_id,
            )  # fmt: skip
            _record(events.TRAINING_NOTED, user_id, module, by=by, at=at)
        elif module not in modules and module in before:
            before[module].delete()
            _record(events.TRAINING_TAKEN_BACK, user_id, module, by=by, at=at)


def _record(name: str, user_id: int, module: str, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="user", subject_id=user_id,
        detail={"module": module},
    )  # fmt: skip
