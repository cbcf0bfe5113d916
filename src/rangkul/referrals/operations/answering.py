"""What the receiving desk does: opening the packet, answering, first contact, the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.custody import reading
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.reference import queries as reference
from rangkul.reference.zones import local_date
from rangkul.referrals import events, policy, queries, workflow
from rangkul.referrals.models import Packet, Request
from rangkul.referrals.operations.following import destroy_packet, open_content
from rangkul.referrals.operations.talking import put_message
from rangkul.referrals.packet import Content
from rangkul.trail.operations import record

_LONGEST_NEXT: Final = timedelta(days=366)
# [local] A longer rest is an end: the sender asks again when the time has come.
_LONGEST_PAUSE: Final = timedelta(days=90)
_TRAIL_NAMES: Final = {
    "accept": events.REQUEST_ACCEPTED,
    "accept_partly": events.REQUEST_PARTLY_ACCEPTED,
    "ask": events.REQUEST_ASKED,
    "decline": events.REQUEST_DECLINED,
}
_MOVE_OF_OUTCOME: Final = {workflow.DONE: "finish", workflow.NOT_DONE: "give_up"}


@dataclass(frozen=True, slots=True)
class OpenPacket:
    """A packet as this desk may read it now."""

    request: Request
    packet: Packet
    content: Content


@transaction.atomic
def open_packet(*, request_id: int, by: Actor, at: datetime) -> OpenPacket:
    """Read a packet at its desk; each reading is recorded, the first one also on the packet.

    Before an answer that a conflict check precedes, what tells who the person is stays covered. A
    packet on a basis that nobody reviewed within a day waits for that review.
    Raises ``NotReachable``, ``PacketClosed``.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    request = queries.get_received(by, request_id)
    reading.note_reading(refs=[request_id], by=by, at=at, kind=reading.PACKET)
    packet = queries.packet_of(request)
    content = open_content(request, packet, at=at, for_receiver=True)
    if request.state in workflow.UNANSWERED:
        content = content.before_answer()
    if packet.opened_at is None:
        packet.opened_at, packet.opened_by = at, by.user_id
        packet.save(update_fields=["opened_at", "opened_by"])
    record(by=by, at=at, name=events.PACKET_OPENED, subject_kind="request", subject_id=request.id)
    return OpenPacket(request, packet, content)


