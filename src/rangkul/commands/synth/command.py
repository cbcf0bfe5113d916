"""``rangkul synth``: fills an otherwise empty system with an invented country.

Thirty-eight provinces by published weights, agencies, staff, cases of five years with everything
that hangs on them. Sealed, tokenised and recorded by the same functions as real cases; brought in
by COPY. The same seed, sizes and day give the same ids and names; keys are always random.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from rangkul.commands.cli import setup_django
from rangkul.commands.synth import country
from rangkul.commands.synth.country import Country, Task
from rangkul.foundation.errors import RangkulError

if TYPE_CHECKING:
    from psycopg import Connection

    from rangkul.commands.synth.stories import Storyteller


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--cases", type=int, default=10_000, help="how many cases")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another country")
    parser.add_argument("--agencies", type=int, default=3_000)
    parser.add_argument("--staff", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2, help="processes that write and encrypt")
    parser.add_argument(
        "--until", type=datetime.fromisoformat, help="the country's last moment (default: now, UTC)"
    )
    parser.add_argument(
        "--add", action="store_true", help="put it beside cases that are already there"
    )


def run(options: argparse.Namespace) -> int:
    """Fill, and say how fast."""
    setup_django()
    until = options.until or datetime.now(UTC).replace(microsecond=0)
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    filled = fill(
        cases=options.cases, seed=options.seed, agencies=options.agencies, staff=options.staff,
        jobs=options.jobs, until=until, add=options.add, quiet=False,
    )  # fmt: skip
    print(
        f"{filled.cases} cases, {filled.rows} rows, {filled.megabytes} MB in "
        f"{filled.seconds:.0f} s: {filled.cases / filled.seconds:.0f} cases/s (rows alone "
        f"{filled.cases / filled.copying:.0f}/s, then indexes and checks)"
    )
    return 0


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made and how long it took; ``copying`` is the part before the indexes."""

    cases: int
    rows: int
    megabytes: int
    seconds: float
    copying: float


def fill(
    *, cases: int, seed: int, agencies: int, staff: int, jobs: int, until: datetime,
    add: bool = False, quiet: bool = True,
) -> Filled:  # fmt: skip
    """Write the whole country in one transaction, as the owner.

    Raises ``SystemNotEmpty`` beside existing cases unless ``add``; ``RangkulError`` without the
    owner's role, or for sizes that make no country.
    """
    from django.conf import settings
    from django.db import connections

    from rangkul.commands.synth import load

    if "owner" not in settings.DATABASES:
        raise RangkulError("synth needs the owner role: set DATABASE_OWNER_URL")
    owner = connections["owner"]
    owner.ensure_connection()
    raw: load.Connection = owner.connection
    try:
        with raw.transaction():
            empty = load.lock(raw)
            bases = load.bases(raw)
            if bases.case and not add:
                raise load.SystemNotEmpty(
                    "there are cases already; --add puts a country beside them"
                )
            task = Task(seed, cases, agencies, staff, until, bases, load.transaction_id(raw))
            return _load(raw, task, jobs=jobs, empty=empty, tell=_silent if quiet else _aloud)
    finally:
        owner.close()


def _load(
    raw: Connection[Any], task: Task, *, jobs: int, empty: bool, tell: Callable[[str], None]
) -> Filled:
    """The country first, then its cases chunk by chunk, then what was set aside."""
    from rangkul.commands.synth import directory, load, rows

    began = time.perf_counter()
    land = _build(task)
    if load.is_taken(raw, land.agencies[0].code):
        raise RangkulError(f"the country of seed {task.seed} is here already; take another seed")
    counted = size = 0
    with load.set_aside(raw, empty=empty, tell=tell):
        tell(f"writing {task.cases} cases")
        load.await_tokens(raw)
        lines = rows.buffers()
        since = task.until - timedelta(days=365 * country.YEARS)
        directory.write(land, lines, since=since, until=task.until)
        for filled in chain([rows.joined(lines)], _chunks(task, jobs)):
            load.copy_in(raw, filled, empty=empty)
            counted += sum(written.count(b"\n") for written in filled.values())
            size += sum(map(len, filled.values()))
        load.spread_tokens(raw)
        copied = time.perf_counter()
    load.advance_sequences(raw)
    load.analyze(raw)
    ended = time.perf_counter()
    return Filled(task.cases, counted, size // 1_000_000, ended - began, copied - began)


def _build(task: Task) -> Country:
    try:
        return country.build(
            seed=task.seed, agencies=task.agencies, staff=task.staff, bases=task.bases
        )
    except ValueError as fault:
        raise RangkulError(str(fault)) from fault


def _silent(text: str) -> None:
    """Say nothing."""


def _aloud(text: str) -> None:
    print(f"{text} …", flush=True)


_teller: Storyteller | None = None


def _start(task: Task) -> None:
    """Make a process of its own ready: Django, the key ring, the same country."""
    setup_django()
    from rangkul.commands.synth.stories import Storyteller

    global _teller
    _teller = Storyteller(task, _build(task))


def _write(chunk: int) -> dict[str, bytes]:
    from rangkul.commands.synth import rows

    if _teller is None:
        raise RuntimeError("a chunk was asked of a process that was not started for it")
    return rows.joined(_teller.chunk(chunk))


def _chunks(task: Task, jobs: int) -> Iterator[dict[str, bytes]]:
    """The chunks in their order, so that ids given by the database repeat too."""
    count = -(-task.cases // country.CHUNK)
    if jobs < 2:
        _start(task)
        yield from map(_write, range(count))
        return
    ahead: deque[Future[dict[str, bytes]]] = deque()
    # Spawned, not forked: a child must not inherit the database connection.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (task,)) as pool:
        for chunk in range(count):
            ahead.append(pool.submit(_write, chunk))
            if len(ahead) > 3 * jobs:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
