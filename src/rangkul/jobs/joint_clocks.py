"""After medical care was reached: the clocks of the team's other agencies end with it."""

from __future__ import annotations

import logging

from rangkul.cases import operations
from rangkul.cases.events import MEDICAL_CARE_SETTLED
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import subscribe

log = logging.getLogger("rangkul.jobs")


@subscribe(MEDICAL_CARE_SETTLED)
def meet_medical_window(event: Event) -> None:
    """Acts for a supervisor who sees the file; one who is too near to somebody in it does not."""

    def meet(by: Actor) -> None:
        operations.meet_medical_window(
            case_id=int(event.subject_id), by=by, at=hour.now(), tell=False
        )

    if not by_first_who_may(hands_of(event.agency_id), meet):
        log.info("joint clocks: agency %s left before its turn, or nobody may", event.agency_id)
