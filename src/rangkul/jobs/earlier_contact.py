"""After a report was received: desks that already know the person are told that somebody asked."""

from __future__ import annotations

import logging

from rangkul.foundation import hour
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs.tasks import subscribe
from rangkul.network import queries as network
from rangkul.reports import events
from rangkul.reports import operations as reports

log = logging.getLogger("rangkul.jobs")


@subscribe(events.REPORT_RECEIVED)
def compare(event: Event) -> None:
    """Two transactions: the asking person opens the report, the system looks at other agencies.

    No system scope can open a seal, and no agency's scope sees another's tokens; so neither half
    could do the other's work.
    """
    actor = (
        network.get_live_actor(user_id=event.actor_id, agency_id=event.agency_id)
        if event.actor_id is not None
        else None
    )
    if actor is None:
        log.warning("earlier contact: nobody acts any more for report %s", event.subject_id)
        return
    now = hour.now()
    with acting(actor):
        question = reports.ask_earlier_contact(report_id=int(event.subject_id), by=actor, at=now)
    if question.keys:
        with system("matching"):
            reports.notice_earlier_contact(question=question, at=now)
