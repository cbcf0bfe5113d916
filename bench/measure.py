"""The measuring itself: one user first, then several at once; nothing is left out of a figure."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.client import Client
from bench.counting import cost_of
from bench.pages import WARM_UP, Page
from bench.server import Server
from bench.visit import Visitor


@dataclass(frozen=True, slots=True)
class Figures:
    """One page's figures. Milliseconds until the last byte; bytes on the wire, compressed."""

    name: str
    bar_ms: int | None
    requests: int
    p50: float
    p95: float
    p99: float
    cpu_ms: float
    sql_ms: float
    queries: int
    kilobytes: float
    slowest_sql: list[tuple[float, str]]

    @property
    def holds(self) -> bool:
        """Whether p95 is within the bar."""
        return self.bar_ms is None or self.p95 <= self.bar_ms

    def plain(self) -> dict[str, object]:
        """As it goes into the JSON."""
        return asdict(self) | {"holds": self.holds}


class PageFailed(Exception):
    """A measured page did not answer as it should: its time would mean nothing."""


def measure(page: Page, visitor: Visitor, server: Server, *, requests: int) -> Figures:
    """Ask for the page again and again and note every time."""
    times, sizes = [], []
    used = 0.0
    for turn in range(WARM_UP + requests):
        if turn == WARM_UP:
            used = server.processor_seconds()
        answer = page.ask()
        if answer.status != page.expects or answer.location.startswith("/akun/"):
            raise PageFailed(f"{page.name}: {answer.status} instead of {page.expects}")
        if turn >= WARM_UP:
            times.append(answer.seconds * 1000)
            sizes.append(answer.wire)
    used = server.processor_seconds() - used
    cost = cost_of(page, visitor)
    ordered = sorted(times)
    return Figures(
        name=page.name,
        bar_ms=page.bar_ms,
        requests=requests,
        p50=round(_share(ordered, 0.50), 1),
        p95=round(_share(ordered, 0.95), 1),
        p99=round(_share(ordered, 0.99), 1),
        cpu_ms=round(used * 1000 / requests, 1),
        sql_ms=round(cost.sql_ms, 2),
        queries=cost.statements,
        kilobytes=round(max(sizes) / 1024, 1),
        slowest_sql=[(round(ms, 2), " ".join(sql.split())[:300]) for ms, sql in cost.slowest],
    )


def _share(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def under_load(
    server: Server, visitor: Visitor, addresses: Sequence[str], *, users: int, seconds: float
) -> dict[str, float | dict[str, int]]:
    """Several users reading at once: pages a second, p95, and the highest memory seen."""
    from django.conf import settings

    cookies = {settings.SESSION_COOKIE_NAME: visitor.session}
    end = time.monotonic() + seconds
    times: list[float] = []
    failed: list[int] = []

    def read(first: int) -> None:
        client = Client(server.port, cookies)
        turn = first
        while time.monotonic() < end:
            answer = client.get(addresses[turn % len(addresses)])
            turn += 1
            if answer.status == 200:
                times.append(answer.seconds * 1000)
            else:
                failed.append(answer.status)
        client.close()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    highest = server.memory()
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.5)
        now = server.memory()
        highest = now if now["all"] > highest["all"] else highest
    for thread in threads:
        thread.join()
    if failed:
        raise PageFailed(f"under load {len(failed)} pages failed, first with {failed[0]}")
    ordered = sorted(times)
    return {
        "users": users,
        "pages_per_second": round(len(times) / seconds, 1),
        "p95": round(_share(ordered, 0.95), 1),
        "memory_mb": highest,
    }
