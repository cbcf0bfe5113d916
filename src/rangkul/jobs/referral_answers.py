"""After the receiver acted the sender's file follows; old packets end, lapsed reviews are noted."""

from __future__ import annotations

import logging

from django.utils import timezone

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.network import queries as network
from rangkul.referrals import events, operations

log = logging.getLogger("rangkul.jobs")


@subscribe(
    events.REQUEST_ACCEPTED,
    events.REQUEST_PARTLY_ACCEPTED,
    events.REQUEST_PAUSED,
    events.REQUEST_RESUMED,
    events.REQUEST_ASKED,
    events.REQUEST_DECLINED,
    events.FIRST_CONTACT_MADE,
    events.OUTCOME_REPORTED,
    events.REQUEST_WENT_ALONG,
)
def follow(event: Event) -> None:
    """Acts for the one who sent; for a supervisor where that person has left, or left the case."""
    for actor in _on_behalf(event):
        with acting(actor):
            try:
                operations.take_up_answer(
                    request_id=int(event.subject_id), by=actor, at=timezone.now()
                )
            except NotReachable:
                continue
        return
    # The case may have moved: the agency that took it over is told by an event of its own.
    log.warning("referral answers: nobody acts any more for request %s", event.subject_id)


@recurring("17 1 * * *")
def end_old_packets() -> None:
    """Destroy the keys of packets whose time is over, agency by agency."""
    for supervisor in network.list_supervisors():
        with acting(supervisor):
            ended = operations.expire_packets(by=supervisor, at=timezone.now())
        if ended:
            log.info("packets ended for agency %s: %s", supervisor.agency_id, ended)


@recurring("23 * * * *")
def note_lapsed_reviews() -> None:
    """Every hour: whose packets are held back because nobody reviewed their basis in time."""
    for supervisor in network.list_supervisors():
        with acting(supervisor):
            noted = operations.note_lapsed_reviews(by=supervisor, at=timezone.now())
        if noted:
            log.info("packets held back for agency %s: %s", supervisor.agency_id, len(noted))


def _on_behalf(event: Event) -> list[Actor]:
    sender = (
        network.get_live_actor(user_id=event.actor_id, agency_id=event.agency_id)
        if event.actor_id is not None
        else None
    )
    supervisors = network.list_supervisors(event.agency_id)[:1]
    return [sender, *supervisors] if sender else supervisors
