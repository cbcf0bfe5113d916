"""What a hand-off owes and did not get: packets held back at once, a plan that cannot go on."""

from __future__ import annotations

import logging
from typing import Final
from uuid import UUID

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.clocks import queries as clocks
from rangkul.clocks.events import CLOCK_MISSED
from rangkul.foundation import hour
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs.hands import hands_of
from rangkul.jobs.tasks import subscribe
from rangkul.referrals import events, operations

log = logging.getLogger("rangkul.jobs")

_REVIEW: Final = "other_basis_review"


@subscribe(CLOCK_MISSED)
def hold_back(event: Event) -> None:
    """A ground went a day without its review: its packets' keys leave the receivers now."""
    for actor in hands_of(event.agency_id)[:1]:
        with acting(actor):
            clock = clocks.find_clock(actor, UUID(event.subject_id))
            if clock is not None and clock.procedure == _REVIEW:
                operations.note_lapsed_reviews(by=actor, at=hour.now())


@subscribe(events.REFERRAL_STUCK)
def tell_planner(event: Event) -> None:
    """Its turn came and it could not go: who made the plan decides, and her supervisors know."""
    calls = [
        Call(
            token=f"{event.name}:{event.subject_id}:{hour.now():%Y%m%d}",
            agency_id=event.agency_id, audience=audience, kind=event.name, subject_kind="case",
            subject_id=event.subject_id, about=("case", event.subject_id), user_id=user,
        )
        for audience, user in ((Alert.PERSON, event.actor_id), (Alert.SUPERVISOR, None))
        if audience == Alert.SUPERVISOR or user
    ]  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=calls, at=hour.now())
