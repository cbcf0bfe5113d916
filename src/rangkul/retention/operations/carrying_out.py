"""Stopping what is shared, and restricting a file: what a granted request changes at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.consent import queries as consent
from rangkul.consent.policy import CONSENT
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference import queries as reference
from rangkul.referrals import operations as referrals
from rangkul.retention import events, policy, queries, workflow
from rangkul.retention.models import Restriction
from rangkul.retention.operations.answering import finish_request
from rangkul.retention.operations.receiving import SUBJECT
from rangkul.trail.operations import record

RESTRICTIONS = "alasan_pembatasan"


@transaction.atomic
def stop_processing(*, request_id: int, expected_version: int, by: Actor, at: datetime) -> int:
    """Withdraw every consent of the case that stands, with all that rests on it; how many.

    For whoever records consent on the file. What another law demands goes on and is told: bases
    other than consent are not hers to withdraw.
    """
    require(by.roles, Permission.RECORD_CONSENT)
    row = queries.lock_request(by, request_id)
    if row.kind != workflow.STOP or row.state != workflow.GRANTED:
        raise IllegalMove("stop", row.state)
    standing = [
        basis
        for basis in consent.list_bases(by, row.case_id)
        if basis.letter == CONSENT and basis.withdrawn_at is None
    ]
    for basis in standing:
        referrals.withdraw_consent(basis_id=basis.id, by=by, at=at)
    finish_request(request_id=request_id, expected_version=expected_version, by=by, at=at)
    return len(standing)


@transaction.atomic
def restrict_file(
    *, case_id: int, reason: str, by: Actor, at: datetime, request_id: int | None = None,
    expected_version: int | None = None,
) -> Restriction:  # fmt: skip
    """Close a file to new acts but those of safety and hand-off; with its request, that is done.

    Restricted twice is restricted once. Raises ``InvalidInput``. Trail: ``right.restricted``.
    """
    require(by.roles, policy.HANDLES)
    if not reference.is_code(RESTRICTIONS, reason):
        raise InvalidInput({"reason": "unknown"})
    if request_id is not None:
        row = queries.lock_request(by, request_id)
        if row.kind != workflow.RESTRICTION or row.case_id != case_id:
            raise NotReachable("not a request to restrict this file")
    standing = queries.live_restriction(case_id)
    if standing is None:
        standing = Restriction.objects.create(
            id=new_id(), agency_id=by.agency_id, case_id=case_id, request_id=request_id,
            reason=reason, since=at, since_by=by.user_id,
        )  # fmt: skip
        record(
            by=by, at=at, name=events.RESTRICTED, subject_kind="case", subject_id=case_id,
            case_id=case_id, reason=reason,
        )  # fmt: skip
    if request_id is not None:
        finish_request(request_id=request_id, expected_version=expected_version, by=by, at=at)
    return standing


@transaction.atomic
def lift_restriction(*, case_id: int, by: Actor, at: datetime) -> None:
    """The file takes acts again: she agreed, or what was in doubt is settled; she is told before.

    Raises ``NotReachable`` where none stands (any more).
    """
    require(by.roles, policy.HANDLES)
    standing = (
        Restriction.objects.select_for_update()
        .filter(case_id=case_id, agency_id=by.agency_id, until__isnull=True)
        .first()
    )
    if standing is None:
        raise NotReachable("not restricted")
    standing.until, standing.until_by = at, by.user_id
    standing.save(update_fields=["until", "until_by"])
    record(
        by=by, at=at, name=events.RESTRICTION_LIFTED, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={SUBJECT: standing.request_id},
    )  # fmt: skip
