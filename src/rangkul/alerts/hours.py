"""When a person may be called: quiet hours and the hour of the daily digest, on the local clock.

Nothing here asks the database or the clock.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# [local] What holds for a person who never said otherwise.
QUIET_FROM: Final = time(21, 0)
QUIET_UNTIL: Final = time(6, 0)

_DAY: Final = timedelta(days=1)


def is_quiet(at: datetime, *, zone: ZoneInfo, start: time | None, end: time | None) -> bool:
    """Whether ``at`` lies between two local hours; ``start`` after ``end`` goes across midnight.

    Without both hours, or with twice the same one, no hour is quiet.
    """
    if start is None or end is None or start == end:
        return False
    local = at.astimezone(zone).time()
    if start < end:
        return start <= local < end
    return local >= start or local < end


def after_quiet(at: datetime, *, zone: ZoneInfo, start: time | None, end: time | None) -> datetime:
    """``at`` itself, or the moment at which the quiet hours around it end."""
    if end is None or not is_quiet(at, zone=zone, start=start, end=end):
        return at
    return _next(end, at, zone)


def next_digest(at: datetime, *, zone: ZoneInfo, hour: time) -> datetime:
    """The next local ``hour`` at or after ``at``."""
    return _next(hour, at, zone)


def _next(hour: time, at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    found = datetime.combine(local.date(), hour, tzinfo=zone)
    return (found if found >= local else found + _DAY).astimezone(at.tzinfo)
