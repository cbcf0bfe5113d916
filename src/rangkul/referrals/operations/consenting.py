"""Putting a ground down under its ceiling, and taking it back with all that rests on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from rangkul.cases import queries as cases
from rangkul.clocks import operations as clocks
from rangkul.consent import operations as consent
from rangkul.consent.models import Basis
from rangkul.consent.operations import Ground
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.reference.services import ServiceCode
from rangkul.referrals import events, grounds, queries
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
    made. The ids of the requests that were open.
    """
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
    return [request_id for request_id, _, _ in ended]


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
