"""What a conference asks of other agencies reaches their clocks; what was shown ends in time."""

from __future__ import annotations

import logging
from uuid import UUID

from rangkul.conferences import events, operations
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.network import queries as network

log = logging.getLogger("rangkul.jobs")


@subscribe(events.DECISION_MADE)
def start_owner_s_clock(event: Event) -> None:
    """Acts for the owner, or for a supervisor of the owner's agency; again, it does nothing."""
    actor = _on_behalf(event)
    if actor is None:
        log.warning("conferences: nobody of agency %s takes up a decision", event.agency_id)
        return
    with acting(actor):
        operations.take_up_decision(decision_id=UUID(event.subject_id), by=actor, at=hour.now())


@recurring("29 1 * * *")
def end_old_shares() -> None:
    """Destroy the keys of what was shown and whose time is over, agency by agency."""
    for supervisor in network.list_supervisors():
        with acting(supervisor):
            ended = operations.expire_shares(by=supervisor, at=hour.now())
        if ended:
            log.info("shares ended for agency %s: %s", supervisor.agency_id, ended)


def _on_behalf(event: Event) -> Actor | None:
    if event.actor_id is not None:
        owner = network.get_live_actor(user_id=event.actor_id, agency_id=event.agency_id)
        if owner is not None:
            return owner
    supervisor = next(iter(network.list_supervisors(event.agency_id)), None)
    if supervisor is not None:
        return supervisor
    # A desk's agency without a supervisor: anyone who works there may have the clock started.
    members = network.list_members_of([event.agency_id])
    return network.actor_of(members[0]) if members else None
