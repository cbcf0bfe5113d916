"""After the receiver acted: the sender's clocks, needs and timeline follow; old packets end."""

from __future__ import annotations

import logging

from django.utils import timezone

from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.tasks import daily, subscribe
from rangkul.network import queries as network
from rangkul.referrals import events, operations

log = logging.getLogger("rangkul.jobs")


@subscribe(
    events.REQUEST_ACCEPTED,
    events.REQUEST_ASKED,
    events.REQUEST_DECLINED,
    events.FIRST_CONTACT_MADE,
    events.OUTCOME_REPORTED,
)
def follow(event: Event) -> None:
    """Acts for the one who sent, or for a supervisor when that person has left the agency."""
    actor = _on_behalf(event)
    if actor is None:
        log.warning("referral answers: nobody acts any more for request %s", event.subject_id)
        return
    with acting(actor):
        operations.take_up_answer(request_id=int(event.subject_id), by=actor, at=timezone.now())


@daily("17 1 * * *")
def end_old_packets() -> None:
    """Destroy the keys of packets whose time is over, agency by agency."""
    for supervisor in network.list_supervisors():
        with acting(supervisor):
            ended = operations.expire_packets(by=supervisor, at=timezone.now())
        if ended:
            log.info("packets ended for agency %s: %s", supervisor.agency_id, ended)


def _on_behalf(event: Event) -> Actor | None:
    if event.actor_id is not None:
        sender = network.get_live_actor(user_id=event.actor_id, agency_id=event.agency_id)
        if sender is not None:
            return sender
    return next(iter(network.list_supervisors(event.agency_id)), None)
