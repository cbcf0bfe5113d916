"""The way home between agencies: what is ahead ends with who left; clearances are taken up."""

from __future__ import annotations

import logging

from django.utils import timezone

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs.tasks import subscribe
from rangkul.network import queries as network
from rangkul.repatriation import events, operations, queries

log = logging.getLogger("rangkul.jobs")


@subscribe(events.LEFT, events.MISSING, events.DIED)
def cancel_ahead(event: Event) -> None:
    """For the organiser, whoever said it; a holder who hears it too has nothing ahead to end."""
    for supervisor in network.list_supervisors(event.agency_id):
        with acting(supervisor):
            person = queries.returnee_held_by(supervisor, int(event.subject_id))
            if person is None:
                continue
            ended = operations.cancel_ahead(returnee_id=person, by=supervisor, at=timezone.now())
        log.info("way home: %s requests ahead ended", len(ended))
        return


@subscribe(events.CLEARANCE_GIVEN)
def take_up_clearance(event: Event) -> None:
    """The investigators have cleared somebody: the clock against them is met."""
    for supervisor in network.list_supervisors(event.agency_id):
        with acting(supervisor):
            operations.take_up_clearance(
                returnee_id=int(event.subject_id), by=supervisor, at=timezone.now()
            )
        return


@subscribe(events.CLEARANCE_ASKED)
def tell_investigators(event: Event) -> None:
    """Something is asked of a police agency: its supervisors are called, and read it on a page."""
    call = Call(
        token=f"{event.name}:{event.subject_id}:{timezone.now().date()}",
        agency_id=event.agency_id, audience=Alert.SUPERVISOR, kind=event.name,
        subject_kind=event.subject_kind, subject_id=event.subject_id,
        about=(event.subject_kind, event.subject_id),
    )  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=[call], at=timezone.now())
