"""Who asks where a house stands is answered by its officers, and hears what they said."""

from __future__ import annotations

from uuid import UUID

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.foundation import hour
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.tasks import subscribe
from rangkul.network import queries as network
from rangkul.shelter import events
from rangkul.shelter import queries as shelter


@subscribe(events.PLACE_LOOK_ASKED, events.PLACE_LOOK_ALLOWED, events.PLACE_LOOK_REFUSED)
def tell_of_look(event: Event) -> None:
    """The house's desk when it was asked, the person who asked when it was answered."""
    members = network.list_members_of([event.agency_id])
    if not members:
        return
    with acting(network.actor_of(members[0])):
        look = shelter.find_look(UUID(event.subject_id))
        if look is None:
            return
        asked = event.name == events.PLACE_LOOK_ASKED
        if not asked:
            alerts.end_alerts(subject_kind="look", subject_ids=[event.subject_id], at=hour.now())
        call = Call(
            token=f"{event.name}:{event.subject_id}", agency_id=event.agency_id,
            audience=Alert.DESK if asked else Alert.PERSON, kind=event.name,
            subject_kind="look" if asked else "looked", subject_id=event.subject_id,
            about=("house", str(look.house_id)),
            desk_id=look.house.desk_id if asked else None,
            user_id=None if asked else look.asked_by, urgent=True,
        )  # fmt: skip
        alerts.raise_alerts(calls=[call], at=hour.now())
