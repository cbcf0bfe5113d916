"""After a transfer: the new holder's trail tells that the chair came with the case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rangkul.conferences import events, queries
from rangkul.conferences.models import Conference
from rangkul.foundation.actor import Actor
from rangkul.trail import queries as trail
from rangkul.trail.operations import record


@transaction.atomic
def note_passed(*, case_id: int, by: Actor, at: datetime) -> list[Conference]:
    """Record, once for each, the conferences whose chair came to this agency; those noted now.

    The passing itself is the database's, in the transfer's own transaction
    (``sql.PASSING``). Raises ``NotReachable``.
    """
    noted = [row for row in queries.list_passed(by, case_id) if not _noted(row, by)]
    for row in noted:
        record(
            by=by, at=at, name=events.CHAIR_PASSED, subject_kind="conference", subject_id=row.id,
            case_id=case_id, detail={"chair": row.chair_user_id},
        )  # fmt: skip
    return noted


def _noted(row: Conference, by: Actor) -> bool:
    acts = trail.list_subject(by, "conference", row.id, limit=200)
    return any(act.name == events.CHAIR_PASSED for act in acts)
