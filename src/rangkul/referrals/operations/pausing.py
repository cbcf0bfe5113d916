"""The sender's deadlines while a service rests: they stand still, and one waits for it to go on."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from rangkul.cases import queries as cases
from rangkul.clocks import operations as clocks
from rangkul.clocks import queries as clock_queries
from rangkul.clocks import workflow as clock_workflow
from rangkul.clocks.models import Clock
from rangkul.foundation.actor import Actor
from rangkul.reference import queries as reference
from rangkul.referrals import workflow
from rangkul.referrals.models import Referral, Request

RESUME_CLOCK: Final = "referral_resume"


def follow_pause(request: Request, referral: Referral, *, by: Actor, at: datetime) -> bool:
    """Bring the sender's clocks in line with a pause or its end; whether anything changed.

    The clocks' hours are those of the request, whenever this runs: late, or for both at once.
    """
    due = {
        "referral_first_contact": request.first_contact_by, "referral_outcome": request.outcome_by,
    }  # fmt: skip
    found = clock_queries.list_subject(by, "request", request.id)
    moved = [_move(clock, request, due[clock.procedure], by=by)
             for clock in found if clock.procedure in due]  # fmt: skip
    if request.state == workflow.PAUSED:
        waits = any(c.procedure == RESUME_CLOCK and c.state in clock_workflow.OPEN for c in found)
        if not waits:
            _await_return(request, referral, by=by, at=at)
        return any(moved) or not waits
    ended = clocks.meet(
        subject_kind="request", subject_id=request.id, by=by, at=at, procedures=[RESUME_CLOCK]
    )
    return any(moved) or ended > 0


def _move(clock: Clock, request: Request, due: datetime, *, by: Actor) -> bool:
    paused = request.state == workflow.PAUSED
    rested = due - clock.due_at
    if clock.state == clock_workflow.RUNNING and (paused or rested) and request.paused_at:
        clock = clocks.pause(
            clock_id=clock.id, reason=request.pause_reason, by=by, at=request.paused_at
        )
        if not paused:
            clocks.resume(clock_id=clock.id, by=by, at=request.paused_at + rested)
        return True
    if clock.state == clock_workflow.PAUSED and not paused and clock.paused_at:
        clocks.resume(clock_id=clock.id, by=by, at=clock.paused_at + rested)
        return True
    return False


def _await_return(request: Request, referral: Referral, *, by: Actor, at: datetime) -> None:
    """The day on which the service goes on is a deadline of its own, against the desk."""
    if request.paused_until is None:
        return
    file = cases.get_file(by, referral.case_id)
    area = file.area or request.sender_agency.area_id
    zone = reference.zone_for(area)
    clocks.start(
        procedure=RESUME_CLOCK, subject_kind="request", subject_id=request.id, area=area, by=by,
        at=at, due_at=datetime.combine(request.paused_until, time(23, 59, 59), tzinfo=zone),
        case_id=referral.case_id, risk=request.risk,
        against=(request.receiver_agency_id, request.receiver_desk_id),
    )  # fmt: skip
