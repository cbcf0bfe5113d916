"""Who is called when a deadline has passed: the rungs of the ladder, and how long each waits.

Officer on duty → supervisor → province coordinator → national (``domain.md``, Clocks). The waits
grow with the length of the deadline, so that a quarter of an hour and two weeks each climb at a
pace that can still help. [local]: defaults of the house, to be replaced by agreement.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

DESK, SUPERVISOR, PROVINCE, NATION = 1, 2, 3, 4
RUNGS: Final = (DESK, SUPERVISOR, PROVINCE, NATION)

# Rung → (part of the deadline's length, at least, at most), counted from the moment it was missed.
_WAITS: Final = {
    DESK: (0.0, timedelta(0), timedelta(0)),
    SUPERVISOR: (0.25, timedelta(minutes=15), timedelta(hours=24)),
    PROVINCE: (1.0, timedelta(hours=1), timedelta(days=3)),
    NATION: (3.0, timedelta(hours=4), timedelta(days=7)),
}


def top(*, escalates: bool, meaning: str) -> int:
    """The highest rung of a procedure: what must be done within a time climbs to the nation.

    What only lasts at most so long (a stay, an order) calls those who hold it and their
    supervisor; a procedure that does not escalate calls only the desk.
    """
    if not escalates:
        return DESK
    return NATION if meaning == "act_within" else SUPERVISOR


def rung_at(rung: int, *, started_at: datetime, due_at: datetime) -> datetime:
    """The moment of a rung for a deadline of this length."""
    part, least, most = _WAITS[rung]
    return due_at + min(max((due_at - started_at) * part, least), most)


def due_rungs(
    climbed: int, *, last: int, started_at: datetime, due_at: datetime, at: datetime
) -> Iterator[tuple[int, datetime]]:
    """The rungs above ``climbed`` whose moment has come by ``at``, in order, with the moment."""
    for rung in RUNGS[climbed:last]:
        moment = rung_at(rung, started_at=started_at, due_at=due_at)
        if moment > at:
            return
        yield rung, moment


def next_at(climbed: int, *, last: int, started_at: datetime, due_at: datetime) -> datetime | None:
    """When the next rung comes; ``None`` at the top."""
    if climbed >= last:
        return None
    return rung_at(climbed + 1, started_at=started_at, due_at=due_at)
