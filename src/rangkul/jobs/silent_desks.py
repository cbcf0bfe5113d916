"""A deadline for an answer has passed: the request goes on, and who sent it is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from rangkul.clocks import queries as clocks
from rangkul.clocks.events import CLOCK_MISSED
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import subscribe
from rangkul.referrals import events, operations, queries

log = logging.getLogger("rangkul.jobs")

_ACCEPT: Final = "referral_accept"


@subscribe(CLOCK_MISSED)
def pass_on(event: Event) -> None:
    """Every missed deadline comes by here; those of an unanswered referral are acted upon."""
    for actor in hands_of(event.agency_id)[:1]:
        with acting(actor):
            clock = clocks.find_clock(actor, UUID(event.subject_id))
        if clock and clock.procedure == _ACCEPT and clock.subject_kind == "request":
            go_on(int(clock.subject_id), event.agency_id, at=hour.now())


def go_on(request_id: int, agency_id: int, *, at: datetime) -> None:
    """Pass one request on for its sender, the person first who sent it. Idempotent."""

    def act(actor: Actor) -> None:
        operations.pass_on(request_id=request_id, by=actor, at=at)

    _for_sender(request_id, agency_id, act)


@subscribe(events.REASSIGNMENT_ASKED)
def call_the_coordinators_desk(event: Event) -> None:
    """A coordinator named a desk for an overdue request: it is called, without a packet."""
    request_id, desk_id = (int(part) for part in event.subject_id.split(":"))

    def act(actor: Actor) -> None:
        try:
            operations.call_desks(
                request_id=request_id, desk_ids=[desk_id], by=actor, at=hour.now()
            )
        except (IllegalMove, InvalidInput):
            log.info("silent desks: request %s needs no other desk any more", request_id)

    _for_sender(request_id, event.agency_id, act)


@subscribe(events.CALL_TAKEN)
def take_up_call(event: Event) -> None:
    """A called desk can: the call's deadline is met."""

    def act(actor: Actor) -> None:
        operations.take_up_call(call=UUID(event.subject_id), by=actor, at=hour.now())

    by_first_who_may(hands_of(event.agency_id), act)


def _for_sender(request_id: int, agency_id: int, act: Callable[[Actor], None]) -> None:
    """Act for who sent the request where that person still carries the case."""
    sender = None
    for actor in hands_of(agency_id)[:1]:
        with acting(actor):
            sender = queries.sender_of(actor, request_id)
    if not by_first_who_may(hands_of(agency_id, first=sender), act):
        # The ladder goes on calling: supervisors, the province, the nation.
        log.error("silent desks: nobody acts any more for request %s", request_id)