@transaction.atomic
def answer(
    *, request_id: int, decision: str, expected_version: int, by: Actor, at: datetime,
    reason: str = "", words: str = "", limits: Sequence[str] = (),
) -> Request:  # fmt: skip
    """Say yes (``accept``), ask back (``ask``, with words), or no (``decline``, with a reason).

    ``accept_partly`` is a yes to a part: ``limits`` (codes of ``workflow.LIMITS``) say what stays
    open, and go back into the sender's plan.

    A declined packet's key is destroyed at once. Two people at a time: the second meets
    ``StaleForm``. Raises ``IllegalMove``, ``InvalidInput``.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    request = _lock(request_id, expected_version, by)
    errors = {}
    if decision not in _TRAIL_NAMES:
        errors["decision"] = "unknown"
    if decision == "decline" and not reference.is_code("alasan_tolak", reason):
        errors["reason"] = "unknown" if reason else "required"
    if decision == "ask" and not words.strip():
        errors["words"] = "required"
    if decision == "accept_partly":
        errors |= _limit_errors(limits, words)
        request.limits = [code for code in workflow.LIMITS if code in limits]
    if errors:
        raise InvalidInput(errors)
    request.state = workflow.MOVES.check(decision, request.state).target
    if decision != "ask":
        request.answered_at, request.answered_by = at, by.user_id
    if decision == "decline":
        request.reason, request.ended_at = reason, at
    request.version += 1
    request.save(
        update_fields=[
            "state", "answered_at", "answered_by", "reason", "limits", "ended_at", "version",
        ]
    )  # fmt: skip
    if words.strip():
        put_message(request, "question" if decision == "ask" else "answer", words, by=by, at=at)
    if decision == "decline":
        destroy_packet(queries.packet_of(request), reason=workflow.DECLINED, at=at)
    _record(_TRAIL_NAMES[decision], request, by=by, at=at, reason=request.reason)
    return request


@transaction.atomic
def first_contact(*, request_id: int, expected_version: int, by: Actor, at: datetime) -> Request:
    """Note that the desk has met or spoken with the person."""
    require(by.roles, Permission.ANSWER_PACKETS)
    request = _lock(request_id, expected_version, by)
    request.state = workflow.MOVES.check("first_contact", request.state).target
    request.first_contact_at = at
    request.version += 1
    request.save(update_fields=["state", "first_contact_at", "version"])
    _record(events.FIRST_CONTACT_MADE, request, by=by, at=at)
    return request


@transaction.atomic
def report_outcome(
    *, request_id: int, result: str, expected_version: int, by: Actor, at: datetime,
    outcome: str = "", reason: str = "", next_on: date | None = None, risk_change: str = "",
    words: str = "",
) -> Request:  # fmt: skip
    """Say that it is done (``done``, with an outcome) or not (``not_done``, with a reason).

    Attendance, the next date, a change of danger: never notes. Raises ``IllegalMove``,
    ``StaleForm``, ``InvalidInput``.
    """
    require(by.roles, Permission.REPORT_OUTCOME)
    request = _lock(request_id, expected_version, by)
    errors = {}
    if result not in _MOVE_OF_OUTCOME:
        errors["result"] = "unknown"
    if result == workflow.DONE and outcome not in workflow.OUTCOMES:
        errors["outcome"] = "unknown"
    if result == workflow.NOT_DONE and reason not in workflow.NOT_DONE_REASONS:
        errors["reason"] = "unknown" if reason else "required"
    if risk_change and risk_change not in workflow.RISK_CHANGES:
        errors["risk_change"] = "unknown"
    today = local_date(at, request.receiver_agency.area_id)
    if next_on is not None and not today <= next_on <= today + _LONGEST_NEXT:
        errors["next_on"] = "past" if next_on < today else "too_far"
    if errors:
        raise InvalidInput(errors)
    request.state = workflow.MOVES.check(_MOVE_OF_OUTCOME[result], request.state).target
    done = result == workflow.DONE
    request.outcome, request.reason = (outcome, "") if done else ("", reason)
    request.next_on, request.risk_change, request.ended_at = next_on, risk_change, at
    request.version += 1
    request.save(
        update_fields=[
            "state", "outcome", "reason", "next_on", "risk_change", "ended_at", "version",
        ]
    )  # fmt: skip
    if words.strip():
        put_message(request, "feedback", words, by=by, at=at)
    _record(events.OUTCOME_REPORTED, request, by=by, at=at, reason=request.reason)
    return request


def _limit_errors(limits: Sequence[str], words: str) -> dict[str, str]:
    if not limits:
        return {"limits": "required"}
    if not set(limits) <= workflow.LIMITS.keys():
        return {"limits": "unknown"}
    return {"words": "required"} if "other_part" in limits and not words.strip() else {}


@transaction.atomic
def pause(
    *, request_id: int, reason: str, until: date, expected_version: int, by: Actor, at: datetime,
    words: str = "",
) -> Request:  # fmt: skip
    """Let the service rest for a coded reason until a day; the deadlines of both sides wait.

    Raises ``IllegalMove``, ``StaleForm``, ``InvalidInput``.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    request = _lock(request_id, expected_version, by)
    errors = {}
    if reason not in workflow.PAUSE_REASONS:
        errors["reason"] = "unknown" if reason else "required"
    today = local_date(at, request.receiver_agency.area_id)
    if not today < until <= today + _LONGEST_PAUSE:
        errors["until"] = "past" if until <= today else "too_far"
    if errors:
        raise InvalidInput(errors)
    request.state = workflow.MOVES.check("pause", request.state).target
    request.pause_reason, request.paused_at, request.paused_until = reason, at, until
    request.version += 1
    request.save(update_fields=["state", "pause_reason", "paused_at", "paused_until", "version"])
    if words.strip():
        put_message(request, "feedback", words, by=by, at=at)
    _record(events.REQUEST_PAUSED, request, by=by, at=at, reason=reason)
    return request


@transaction.atomic
def resume(*, request_id: int, expected_version: int, by: Actor, at: datetime) -> Request:
    """Go on where the service stood before the pause; what is due moves by the time it rested."""
    require(by.roles, Permission.ANSWER_PACKETS)
    request = _lock(request_id, expected_version, by)
    move = (
        "resume_service" if request.first_contact_at
        else "resume_partly" if request.limits
        else "resume_accepted"
    )  # fmt: skip
    request.state = workflow.MOVES.check(move, request.state).target
    rested = at - (request.paused_at or at)
    request.first_contact_by += rested
    request.outcome_by += rested
    request.version += 1
    request.save(update_fields=["state", "first_contact_by", "outcome_by", "version"])
    _record(events.REQUEST_RESUMED, request, by=by, at=at)
    return request


def _lock(request_id: int, expected_version: int, by: Actor) -> Request:
    request = queries.lock(policy.received_by(by), request_id)
    check_version(expected=expected_version, found=request.version)
    return request


def _record(name: str, request: Request, *, by: Actor, at: datetime, reason: str = "") -> None:
    """The trail of the receiver's own act, and word to the sender's agency."""
    record(
        by=by, at=at, name=name, subject_kind="request", subject_id=request.id, reason=reason,
        detail={"state": request.state},
    )  # fmt: skip
    post(
        Event(
            name, "request", str(request.id), request.sender_agency_id,
            actor_id=request.sender_user_id,
        )
    )  # fmt: skip
