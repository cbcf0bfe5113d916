"""An emergency calls supervisors at once and starts its review's clock; a stop calls them too."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.clocks import operations as clocks
from rangkul.custody import emergency, events, reading
from rangkul.custody.models import EmergencyGrant
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import system
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import subscribe
from rangkul.network import queries as network

log = logging.getLogger("rangkul.jobs")

REVIEW: Final = "emergency_access_review"
_STOP: Final = "stop"


@subscribe(events.EMERGENCY_OPENED)
def tell_supervisors(event: Event) -> None:
    """Those of the agency that leads the case, and the borrower's own; urgent at any hour."""
    grant = _grant(event)
    if grant is None:
        return
    _call(event.name, grant, {grant.lead_agency_id, grant.agency_id}, urgent=True)


@subscribe(events.EMERGENCY_OPENED)
def start_review(event: Event) -> None:
    """The lead agency has a day; the clock goes with the case when custody moves."""
    grant = _grant(event)
    if grant is None:
        return
    area = network.get_agency(grant.lead_agency_id).area_id

    def start(actor: Actor) -> None:
        clocks.start(
            procedure=REVIEW, subject_kind=emergency.SUBJECT, subject_id=grant.id, area=area,
            by=actor, at=hour.now(), since=grant.opened_at, case_id=grant.case_id,
        )  # fmt: skip

    hands = [a for a in hands_of(grant.lead_agency_id) if a.user_id != grant.user_id]
    if not by_first_who_may(hands, start):
        log.warning("emergency %s: nobody of the lead agency may review it", grant.id)


@subscribe(events.EMERGENCY_JUSTIFIED, events.EMERGENCY_UNJUSTIFIED)
def let_review_rest(event: Event) -> None:
    """It was looked at: the clock is met at that hour, nobody is called any more."""
    grant = _grant(event)
    if grant is None:
        return
    with system("tick"):
        alerts.end_alerts(
            subject_kind=emergency.SUBJECT, subject_ids=[event.subject_id], at=hour.now()
        )

    def meet(actor: Actor) -> None:
        clocks.meet(
            subject_kind=emergency.SUBJECT, subject_id=grant.id, procedures=[REVIEW], by=actor,
            at=hour.now(),
        )  # fmt: skip

    by_first_who_may(hands_of(grant.lead_agency_id, first=event.actor_id), meet)
    _call_borrower(event.name, grant)
    if event.name == events.EMERGENCY_UNJUSTIFIED:
        _call(event.name, grant, {grant.agency_id}, urgent=False)


@subscribe(events.EMERGENCY_ASKED, events.EMERGENCY_RESTORED)
def tell_borrower(event: Event) -> None:
    """Somebody asks why, or gives the right back."""
    grant = _grant(event)
    if grant is not None:
        _call_borrower(event.name, grant)


@subscribe(events.EMERGENCY_ANSWERED)
def tell_reviewers(event: Event) -> None:
    """Whoever asked gets the answer."""
    grant = _grant(event)
    if grant is not None:
        _call(event.name, grant, {grant.lead_agency_id}, urgent=False)


@subscribe(events.RELATION_DECLARED)
def tell_of_relation(event: Event) -> None:
    """A file was closed to somebody: it may have no companion now, and whoever assigns is told."""
    call = Call(
        token=f"{event.name}:{event.subject_id}:{event.actor_id}", agency_id=event.agency_id,
        audience=Alert.SUPERVISOR, kind=event.name, subject_kind="relation",
        subject_id=event.subject_id, about=("case", event.subject_id), urgent=True,
    )  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=[call], at=hour.now())


@subscribe(events.READING_STOPPED)
def tell_of_stop(event: Event) -> None:
    """Somebody has read very much: a supervisor looks at it before it goes on."""
    call = Call(
        token=f"{event.name}:{event.subject_id}", agency_id=event.agency_id,
        audience=Alert.SUPERVISOR, kind=event.name, subject_kind=_STOP,
        subject_id=event.subject_id, about=(_STOP, event.subject_id), urgent=True,
    )  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=[call], at=hour.now())


@subscribe(events.READING_ALLOWED, events.READING_KEPT_STOPPED)
def let_stop_rest(event: Event) -> None:
    """It was looked at; the person hears what was said."""
    with system("tick"):
        alerts.end_alerts(subject_kind=_STOP, subject_ids=[event.subject_id], at=hour.now())
        user_id = reading.stopped_user(event.subject_id)
        if user_id is None:
            return
        call = Call(
            token=f"{event.name}:{event.subject_id}", agency_id=event.agency_id,
            audience=Alert.PERSON, kind=event.name, subject_kind="reading",
            subject_id=event.subject_id, user_id=user_id,
        )  # fmt: skip
        alerts.raise_alerts(calls=[call], at=hour.now())


def _grant(event: Event) -> EmergencyGrant | None:
    with system("tick"):
        return emergency.find_for_tick(int(event.subject_id))


def _call(name: str, grant: EmergencyGrant, agencies: Iterable[int], *, urgent: bool) -> None:
    calls = [
        Call(
            token=f"{name}:{grant.id}", agency_id=agency_id, audience=Alert.SUPERVISOR, kind=name,
            subject_kind=emergency.SUBJECT, subject_id=str(grant.id),
            about=(emergency.SUBJECT, str(grant.id)), about_agency_id=grant.agency_id,
            urgent=urgent,
        )
        for agency_id in sorted(agencies)
    ]  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=calls, at=hour.now())


def _call_borrower(name: str, grant: EmergencyGrant) -> None:
    call = Call(
        token=f"{name}:{grant.id}", agency_id=grant.agency_id, audience=Alert.PERSON, kind=name,
        subject_kind="borrowed", subject_id=str(grant.id),
        about=(emergency.SUBJECT, str(grant.id)), user_id=grant.user_id,
    )  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=[call], at=hour.now())
