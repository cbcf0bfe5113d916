"""What a newcomer needs: written once, changed by version, read by the house's officers only."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Final

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.vault import DataClass
from rangkul.foundation.workflow import IllegalMove
from rangkul.shelter import events, policy, queries, sealed, workflow
from rangkul.shelter.models import Admission, Intake
from rangkul.shelter.operations.ours import record_act
from rangkul.shelter.operations.staying import COMPANION, HEALTH, SUBJECT
from rangkul.shelter.queries import IntakeView
from rangkul.shelter.sealed import Needs

MOST_WORDS: Final = 1000
_WRITTEN: Final = ("needs_sealed", "belongings_sealed", "written_at", "written_by", "version")


@transaction.atomic
def write_intake(
    *, admission_id: int, needs: Needs, belongings: str, expected_version: int, by: Actor,
    at: datetime,
) -> Intake:  # fmt: skip
    """Write down what she needs and what was handed over for keeping.

    ``expected_version`` is the intake's, 0 for the first writing: two officers at once, the
    second meets ``StaleForm``. The health check and the named companion end their clocks.
    """
    admission = _lock(admission_id, by)
    if admission.state != workflow.PLACED:
        raise IllegalMove("write_intake", admission.state)
    intake = Intake.objects.filter(admission=admission).first()
    check_version(expected=expected_version, found=intake.version if intake else 0)
    _check(needs, belongings)
    fresh = intake is None
    if intake is None:
        intake = Intake(id=new_id(), agency_id=by.agency_id, admission=admission, version=0)
    intake.version += 1
    intake.written_at, intake.written_by = at, by.user_id
    intake.needs_sealed = sealed.seal(
        by.agency_id, admission.subject, DataClass.HEALTH, sealed.needs_place(intake),
        needs.to_json(),
    )  # fmt: skip
    intake.belongings_sealed = sealed.seal(
        by.agency_id, admission.subject, DataClass.ACCOUNT, sealed.belongings_place(intake),
        belongings.strip(),
    )  # fmt: skip
    if fresh:
        intake.save(force_insert=True)
    else:
        intake.save(update_fields=_WRITTEN)
    done = [
        procedure
        for procedure, seen_to in (
            (HEALTH, needs.health_checked),
            (COMPANION, needs.companion_named),
        )
        if seen_to
    ]
    if done:
        clocks.meet(subject_kind=SUBJECT, subject_id=admission.id, procedures=done, by=by, at=at)
    record_act(events.INTAKE_WRITTEN, admission, by=by, at=at, detail={"version": intake.version})
    return intake


@transaction.atomic
def read_intake(*, admission_id: int, by: Actor, at: datetime) -> IntakeView | None:
    """The intake, opened for an officer of the house; the reading is recorded."""
    require(by.roles, Permission.KEEP_STAYS)
    admission = queries.get_own_admission(by, admission_id)
    view = queries.open_intake(admission)
    if view is not None:
        record_act(events.INTAKE_READ, admission, by=by, at=at)
    return view


def _lock(admission_id: int, by: Actor) -> Admission:
    require(by.roles, Permission.KEEP_STAYS)
    return queries.lock_admission(policy.at_own_desk(by), admission_id)


def _check(needs: Needs, belongings: str) -> None:
    errors = {
        each.name: "too_long"
        for each in fields(needs)
        if isinstance(value := getattr(needs, each.name), str) and len(value) > MOST_WORDS
    }
    if len(belongings) > MOST_WORDS:
        errors["belongings"] = "too_long"
    if errors:
        raise InvalidInput(errors)
