"""A reporter from outside has added to her report: the desk that has it is called."""

from __future__ import annotations

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.clocks import queries as clocks
from rangkul.foundation import hour
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.tasks import subscribe
from rangkul.network import queries as network
from rangkul.reports import events


@subscribe(events.REPORT_ADDED_TO)
def tell_desk(event: Event) -> None:
    """The desk at which the report's clock runs, else the agency's supervisors."""
    members = network.list_members_of([event.agency_id])
    if not members:
        return
    now = hour.now()
    actor = network.actor_of(members[0])
    with acting(actor):
        desk_id = next(
            (
                clock.desk_id
                for clock in clocks.list_subject(actor, "report", event.subject_id)
                if clock.desk_id
            ),
            None,
        )
        call = Call(
            token=f"{event.name}:{event.subject_id}:{now:%Y%m%d%H%M}", agency_id=event.agency_id,
            audience=Alert.DESK if desk_id else Alert.SUPERVISOR, kind=event.name,
            subject_kind="report", subject_id=event.subject_id,
            about=("report", event.subject_id), desk_id=desk_id,
        )  # fmt: skip
        alerts.raise_alerts(calls=[call], at=now)
