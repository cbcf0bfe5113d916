"""Events leave with the data: a job is written in the same transaction, or not at all."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from procrastinate.contrib.django import app

DELIVER = "rangkul.deliver"


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
    app.configure_task(name=DELIVER, queue="events").defer(**asdict(event))
