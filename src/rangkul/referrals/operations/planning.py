"""Several needs, several desks, one act: referrals that were thought of together.

Each is a referral of its own, with its own ground, packet, key and trail; no packet tells of the
others. The plan is the sender's: what was sent together, and what should come after what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.referrals import queries
from rangkul.referrals.models import Request
from rangkul.referrals.operations.sending import Asked, send_referral

# [local] What one conversation can settle; more is a second plan.
MOST: Final = 8
_PLANS: Final = UUID("0f6f2f5e-6c57-4d0c-8f0a-2f3e0f0b7a11")


@dataclass(frozen=True, slots=True)
class Step:
    """One referral of a plan; ``after`` is the place of an earlier step that should come first."""

    asked: Asked
    seen: str = ""
    after: int | None = None
    uncovered_ok: bool = False


@transaction.atomic
def send_plan(*, steps: Sequence[Step], token: UUID, by: Actor, at: datetime) -> list[Request]:
    """Send all of them or none. The same ``token`` again returns what it made.

    Raises what ``send_referral`` raises; ``InvalidInput`` names the step before the field
    (``2.desk``).
    """
    require(by.roles, Permission.SEND_REFERRAL)
    if not 1 <= len(steps) <= MOST or len({step.asked.case_id for step in steps}) != 1:
        raise InvalidInput({"steps": "unknown"})
    for place, step in enumerate(steps):
        if step.after is not None and not 0 <= step.after < place:
            raise InvalidInput({f"{place}.after": "not_in_order"})
    plan = uuid5(_PLANS, str(token))
    sent: list[Request] = []
    made: list[UUID] = []
    for place, step in enumerate(steps):
        try:
            request = send_referral(
                asked=step.asked, token=uuid5(plan, str(place)), seen=step.seen,
                uncovered_ok=step.uncovered_ok, plan=plan,
                after=made[step.after] if step.after is not None else None, by=by, at=at,
            )  # fmt: skip
        except InvalidInput as fault:
            named = {f"{place}.{name}": code for name, code in fault.errors.items()}
            raise InvalidInput(named) from fault
        sent.append(request)
        made.append(queries.get_referral(by, request.id).id)
    return sent
