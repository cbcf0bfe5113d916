"""Several needs, several desks, one act: referrals that were thought of together.

Each is a referral of its own, with its own ground, packet, key and trail; no packet tells of the
others. The plan is the sender's: what is sent together, and what waits until another is done.
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
from rangkul.referrals.models import Request, WaitingReferral
from rangkul.referrals.operations.sending import Asked, send_referral
from rangkul.referrals.operations.turning import put_in_line

# [local] What one conversation can settle; more is a second plan.
MOST: Final = 8
_PLANS: Final = UUID("0f6f2f5e-6c57-4d0c-8f0a-2f3e0f0b7a11")


@dataclass(frozen=True, slots=True)
class Step:
    """One referral of a plan; ``after`` is the place of a step that has to be done before it."""

    asked: Asked
    seen: str = ""
    after: int | None = None
    uncovered_ok: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan sent at once, and what waits for its turn."""

    sent: tuple[Request, ...]
    waiting: tuple[WaitingReferral, ...]


@transaction.atomic
def send_plan(*, steps: Sequence[Step], token: UUID, by: Actor, at: datetime) -> Planned:
    """Send what waits for nothing and put the rest in line: all of it or none.

    The same ``token`` again returns what it made. Raises what ``send_referral`` raises;
    ``InvalidInput`` names the step before the field (``2.desk``).
    """
    require(by.roles, Permission.SEND_REFERRAL)
    if not 1 <= len(steps) <= MOST or len({step.asked.case_id for step in steps}) != 1:
        raise InvalidInput({"steps": "unknown"})
    for place, step in enumerate(steps):
        if step.after is not None and not 0 <= step.after < place:
            raise InvalidInput({f"{place}.after": "not_in_order"})
    plan = uuid5(_PLANS, str(token))
    # A step's referral bears the id of its place, so that what waits for it is known beforehand.
    ids = [uuid5(plan, f"referral {place}") for place in range(len(steps))]
    sent: list[Request] = []
    waiting: list[WaitingReferral] = []
    for place, step in enumerate(steps):
        form = uuid5(plan, str(place))
        try:
            if step.after is None:
                sent.append(
                    send_referral(
                        asked=step.asked, token=form, seen=step.seen, plan=plan,
                        uncovered_ok=step.uncovered_ok, referral_id=ids[place], by=by, at=at,
                    )
                )  # fmt: skip
            else:
                waiting.append(
                    put_in_line(
                        asked=step.asked, waiting_id=ids[place], token=form, plan=plan,
                        after=ids[step.after], seen=step.seen, by=by, at=at,
                    )
                )  # fmt: skip
        except InvalidInput as fault:
            named = {f"{place}.{name}": code for name, code in fault.errors.items()}
            raise InvalidInput(named) from fault
    return Planned(tuple(sent), tuple(waiting))
