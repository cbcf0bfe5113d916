"""The way home between agencies: what is ahead ends with who left; clearances are taken up."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.custody import queries as custody
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import subscribe
from rangkul.repatriation import events, operations, queries, workflow
from rangkul.shelter import events as shelter_events
from rangkul.shelter import operations as shelters
from rangkul.shelter import queries as shelter
from rangkul.shelter.models import Admission

# How a stay ended → what that is on the way home; and the other way round.
_LOST = {"own_wish": workflow.LEFT, "missing": workflow.MISSING, "died": workflow.DIED}
_ENDING = {fate: ending for ending, fate in _LOST.items()}

log = logging.getLogger("rangkul.jobs")


@subscribe(events.LEFT, events.MISSING, events.DIED, events.FOUND, events.ONWARD)
def take_up_fate(event: Event) -> None:
    """What one side said of a person reaches the other: its clocks, its file, what lies ahead."""

    def follow(by: Actor) -> None:
        operations.take_up_fate(hold_id=int(event.subject_id), by=by, at=hour.now())

    if not by_first_who_may(hands_of(event.agency_id), follow):
        log.warning("way home: nobody of agency %s can follow a fate", event.agency_id)


@subscribe(events.LEFT, events.MISSING, events.DIED, events.NOT_SAFE)
def tell_organiser(event: Event) -> None:
    """Who carries the person and the supervisors are called, where another agency holds her."""
    found: list[tuple[int, set[int]]] = []

    def look(by: Actor) -> None:
        case_id = queries.case_held_by(by, int(event.subject_id))
        if case_id is None:
            raise NotReachable("nobody on the way home whom this person may see")
        found.append((case_id, {each.user_id for each in custody.list_assignments(by, case_id)}))

    if by_first_who_may(hands_of(event.agency_id), look):
        [(case_id, carried)] = found
        _call_organiser(event, case_id, carried)


def _call_organiser(event: Event, case_id: int, carried: Iterable[int]) -> None:
    told = [(Alert.SUPERVISOR, None), *((Alert.PERSON, user) for user in carried)]
    calls = [
        Call(
            token=f"{event.name}:{event.subject_id}:{hour.now():%Y%m%d%H}",
            agency_id=event.agency_id, audience=audience, kind=event.name,
            subject_kind="hold", subject_id=event.subject_id,
            about=("case", str(case_id)), user_id=user, urgent=True,
        )
        for audience, user in told
    ]  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=calls, at=hour.now())


@subscribe(shelter_events.STAY_LOST)
def follow_shelter(event: Event) -> None:
    """Who left the shelter on the way by own wish, is missing or died there, did so on the road."""
    hands = hands_of(event.agency_id, first=event.actor_id)
    found: list[tuple[Admission, str]] = []

    def look(by: Actor) -> None:
        admission = shelter.get_own_admission(by, int(event.subject_id))
        found.append((admission, shelter.list_stays(admission)[0].ending))

    if not by_first_who_may(hands, look):
        log.warning("way home: nobody of agency %s can follow its shelter", event.agency_id)
        return
    [(admission, ending)] = found
    fate = _LOST.get(ending)

    def follow(by: Actor) -> None:
        if admission.request_id is not None:
            hold = queries.hold_of_request(by, admission.request_id)
        else:
            hold = queries.hold_of_case(by, admission.case_id or 0)
        if hold is None:
            raise NotReachable("nobody on the way home whom this person may see")
        if hold.state != fate:
            operations.set_fate(hold_id=hold.id, fate=fate or "", by=by, at=hour.now())

    if fate is not None:
        by_first_who_may(hands, follow)


@subscribe(events.FATE_SAID)
def end_stay(event: Event) -> None:
    """Who is gone on the road keeps no bed in the holder's own house; its officers end the stay.

    The hold's clock is the one search for somebody missing; the stay's, if it ran, goes over to it.
    """
    hands = hands_of(event.agency_id, first=event.actor_id)
    found: list[tuple[int, str]] = []

    def look(by: Actor) -> None:
        state, request_id, case_id = queries.stay_behind(by, int(event.subject_id))
        admission = shelter.running_stay(by, request_id=request_id, case_id=case_id)
        if admission is not None:
            found.append((admission.id, _ENDING.get(state, "")))

    def follow(by: Actor) -> None:
        for admission_id, how in found:
            shelters.follow_road(admission_id=admission_id, how=how, by=by, at=hour.now())

    if not (by_first_who_may(hands, look) and by_first_who_may(hands, follow)):
        log.warning("way home: nobody of agency %s can end a stay", event.agency_id)


@subscribe(events.SET_OUT)
def await_leg(event: Event) -> None:
    """Who has set out is awaited by the receiving desk, until it has signed for them."""

    def follow(by: Actor) -> None:
        operations.await_leg(leg_id=int(event.subject_id), by=by, at=hour.now())

    if not by_first_who_may(hands_of(event.agency_id), follow):
        log.warning("way home: nobody of agency %s can await a leg", event.agency_id)


@subscribe(events.TAKEN_OVER)
def follow_hands(event: Event) -> None:
    """Another pair of hands: the giver waits no longer, the organiser says where the road ends."""
    traveller = UUID(event.subject_id)
    hands = hands_of(event.agency_id)
    for giver in hands[:1]:
        with acting(giver):
            operations.close_awaiting(traveller_id=traveller, by=giver, at=hour.now())

    def tell(by: Actor) -> None:
        operations.tell_last_holder(traveller_id=traveller, by=by)

    by_first_who_may(hands, tell)


@subscribe(events.ARRIVAL_AWAITED)
def await_arrival(event: Event) -> None:
    """At the end of the road its holder owes the word that the person is there."""

    def follow(by: Actor) -> None:
        operations.await_arrival(hold_id=int(event.subject_id), by=by, at=hour.now())

    if not by_first_who_may(hands_of(event.agency_id), follow):
        log.warning("way home: nobody of agency %s can await an arrival", event.agency_id)


@subscribe(events.SIGNED_BY_NUMBER)
def note_contact(event: Event) -> None:
    """The receiver's escort signed by number: its desk's first contact, by who made the number."""
    handover = UUID(event.subject_id)
    hands = hands_of(event.agency_id)
    for someone in hands:
        with acting(someone):
            made_by = queries.maker_of_number(handover)
        if made_by is not None:
            hands = hands_of(event.agency_id, first=made_by)
            break

    def note(by: Actor) -> None:
        operations.note_contact(handover_id=handover, by=by, at=hour.now())

    if not by_first_who_may(hands, note):
        log.warning("way home: nobody of agency %s can note a contact", event.agency_id)


@subscribe(events.CLEARANCE_GIVEN)
def take_up_clearance(event: Event) -> None:
    """The investigators have cleared somebody: the clock against them is met."""

    def follow(by: Actor) -> None:
        operations.take_up_clearance(returnee_id=int(event.subject_id), by=by, at=hour.now())

    if not by_first_who_may(hands_of(event.agency_id), follow):
        log.warning("way home: nobody of agency %s can take up a clearance", event.agency_id)


@subscribe(events.CLEARANCE_ASKED)
def tell_investigators(event: Event) -> None:
    """Something is asked of a police agency: its supervisors are called, and read it on a page."""
    call = Call(
        token=f"{event.name}:{event.subject_id}:{hour.now().date()}",
        agency_id=event.agency_id, audience=Alert.SUPERVISOR, kind=event.name,
        subject_kind=event.subject_kind, subject_id=event.subject_id,
        about=(event.subject_kind, event.subject_id),
    )  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=[call], at=hour.now())
