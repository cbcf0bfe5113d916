"""What the holder says: arrived, home; left, missing, died, found; and who must travel on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import DatabaseError, connection, transaction

from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.clocks import operations as clocks
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.repatriation import events, follow_up, policy, workflow
from rangkul.repatriation.models import Hold, Returnee
from rangkul.repatriation.operations.awaiting import ARRIVAL
from rangkul.repatriation.operations.taking_off import cancel_ahead
from rangkul.trail.operations import record

SEARCH: Final = "search_after_loss"
_NAMES: Final = {
    "arrived": events.ARRIVED, "home": events.HOME, "left": events.LEFT,
    "missing": events.MISSING, "died": events.DIED, "found": events.FOUND,
    "onward": events.ONWARD,
}  # fmt: skip
_SAID: Final = ("left", "missing", "died", "found", "onward")
_SEEN_BY_A_HOUSE: Final = ("left", "missing", "died", "found")


@transaction.atomic
def confirm_arrival(*, hold_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Say that some people have arrived; the visits of months one, three and six start to run.

    All of them or none. Raises ``IllegalMove`` where a stretch is still ahead or the road does not
    end (a shelter on the way), ``NotReachable``.
    """
    for hold_id in sorted(set(hold_ids)):
        hold = change(hold_id, "arrived", by=by, at=at)
        area = network.get_agency(by.agency_id).area_id
        for month in follow_up.open_months(hold.visits.all()):
            clocks.start(
                procedure=follow_up.PROCEDURES[month], subject_kind="hold", subject_id=hold.id,
                area=area, by=by, at=at, desk_id=desk_of(hold),
            )  # fmt: skip
    return len(set(hold_ids))


@transaction.atomic
def set_fate(*, hold_id: int, fate: str, by: Actor, at: datetime) -> Hold:
    """Left by own wish, missing, died, found, sets out again: by the holder or the organiser.

    The road ahead is cancelled at once; what was asked of the desks ahead ends with it where the
    organiser says so, else as soon as the organiser's own house has heard (``take_up_fate``).
    The last holder of a missing person keeps the duty: the search clock (3 days, rk10) is theirs,
    whoever said it. Raises ``IllegalMove``, ``InvalidInput``, ``NotReachable``.
    """
    _may_say(hold_id, by)
    if fate not in _SAID:
        raise InvalidInput({"fate": "unknown"})
    return change(hold_id, fate, by=by, at=at)


@transaction.atomic
def take_up_fate(*, hold_id: int, by: Actor, at: datetime) -> None:
    """Bring one's own house up to what the other side said of a hold, as it stands now.

    The holder's clocks follow; the organiser's file follows, and what was asked ahead ends. Again:
    nothing more happens. Raises ``NotReachable``.
    """
    hold = Hold.objects.filter(id=hold_id).select_related("traveller__leg").first()
    if hold is None:
        raise NotReachable("no such hold for this person")
    if hold.agency_id == by.agency_id:
        _clocks_follow(hold, hold.state, by=by, at=at)
    person = Returnee.objects.filter(policy.visible_to(by), holds__id=hold.id).first()
    if person is None and hold.organiser_agency_id == by.agency_id:
        raise NotReachable("no such person for this person")
    if person is not None and person.state == hold.state:
        _own_follow(person, by=by, at=at)


def lock(hold_id: int, by: Actor) -> Hold:
    """A live hold of the own desk. Raises ``NotReachable``."""
    hold = Hold.objects.filter(policy.held_by(by), id=hold_id).select_related("traveller").first()
    if hold is None:
        raise NotReachable("no such hold for this person")
    return hold


def _may_say(hold_id: int, by: Actor) -> tuple[Hold, Returnee | None]:
    """The live hold, as its holder or as the organiser who sees the person."""
    held = Hold.objects.filter(policy.held_by(by), id=hold_id).select_related("traveller__leg")
    found = held.first()
    person = Returnee.objects.filter(policy.visible_to(by), holds__id=hold_id).first()
    if found is None and person is not None:
        found = Hold.objects.filter(id=hold_id, until__isnull=True).first()
    if found is None:
        raise NotReachable("no such hold for this person")
    return found, person


