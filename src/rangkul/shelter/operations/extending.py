"""A longer stay: asked for with a reason, granted by somebody other than who asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require, require_second_person
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.workflow import IllegalMove
from rangkul.shelter import events, policy, queries, workflow
from rangkul.shelter.models import Admission, Extension
from rangkul.shelter.operations.ours import record_act
from rangkul.shelter.operations.staying import REVIEW, SUBJECT, lock, start_clocks, touch

MOST_DAYS: Final = 90


@transaction.atomic
def ask_extension(
    *, admission_id: int, days: int, reason: str, expected_version: int, by: Actor, at: datetime
) -> Extension:
    """Ask that the stay may last so many days longer. Raises ``InvalidInput``, ``IllegalMove``."""
    admission = lock(admission_id, expected_version, by)
    errors = {}
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = "days"
    if reason not in workflow.EXTEND_REASONS:
        errors["reason"] = "unknown" if reason else "required"
    if errors:
        raise InvalidInput(errors)
    if admission.due_at is None:
        raise IllegalMove("extend", workflow.EXPECTED)
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                id=new_id(), agency_id=by.agency_id, admission=admission, days=days,
                reason=reason, asked_at=at, asked_by=by.user_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise InvalidInput({"days": "asked_already"}) from error
    touch(admission)
    record_act(
        events.EXTENSION_ASKED, admission, by=by, at=at, reason=reason, detail={"days": days}
    )
    return extension


@transaction.atomic
def decide_extension(
    *, admission_id: int, granted: bool, expected_version: int, by: Actor, at: datetime,
    reason: str = "",
) -> Admission:  # fmt: skip
    """Grant or refuse the extension that waits; a refusal needs its reason.

    Raises ``OwnException`` for who asked, ``IllegalMove`` where none waits, ``StaleForm``.
    """
    require(by.roles, Permission.EXTEND_STAY)
    admission = queries.lock_admission(policy.seen_by(by), admission_id)
    check_version(expected=expected_version, found=admission.version)
    extension = queries.asked_extension(admission)
    if extension is None or admission.due_at is None or admission.state != workflow.PLACED:
        raise IllegalMove("decide_extension", admission.state)
    require_second_person(requested_by=extension.asked_by, approved_by=by.user_id)
    if not granted and reason not in workflow.REFUSE_EXTENSION:
        raise InvalidInput({"reason": "unknown" if reason else "required"})
    extension.decided_at, extension.decided_by, extension.granted = at, by.user_id, granted
    extension.refuse_reason = "" if granted else reason
    extension.save(update_fields=["decided_at", "decided_by", "granted", "refuse_reason"])
    if granted:
        # From the end that was agreed, or from now where that has passed: what was granted counts.
        admission.due_at = max(admission.due_at, at) + timedelta(days=extension.days)
        admission.save(update_fields=["due_at"])
        _renew_clocks(admission, by=by, at=at)
    touch(admission)
    record_act(
        events.EXTENSION_GRANTED if granted else events.EXTENSION_REFUSED, admission, by=by,
        at=at, reason=extension.refuse_reason, detail={"days": extension.days},
    )  # fmt: skip
    return admission


def _renew_clocks(admission: Admission, *, by: Actor, at: datetime) -> None:
    procedures = [*set(workflow.STAY_PROCEDURES.values()), REVIEW]
    clocks.meet(subject_kind=SUBJECT, subject_id=admission.id, procedures=procedures, by=by, at=at)
    start_clocks(admission, by=by, at=at)
