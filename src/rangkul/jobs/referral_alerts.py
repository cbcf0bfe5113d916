"""What happened to a hand-off calls the people at its other end, in whichever agency they sit."""

from __future__ import annotations

import logging
from dataclasses import replace

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.foundation import hour
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs.hands import hands_of
from rangkul.jobs.tasks import subscribe
from rangkul.referrals import events, queries, workflow

log = logging.getLogger("rangkul.jobs")


# What an arrival and a question are about, so that they can end while other news stand.
_ARRIVAL, _QUESTION = "arrival", "question"
_HIGH = "tinggi"


@subscribe(events.REFERRAL_SENT)
def tell_of_arrival(event: Event) -> None:
    """A desk is asked for something: its people are called until it is answered."""
    standing = _standing(event)
    if standing is not None and standing.desk_id and standing.state == workflow.SENT:
        call = _news(event, standing, _ARRIVAL, urgent=standing.risk == _HIGH)
        _raise([replace(call, audience=Alert.DESK, desk_id=standing.desk_id)])


@subscribe(
    events.REQUEST_ACCEPTED, events.REQUEST_PARTLY_ACCEPTED, events.REQUEST_ASKED,
    events.REQUEST_DECLINED, events.REFERRAL_MOVED, events.REFERRAL_WITHDRAWN,
    events.REFERRAL_CANCELLED, events.REFERRAL_EXPIRED,
)  # fmt: skip
def let_desk_rest(event: Event) -> None:
    """Answered, asked back, or not wanted there any more: the arrival calls nobody."""
    ended = [_ARRIVAL] if event.name == events.REQUEST_ASKED else [_ARRIVAL, _QUESTION]
    with system("tick"):
        for kind in ended:
            alerts.end_alerts(subject_kind=kind, subject_ids=[event.subject_id], at=hour.now())


@subscribe(
    events.REQUEST_DECLINED,
    events.REQUEST_PARTLY_ACCEPTED,
    events.REQUEST_PAUSED,
    events.REFERRAL_EXPIRED,
)
def tell_sender(event: Event) -> None:
    """The answer asks something of the sender: the person who sent, and her supervisors."""
    standing = _standing(event)
    if standing is not None:
        _raise(_at_sender(_news(event, standing), event.actor_id or standing.sender_user_id))


@subscribe(events.REQUEST_ASKED)
def tell_of_question(event: Event) -> None:
    """The desk cannot go on without an answer, and the sender's deadline runs meanwhile."""
    standing = _standing(event)
    if standing is not None and standing.state == workflow.ASKED:
        call = _news(event, standing, _QUESTION, urgent=standing.risk == _HIGH)
        _raise(_at_sender(call, event.actor_id or standing.sender_user_id))


@subscribe(events.OUTCOME_REPORTED)
def tell_of_outcome(event: Event) -> None:
    """Not given after all, or more danger than was known: somebody has to act on it today."""
    standing = _standing(event)
    if standing is None:
        return
    danger = standing.risk_change == "higher"
    if danger or standing.state == workflow.NOT_DONE:
        call = _news(event, standing, urgent=danger)
        _raise(_at_sender(call, event.actor_id or standing.sender_user_id))


@subscribe(events.MESSAGE_WRITTEN)
def tell_of_message(event: Event) -> None:
    """Words from the other end: to the desk, or to the person who sent; an answer ends its
    question.
    """
    standing = _standing(event)
    if standing is None:
        return
    if standing.state != workflow.ASKED:
        with system("tick"):
            alerts.end_alerts(subject_kind=_QUESTION, subject_ids=[event.subject_id], at=hour.now())
    call = _news(event, standing, urgent=standing.risk == _HIGH)
    if standing.desk_id:
        _raise([replace(call, audience=Alert.DESK, desk_id=standing.desk_id)])
    else:
        _raise([replace(call, audience=Alert.PERSON, user_id=standing.sender_user_id)])


