"""A coordinator proposes a conference by a case's number; the holder alone sees, and decides.

Nothing tells the coordinator whether there is such a case: the answer is the same either way, and
the seat that follows is the holder's to offer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.conferences import events, queries, workflow
from rangkul.conferences.models import Conference, Proposal, Seat
from rangkul.conferences.operations.calling import Calling, call_conference
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber, new_id
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.trail.operations import record

_FURTHEST: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a coordinator asks for: why (``workflow.PROPOSAL_REASONS``), and perhaps by when."""

    reason: str
    wished_on: date | None = None


@transaction.atomic
def propose_conference(*, number: str, wish: Wish, by: Actor, at: datetime) -> None:
    """Ask whoever holds this case for a conference; the holder's job takes it up (outbox).

    Raises ``InvalidInput`` (a number that no case can have, an unknown reason, a past day).
    """
    require(by.roles, Permission.PROPOSE_CONFERENCE)
    errors = {}
    case_id = 0
    try:
        case_id = custody.case_id_of(number)
    except MistypedNumber:
        errors["number"] = "mistyped"
    if wish.reason not in workflow.PROPOSAL_REASONS:
        errors["reason"] = "required"
    day, today = wish.wished_on, network.day_at(by.agency_id, at)
    if day is not None and not today <= day <= today + _FURTHEST:
        errors["wished_on"] = "past" if day < today else "too_far"
    if errors:
        raise InvalidInput(errors)
    record(
        by=by, at=at, name=events.CONFERENCE_PROPOSED, subject_kind="case", subject_id=case_id,
        reason=wish.reason,
    )  # fmt: skip
    asked = f"{case_id}:{wish.reason}:{day.isoformat() if day else ''}"
    post(
        Event(events.CONFERENCE_PROPOSED, "case", asked, by.agency_id, actor_id=by.user_id)
    )  # fmt: skip


@transaction.atomic
def receive_proposal(
    *, case_id: int, wish: Wish, asking: tuple[int, int], by: Actor, at: datetime
) -> Proposal | None:
    """Put the proposal on the holder's case, for the outbox; ``asking``: agency and person.

    One waits at a time for a case and a coordinator's agency; ``None`` where one waits already, or
    the agency does not lead the case. Raises ``NotReachable``.
    """
    custody.lock_case(by, case_id)
    if not queries.leads(by, case_id):
        return None
    agency_id, user_id = asking
    if queries.list_proposals(by, case_id, asking_agency=agency_id):
        return None
    made = Proposal.objects.create(
        id=new_id(), case_id=case_id, asking_agency_id=agency_id, asking_user_id=user_id,
        reason=wish.reason, wished_on=wish.wished_on, asked_at=at,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.PROPOSAL_RECEIVED, subject_kind="proposal", subject_id=made.id,
        case_id=case_id, reason=wish.reason, detail={"agency": agency_id},
    )  # fmt: skip
    return made


@transaction.atomic
def call_proposed(*, proposal_id: UUID, calling: Calling, by: Actor, at: datetime) -> Conference:
    """Call the conference that was proposed; the coordinator is invited to it, and sees no file.

    Raises what ``call_conference`` raises, ``IllegalMove`` once the proposal was answered.
    """
    proposal = queries.lock_proposal(by, proposal_id)
    if proposal.case_id not in calling.case_ids:
        raise NotReachable("the proposal is another case's")
    state = workflow.PROPOSAL.check("call", proposal.state).target
    row = call_conference(calling=calling, by=by, at=at)
    seat = Seat.objects.create(
        id=new_id(), conference=row, agency_id=proposal.asking_agency_id,
        user_id=proposal.asking_user_id, offered_at=at,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.SEAT_OFFERED, subject_kind="conference", subject_id=row.id,
        case_id=proposal.case_id,
        detail={"agency": seat.agency_id, "user": seat.user_id, "proposal": str(proposal.id)},
    )  # fmt: skip
    post(
        Event(events.SEAT_OFFERED, "seat", str(seat.id), seat.agency_id, actor_id=seat.user_id)
    )  # fmt: skip
    proposal.called_conference = row.id
    _answer(proposal, state, by=by, at=at)
    return row


@transaction.atomic
def refuse_proposal(*, proposal_id: UUID, by: Actor, at: datetime) -> Proposal:
    """No conference is called. The coordinator is not told: that would tell of the case."""
    require(by.roles, Permission.CALL_CONFERENCE)
    proposal = queries.lock_proposal(by, proposal_id)
    state = workflow.PROPOSAL.check("refuse", proposal.state).target
    _answer(proposal, state, by=by, at=at)
    record(
        by=by, at=at, name=events.PROPOSAL_REFUSED, subject_kind="proposal",
        subject_id=proposal.id, case_id=proposal.case_id,
    )  # fmt: skip
    return proposal


def _answer(proposal: Proposal, state: str, *, by: Actor, at: datetime) -> None:
    proposal.state, proposal.answered_at, proposal.answered_by = state, at, by.user_id
    proposal.save(update_fields=["state", "called_conference", "answered_at", "answered_by"])
    post(Event(events.PROPOSAL_ANSWERED, "proposal", str(proposal.id), by.agency_id))
