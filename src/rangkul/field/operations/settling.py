"""A person gives a waiting filling its file, or throws it away with a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.assessments import queries as assessments
from rangkul.cases import operations as cases
from rangkul.field import events, policy, queries
from rangkul.field.models import Arrival
from rangkul.field.operations.receiving import SOURCE, attach, find_case, settle
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail.operations import record


@transaction.atomic
def place_arrival(*, arrival_id: UUID, number: str, by: Actor, at: datetime) -> int:
    """Put a waiting filling into the file of this number; the case's id.

    It stays its sender's assessment. Raises ``Forbidden``, ``NotReachable``; ``IllegalMove`` for
    one that no longer waits; ``InvalidInput`` (number → ``unknown``) for a file that the person
    cannot see, that is closed, or that is none; `SubmissionRefused`.
    """
    arrival = _lock(arrival_id, by, Arrival.WAITING)
    case = find_case(number, by)
    if case is None:
        raise InvalidInput({"number": "unknown"})
    form = assessments.get_form(by, arrival.form_id)
    cases.receive_filling(
        form=form, instance_xml=queries.read_content(arrival), case=case, by=by, at=at,
        source=SOURCE, assessed_by=arrival.user_id,
    )  # fmt: skip
    attach(queries.read_files(arrival), case, arrival.instance_id, by=by, at=at)
    settle(arrival, Arrival.PLACED, is_new=False, by=by, at=at)
    record(
        by=by, at=at, name=events.FILLING_PLACED, subject_kind="arrival", subject_id=arrival.id,
        case_id=case.id,
    )  # fmt: skip
    return case.id


@transaction.atomic
def discard_arrival(*, arrival_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Throw a filling away that belongs to no file; its key is destroyed, its number stays known.

    Raises ``NotReachable``, ``IllegalMove``; ``InvalidInput`` for a reason that is none.
    """
    arrival = _lock(arrival_id, by, Arrival.WAITING, Arrival.PARTIAL)
    if reason not in policy.DISCARD_REASONS:
        raise InvalidInput({"reason": "unknown"})
    arrival.reason = reason
    settle(arrival, Arrival.DISCARDED, is_new=False, by=by, at=at)
    vault.destroy(arrival.id)
    record(
        by=by, at=at, name=events.FILLING_DISCARDED, subject_kind="arrival",
        subject_id=arrival.id, reason=reason,
    )  # fmt: skip


def _lock(arrival_id: UUID, by: Actor, *states: str) -> Arrival:
    queries.get_arrival(by, arrival_id)
    arrival = Arrival.objects.select_for_update().get(id=arrival_id)
    if arrival.state not in states:
        raise IllegalMove("settle", arrival.state)
    return arrival
