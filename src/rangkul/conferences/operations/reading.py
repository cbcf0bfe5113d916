"""Opening a conference's page is an act: what stands on its table is read by name."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rangkul.conferences import events, queries
from rangkul.conferences.queries import ConferenceView
from rangkul.foundation.actor import Actor
from rangkul.trail.operations import record


@transaction.atomic
def open_conference(*, conference_id: int, by: Actor, at: datetime) -> ConferenceView:
    """All that stands on the table, opened for this person; recorded. ``NotReachable``."""
    found = queries.view(by, conference_id)
    record(
        by=by, at=at, name=events.CONFERENCE_READ, subject_kind="conference",
        subject_id=conference_id, case_id=found.case_ids[0] if found.case_ids else None,
    )  # fmt: skip
    return found
