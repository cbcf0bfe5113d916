"""After medical care was reached: the clocks of the team's other agencies end with it."""

from __future__ import annotations

import logging

from rangkul.cases import operations
from rangkul.cases.events import MEDICAL_CARE_SETTLED
from rangkul.foundation import hour
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.tasks import subscribe
from rangkul.network import queries as network

log = logging.getLogger("rangkul.jobs")


@subscribe(MEDICAL_CARE_SETTLED)
def meet_medical_window(event: Event) -> None:
    """Acts for the agency's supervisor, who sees every file of the unit."""
    supervisor = next(iter(network.list_supervisors(event.agency_id)), None)
    if supervisor is None:
        log.warning("joint clocks: agency %s has no supervisor", event.agency_id)
        return
    with acting(supervisor):
        try:
            operations.meet_medical_window(
                case_id=int(event.subject_id), by=supervisor, at=hour.now(), tell=False
            )
        except NotReachable:
            log.info("joint clocks: agency %s left before its turn", event.agency_id)
