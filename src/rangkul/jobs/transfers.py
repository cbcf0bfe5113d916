"""After a transfer was answered the giver's file follows; a giver's stay in the team ends."""

from __future__ import annotations

import logging

from django.utils import timezone

from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.network import queries as network
from rangkul.referrals import events, operations, queries

log = logging.getLogger("rangkul.jobs")


@subscribe(events.TRANSFER_DECLINED)
def follow_refusal(event: Event) -> None:
    """The giver's clock is met: an answer came, if not the one hoped for."""
    supervisor = next(iter(network.list_supervisors(event.agency_id)), None)
    if supervisor is None:
        log.warning("transfers: agency %s has no supervisor", event.agency_id)
        return
    with acting(supervisor):
        operations.take_up_refusal(
            transfer_id=int(event.subject_id), by=supervisor, at=timezone.now()
        )


@recurring("7 * * * *")
def end_stays() -> None:
    """Every hour, for the zones of the nation: places in the team whose last day is over."""
    for supervisor in network.list_supervisors():
        now = timezone.now()
        with acting(supervisor):
            for transfer_id in queries.list_stays_over(supervisor, now.date()):
                try:
                    operations.end_stay(transfer_id=transfer_id, by=supervisor, at=now)
                except NotReachable:
                    log.info("transfers: stay of %s had ended", transfer_id)
