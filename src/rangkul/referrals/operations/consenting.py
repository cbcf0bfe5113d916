"""Putting a ground down under its ceiling, and taking it back with all that rests on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.clocks import operations as clocks
from rangkul.consent import operations as consent
from rangkul.consent import queries as consent_queries
from rangkul.consent.models import Basis
from rangkul.consent.operations import Ground
from rangkul.consent.policy import CONSENT
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.reference.services import ServiceCode
from rangkul.referrals import events, grounds, queries, waiting
from rangkul.referrals.operations.calling import end_calls
from rangkul.referrals.operations.following import move_need
from rangkul.trail.operations import record


@transaction.atomic
def record_ground(*, case_id: int, ground: Ground, by: Actor, at: datetime) -> Basis:
    """Put down consent or another basis, no higher than this service's ceiling lets it.

    Whether the person is a child, and whether the guardian is left out, is read from the file.
    Raises ``InvalidInput`` (field → code), ``NotReachable``.
    """
    standing = grounds.Standing.of(cases.get_file(by, case_id))
    known = replace(
        ground, is_child=standing.is_child, guardian_excluded=standing.guardian_excluded
    )
    errors = _ceiling_errors(known, standing) | _desk_errors(known)
    if errors:
        raise InvalidInput(errors)
    return consent.record_basis(case_id=case_id, ground=known, by=by, at=at)


@transaction.atomic
def withdraw_consent(*, basis_id: UUID, by: Actor, at: datetime) -> list[int]:
    """Take a basis back, and with it at once everything that rests on it.

    Open requests end, every packet's key and thread's key is destroyed, the receivers are told,
    clocks stop, needs return to the plan; also for requests that another agency of a joint team
    made. What waits for its turn waits in vain, an offer of the case ends. The ids of the requests
    that were open.
    """
    offers = queries.list_offers_on(by, basis_id)
    basis = consent.withdraw_basis(basis_id=basis_id, by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute("select * from house.withdraw_requests(%s, %s)", [basis.id, at])
        ended = cursor.fetchall()
    vault.forget_keys()
    for request_id, receiver, sender in ended:
        referral = queries.get_referral(by, request_id)
        clocks.void(subject_kind="request", subject_id=request_id, by=by, at=at)
        end_calls(referral=referral, by=by, at=at)
        move_need(referral, "return", by=by, at=at)
        record(
            by=by, at=at, name=events.REFERRAL_WITHDRAWN, subject_kind="request",
            subject_id=request_id, case_id=referral.case_id,
        )  # fmt: skip
        for told in {receiver, sender} - {by.agency_id}:
            post(Event(events.REFERRAL_WITHDRAWN, "request", str(request_id), told))
    for waiting_id in waiting.list_on_basis(basis):
        row = waiting.lock_waiting(by, waiting_id)
        row.stuck = "withdrawn"
        row.save(update_fields=["stuck"])
    for offer in offers:
        clocks.void(subject_kind="transfer", subject_id=offer.id, by=by, at=at)
        record(
            by=by, at=at, name=events.TRANSFER_CANCELLED, subject_kind="transfer",
            subject_id=offer.id, case_id=basis.case_id, reason="withdrawn",
        )  # fmt: skip
        for told in {offer.receiver_agency_id, offer.sender_agency_id} - {by.agency_id}:
            post(Event(events.TRANSFER_CANCELLED, "transfer", str(offer.id), told))
    return [request_id for request_id, _, _ in ended]


@transaction.atomic
def withdraw_all(*, case_id: int, by: Actor, at: datetime) -> tuple[int, int]:
    """Take everything back that the person has agreed to, in one act; how many bases, requests.

    Bases named by law stand: they are not hers to take back, and the page tells her so.
    """
    found = [
        basis
        for basis in consent_queries.list_bases(by, case_id)
        if basis.letter == CONSENT and basis.withdrawn_at is None and basis.valid_until > at
    ]
    ended = [withdraw_consent(basis_id=basis.id, by=by, at=at) for basis in found]
    return len(found), sum(len(each) for each in ended)


@transaction.atomic
def narrow_consent(
    *, basis_id: UUID, levels: Mapping[str, int], without_desks: Collection[int] = (), by: Actor,
    at: datetime,
) -> list[int]:  # fmt: skip
    """Take a part of a consent back: lower levels, or leave desks out that it names.

    What went out under more cannot be made smaller: it ends with the old consent, and may be asked
    anew on the new one, which is as the old one was but for the part taken back. The ids of the
    requests that ended. Raises ``InvalidInput`` where nothing is less, ``IllegalMove``.
    """
    require(by.roles, Permission.RECORD_CONSENT)
    old = consent_queries.lock_basis(by, basis_id)
    if old.letter != CONSENT or old.withdrawn_at is not None:
        raise IllegalMove("narrow", "law" if old.letter != CONSENT else "withdrawn")
    if old.valid_until <= at:
        raise IllegalMove("narrow", "expired")
    lower = {letter: min(levels.get(letter, level), level) for letter, level in old.levels.items()}
    named = [desk for desk in (old.recipient_desk_id, *old.fallback_desk_ids) if desk is not None]
    kept = [desk for desk in named if desk not in without_desks]
    if (lower, kept) == (old.levels, named) or min(lower.values(), default=0) < 0:
        raise InvalidInput({"levels": "not_less"})
    ended = withdraw_consent(basis_id=old.id, by=by, at=at)
    if any(lower.values()) and (kept or not named):
        consent.record_narrower(old=old, levels=lower, desks=kept, by=by, at=at)
    return ended


def _ceiling_errors(ground: Ground, standing: grounds.Standing) -> dict[str, str]:
    if ground.service not in set(ServiceCode):
        return {"service": "unknown"}
    try:
        levels = grounds.levels_of(ground.levels)
    except ValueError:
        return {"levels": "unknown"}
    return grounds.check_ground(
        service=ServiceCode(ground.service), letter=ground.letter, article=ground.article,
        levels=levels, standing=standing,
    )  # fmt: skip


def _desk_errors(ground: Ground) -> dict[str, str]:
    """Named desks must exist; a desk of another land or of none is refused like a foreign one."""
    named = [ground.recipient_desk_id, *ground.fallback_desk_ids]
    for desk_id in named:
        if desk_id is None:
            continue
        try:
            network.get_desk(desk_id)
        except NotReachable:
            return {"desk": "unknown"}
    if ground.fallback_desk_ids and ground.recipient_desk_id is None:
        return {"fallback": "without_desk"}
    return {}
