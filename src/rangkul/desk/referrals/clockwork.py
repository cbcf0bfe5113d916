"""A request's own deadlines as clocks: both sides read them from the request itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
    if request.state == workflow.ACCEPTED:
        return RequestClock(since, request.first_contact_by)
    if request.state == workflow.IN_SERVICE:
        return RequestClock(request.first_contact_at or since, request.outcome_by)
    return None
