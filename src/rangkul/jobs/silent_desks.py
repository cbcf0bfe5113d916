"""A deadline for an answer has passed: the request goes on, and who sent it is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from rangkul.access.policy import Forbidden
from rangkul.clocks import queries as clocks
from rangkul.clocks.events import CLOCK_MISSED
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs.tasks import subscribe
from rangkul.network import queries as network
from rangkul.referrals import events, operations, queries

log = logging.getLogger("rangkul.jobs")

_ACCEPT: Final = "referral_accept"


@subscribe(CLOCK_MISSED)
def pass_on(event: Event) -> None:
    """Every missed deadline comes by here; those of an unanswered referral are acted upon."""
    supervisor = next(iter(network.list_supervisors(event.agency_id)), None)
    if supervisor is None:
        log.warning("silent desks: agency %s has no supervisor", event.agency_id)
        return
    with acting(supervisor):
        clock = clocks.find_clock(supervisor, _uuid(event))
        if clock is None or clock.procedure != _ACCEPT or clock.subject_kind != "request":
            return
    go_on(int(clock.subject_id), supervisor, at=timezone.now())


def go_on(request_id: int, supervisor: Actor, *, at: datetime) -> None:
    """Pass one request on, for the person who sent it, else for the supervisor. Idempotent."""

    def act(actor: Actor) -> None:
        operations.pass_on(request_id=request_id, by=actor, at=at)

    _for_sender(request_id, supervisor, act)


@subscribe(events.REASSIGNMENT_ASKED)
def call_the_coordinators_desk(event: Event) -> None:
    """A coordinator named a desk for an overdue request: it is called, without a packet."""
    supervisor = next(iter(network.list_supervisors(event.agency_id)), None)
    if supervisor is None:
        log.warning("silent desks: agency %s has no supervisor", event.agency_id)
        return
    request_id, desk_id = (int(part) for part in event.subject_id.split(":"))

    def act(actor: Actor) -> None:
        try:
            operations.call_desks(
                request_id=request_id, desk_ids=[desk_id], by=actor, at=timezone.now()
            )
        except (IllegalMove, InvalidInput):
            log.info("silent desks: request %s needs no other desk any more", request_id)

    _for_sender(request_id, supervisor, act)


@subscribe(events.CALL_TAKEN)
def take_up_call(event: Event) -> None:
    """A called desk can: the call's deadline is met."""
    supervisor = next(iter(network.list_supervisors(event.agency_id)), None)
    if supervisor is None:
        log.warning("silent desks: agency %s has no supervisor", event.agency_id)
        return
    with acting(supervisor):
        operations.take_up_call(call=_uuid(event), by=supervisor, at=timezone.now())


def _for_sender(request_id: int, supervisor: Actor, act: Callable[[Actor], None]) -> None:
    """Act for who sent the request where that person still carries the case."""
    with acting(supervisor):
        user_id = queries.sender_of(supervisor, request_id)
    sender = network.get_live_actor(user_id=user_id, agency_id=supervisor.agency_id)
    for actor in [sender, supervisor] if sender else [supervisor]:
        try:
            with acting(actor):
                act(actor)
        except (NotReachable, Forbidden):
            continue
        return
    log.warning("silent desks: nobody acts any more for request %s", request_id)


def _uuid(event: Event) -> UUID:
    return UUID(event.subject_id)
