"""Who is invited to a conference, or owes what it decided, is called; the call tells no content."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.clocks import queries as clocks
from rangkul.conferences import events, operations, queries
from rangkul.conferences.models import Seat
from rangkul.conferences.operations.holding import CLOCK, SUBJECT
from rangkul.custody import queries as custody
from rangkul.custody.events import TEAM_JOINED
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.network import queries as network

log = logging.getLogger("rangkul.jobs")

SEAT: Final = "seat"
# A decision falls due with the end of its day: whoever owes it hears of it as that day begins.
_BEFORE: Final = timedelta(hours=24)


@subscribe(events.SEAT_OFFERED)
def tell_invited(event: Event) -> None:
    """A desk or a person is invited: the invitation waits until it is answered."""
    actor = _somebody(event)
    if actor is None:
        return
    with acting(actor):
        seat = queries.find_seat(actor, UUID(event.subject_id))
        if seat is not None and seat.state == "invited":
            _raise(event.name, seat)


@subscribe(events.CONFERENCE_MOVED, events.CONFERENCE_CANCELLED)
def tell_table(event: Event) -> None:
    """Another hour or place, or nothing comes of it: everybody who did not decline."""
    actor = _somebody(event)
    if actor is None:
        return
    with acting(actor):
        seats = queries.list_own_seats(actor, int(event.subject_id))
        if event.name == events.CONFERENCE_CANCELLED:
            _end(SEAT, [str(seat.id) for seat in seats])
        for seat in seats:
            _raise(event.name, seat)


@subscribe(events.SEAT_ANSWERED)
def let_invited_rest(event: Event) -> None:
    """The invitation was answered: it calls nobody of that agency any more."""
    with system("tick"):
        _end(SEAT, [event.subject_id])


@subscribe(events.DECISION_ENDED)
def let_owner_rest(event: Event) -> None:
    """Done, or said why not."""
    with system("tick"):
        _end(SUBJECT, [event.subject_id])


@recurring("11 * * * *")
def tell_what_falls_due() -> None:
    """Every hour, for the zones of the nation."""
    tell_owners(hour.now())


@subscribe(events.CONFERENCE_PROPOSED)
def pass_proposal_on(event: Event) -> None:
    """To the holder, where that is an agency of the coordinator's province; else to nobody.

    Whoever asked meets the same silence in every case.
    """
    number, reason, day = event.subject_id.split(":")
    case_id, now = int(number), hour.now()
    with system("tick"):
        lead = custody.lead_of(case_id)
    provinces = network.provinces_of([lead, event.agency_id])
    if not lead or provinces[lead] != provinces[event.agency_id]:
        log.info("conference alerts: a proposal of agency %s goes nowhere", event.agency_id)
        return
    wish = operations.Wish(reason, date.fromisoformat(day) if day else None)

    def receive(by: Actor) -> None:
        made = operations.receive_proposal(
            case_id=case_id, wish=wish, asking=(event.agency_id, event.actor_id or 0), by=by,
            at=now,
        )  # fmt: skip
        if made is None:
            return
        carried = [each.user_id for each in custody.list_assignments(by, case_id)]
        calls = [
            Call(
                token=f"{event.name}:{made.id}", agency_id=lead, audience=audience,
                kind=event.name, subject_kind="proposal", subject_id=str(made.id),
                about=("case", str(case_id)), user_id=user,
            )
            for audience, user in [(Alert.SUPERVISOR, None), *((Alert.PERSON, u) for u in carried)]
        ]  # fmt: skip
        alerts.raise_alerts(calls=calls, at=now)

    if not by_first_who_may(hands_of(lead), receive):
        log.info("conference alerts: a proposal of agency %s goes nowhere", event.agency_id)


@subscribe(events.PROPOSAL_ANSWERED)
def let_holder_rest(event: Event) -> None:
    """A conference was called, or not: the proposal calls nobody any more."""
    with system("tick"):
        _end("proposal", [event.subject_id])


@subscribe(TEAM_JOINED)
def tell_new_chair(event: Event) -> None:
    """A case came over with its conferences: who chairs or sits there from now on is called."""
    case_id, now = int(event.subject_id), hour.now()

    def tell(by: Actor) -> None:
        passed = operations.note_passed(case_id=case_id, by=by, at=now)
        seated = operations.note_seated(case_id=case_id, by=by, at=now)
        alerts.raise_alerts(
            calls=[
                Call(
                    token=f"{events.CHAIR_PASSED}:{row.id}:{row.version}",
                    agency_id=event.agency_id, audience=Alert.PERSON, kind=events.CHAIR_PASSED,
                    subject_kind="conference", subject_id=str(row.id),
                    about=("conference", str(row.id)), user_id=row.chair_user_id,
                )
                for row in passed
            ],
            at=now,
        )  # fmt: skip
        for seat in seated:
            _raise(events.SEAT_OFFERED, seat)

    if not by_first_who_may(hands_of(event.agency_id), tell):
        log.info("conference alerts: case %s has gone on, or nobody may", case_id)


def tell_owners(at: datetime) -> int:
    """Call the owners of decisions that fall due within a day, each once; how many calls."""
    with system("tick"):
        soon = clocks.list_soon(CLOCK, after=at, until=at + _BEFORE)
        return alerts.raise_alerts(
            calls=[
                Call(
                    token=f"decision.due:{clock.subject_id}", agency_id=clock.agency_id,
                    audience=Alert.PERSON if clock.user_id else Alert.DESK,
                    kind="decision.due", subject_kind=SUBJECT, subject_id=clock.subject_id,
                    about=(SUBJECT, clock.subject_id), user_id=clock.user_id,
                    desk_id=None if clock.user_id else clock.desk_id, due_at=clock.due_at,
                )
                for clock in soon
            ],
            at=at,
        )  # fmt: skip


def _raise(name: str, seat: Seat) -> None:
    """To the person who took the seat, else to the desk; once for each hour it was set to.

    An invitation is about the seat and ends with its answer; news are about the conference.
    """
    row = seat.conference
    offered = name == events.SEAT_OFFERED
    about = ("conference", str(row.id))
    subject = (SEAT, str(seat.id)) if offered else about
    call = Call(
        token=f"{name}:{seat.id}:{row.version}", agency_id=seat.agency_id,
        audience=Alert.PERSON if seat.user_id else Alert.DESK, kind=name,
        subject_kind=subject[0], subject_id=subject[1], about=about, user_id=seat.user_id,
        desk_id=None if seat.user_id else seat.desk_id, due_at=row.starts_at if offered else None,
    )  # fmt: skip
    alerts.raise_alerts(calls=[call], at=hour.now())


def _end(kind: str, ids: list[str]) -> None:
    alerts.end_alerts(subject_kind=kind, subject_ids=ids, at=hour.now())


def _somebody(event: Event) -> Actor | None:
    """Anybody of the agency: which desk or person is meant, its own people alone may see."""
    members = network.list_members_of([event.agency_id])
    if not members:
        log.info("conference alerts: agency %s has nobody here", event.agency_id)
        return None
    return network.actor_of(members[0])
