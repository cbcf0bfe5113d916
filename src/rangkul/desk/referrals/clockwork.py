"""A request's own deadlines as clocks: both sides read them from the request itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rangkul.desk.referrals import wording
from rangkul.referrals import workflow
from rangkul.referrals.models import Request


@dataclass(frozen=True, slots=True)
class RequestClock:
    """What the clock chip needs: when it began, when it falls due, how it stands."""

    started_at: datetime
    due_at: datetime
    state: str = "running"


def running_clock(request: Request) -> RequestClock | None:
    """The deadline that runs now, or ``None`` once the request has ended."""
    if request.state in workflow.UNANSWERED:
        return RequestClock(request.sent_at, request.accept_by)
    since = request.answered_at or request.sent_at
    if request.state == workflow.PAUSED:
        due = request.outcome_by if request.first_contact_at else request.first_contact_by
        return RequestClock(since, due, "paused")
    if request.state in workflow.TAKEN:
        return RequestClock(since, request.first_contact_by)
    if request.state == workflow.IN_SERVICE:
        return RequestClock(request.first_contact_at or since, request.outcome_by)
    return None


def delays(asked: Request) -> list[tuple[str, str]]:
    """How long each step of the hand-off took: sent, answered, first contact, outcome."""

    def between(start: datetime | None, end: datetime | None) -> str:
        return wording.delay_words((end - start).total_seconds() if start and end else None)

    taken = asked.answered_at
    return [
        (_("Until the answer"), between(asked.sent_at, taken)),
        (_("Until the first contact"), between(taken, asked.first_contact_at)),
        (_("Until the outcome"), between(asked.first_contact_at or taken, asked.ended_at)),
    ]