def change(hold_id: int, fate: str, *, by: Actor, at: datetime) -> Hold:
    """One move of ``FATES``, with what follows from it in the own house; the other side hears."""
    hold, person = _may_say(hold_id, by)
    target = workflow.FATES.check(fate, hold.state).target
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select house.set_fate(%s, %s, %s)", [hold.id, fate, at])
    except DatabaseError as refused:
        # Somebody was faster, or a stretch is still ahead: the database counts under its lock.
        if getattr(refused.__cause__, "sqlstate", "") in ("RK403", "RK404"):
            raise IllegalMove(fate, hold.state) from refused
        raise
    record(
        by=by, at=at, name=_NAMES[fate], subject_kind="hold", subject_id=hold.id,
        case_id=person.case_id if person is not None and _ours(person, by) else None,
    )  # fmt: skip
    if hold.agency_id == by.agency_id:
        _clocks_follow(hold, target, by=by, at=at)
    if person is not None:
        person.state = target
        _own_follow(person, by=by, at=at)
    for agency_id in {hold.organiser_agency_id, hold.agency_id} - {by.agency_id}:
        post(Event(_NAMES[fate], "hold", str(hold.id), agency_id))
    if fate == "found" and hold.traveller_id is not None:
        # What was awaited before the search is awaited again.
        organiser = hold.organiser_agency_id
        post(Event(events.TAKEN_OVER, "traveller", str(hold.traveller_id), organiser))
    if fate in _SEEN_BY_A_HOUSE:
        post(Event(events.FATE_SAID, "hold", str(hold.id), hold.agency_id, by.user_id))
    return hold


def _ours(person: Returnee, by: Actor) -> bool:
    """Whether the file is still the organiser's: on arrival it may have been transferred."""
    return bool(custody.visible_among(by, [person.case_id]))


def _clocks_follow(hold: Hold, state: str, *, by: Actor, at: datetime) -> None:
    """The holder's clocks, as the hold stands: nobody is visited who is searched for or gone."""
    if state == workflow.MISSING:
        clocks.start(
            procedure=SEARCH, subject_kind="hold", subject_id=hold.id,
            area=network.get_agency(by.agency_id).area_id, by=by, at=at, desk_id=desk_of(hold),
        )  # fmt: skip
    if state in (workflow.WAITING, workflow.ARRIVED):
        done = [SEARCH, ARRIVAL] if state == workflow.ARRIVED else [SEARCH]
        clocks.meet(subject_kind="hold", subject_id=hold.id, by=by, at=at, procedures=done)
    if state in (workflow.WAITING, workflow.MISSING):
        gone = [ARRIVAL] if state == workflow.MISSING else []
        clocks.void(
            subject_kind="hold", subject_id=hold.id, by=by, at=at,
            procedures=[*follow_up.PROCEDURES.values(), *gone],
        )  # fmt: skip
    if state in (workflow.LEFT, workflow.DIED, workflow.HOME):
        clocks.void(subject_kind="hold", subject_id=hold.id, by=by, at=at)


def _own_follow(person: Returnee, *, by: Actor, at: datetime) -> None:
    """The organiser's file says the same, where it may still be moved so; the road ahead ends."""
    if _ours(person, by):
        file = cases.get_file(by, person.case_id)
        wanted = "found" if person.state == workflow.WAITING else person.state
        if wanted in _SAID and wanted in {
            move.name for move in case_workflow.FILE.open_from(file.state)
        }:
            case_operations.set_state(case_id=person.case_id, move=wanted, by=by, at=at)
    if person.state in (workflow.LEFT, workflow.MISSING, workflow.DIED):
        cancel_ahead(returnee_id=person.id, by=by, at=at)


def desk_of(hold: Hold) -> int | None:
    """The desk at which somebody is held; none where the organiser holds from the beginning."""
    return hold.traveller.leg.receiver_desk_id if hold.traveller is not None else None
