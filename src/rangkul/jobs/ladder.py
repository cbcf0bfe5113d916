"""Every minute: what is late is marked, and the next people on the ladder are called."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.utils import timezone

from rangkul.alerts import operations as alerts
from rangkul.clocks import events
from rangkul.clocks import queries as clocks
from rangkul.clocks.operations import SUBJECT
from rangkul.clocks.tick import BATCH, run_on, tick
from rangkul.foundation import hour, outbox
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import system
from rangkul.jobs.tasks import deliver_event, recurring, subscribe

log = logging.getLogger("rangkul.jobs")

_ASTRAY = timedelta(minutes=1)


@recurring("* * * * *")
def climb_the_ladder() -> None:
    """Tick until nothing is due: after a long outage that is more than one batch.

    The hour is the database's, the one clock that all machines share: a worker whose own clock is
    a day off marks nothing as missed that is not, and overlooks nothing that is.
    """
    now = hour.now()
    astray = abs(timezone.now() - now)
    if astray > _ASTRAY:
        log.warning("this machine's clock is %s off the database's", astray)
    climb(now)


def climb(at: datetime, *, batch: int = BATCH) -> int:
    """Ticks as of ``at``, each batch a transaction of its own; the clocks that climbed."""
    climbed = 0
    while True:
        with system("tick"):
            rested = run_on(at=at, batch=batch)
        hear_what_was_done(at, batch=batch)
        with system("tick"):
            done = tick(at=at, batch=batch)
        climbed += done.climbed
        if not done.more and rested < batch:
            break
    if climbed:
        log.info("%s deadlines climbed the ladder", climbed)
    return climbed


def hear_what_was_done(at: datetime, *, batch: int = BATCH) -> int:
    """Deliver what is still on its way about deadlines that fall due; how many events.

    A desk may have answered in time while the worker stood still. Its answer lies in line behind
    a week of others; without this its deadline would be called missed before anybody heard of it.
    What cannot be delivered now stays in line, and the deadline is called late.
    """
    with system("tick"):
        due = clocks.list_falling_due(at, limit=batch)
        on_the_way = outbox.list_undelivered(due) if due else []
    heard = 0
    for event in on_the_way:
        try:
            deliver_event(event)
        except (DatabaseError, RangkulError, LookupError) as fault:
            log.warning("ladder: %s waits for its turn (%s)", event.name, type(fault).__name__)
        else:
            heard += 1
    return heard


@subscribe(events.CLOCK_ENDED_LATE)
def let_others_rest(event: Event) -> None:
    """A deadline that was met late calls nobody in any agency any more."""
    with system("tick"):
        alerts.end_alerts(subject_kind=SUBJECT, subject_ids=[event.subject_id], at=hour.now())
