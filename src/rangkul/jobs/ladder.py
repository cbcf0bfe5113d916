"""Every minute: what is late is marked, and the next people on the ladder are called."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from rangkul.alerts import operations as alerts
from rangkul.clocks import events
from rangkul.clocks.operations import SUBJECT
from rangkul.clocks.tick import tick
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import system
from rangkul.jobs.tasks import recurring, subscribe

log = logging.getLogger("rangkul.jobs")

_ASTRAY = timedelta(minutes=1)


@recurring("* * * * *")
def climb_the_ladder() -> None:
    """Tick until nothing is due: after a long outage that is more than one batch.

    The hour is the database's, the one clock that all machines share: a worker whose own clock is
    a day off marks nothing as missed that is not, and overlooks nothing that is.
    """
    now = _database_now()
    astray = abs(timezone.now() - now)
    if astray > _ASTRAY:
        log.warning("this machine's clock is %s off the database's", astray)
    climb(now)


def climb(at: datetime) -> int:
    """Ticks as of ``at``, each batch a transaction of its own; the clocks that climbed."""
    climbed = 0
    while True:
        with system("tick"):
            done = tick(at=at)
        climbed += done.climbed
        if not done.more:
            break
    if climbed:
        log.info("%s deadlines climbed the ladder", climbed)
    return climbed


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


@subscribe(events.CLOCK_ENDED_LATE)
def let_others_rest(event: Event) -> None:
    """A deadline that was met late calls nobody in any agency any more."""
    with system("tick"):
        alerts.end_alerts(subject_kind=SUBJECT, subject_ids=[event.subject_id], at=timezone.now())
