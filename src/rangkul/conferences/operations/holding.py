"""The conference is held: who came, what was decided, by whom and until when it is carried out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, require
from rangkul.clocks import operations as clocks
from rangkul.clocks import queries as clock_queries
from rangkul.conferences import events, policy, queries, workflow
from rangkul.conferences.models import Conference, Decision
from rangkul.conferences.operations.words import check_words, common_key
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.trail.operations import record

CLOCK: Final = "conference_decision"
SUBJECT: Final = "decision"
"""What clocks and trail call a decision."""

MOST_DECISIONS: Final = 40
_END_OF_DAY: Final = time(23, 59, 59)


@transaction.atomic
def hold_conference(
    *, conference_id: int, attended: Collection[UUID], expected_version: int, by: Actor,
    at: datetime,
) -> Conference:  # fmt: skip
    """Note that it took place and who of those who had accepted came; all others count as absent.

    Raises ``Forbidden``, ``NotReachable``, ``IllegalMove``, ``StaleForm``, ``InvalidInput``.
    """
    require(by.roles, Permission.CALL_CONFERENCE)
    row = queries.lock_led(by, conference_id)
    check_version(expected=expected_version, found=row.version)
    row.state = workflow.CONFERENCE.check("hold", row.state).target
    if at < row.starts_at:
        raise InvalidInput({"attended": "not_yet"})
    seats = list(queries.seats_at(row))
    came = {seat.id for seat in seats if seat.id in attended and seat.state == workflow.ACCEPTED}
    if not came:
        raise InvalidInput({"attended": "required"})
    for seat in seats:
        seat.attended = seat.id in came
        seat.save(update_fields=["attended"])
    row.held_at, row.version = at, row.version + 1
    row.save(update_fields=["state", "held_at", "version"])
    for case_id in queries.case_ids_of(by, row.id):
        record(
            by=by, at=at, name=events.CONFERENCE_HELD, subject_kind="conference",
            subject_id=row.id, case_id=case_id,
            detail={"came": len(came), "absent": len(seats) - len(came)},
        )  # fmt: skip
    return row


@transaction.atomic
def decide(
    *, conference_id: int, words: str, seat_id: UUID, due_on: date, by: Actor, at: datetime,
    as_desk: bool = False,
) -> Decision:  # fmt: skip
    """Write down what was decided and whose it is: the person of a seat, or (``as_desk``) its desk.

    It falls due with the end of ``due_on`` where the owner's agency stands; the owner's clock is
    started there. Raises ``Forbidden``, ``NotReachable``, ``InvalidInput``, ``IllegalMove``.
    """
    require(by.roles, Permission.CALL_CONFERENCE)
    row = queries.lock_led(by, conference_id)
    # Between being held and being signed: after the signature nothing is added.
    workflow.CONFERENCE.check("sign", row.state)
    case_ids = queries.case_ids_of(by, row.id)
    seat = queries.seats_at(row).select_related("agency").filter(id=seat_id).first()
    if seat is None:
        raise NotReachable("no such seat")
    zone = ZoneInfo(zone_of(seat.agency.area_id))
    errors = check_words({"words": words}, case_ids, by=by)
    if due_on < at.astimezone(zone).date():
        errors["due_on"] = "past"
    to_desk = as_desk or seat.user_id is None
    if to_desk and seat.desk_id is None:
        errors["owner"] = "no_desk"
    position = Decision.objects.filter(conference=row).count() + 1
    if position > MOST_DECISIONS:
        errors["words"] = "too_many"
    if errors:
        raise InvalidInput(errors)
    decision_id = new_id()
    decision = Decision.objects.create(
        id=decision_id, conference=row, position=position, owner_agency_id=seat.agency_id,
        owner_desk_id=seat.desk_id if to_desk else None,
        owner_user_id=None if to_desk else seat.user_id, decided_at=at,
        due_at=datetime.combine(due_on, _END_OF_DAY, tzinfo=zone),
        words_sealed=vault.seal(
            common_key(row), queries.decision_place(decision_id), words.strip()
        ),
    )  # fmt: skip
    for case_id in case_ids:
        record(
            by=by, at=at, name=events.DECISION_MADE, subject_kind="conference", subject_id=row.id,
            case_id=case_id, detail={"decision": str(decision.id), "agency": seat.agency_id},
        )  # fmt: skip
    post(
        Event(
            events.DECISION_MADE, SUBJECT, str(decision.id), seat.agency_id,
            actor_id=decision.owner_user_id,
        )
    )  # fmt: skip
    return decision


@transaction.atomic
def take_up_decision(*, decision_id: UUID, by: Actor, at: datetime) -> bool:
    """Start the owner's clock, in the owner's agency; once, however often it is called.

    ``by`` is anyone who acts for that agency. Whether a clock was started. ``NotReachable``.
    """
    decision = Decision.objects.select_for_update().filter(id=decision_id).first()
    if decision is None or decision.owner_agency_id != by.agency_id:
        raise NotReachable("no such decision of this agency")
    if decision.state != workflow.OPEN or clock_queries.list_subject(by, SUBJECT, decision.id):
        return False
    clocks.start(
        procedure=CLOCK, subject_kind=SUBJECT, subject_id=decision.id,
        area=network.party_of(by.agency_id).area, by=by, at=at, since=decision.decided_at,
        due_at=decision.due_at, desk_id=decision.owner_desk_id, user_id=decision.owner_user_id,
    )  # fmt: skip
    return True


@transaction.atomic
def end_decision(
    *, decision_id: UUID, move: str, by: Actor, at: datetime, reason: str = ""
) -> Decision:
    """Say that it is done (``finish``), or not, with the reason (``give_up``); its clock ends.

    Its owner's act, or the owner's supervisor's. Raises ``NotReachable``, ``Forbidden``,
    ``IllegalMove``, ``InvalidInput``.
    """
    decision = queries.get_decision(by, decision_id)
    if not policy.may_end(by, decision):
        raise Forbidden(Permission.JOIN_CONFERENCE)
    decision = Decision.objects.select_for_update().get(id=decision.id)
    legal = workflow.DECISION.check(move, decision.state)
    if legal.needs_reason and reason not in workflow.NOT_DONE_REASONS:
        raise InvalidInput({"reason": "required"})
    decision.state, decision.ended_at, decision.ended_by = legal.target, at, by.user_id
    decision.reason = reason if legal.needs_reason else ""
    decision.save(update_fields=["state", "ended_at", "ended_by", "reason"])
    end = clocks.meet if legal.target == workflow.DONE else clocks.void
    end(subject_kind=SUBJECT, subject_id=decision.id, by=by, at=at)
    record(
        by=by, at=at, name=events.DECISION_ENDED, subject_kind=SUBJECT, subject_id=decision.id,
        reason=decision.reason, detail={"state": decision.state},
    )  # fmt: skip
    post(
        Event(events.DECISION_ENDED, SUBJECT, str(decision.id), decision.conference.lead_agency_id)
    )
    return decision
