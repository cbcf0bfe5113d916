"""Events leave with the data: a job is written in the same transaction, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import connection
from procrastinate.contrib.django import app

DELIVER = "rangkul.deliver"
_QUEUE = "events"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Ids only: job arguments are stored in the clear."""

    name: str
    subject_kind: str
    subject_id: str
    agency_id: int
    actor_id: int | None = None
    membership_id: int | None = None


def post(event: Event) -> None:
    """Hand ``event`` to the subscribers once the running transaction commits."""
    app.configure_task(name=DELIVER, queue=_QUEUE).defer(**asdict(event))


def list_undelivered(subjects: Iterable[tuple[int, str, str]]) -> list[Event]:
    """Events still on their way about these things (agency, kind, id), the oldest first."""
    agencies, kinds, ids = zip(*subjects, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "select j.args from procrastinate_jobs j join (select distinct * from "
            "unnest(%s::int[], %s::text[], %s::text[])) as s (agency, kind, id) "
            "on j.args ->> 'subject_id' = s.id and j.args ->> 'subject_kind' = s.kind "
            "and j.args ->> 'agency_id' = s.agency::text "
            "where j.queue_name = %s and j.status in ('todo', 'doing') order by j.id",
            [list(agencies), list(kinds), list(ids), _QUEUE],
        )
        rows = [row[0] for row in cursor.fetchall()]
    return [Event(**(json.loads(row) if isinstance(row, str) else row)) for row in rows]
