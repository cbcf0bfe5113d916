"""After an agency came to hold a case, or its survivor changed: its own search learns of it."""

from __future__ import annotations

import logging

from rangkul.custody.events import TEAM_JOINED
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.network import queries as network
from rangkul.people import operations, queries
from rangkul.people.events import PERSON_CHANGED

log = logging.getLogger("rangkul.jobs")


@subscribe(TEAM_JOINED, PERSON_CHANGED)
def make_findable(event: Event) -> None:
    """Acts for whoever of the agency sees the case; without one nobody there could find it."""

    def make(by: Actor) -> None:
        operations.make_findable(case_id=int(event.subject_id), by=by, at=hour.now())

    if not by_first_who_may(hands_of(event.agency_id), make):
        log.info("joint search: agency %s left before its turn, or nobody may", event.agency_id)


@recurring("41 1 * * *")
def make_missed_findable() -> None:
    """What was missed: an agency that had no supervisor then, a case joined before this work."""
    for supervisor in network.list_supervisors():
        with acting(supervisor):
            for case_id in queries.list_unfindable(supervisor.agency_id):
                _make(case_id, supervisor)


def _make(case_id: int, supervisor: Actor) -> None:
    try:
        operations.make_findable(case_id=case_id, by=supervisor, at=hour.now())
    except NotReachable:
        log.info("joint search: agency %s left before its turn", supervisor.agency_id)
