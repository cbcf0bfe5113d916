"""The one place that says whether something may leave the agency, and for how long.

Everything that crosses an agency's border asks ``require_basis``, by way of ``borders.cross``; the
database holds the same sentence as a net (``border_sql``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.consent.models import Basis
from rangkul.foundation.errors import RangkulError

CONSENT: Final = "a"
# What a basis names where the whole file moves to another agency: not one of the services.
HANDING_OVER: Final = "pelimpahan"

# What the recipient may do with what it is told: a service, a conference, the whole file.
SERVICE, CONFERENCE, TRANSFER = "layanan", "rapat", "pelimpahan"
PURPOSES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        SERVICE: _("To give this help"),
        CONFERENCE: _("To plan the help together at a case conference"),
        TRANSFER: _("To take over the whole case"),
    }
)

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


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the file knows that bears on every basis: a child, and a guardian who is left out."""

    is_child: bool
    guardian_excluded: bool


def obstacle(
    basis: Basis, *, service: str, desk_id: int | None, at: datetime, purpose: str = "",
    person: Circumstances | None = None,
) -> str:  # fmt: skip
    """Why nothing may go out on this basis now, as a code; empty when something may.

    ``purpose`` and ``person`` are asked where something is about to go.
    """
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
        ("other_purpose", bool(purpose) and purpose not in basis.purposes),
    )
    why = next((code for code, stops in checks if stops), "")
    return why or (person_obstacle(basis, person) if person else "")


def person_obstacle(basis: Basis, person: Circumstances) -> str:
    """What was true of the person when it was put down has to be true now; "" where it is."""
    checks = (
        ("guardian_excluded", person.guardian_excluded and not basis.guardian_excluded),
        (
            "best_interest",
            person.is_child and basis.letter != "d" and not basis.best_interest,
        ),
    )
    return next((code for code, stops in checks if stops), "")


def require_basis(
    basis: Basis, *, service: str, desk_id: int | None, at: datetime, purpose: str,
    person: Circumstances | None = None,
) -> None:  # fmt: skip
    """Go on only on a basis that stands now, for this service, desk, purpose and person.

    Raises ``BasisMissing``.
    """
    why = obstacle(basis, service=service, desk_id=desk_id, at=at, purpose=purpose, person=person)
    if why:
        raise BasisMissing(why)
