"""A plan's order holds: what should come after another is sealed, and sent when that one is done.

By its turn, or by hand with a word. What ends otherwise than done lets nothing go by itself: then
somebody decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.consent.policy import BasisMissing
from rangkul.custody import queries as custody
from rangkul.custody.models import Case
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, KeyDestroyed, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import queries as people
from rangkul.referrals import events, policy, waiting, workflow
from rangkul.referrals.ceilings import BasisNotOffered
from rangkul.referrals.models import Referral, Request, WaitingReferral
from rangkul.referrals.operations.sending import Asked, prepare, send_referral
from rangkul.trail.operations import record

MOST_WORDS: Final = 600
_UNANSWERED: Final = frozenset({case_workflow.PLANNED, case_workflow.UNMET})


def put_in_line(
    *, asked: Asked, waiting_id: UUID, token: UUID, plan: UUID, after: UUID, seen: str, by: Actor,
    at: datetime,
) -> WaitingReferral:  # fmt: skip
    """Seal what will be asked once ``after`` is done; everything is checked now as if it went.

    Raises what ``prepare`` raises, ``PreviewChanged``.
    """
    case = custody.lock_case(by, asked.case_id)
    before = waiting.by_token(asked.case_id, token)
    if before is not None:
        return before
    opened = people.unseal(people.list_people(by, asked.case_id))
    prepared = prepare(asked, opened, by=by, at=at)
    if seen and seen != prepared.built.content.digest:
        raise policy.PreviewChanged
    if asked.need_id is not None and cases.get_need(by, asked.need_id).case_id != asked.case_id:
        raise NotReachable("the need is another case's")
    row = WaitingReferral.objects.create(
        id=waiting_id, case_id=asked.case_id, plan=plan, after=after, token=token,
        service=prepared.basis.service, need_id=asked.need_id, basis_id=prepared.basis.id,
        desk_id=asked.desk_id, made_at=at, made_by=by.user_id,
        draft_sealed=vault.seal(
            _key(case), waiting.draft_place(waiting_id), waiting.draft_text(asked.draft)
        ),
    )  # fmt: skip
    _record(events.REFERRAL_PUT_IN_LINE, row, by=by, at=at)
    return row


def take_turns(*, referral: Referral, by: Actor, at: datetime) -> list[Request]:
    """This referral is done: what waited for it goes, each or with the reason why it cannot."""
    sent = []
    for waiting_id in waiting.next_in_turn(referral):
        row = waiting.lock_waiting(by, waiting_id)
        why = _obstacle(row, by)
        try:
            if not why:
                with transaction.atomic():
                    sent.append(_send(row, words="", by=by, at=at))
        except (BasisMissing, BasisNotOffered, IllegalMove, InvalidInput, KeyDestroyed) as fault:
            why = _code(fault)
        if why:
            row.stuck = why
            row.save(update_fields=["stuck"])
            _record(events.REFERRAL_STUCK, row, by=by, at=at)
            post(Event(events.REFERRAL_STUCK, "case", str(row.case_id), by.agency_id,
                       actor_id=row.made_by))  # fmt: skip
    return sent


@transaction.atomic
def send_before_turn(*, waiting_id: UUID, words: str, by: Actor, at: datetime) -> Request:
    """Send it now, with a word why it does not wait. Raises what ``send_referral`` raises."""
    require(by.roles, Permission.SEND_REFERRAL)
    row = waiting.lock_waiting(by, waiting_id)
    _check_words(words)
    if row.state != workflow.WAITS:
        raise IllegalMove("send", row.state)
    return _send(row, words=words, by=by, at=at)


@transaction.atomic
def let_go(*, waiting_id: UUID, words: str, by: Actor, at: datetime) -> WaitingReferral:
    """It is not sent any more, with a word why; the need stands in the plan as before."""
    require(by.roles, Permission.SEND_REFERRAL)
    row = waiting.lock_waiting(by, waiting_id)
    _check_words(words)
    if row.state != workflow.WAITS:
        raise IllegalMove("let_go", row.state)
    _end(row, workflow.LET_GO, words=words, by=by, at=at)
    _record(events.REFERRAL_LET_GO, row, by=by, at=at)
    return row


def _send(row: WaitingReferral, *, words: str, by: Actor, at: datetime) -> Request:
    asked = Asked(row.case_id, row.desk_id, row.basis_id, waiting.draft_of(row), row.need_id)
    request = send_referral(
        asked=asked, token=row.token, plan=row.plan, after=row.after, referral_id=row.id,
        uncovered_ok=True, by=by, at=at,
    )  # fmt: skip
    _end(row, workflow.TURN_TAKEN, words=words, by=by, at=at)
    return request


def _end(row: WaitingReferral, state: str, *, words: str, by: Actor, at: datetime) -> None:
    row.state, row.ended_at, row.ended_by, row.stuck = state, at, by.user_id, ""
    if words.strip():
        key = _key(custody.get_access(by, row.case_id).case)
        row.words_sealed = vault.seal(key, waiting.words_place(row.id), words.strip())
    row.save(update_fields=["state", "ended_at", "ended_by", "stuck", "words_sealed"])


def _obstacle(row: WaitingReferral, by: Actor) -> str:
    """What has changed in the plan meanwhile: the need was answered or dropped."""
    if row.need_id is None:
        return ""
    return "" if cases.get_need(by, row.need_id).state in _UNANSWERED else "need_answered"


def _code(fault: Exception) -> str:
    if isinstance(fault, BasisMissing):
        return fault.why
    if isinstance(fault, InvalidInput):
        return next(iter(fault.errors.values()), "unknown")[:24]
    return "closed" if isinstance(fault, IllegalMove) else "basis"


def _check_words(words: str) -> None:
    if not words.strip():
        raise InvalidInput({"words": "required"})
    if len(words) > MOST_WORDS:
        raise InvalidInput({"words": "too_long"})


def _key(case: Case) -> vault.OpenKey:
    return vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)


def _record(name: str, row: WaitingReferral, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="waiting", subject_id=row.id, case_id=row.case_id,
        detail={"service": row.service, "desk": row.desk_id, "stuck": row.stuck},
    )  # fmt: skip
