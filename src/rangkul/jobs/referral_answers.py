"""After the receiver acted the sender's file follows; old packets end, lapsed reviews are noted."""

from __future__ import annotations

import logging
from typing import Final

from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.network import queries as network
from rangkul.referrals import events, operations

log = logging.getLogger("rangkul.jobs")

# Packets of one transaction.
_MANY: Final = 500


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

    def act(actor: Actor) -> None:
        operations.take_up_answer(request_id=int(event.subject_id), by=actor, at=hour.now())

    if not by_first_who_may(hands_of(event.agency_id, first=event.actor_id), act):
        # The case may have moved: the agency that took it over is told by an event of its own.
        log.warning("referral answers: nobody acts any more for request %s", event.subject_id)


@recurring("17 * * * *")
def end_old_packets() -> None:
    """Every hour: destroy the keys of packets whose time is over, agency by agency, to the last."""
    for actor in network.list_one_of_each():
        ended = _MANY
        while ended == _MANY:
            with acting(actor):
                ended = operations.expire_packets(by=actor, at=hour.now(), limit=_MANY)
        if ended:
            log.info("packets ended for agency %s: %s", actor.agency_id, ended)


@recurring("23 * * * *")
def note_lapsed_reviews() -> None:
    """Every hour: whose packets are held back because nobody reviewed their basis in time."""
    for actor in network.list_one_of_each():
        with acting(actor):
            noted = operations.note_lapsed_reviews(by=actor, at=hour.now())
        if noted:
            log.info("packets held back for agency %s: %s", actor.agency_id, len(noted))
