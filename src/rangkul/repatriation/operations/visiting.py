"""The visits of months one, three and six: made, put off for a reason, made again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.referrals import operations as referrals
from rangkul.repatriation import events, follow_up, workflow
from rangkul.repatriation.follow_up import LAST, PROCEDURES
from rangkul.repatriation.models import Hold, Visit
from rangkul.repatriation.operations.homecoming import change, desk_of, lock
from rangkul.trail.operations import record

MOST_WORDS: Final = 600


@transaction.atomic
def record_visit(
    *, hold_id: int, month: int, result: str, visited_on: date, by: Actor, at: datetime,
    words: str = "",
) -> Visit:  # fmt: skip
    """A follow-up visit by the desk that holds, on a day of the desk's own area.

    Safe in the sixth month closes the way home; not safe there is visited again within a month.
    ``words`` go to the organiser through the request's own thread. *Not found* starts the search.
    Raises ``InvalidInput`` (``month``: ``visited``; ``visited_on``: ``future``,
    ``before_arrival``, ``too_early``), ``NotReachable``, ``IllegalMove``.
    """
    hold = _arrived(hold_id, by)
    area = network.get_agency(hold.agency_id).area_id
    errors = _errors(hold, month, words)
    if result not in workflow.VISIT_RESULTS:
        errors["result"] = "unknown"
    if visited_on > follow_up.day_of(at, area):
        errors["visited_on"] = "future"
    elif "month" not in errors and visited_on < follow_up.opens_on(hold, month, area):
        first = month == workflow.VISIT_MONTHS[0]
        errors["visited_on"] = "before_arrival" if first else "too_early"
    if errors:
        raise InvalidInput(errors)
    visit = _put(hold, month, result, visited_on, by=by, at=at, words=words)
    if result == "not_found":
        change(hold.id, "missing", by=by, at=at)
        return visit
    clocks.meet(
        subject_kind="hold", subject_id=hold.id, by=by, at=at, procedures=[PROCEDURES[month]]
    )
    if result == "not_safe":
        post(Event(events.NOT_SAFE, "hold", str(hold.id), hold.organiser_agency_id))
        if month == LAST:
            _start(hold, month, area, follow_up.once_more(at, area), by=by, at=at)
    elif month == LAST:
        change(hold.id, "home", by=by, at=at)
    return visit


@transaction.atomic
def postpone_visit(
    *, hold_id: int, month: int, until: date, reason: str, by: Actor, at: datetime, words: str = ""
) -> Visit:
    """Put a visit off to the end of another day, for a reason; its clock runs to that day.

    Raises ``InvalidInput`` (``until``: ``past``, ``beyond_a_month``; ``reason``: ``required``),
    ``NotReachable``, ``IllegalMove``.
    """
    hold = _arrived(hold_id, by)
    area = network.get_agency(hold.agency_id).area_id
    errors = _errors(hold, month, words)
    today = follow_up.day_of(at, area)
    if not today <= until <= today + workflow.FURTHEST_PUT_OFF:
        errors["until"] = "past" if until < today else "beyond_a_month"
    if reason not in workflow.PUT_OFF:
        errors["reason"] = "unknown" if reason else "required"
    if errors:
        raise InvalidInput(errors)
    visit = _put(
        hold, month, workflow.POSTPONED, until, by=by, at=at, words=words, reason=reason
    )  # fmt: skip
    clocks.void(
        subject_kind="hold", subject_id=hold.id, by=by, at=at, procedures=[PROCEDURES[month]]
    )
    _start(hold, month, area, follow_up.end_of_day(until, area), by=by, at=at)
    return visit


def _arrived(hold_id: int, by: Actor) -> Hold:
    hold = lock(hold_id, by)
    if hold.state != workflow.ARRIVED:
        raise IllegalMove("visit", hold.state)
    return hold


def _errors(hold: Hold, month: int, words: str) -> dict[str, str]:
    errors = {}
    if month not in workflow.VISIT_MONTHS:
        errors["month"] = "unknown"
    elif month not in follow_up.open_months(hold.visits.all()):
        errors["month"] = "visited"
    if len(words) > MOST_WORDS:
        errors["words"] = "too_long"
    return errors


def _put(
    hold: Hold, month: int, result: str, day: date, *, by: Actor, at: datetime, words: str,
    reason: str = "",
) -> Visit:  # fmt: skip
    visit = Visit.objects.create(
        id=new_id(), hold=hold, month=month, result=result, reason=reason, visited_on=day,
        recorded_at=at, recorded_by=by.user_id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.VISITED, subject_kind="hold", subject_id=hold.id,
        reason=reason, detail={"month": month, "result": result},
    )  # fmt: skip
    if words.strip() and hold.traveller is not None and hold.traveller.asked_request is not None:
        referrals.write_message(request_id=hold.traveller.asked_request, words=words, by=by, at=at)
    return visit


def _start(hold: Hold, month: int, area: str, due_at: datetime, *, by: Actor, at: datetime) -> None:
    clocks.start(
        procedure=PROCEDURES[month], subject_kind="hold", subject_id=hold.id, area=area, by=by,
        at=at, due_at=due_at, desk_id=desk_of(hold),
    )  # fmt: skip
