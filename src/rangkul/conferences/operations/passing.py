"""Who chairs and who sits there for a case: after a transfer, and when a chair stands empty."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, require
from rangkul.conferences import events, policy, queries, workflow
from rangkul.conferences.models import Conference, Seat
from rangkul.foundation.actor import Actor
from rangkul.foundation.locks import check_version
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail import queries as trail
from rangkul.trail.operations import record


@transaction.atomic
def note_passed(*, case_id: int, by: Actor, at: datetime) -> list[Conference]:
    """Record, once for each, the conferences whose chair came to this agency; those noted now.

    The passing itself is the database's, in the transfer's own transaction
    (``sql.SEVERAL``). Raises ``NotReachable``.
    """
    passed = queries.list_passed(by, case_id)
    noted = [row for row in passed if not _noted(events.CHAIR_PASSED, "conference", row.id, by)]
    for row in noted:
        record(
            by=by, at=at, name=events.CHAIR_PASSED, subject_kind="conference", subject_id=row.id,
            case_id=case_id, detail={"chair": row.chair_user_id},
        )  # fmt: skip
    return noted


@transaction.atomic
def note_seated(*, case_id: int, by: Actor, at: datetime) -> list[Seat]:
    """Record, once for each, the seats that came with the case where another keeps the chair.

    Raises ``NotReachable``.
    """
    found = queries.list_seats_by_case(by, case_id)
    noted = [seat for seat in found if not _noted(events.SEAT_OFFERED, "seat", seat.id, by)]
    for seat in noted:
        record(
            by=by, at=at, name=events.SEAT_OFFERED, subject_kind="seat", subject_id=seat.id,
            case_id=case_id, detail={"agency": seat.agency_id, "user": seat.user_id},
        )  # fmt: skip
    return noted


def _noted(name: str, kind: str, subject_id: object, by: Actor) -> bool:
    return any(act.name == name for act in trail.list_subject(by, kind, subject_id, limit=200))


@transaction.atomic
def take_chair(*, conference_id: int, expected_version: int, by: Actor, at: datetime) -> Conference:
    """Sit in the chair oneself: whoever supervises, or, where its person has left, anybody there.

    Raises ``Forbidden``, ``NotReachable``, ``IllegalMove`` (called off, or it is hers already),
    ``StaleForm``.
    """
    require(by.roles, Permission.CALL_CONFERENCE)
    row = queries.lock_led(by, conference_id)
    check_version(expected=expected_version, found=row.version)
    if row.state == workflow.CANCELLED or row.chair_user_id == by.user_id:
        raise IllegalMove("take_chair", row.state)
    if not policy.may_take_chair(by, row):
        raise Forbidden(Permission.SEE_UNIT_CASES)
    before = row.chair_user_id
    with connection.cursor() as cursor:
        cursor.execute("select house.take_chair(%s)", [row.id])
    row.refresh_from_db()
    for case_id in queries.case_ids_of(by, row.id):
        record(
            by=by, at=at, name=events.CHAIR_TAKEN, subject_kind="conference", subject_id=row.id,
            case_id=case_id, detail={"from": before, "to": by.user_id},
        )  # fmt: skip
    return row
