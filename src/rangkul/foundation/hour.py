"""The hour of the house: the database's, the one clock that all machines share.

A machine whose own clock is a day off would sign scopes that are refused, begin deadlines a day
early and end packets that still run. So nobody here reads it: each scope that is set brings the
database's hour back with it, and between two looks a clock that nobody can set carries it on.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

from django.db import connection

# Seconds after which the database is asked anew; every scope that is set asks it anyway.
_GOOD_FOR: Final = 300.0
# What the way to the database may take, in seconds; a smaller difference moves no clock.
_JITTER: Final = 0.5
# Counts on while the machine sleeps, where the system has such a clock.
_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", None)


class _Hour:
    """What this process knows: the database's clock less the steady one, and when it was looked."""

    offset: float | None = None
    looked: float = 0.0


def now() -> datetime:
    """The database's hour in UTC."""
    return datetime.fromtimestamp(seconds(), UTC)


def seconds() -> float:
    """The same in Unix seconds; one query where it was not looked at for five minutes."""
    if _Hour.offset is None or _steady() - _Hour.looked > _GOOD_FOR:
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            note(cursor.fetchone()[0])
    return reckoned().timestamp()


def reckoned() -> datetime:
    """The same without a query, for where none can be made: from the last look, however old."""
    if _Hour.offset is None:
        return datetime.now(UTC)
    return datetime.fromtimestamp(_Hour.offset + _steady(), UTC)


def note(hour: datetime) -> None:
    """The database has just said that it is ``hour``."""
    steady = _steady()
    offset = hour.timestamp() - steady
    if _Hour.offset is None or abs(offset - _Hour.offset) > _JITTER:
        _Hour.offset = offset
    _Hour.looked = steady


def forget() -> None:
    """Know nothing again, as a process that has just begun."""
    _Hour.offset = None


def _steady() -> float:
    return time.monotonic() if _STEADY is None else time.clock_gettime(_STEADY)
