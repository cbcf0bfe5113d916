"""What happened to a hand-off calls the people at its other end, in whichever agency they sit."""

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
from rangkul.referrals import events, queries

log = logging.getLogger("rangkul.jobs")


@subscribe(
    events.REQUEST_DECLINED,
    events.REQUEST_PARTLY_ACCEPTED,
    events.REQUEST_PAUSED,
    events.REFERRAL_EXPIRED,
)
def tell_sender(event: Event) -> None:
    """The answer asks something of the sender: the person who sent, and her supervisors."""
    _raise(_calls_at_sender(event, "request", event.subject_id))


@subscribe(
    events.REFERRAL_MOVED, events.REFERRAL_WITHDRAWN, events.PACKET_RENEWED,
    events.REFERRAL_CANCELLED,
)  # fmt: skip
def tell_receiver(event: Event) -> None:
    """What the receiver holds is no longer so: its people are told to look, or to stop."""
    _at_desk(event, "request", urgent=event.name == events.REFERRAL_WITHDRAWN)


@subscribe(events.CALL_MADE, events.CALL_ENDED)
def tell_called_desk(event: Event) -> None:
    """A desk is called, or the call is over before it answered."""
    if event.name == events.CALL_ENDED:
        with system("tick"):
            alerts.end_alerts(
                subject_kind="call", subject_ids=[event.subject_id], at=timezone.now()
            )
        return
    _at_desk(event, "call")


@subscribe(events.CALL_TAKEN, events.CALL_REFUSED)
def tell_caller(event: Event) -> None:
    """A desk said yes or no to a call: now the survivor is asked, or there is one desk fewer."""
    _raise(_calls_at_sender(event, "call", event.subject_id))


@subscribe(events.TRANSFER_OFFERED, events.TRANSFER_CANCELLED)
def tell_offered(event: Event) -> None:
    """The supervisors of the agency to which a case is offered."""
    if event.name == events.TRANSFER_CANCELLED:
        with system("tick"):
            alerts.end_alerts(
                subject_kind="transfer", subject_ids=[event.subject_id], at=timezone.now()
            )
        return
    _raise([_call(event, Alert.SUPERVISOR, "transfer", event.subject_id)])


@subscribe(events.TRANSFER_ACCEPTED, events.TRANSFER_DECLINED)
def tell_giver(event: Event) -> None:
    """The offer was answered: nothing waits at the other agency, and the giver reads how."""
    with system("tick"):
        alerts.end_alerts(
            subject_kind="transfer", subject_ids=[event.subject_id], at=timezone.now()
        )
    _raise([_call(event, Alert.SUPERVISOR, "transfer", event.subject_id)])


def _calls_at_sender(event: Event, kind: str, subject_id: str) -> list[Call]:
    calls = [_call(event, Alert.SUPERVISOR, kind, subject_id)]
    if event.actor_id:
        calls.append(_call(event, Alert.PERSON, kind, subject_id, user_id=event.actor_id))
    return calls


def _at_desk(event: Event, kind: str, *, urgent: bool = False) -> None:
    """Call the desk. Only its own agency may see which desk it is: somebody there looks."""
    members = network.list_members_of([event.agency_id])
    if not members:
        log.info("referral alerts: agency %s has nobody here", event.agency_id)
        return
    actor = network.actor_of(members[0])
    now = timezone.now()
    with acting(actor):
        desk_id = queries.desk_called(actor, kind, event.subject_id)
        if desk_id:
            call = _call(event, Alert.DESK, kind, event.subject_id, desk_id=desk_id, urgent=urgent)
            alerts.raise_alerts(calls=[call], at=now)


def _call(
    event: Event, audience: str, kind: str, subject_id: str, *, user_id: int | None = None,
    desk_id: int | None = None, urgent: bool = False,
) -> Call:  # fmt: skip
    return Call(
        token=f"{event.name}:{subject_id}", agency_id=event.agency_id, audience=audience,
        kind=event.name, subject_kind=kind, subject_id=subject_id, about=(kind, subject_id),
        user_id=user_id, desk_id=desk_id, urgent=urgent,
    )  # fmt: skip


def _raise(calls: list[Call]) -> None:
    with system("tick"):
        alerts.raise_alerts(calls=calls, at=timezone.now())
