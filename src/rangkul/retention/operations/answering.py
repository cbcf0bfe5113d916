"""A request is weighed and answered: granted, or refused by two persons and said in plain words."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rangkul.access.policy import Forbidden, require
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.reference import queries as reference
from rangkul.retention import events, policy, queries, workflow
from rangkul.retention.models import Request
from rangkul.retention.operations.receiving import MOST_WORDS, SUBJECT, seal
from rangkul.retention.queries import Words
from rangkul.trail.operations import record

REFUSALS = "alasan_tolak_hak"
"""The coded reasons for which a request may not be granted, each with its article."""


@transaction.atomic
def grant_request(*, request_id: int, expected_version: int, by: Actor, at: datetime) -> Request:
    """Say yes: what was asked is carried out next. A deletion needs a second person besides.

    Raises ``IllegalMove``, ``StaleForm``. Trail: ``right.granted``.
    """
    row = _locked(request_id, expected_version, by)
    _move(row, "grant")
    row.decided_at, row.decided_by = at, by.user_id
    _save(row, "decided_at", "decided_by")
    _record(row, events.REQUEST_GRANTED, by=by, at=at)
    return row


@transaction.atomic
def propose_refusal(
    *, request_id: int, expected_version: int, reason: str, words: str, by: Actor, at: datetime
) -> Request:
    """Say that it cannot be granted, with a coded reason and the words that she will read.

    Nothing is refused by it: somebody else decides. Raises ``InvalidInput`` (field → code).
    """
    row = _locked(request_id, expected_version, by)
    errors = {} if reference.is_code(REFUSALS, reason) else {"reason": "unknown"}
    if not words.strip():
        errors["words"] = "required"
    elif len(words) > MOST_WORDS:
        errors["words"] = "too_long"
    if errors:
        raise InvalidInput(errors)
    _move(row, "propose_refusal")
    row.reason, row.refusal_by = reason, by.user_id
    row.article = reference.get_code(REFUSALS, reason).mappings["article"]
    row.answer_sealed = seal(row, "answer_sealed", words)
    _save(row, "reason", "refusal_by", "article", "answer_sealed")
    _record(row, events.REFUSAL_PROPOSED, by=by, at=at, reason=reason)
    return row


@transaction.atomic
def drop_refusal(*, request_id: int, expected_version: int, by: Actor, at: datetime) -> Request:
    """The second person does not refuse: the request stands as it came, its clock runs on."""
    row = _locked(request_id, expected_version, by)
    policy.require_second(by, row)
    _move(row, "drop_refusal")
    row.reason, row.article, row.refusal_by, row.answer_sealed = "", "", None, None
    _save(row, "reason", "article", "refusal_by", "answer_sealed")
    _record(row, events.REFUSAL_DROPPED, by=by, at=at)
    return row


@transaction.atomic
def refuse_request(*, request_id: int, expected_version: int, by: Actor, at: datetime) -> Request:
    """A second person refuses. The clock goes on until she has been told and where to complain.

    Raises ``OwnException`` for whoever proposed it. Trail: ``right.refused``.
    """
    row = _locked(request_id, expected_version, by)
    policy.require_second(by, row)
    _move(row, "refuse")
    row.decided_at, row.decided_by = at, by.user_id
    _save(row, "decided_at", "decided_by")
    _record(row, events.REQUEST_REFUSED, by=by, at=at, reason=row.reason)
    return row


@transaction.atomic
def tell_person(*, request_id: int, expected_version: int, by: Actor, at: datetime) -> Request:
    """She was told of the refusal, in her words, with where to complain; the clock is met."""
    row = _seen(request_id, expected_version, by)
    if row.state != workflow.REFUSED or row.told_at is not None:
        raise InvalidInput({"state": "nothing_to_tell"})
    row.told_at = row.ended_at = at
    row.told_by = by.user_id
    _save(row, "told_at", "told_by", "ended_at")
    _meet(row, by=by, at=at)
    _record(row, events.PERSON_TOLD, by=by, at=at)
    return row


@transaction.atomic
def finish_request(
    *, request_id: int, expected_version: int | None, by: Actor, at: datetime, words: str = ""
) -> Request:
    """What was granted is done, with a note that stays; the clock is met, late or in time.

    A correction is done by the ordinary operations before; the note says what was changed.
    """
    row = _seen(request_id, expected_version, by)
    if row.kind == workflow.CORRECTION and not words.strip():
        raise InvalidInput({"words": "required"})
    if len(words) > MOST_WORDS:
        raise InvalidInput({"words": "too_long"})
    _move(row, "finish")
    row.ended_at = at
    if words.strip():
        row.answer_sealed = seal(row, "answer_sealed", words)
    _save(row, "ended_at", "answer_sealed")
    _meet(row, by=by, at=at)
    _record(row, events.REQUEST_DONE, by=by, at=at)
    return row


@transaction.atomic
def drop_request(*, request_id: int, expected_version: int, by: Actor, at: datetime) -> Request:
    """She takes it back, or it came twice: nothing is done, the clock ends without being met."""
    row = _seen(request_id, expected_version, by)
    _move(row, "drop")
    row.ended_at = at
    _save(row, "ended_at")
    clocks.void(subject_kind=SUBJECT, subject_id=row.id, by=by, at=at)
    _record(row, events.REQUEST_DROPPED, by=by, at=at)
    return row


@transaction.atomic
def read_words(*, request_id: int, by: Actor, at: datetime) -> Words:
    """What was asked and answered, in words; the reading is recorded. Raises ``Forbidden``."""
    row = queries.get_request(by, request_id)
    if not policy.may_read_words(by, row):
        raise Forbidden(policy.HANDLES)
    _record(row, events.WORDS_READ, by=by, at=at)
    return queries.open_words(row)


def _locked(request_id: int, expected_version: int | None, by: Actor) -> Request:
    require(by.roles, policy.HANDLES)
    return _seen(request_id, expected_version, by)


def _seen(request_id: int, expected_version: int | None, by: Actor) -> Request:
    row = queries.lock_request(by, request_id)
    check_version(expected=expected_version, found=row.version)
    return row


def _move(row: Request, move: str) -> None:
    row.state = workflow.MOVES.check(move, row.state).target


def _save(row: Request, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=["state", "version", *fields])


def _meet(row: Request, *, by: Actor, at: datetime) -> None:
    clocks.meet(subject_kind=SUBJECT, subject_id=row.id, by=by, at=at)


def _record(row: Request, name: str, *, by: Actor, at: datetime, reason: str = "") -> None:
    """On the case, where the agency still has access; an erased case has none any more."""
    record(
        by=by, at=at, name=name, subject_kind=SUBJECT, subject_id=row.id, reason=reason,
        case_id=row.case_id if queries.leads(row.case_id) else None, detail={"kind": row.kind},
    )  # fmt: skip
