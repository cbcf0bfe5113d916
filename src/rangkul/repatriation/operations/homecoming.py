"""What the holder says: arrived, visited, home; left, missing, died, found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import DatabaseError, connection, transaction

from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.clocks import operations as clocks
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.referrals import operations as referrals
from rangkul.repatriation import events, policy, workflow
from rangkul.repatriation.models import Hold, Returnee, Visit
from rangkul.repatriation.operations.taking_off import cancel_ahead
from rangkul.trail.operations import record

FOLLOW_UPS: Final = {month: f"follow_up_month_{month}" for month in workflow.VISIT_MONTHS}
SEARCH: Final = "search_after_loss"
_NAMES: Final = {
    "arrived": events.ARRIVED, "home": events.HOME, "left": events.LEFT,
    "missing": events.MISSING, "died": events.DIED, "found": events.FOUND,
}  # fmt: skip


@transaction.atomic
def confirm_arrival(*, hold_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Say that some people have arrived; the visits of months one, three and six start to run.

    All of them or none. Raises ``IllegalMove`` where a stretch is still ahead, ``NotReachable``.
    """
    for hold_id in sorted(set(hold_ids)):
        hold = _change(hold_id, "arrived", by=by, at=at)
        area = network.get_agency(by.agency_id).area_id
        for procedure in FOLLOW_UPS.values():
            clocks.start(
                procedure=procedure, subject_kind="hold", subject_id=hold.id, area=area, by=by,
                at=at, desk_id=_desk_of(hold),
            )  # fmt: skip
    return len(set(hold_ids))


@transaction.atomic
def record_visit(
    *, hold_id: int, month: int, result: str, visited_on: date, by: Actor, at: datetime,
    words: str = "",
) -> Visit:  # fmt: skip
    """A follow-up visit by the desk that holds. Safe in the sixth month closes the way home.

    ``words`` go to the organiser through the request's own thread. *Not found* starts the search.
    Raises ``InvalidInput``, ``NotReachable``, ``IllegalMove``.
    """
    hold = _lock(hold_id, by)
    if hold.state != workflow.ARRIVED:
        raise IllegalMove("visit", hold.state)
    errors = {}
    if month not in workflow.VISIT_MONTHS:
        errors["month"] = "unknown"
    if result not in workflow.VISIT_RESULTS:
        errors["result"] = "unknown"
    if visited_on > at.date():
        errors["visited_on"] = "future"
    made = Visit.objects.filter(hold=hold, month=month).exclude(result="not_found")
    if not errors and made.exists():
        errors["month"] = "visited"
    if errors:
        raise InvalidInput(errors)
    visit = Visit.objects.create(
        id=new_id(), hold=hold, month=month, result=result, visited_on=visited_on,
        recorded_at=at, recorded_by=by.user_id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.VISITED, subject_kind="hold", subject_id=hold.id,
        detail={"month": month, "result": result},
    )  # fmt: skip
    if words.strip() and hold.traveller is not None and hold.traveller.asked_request is not None:
        referrals.write_message(request_id=hold.traveller.asked_request, words=words, by=by, at=at)
    if result == "not_found":
        _change(hold.id, "missing", by=by, at=at)
        return visit
    clocks.meet(
        subject_kind="hold", subject_id=hold.id, by=by, at=at, procedures=[FOLLOW_UPS[month]]
    )
    if month == workflow.VISIT_MONTHS[-1] and result == "safe":
        _change(hold.id, "home", by=by, at=at)
    return visit


@transaction.atomic
def set_fate(*, hold_id: int, fate: str, by: Actor, at: datetime) -> Hold:
    """Left by own wish, missing, died, found: by who holds the person, or by the organiser.

    The road ahead is cancelled at once; what was asked of the desks ahead ends with it where the
    organiser says so, else as soon as the organiser's own house has heard (``jobs``).
    The last holder of a missing person keeps the duty: the search clock (3 days, rk10) is theirs.
    Raises ``IllegalMove``, ``InvalidInput``, ``NotReachable``.
    """
    _may_say(hold_id, by)
    if fate not in ("left", "missing", "died", "found"):
        raise InvalidInput({"fate": "unknown"})
    return _change(hold_id, fate, by=by, at=at)


def _lock(hold_id: int, by: Actor) -> Hold:
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


def _change(hold_id: int, fate: str, *, by: Actor, at: datetime) -> Hold:
    hold, person = _may_say(hold_id, by)
    workflow.FATES.check(fate, hold.state)
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
    _clocks_follow(hold, fate, by=by, at=at)
    if person is not None and _ours(person, by):
        _file_follows(person, fate, by=by, at=at)
    if person is not None and fate in ("left", "missing", "died"):
        cancel_ahead(returnee_id=person.id, by=by, at=at)
    for agency_id in {hold.organiser_agency_id, hold.agency_id} - {by.agency_id}:
        post(Event(_NAMES[fate], "hold", str(hold.id), agency_id))
    return hold


def _ours(person: Returnee, by: Actor) -> bool:
    """Whether the file is still the organiser's: on arrival it may have been transferred."""
    return bool(custody.visible_among(by, [person.case_id]))


def _clocks_follow(hold: Hold, fate: str, *, by: Actor, at: datetime) -> None:
    if fate == "missing" and hold.agency_id == by.agency_id:
        clocks.start(
            procedure=SEARCH, subject_kind="hold", subject_id=hold.id,
            area=network.get_agency(by.agency_id).area_id, by=by, at=at, desk_id=_desk_of(hold),
        )  # fmt: skip
    elif fate == "found":
        clocks.meet(subject_kind="hold", subject_id=hold.id, by=by, at=at, procedures=[SEARCH])
    elif fate in ("left", "died", "home"):
        clocks.void(subject_kind="hold", subject_id=hold.id, by=by, at=at)


def _file_follows(person: Returnee, fate: str, *, by: Actor, at: datetime) -> None:
    """The organiser's file says the same, where it may still be moved so."""
    if fate not in ("left", "missing", "died", "found"):
        return
    file = cases.get_file(by, person.case_id)
    if fate in {move.name for move in case_workflow.FILE.open_from(file.state)}:
        case_operations.set_state(case_id=person.case_id, move=fate, by=by, at=at)


def _desk_of(hold: Hold) -> int | None:
    return hold.traveller.leg.receiver_desk_id if hold.traveller is not None else None