@subscribe(
    events.REFERRAL_MOVED, events.REFERRAL_WITHDRAWN, events.PACKET_RENEWED,
    events.REFERRAL_CANCELLED,
)  # fmt: skip
def tell_receiver(event: Event) -> None:
    """What the receiver holds is no longer so: its people are told to look, or to stop."""
    standing = _standing(event)
    if standing is not None and standing.desk_id:
        call = _news(event, standing, urgent=event.name == events.REFERRAL_WITHDRAWN)
        _raise([replace(call, audience=Alert.DESK, desk_id=standing.desk_id)])


@subscribe(events.CALL_MADE, events.CALL_ENDED)
def tell_called_desk(event: Event) -> None:
    """A desk is called, or the call is over before it answered."""
    if event.name == events.CALL_ENDED:
        with system("tick"):
            alerts.end_alerts(subject_kind="call", subject_ids=[event.subject_id], at=hour.now())
        return
    _at_called_desk(event)


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
                subject_kind="transfer", subject_ids=[event.subject_id], at=hour.now()
            )
        return
    _raise([_call(event, Alert.SUPERVISOR, "transfer", event.subject_id)])


@subscribe(events.TRANSFER_ACCEPTED, events.TRANSFER_DECLINED)
def tell_giver(event: Event) -> None:
    """The offer was answered: nothing waits at the other agency, and the giver reads how."""
    with system("tick"):
        alerts.end_alerts(subject_kind="transfer", subject_ids=[event.subject_id], at=hour.now())
    _raise([_call(event, Alert.SUPERVISOR, "transfer", event.subject_id)])


def _standing(event: Event) -> queries.Standing | None:
    """The request as the told agency is an end of it; somebody of that agency has to look."""
    for actor in hands_of(event.agency_id)[:1]:
        with acting(actor):
            return queries.standing_of(actor, int(event.subject_id))
    log.info("referral alerts: agency %s has nobody here", event.agency_id)
    return None


def _news(
    event: Event, standing: queries.Standing, kind: str = "request", *, urgent: bool = False
) -> Call:
    """News of a request, once for each edition of it: a second question calls again."""
    return Call(
        token=f"{event.name}:{event.subject_id}:{standing.edition}", agency_id=event.agency_id,
        audience=Alert.SUPERVISOR, kind=event.name, subject_kind=kind,
        subject_id=event.subject_id, about=("request", event.subject_id), urgent=urgent,
    )  # fmt: skip


def _at_sender(call: Call, user_id: int) -> list[Call]:
    """The person who sent, and her supervisors."""
    return [call, replace(call, audience=Alert.PERSON, user_id=user_id)]


def _calls_at_sender(event: Event, kind: str, subject_id: str) -> list[Call]:
    calls = [_call(event, Alert.SUPERVISOR, kind, subject_id)]
    if event.actor_id:
        calls.append(_call(event, Alert.PERSON, kind, subject_id, user_id=event.actor_id))
    return calls


def _at_called_desk(event: Event) -> None:
    """Call the desk. Only its own agency may see which desk it is: somebody there looks."""
    for actor in hands_of(event.agency_id)[:1]:
        with acting(actor):
            desk_id = queries.desk_called(actor, event.subject_id)
        if desk_id:
            _raise([_call(event, Alert.DESK, "call", event.subject_id, desk_id=desk_id)])


def _call(
    event: Event, audience: str, kind: str, subject_id: str, *, user_id: int | None = None,
    desk_id: int | None = None,
) -> Call:  # fmt: skip
    return Call(
        token=f"{event.name}:{subject_id}", agency_id=event.agency_id, audience=audience,
        kind=event.name, subject_kind=kind, subject_id=subject_id, about=(kind, subject_id),
        user_id=user_id, desk_id=desk_id,
    )  # fmt: skip


def _raise(calls: list[Call]) -> None:
    with system("tick"):
        alerts.raise_alerts(calls=calls, at=hour.now())
