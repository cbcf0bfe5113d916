"""The hours in which care after sexual violence still prevents: from when, and what ends them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from rangkul.cases import events
from rangkul.clocks import operations as clocks
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event, post
from rangkul.reference.services import ServiceCode

MEDICAL: Final = frozenset({str(ServiceCode.MEDIS), str(ServiceCode.VISUM)})
CLOCK: Final = "medical_window"
# What the answer "less than 72 hours ago" of the triage says (rk01, ``kurang_72_jam``).
_WINDOW: Final = timedelta(hours=72)


def window_opened(*, heard_at: datetime, last_day: date | None, zone: ZoneInfo) -> datetime:
    """From when the 72 hours count, told at ``heard_at`` that they have not passed yet.

    From the beginning of the last day of violence where that day is known, since the hour is not;
    else from when it was heard, which is no later than the truth allows. A day that lies further
    back than what was told says something else, and is left aside.
    """
    earliest = heard_at - _WINDOW
    if last_day is None:
        return heard_at
    began = datetime.combine(last_day, time.min, tzinfo=zone)
    if not earliest - timedelta(days=1) < began <= heard_at:
        return heard_at
    return max(began, earliest)


@transaction.atomic
def meet_medical_window(
    *, case_id: int, by: Actor, at: datetime, tell: bool = True, done_at: datetime | None = None
) -> bool:
    """Care was reached, or offered and declined by the survivor: the clock is met.

    ``done_at`` is the hour of the care itself, where it is noted later. Each agency of a joint
    team has clocks of its own; ``tell`` lets the others know by the outbox.
    Idempotent; returns whether a clock of the acting agency was open. Raises ``NotReachable``.
    """
    custody.get_access(by, case_id)
    met = clocks.meet(
        subject_kind="case", subject_id=case_id, by=by, at=at, procedures=[CLOCK],
        done_at=done_at,
    )  # fmt: skip
    others = [held for held in custody.list_holders(case_id) if held != by.agency_id]
    for agency_id in others if tell else ():
        post(Event(events.MEDICAL_CARE_SETTLED, "case", str(case_id), agency_id))
    return met > 0
