"""After a transfer was answered the giver's file follows; places in a team end with their day."""

from __future__ import annotations

import logging

from rangkul.custody import operations as custody
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import system
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.referrals import events, operations

log = logging.getLogger("rangkul.jobs")


@subscribe(events.TRANSFER_DECLINED)
def follow_refusal(event: Event) -> None:
    """The giver's clock is met: an answer came, if not the one hoped for."""

    def act(actor: Actor) -> None:
        operations.take_up_refusal(transfer_id=int(event.subject_id), by=actor, at=hour.now())

    if not by_first_who_may(hands_of(event.agency_id), act):
        log.error("transfers: nobody acts any more for transfer %s", event.subject_id)


@recurring("*/10 * * * *")
def end_team_places() -> None:
    """Every ten minutes, for the zones of the nation: places in teams whose last day is over."""
    with system("tick"):
        ended = custody.end_over_places(at=hour.now())
    if ended:
        log.info("transfers: places in teams that were over: %s", len(ended))
