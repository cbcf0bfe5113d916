"""The hours in which care after sexual violence still prevents: what ends their clock."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from rangkul.cases import events
from rangkul.clocks import operations as clocks
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event, post
from rangkul.reference.services import ServiceCode

MEDICAL: Final = frozenset({str(ServiceCode.MEDIS), str(ServiceCode.VISUM)})
CLOCK: Final = "medical_window"
# The reason with which a need is dropped because the survivor, to whom it was offered, said no.
BY_WISH: Final = "atas_permintaan"


@transaction.atomic
def meet_medical_window(*, case_id: int, by: Actor, at: datetime, tell: bool = True) -> bool:
    """Care was reached, or offered and declined by the survivor: the clock is met.

    Each agency of a joint team has clocks of its own; ``tell`` lets the others know by the outbox.
    Idempotent; returns whether a clock of the acting agency was open. Raises ``NotReachable``.
    """
    custody.get_access(by, case_id)
    met = clocks.meet(
        subject_kind="case", subject_id=case_id, by=by, at=at, procedures=[CLOCK]
    )  # fmt: skip
    others = [held for held in custody.list_holders(case_id) if held != by.agency_id]
    for agency_id in others if tell else ():
        post(Event(events.MEDICAL_CARE_SETTLED, "case", str(case_id), agency_id))
    return met > 0
