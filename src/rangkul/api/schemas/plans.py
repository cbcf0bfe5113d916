"""Several referrals thought of together: what goes at once, and what waits for another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from rangkul.api.schemas.referrals import DraftAsked, ReferralSent
from rangkul.api.schemas.strict import DESK, SOME_ID, Asked, Said, Words, example, example_of

_DRAFT = example_of(DraftAsked)
_WAITING: dict[str, Any] = {
    "id": str(SOME_ID), "service": "psikologi", "desk": DESK, "need": str(SOME_ID),
    "after": str(SOME_ID), "state": "waiting", "stuck": "", "made_at": "2026-03-02T04:00:00Z",
}  # fmt: skip


class StepAsked(DraftAsked):
    """One referral; ``after`` is the place (from 0) of an earlier step that has to be done first.

    ``seen`` is the digest of its preview.
    """

    model_config = ConfigDict(json_schema_extra=example(**_DRAFT, seen="", after=0))

    seen: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    after: Annotated[int, Field(ge=0, le=7)] | None = None


class PlanAsked(Asked):
    """Up to eight referrals of one case, in an order in which none waits for a later one."""

    model_config = ConfigDict(json_schema_extra=example(steps=[_DRAFT], uncovered_ok=False))

    steps: Annotated[list[StepAsked], Field(min_length=1, max_length=8)]
    uncovered_ok: bool = False


class WaitingSaid(Said):
    """A referral whose turn has not come; ``stuck`` is why it could not go when it came."""

    model_config = ConfigDict(json_schema_extra=example(**_WAITING))

    id: UUID
    service: str
    desk: str
    need: UUID | None
    after: UUID
    state: str
    stuck: str
    made_at: datetime


class WaitingList(Said):
    """What waits for its turn, oldest first."""

    model_config = ConfigDict(json_schema_extra=example(waiting=[_WAITING]))

    waiting: list[WaitingSaid]


class PlanSent(WaitingList):
    """What is on its way, and what waits."""

    model_config = ConfigDict(
        json_schema_extra=example(
            sent=[example_of(ReferralSent)],
            waiting=[_WAITING],
        )
    )  # fmt: skip

    sent: list[ReferralSent]


class WordAsked(Asked):
    """Why it goes before its turn, or is not sent."""

    model_config = ConfigDict(json_schema_extra=example(words="Ia minta sekarang."))

    words: Words
