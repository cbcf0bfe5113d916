"""One tick of the ladder over two hundred thousand running deadlines, a thousand just due."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

RUNNING: Final = 200_000
DUE: Final = 1_000
BAR_SECONDS: Final = 5.0
_KIND: Final = "bench"


def measure() -> dict[str, float | int]:
    """Seconds of one tick where nothing is due, and of one where ``DUE`` clocks climb a rung.

    The clocks are copies of the filled country's, made by the owner and taken away afterwards; the
    tick runs as the app under its own scope, as the worker runs it.
    """
    from rangkul.jobs.ladder import climb

    now = datetime.now(UTC)
    # What the filled country itself has missed is climbed first.
    climb(now)
    try:
        running = _prepare(now)
        began = time.perf_counter()
        climb(now)
        idle = time.perf_counter() - began
        _let_fall_due(now)
        began = time.perf_counter()
        climbed = climb(now)
        busy = time.perf_counter() - began
    finally:
        _take_away()
    return {
        "running": running, "due": climbed, "idle_s": round(idle, 3), "seconds": round(busy, 2),
        "holds": busy <= BAR_SECONDS and climbed == DUE,
    }  # fmt: skip


def _prepare(now: datetime) -> int:
    """Bring the waiting clocks to ``RUNNING``; how many there are."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from clocks_clock where state in ('running', 'missed')")
        missing = max(0, RUNNING - int(cursor.fetchone()[0]))
        # The guard of a clock's case asks for a scope, which the owner's copies have none of.
        cursor.execute("alter table clocks_clock disable trigger user")
        cursor.execute(
            "insert into clocks_clock (id, agency_id, desk_id, user_id, procedure, "
            "procedure_version, subject_kind, subject_id, case_id, risk, state, started_at, "
            "due_at, pause_reason, step, top) "
            "select gen_random_uuid(), agency_id, desk_id, user_id, procedure, "
            "procedure_version, %s, subject_id, case_id, risk, 'running', %s::timestamptz, "
            "%s::timestamptz + interval '1 hour' + random() * interval '30 days', '', 0, 4 "
            "from clocks_clock where state = 'met' limit %s",
            [_KIND, now, now, missing],
        )
        cursor.execute("alter table clocks_clock enable trigger user")
        cursor.execute("analyze clocks_clock")
        cursor.execute("select count(*) from clocks_clock where state in ('running', 'missed')")
        return int(cursor.fetchone()[0])


def _let_fall_due(now: datetime) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "update clocks_clock set due_at = %s where id in "
            "(select id from clocks_clock where subject_kind = %s limit %s)",
            [now, _KIND, DUE],
        )


def _take_away() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "delete from alerts_alert where subject_id in "
            "(select id::text from clocks_clock where subject_kind = %s)",
            [_KIND],
        )
        cursor.execute("delete from clocks_clock where subject_kind = %s", [_KIND])
