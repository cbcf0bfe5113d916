"""What a page asks of the database: how many statements, and what they cost without the page.

The same view runs once in this process with every statement noted; its readings are then put to
the database by the bare driver, under the same scope and role, and timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.pages import Page
from bench.visit import Visitor

Statement = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """Statements of one page; ``sql_ms`` is what its readings take by the bare driver."""

    statements: int
    sql_ms: float
    slowest: list[tuple[float, str]]


def cost_of(page: Page, visitor: Visitor) -> Cost:
    """Run the page here, undo what it wrote, and time its readings alone."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    client = Client(enforce_csrf_checks=False, HTTP_HOST="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = visitor.session
    noted: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        noted.append((sql, params))
        return execute(sql, params, many, context)

    def ask() -> None:
        if page.fields:
            client.post(page.sample, _as_mapping(page.fields))
        else:
            client.get(page.sample)

    if page.expects == 200:
        # Once before, so that what a process remembers is remembered.
        ask()
    with connection.execute_wrapper(note):
        ask()
    counted = [sql for sql, _ in noted if not _is_bookkeeping(sql)]
    total, each = _time_readings([s for s in noted if _is_reading(s[0])], visitor)
    return Cost(len(counted), total, each)


def _as_mapping(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def _is_bookkeeping(sql: str) -> bool:
    return sql.lstrip().upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"))


def _is_reading(sql: str) -> bool:
    words = sql.lstrip().lower()
    return words.startswith("select") and "set_config" not in words and "for update" not in words


def _time_readings(
    statements: list[Statement], visitor: Visitor, *, turns: int = 20
) -> tuple[float, list[tuple[float, str]]]:
    """Milliseconds of all the readings together (median), and the three slowest."""
    from django.db import connection, transaction

    from rangkul.foundation.scope import Scope, set_scope

    spent: list[list[float]] = []
    with transaction.atomic():
        set_scope(Scope.of(visitor.actor))
        raw = connection.connection
        for _ in range(turns):
            turn = []
            for sql, params in statements:
                began = time.perf_counter()
                raw.execute(sql, params).fetchall()
                turn.append((time.perf_counter() - began) * 1000)
            spent.append(turn)
        transaction.set_rollback(True)
    each = [(median(turn[at] for turn in spent), sql) for at, (sql, _) in enumerate(statements)]
    return median(sum(turn) for turn in spent), sorted(each, reverse=True)[:3]
