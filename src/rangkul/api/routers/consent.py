"""Grounds by a machine: putting down what the survivor agreed to, and taking it back at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from rangkul.api import numbers
from rangkul.api.calls import (
    GONE,
    READ,
    WRITE,
    CaseNumber,
    IdempotencyKey,
    RowId,
    case_id_in_path,
    desk_number,
)
from rangkul.api.door import caller_of, once
from rangkul.api.queries import Caller
from rangkul.api.schemas.consent import BasesSaid, BasisAsked, BasisSaid, BasisWithdrawn
from rangkul.consent import operations as consent_operations
from rangkul.consent import policy
from rangkul.consent import queries as consent
from rangkul.consent.deciding import Deciding
from rangkul.consent.operations import Ground
from rangkul.consent.queries import BasisWords
from rangkul.custody import queries as custody
from rangkul.foundation.errors import NotReachable
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as referral_queries

if TYPE_CHECKING:
    from datetime import datetime

    from rangkul.consent.models import Basis

router = Router(tags=["consent"])


@router.get("/cases/{number}/bases", response={200: BasesSaid, **READ}, summary="List the grounds")
def list_bases(request: HttpRequest, number: CaseNumber) -> BasesSaid:
    """Every ground of a case, newest first, with what stands in its way now."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)
    return BasesSaid(
        number=custody.case_number(case_id),
        bases=[_said(basis, caller.at) for basis in consent.list_bases(caller.actor, case_id)],
    )


@router.post(
    "/cases/{number}/bases", response={201: BasisSaid, **WRITE, **GONE}, summary="Put down a ground"
)
def record_basis(
    request: HttpRequest, number: CaseNumber, body: BasisAsked, idempotency_key: IdempotencyKey
) -> Status[Mapping[str, Any]]:
    """Put down consent, or another basis with its article and reason; never above the ceiling.

    A basis other than consent is looked at by a second person and told to the survivor.
    """
    caller = caller_of(request)
    case_id = case_id_in_path(number)

    def act() -> BasisSaid:
        basis = referrals.record_ground(
            case_id=case_id, ground=ground_of(body), by=caller.actor, at=caller.at
        )
        return _said(basis, caller.at)

    return Status(201, once(request, idempotency_key, act))


@router.post(
    "/cases/{number}/bases/{basis_id}/withdraw",
    response={200: BasisWithdrawn, **WRITE},
    summary="Withdraw a consent",
)
def withdraw(request: HttpRequest, number: CaseNumber, basis_id: RowId) -> BasisWithdrawn:
    """Take a ground back, at once and without a reason, and with it all that rests on it."""
    caller = caller_of(request)
    _require_basis(caller, number, basis_id)
    ended = referrals.withdraw_consent(basis_id=basis_id, by=caller.actor, at=caller.at)
    return BasisWithdrawn(
        id=basis_id, ended=[referral_queries.packet_number(each) for each in ended]
    )


@router.post(
    "/cases/{number}/bases/{basis_id}/approve",
    response={200: BasisSaid, **WRITE},
    summary="Look at a basis as the second person",
)
def approve(request: HttpRequest, number: CaseNumber, basis_id: RowId) -> BasisSaid:
    """A second person's look at a basis other than consent; never at one's own."""
    caller = caller_of(request)
    _require_basis(caller, number, basis_id)
    basis = consent_operations.approve_basis(basis_id=basis_id, by=caller.actor, at=caller.at)
    return _said(basis, caller.at)


@router.post(
    "/cases/{number}/bases/{basis_id}/told",
    response={200: BasisSaid, **WRITE},
    summary="Note that the person was told",
)
def told(request: HttpRequest, number: CaseNumber, basis_id: RowId) -> BasisSaid:
    """Note that the survivor was told of a basis that is not her consent."""
    caller = caller_of(request)
    _require_basis(caller, number, basis_id)
    basis = consent_operations.tell_person(basis_id=basis_id, by=caller.actor, at=caller.at)
    return _said(basis, caller.at)


def _require_basis(caller: Caller, number: str, basis_id: UUID) -> None:
    """Raise ``NotReachable`` unless the basis is of the case that the address names."""
    if consent.get_basis(caller.actor, basis_id).case_id != case_id_in_path(number):
        raise NotReachable("the basis is another case's")


def ground_of(body: BasisAsked) -> Ground:
    """A ground as a call brings it."""
    return Ground(
        letter=body.letter, service=body.service, levels=body.levels, given_by=body.given_by,
        valid_until=body.valid_until, manner=body.manner, language=body.language,
        article=body.article, why=body.why, words=BasisWords(**body.words.model_dump()),
        recipient_desk_id=None
        if body.desk is None
        else numbers.id_in_field(numbers.DESK, body.desk, "desk"),
        fallback_desk_ids=[
            numbers.id_in_field(numbers.DESK, number, "other_desks") for number in body.other_desks
        ],
        told_at=body.told_at, purposes=body.purposes,
        deciding=Deciding(**body.deciding.model_dump()), told_how=body.told_how,
        understood=body.understood, notice_language=body.notice_language,
    )  # fmt: skip


def _said(basis: Basis, at: datetime) -> BasisSaid:
    return BasisSaid(
        id=basis.id, letter=basis.letter, article=basis.article, service=basis.service,
        levels=basis.levels, given_by=basis.given_by, manner=basis.manner, why=basis.why,
        purposes=basis.purposes, notice_version=basis.notice_version,
        notice_language=basis.notice_language, notice_hash=basis.notice_hash,
        told_how=basis.told_how, understood=basis.understood,
        desk=desk_number(basis.recipient_desk_id),
        other_desks=[desk_number(desk_id) for desk_id in basis.fallback_desk_ids],
        recorded_at=basis.recorded_at, valid_until=basis.valid_until, told_at=basis.told_at,
        approved_at=basis.approved_at, withdrawn_at=basis.withdrawn_at,
        obstacle=policy.obstacle(basis, service=basis.service, desk_id=None, at=at),
    )  # fmt: skip
