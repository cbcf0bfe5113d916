"""The one place that says whether something may leave the agency, and for how long.

Everything that crosses an agency's border asks ``require_basis``; the database holds the same
sentence as a net (``referrals.sql.GUARDS`` and ``contract_sql.CONTRACT``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from rangkul.consent.models import Basis
from rangkul.foundation.errors import RangkulError

CONSENT: Final = "a"
# What a basis names where the whole file moves to another agency: not one of the services.
HANDING_OVER: Final = "pelimpahan"

# [local] From recording to a second person's look; until then urgent help is not held up.
REVIEW_WITHIN: Final = timedelta(hours=24)


class BasisMissing(RangkulError):
    """No basis stands for this service, desk and hour; ``why`` is a stable code."""

    code = "basis_missing"

    def __init__(self, why: str) -> None:
        super().__init__(f"no standing basis: {why}")
        self.why = why


def standing(at: datetime) -> Q:
    """A condition on ``Basis``: given, not withdrawn, not over, reviewed in time."""
    reviewed = Q(letter=CONSENT) | Q(approved_at__isnull=False)
    in_time = Q(recorded_at__gt=at - REVIEW_WITHIN)
    return (
        Q(withdrawn_at__isnull=True, valid_until__gt=at, recorded_at__lte=at)
        & (reviewed | in_time)
    )  # fmt: skip


def obstacle(basis: Basis, *, service: str, desk_id: int | None, at: datetime) -> str:
    """Why nothing may go out on this basis now, as a code; empty when something may."""
    reviewed = basis.letter == CONSENT or basis.approved_at is not None
    named = basis.recipient_desk_id
    agreed_desk = (
        desk_id is None or named is None or desk_id == named or desk_id in basis.fallback_desk_ids
    )
    checks = (
        ("withdrawn", basis.withdrawn_at is not None),
        ("expired", basis.valid_until <= at),
        ("not_yet", basis.recorded_at > at),
        ("not_reviewed", not reviewed and basis.recorded_at <= at - REVIEW_WITHIN),
        ("other_service", basis.service != service),
        ("other_desk", not agreed_desk),
    )
    return next((code for code, stops in checks if stops), "")


def require_basis(basis: Basis, *, service: str, desk_id: int, at: datetime) -> None:
    """Go on only on a basis that stands now, for this service and this desk.

    Raises ``BasisMissing``.
    """
    why = obstacle(basis, service=service, desk_id=desk_id, at=at)
    if why:
        raise BasisMissing(why)
