"""The thread between the two desks: a question, an answer, feedback; sealed beside the packet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.consent import borders
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import queries as people
from rangkul.reference.services import ServiceCode
from rangkul.referrals import discretion, events, grounds, policy, queries, workflow
from rangkul.referrals import packet as packets
from rangkul.referrals.ceilings import facts_allowed
from rangkul.referrals.models import Message, Request
from rangkul.trail.operations import record

MOST_WORDS: Final = 1000
# What ends a thread for both sides; a review that is owed only keeps the receiver from reading.
_OVER: Final = frozenset({"withdrawn", "expired", "missing"})


@transaction.atomic
def reply(
    *, request_id: int, words: str, expected_version: int, by: Actor, at: datetime
) -> Request:
    """Answer the receiver's question: the request waits for its answer again.

    The words keep to the same levels as the packet. Raises ``IllegalMove``, ``StaleForm``,
    ``InvalidInput``.
    """
    require(by.roles, Permission.SEND_REFERRAL)
    request = queries.lock(policy.sent_by(by), request_id)
    check_version(expected=expected_version, found=request.version)
    target = workflow.MOVES.check("reply", request.state).target
    _check_levels(request, words, by=by)
    request.state = target
    request.version += 1
    request.save(update_fields=["state", "version"])
    put_message(request, "answer", words, by=by, at=at)
    _record(events.MESSAGE_WRITTEN, request, by=by, at=at)
    return request


@transaction.atomic
def write_message(*, request_id: int, words: str, by: Actor, at: datetime) -> Message:
    """A line of feedback from either side, while the thread's key stands.

    Raises ``IllegalMove`` where the consent was withdrawn.
    """
    request = queries.lock(policy.visible_to(by), request_id)
    if request.state == workflow.WITHDRAWN:
        raise IllegalMove("write", request.state)
    if not (may(by.roles, Permission.SEND_REFERRAL) or may(by.roles, Permission.ANSWER_PACKETS)):
        require(by.roles, Permission.SEND_REFERRAL)
    if workflow.SENDER in queries.sides(by, request):
        _check_levels(request, words, by=by)
    message = put_message(request, "feedback", words, by=by, at=at)
    _record(events.MESSAGE_WRITTEN, request, by=by, at=at)
    return message


@transaction.atomic
def read_messages(*, request_id: int, by: Actor, at: datetime) -> list[queries.MessageView]:
    """The thread, opened; the reading is recorded where there was something to read."""
    request = queries.get_visible(by, request_id)
    found = queries.list_messages(request)
    if queries.sides(by, request) == {workflow.RECEIVER} and borders.obstacle(
        queries.packet_of(request).id, at=at
    ):
        found = [replace(view, body="") for view in found]
    if found:
        record(
            by=by, at=at, name=events.MESSAGES_READ, subject_kind="request",
            subject_id=request.id,
        )  # fmt: skip
    return found


def put_message(request: Request, kind: str, words: str, *, by: Actor, at: datetime) -> Message:
    """Seal one message under the thread's key. Raises ``InvalidInput``."""
    text = words.strip()
    if not text:
        raise InvalidInput({"words": "required"})
    if len(text) > MOST_WORDS:
        raise InvalidInput({"words": "too_long"})
    if kept := outgoing.leaving({"words": text}, by):
        raise InvalidInput(kept)
    packet = queries.packet_of(request)
    if borders.obstacle(packet.id, at=at) in _OVER:
        raise InvalidInput({"words": "ground_over"})
    key = vault.key_for(Owner("request", request.id), packet.id, DataClass.ACCOUNT)
    message_id = new_id()
    return Message.objects.create(
        id=message_id, request=request, kind=kind, from_agency_id=by.agency_id,
        from_user_id=by.user_id, written_at=at,
        body_sealed=vault.seal(key, queries.message_place(message_id), text),
    )  # fmt: skip


def _check_levels(request: Request, words: str, *, by: Actor) -> None:
    """The sender's words in the thread may tell no more than the packet does."""
    referral = queries.get_referral(by, request.id)
    levels = grounds.levels_of(referral.levels)
    allowed = {fact.code for fact in facts_allowed(ServiceCode(request.service), levels)}
    opened = people.unseal(people.list_people(by, referral.case_id))
    errors = discretion.find({"words": words}, packets.secrets_of(opened, allowed, levels))
    if errors:
        raise InvalidInput(errors)


def _record(name: str, request: Request, *, by: Actor, at: datetime) -> None:
    record(by=by, at=at, name=name, subject_kind="request", subject_id=request.id)
    other = (
        request.receiver_agency_id
        if by.agency_id == request.sender_agency_id
        else request.sender_agency_id
    )
    post(Event(name, "request", str(request.id), other))
