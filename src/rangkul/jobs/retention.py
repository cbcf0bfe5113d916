"""What was destroyed goes on the list beside the ring; erasures move on; receivers are told."""

from __future__ import annotations

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.foundation import hour, tombstones
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import system
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.retention import events, operations


@recurring("* * * * * */20")
def list_destroyed_keys() -> None:
    """Keys destroyed on any machine: this machine's list knows them within twenty seconds."""
    tombstones.carry_over()


@recurring("*/5 * * * *")
def move_erasures_on() -> None:
    """Destroyed becomes listed, and listed becomes erased when the last backup is over."""
    tombstones.carry_over()
    with system("retention"):
        operations.end_erasures(at=hour.now())


@recurring("23 19 * * *")
def list_all_destroyed_keys() -> None:
    """Once a day everything is compared, for a machine that stood still longer than a day."""
    tombstones.carry_over(whole=True)


@subscribe(events.RECEIVER_TOLD)
def tell_receiver(event: Event) -> None:
    """What an agency was sent or shown of a case is shut; what its own law keeps is its own."""
    call = Call(
        token=f"{event.name}:{event.subject_id}:{event.agency_id}", agency_id=event.agency_id,
        audience=Alert.SUPERVISOR, kind=event.name, subject_kind="erasure",
        subject_id=event.subject_id,
    )  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=[call], at=hour.now())
