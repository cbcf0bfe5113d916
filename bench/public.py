"""``python -m bench --public``: how many public pages a second two cores give, and what each costs.

The real server and worker, PostgreSQL and the load stand on the same two cores. The pages go over
HTTP through the whole stack, from browsers that know nothing: no cookie, compressed, a search for
another place and need each time. The directory is that of an invented country of 3,000 agencies.
"""

from __future__ import annotations

import gzip
import http.client
import multiprocessing
import os
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from typing import Any, Final
from urllib.parse import urlencode

from bench.ground import Ground
from bench.server import Server

BAR: Final = 150
_USERS: Final = 6
_NEEDS: Final = ("", "", "aman", "dokter", "bicara", "hukum", "polisi", "pulang")
_WHO: Final = ("", "", "p", "l", "a", "d")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: the kind of page it counts for, its address, and what is posted."""

    kind: str
    path: str
    fields: tuple[tuple[str, str], ...] = ()


def run(*, seconds: float, seed: int) -> dict[str, Any]:
    """Measure on an instance of its own; the figures."""
    ground = Ground("bench-public")
    ground.start()
    try:
        if not ground.count_cases():
            ground.fill(2_000, seed)
        return _measured(ground, seconds=seconds, seed=seed)
    finally:
        ground.stop()


def _measured(ground: Ground, *, seconds: float, seed: int) -> dict[str, Any]:
    from django.db import connections

    asks = _asks(seed)
    desks = _count_desks()
    connections.close_all()
    server = Server(ground)
    server.start()
    try:
        for ask in asks[:40]:
            _ask(server.port, [ask], lambda *_: None)
        kinds = {kind: _alone(server, [a for a in asks if a.kind == kind]) for kind in _kinds(asks)}
        mixed = _under_load(server, asks, seconds)
        cold = _cold_kilobytes(server.port)
    finally:
        server.stop()
    return {
        "bar": BAR,
        "desks": desks,
        "users": _USERS,
        "seconds": seconds,
        "kinds": kinds,
        "cold_kb": cold,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "load_before": round(os.getloadavg()[1], 1),
        **mixed,
    }


def _kinds(asks: Sequence[Ask]) -> list[str]:
    return list(dict.fromkeys(ask.kind for ask in asks))


def _asks(seed: int) -> list[Ask]:
    """What visitors ask for: the start, a search by words or by a tile, a desk, the honest page."""
    from rangkul.network.queries import public as directory
    from rangkul.reference import queries as reference

    dice = random.Random(seed)
    regencies = reference.list_areas(kind="regency")
    ids = list(directory.directory().desks)
    asks: list[Ask] = []
    for turn in range(3_000):
        place = "/info/" if turn % 3 else "/en/info/"
        area = dice.choice(regencies)
        narrowed = (("need", dice.choice(_NEEDS)), ("who", dice.choice(_WHO)))
        asks += [
            Ask("start", place),
            Ask("search by words", f"{place}tempat/", (("q", area.full_name), *narrowed)),
            Ask("search by a tile", f"{place}tempat/", (("choose", area.code[:2]), *narrowed)),
            Ask("search by words", f"{place}tempat/", (("q", area.name), *narrowed)),
            Ask("a desk", f"{place}tempat/{dice.choice(ids)}/"),
            Ask("how to erase", f"{place}riwayat/"),
        ]
    return asks


def _count_desks() -> int:
    from rangkul.network.queries import public as directory

    return len(directory.directory().desks)


def _ask(port: int, asks: Sequence[Ask], note: Callable[[str, float, int], None]) -> None:
    """Ask for each in turn over one line; anything but a page stops the measurement."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for ask in asks:
        headers = {"Accept-Encoding": "gzip"}
        body = urlencode(ask.fields).encode() if ask.fields else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        line.request("POST" if body else "GET", ask.path, body, headers)
        answer = line.getresponse()
        size = len(answer.read())
        if answer.status != 200 or answer.getheader("Set-Cookie"):
            raise RuntimeError(f"{ask}: {answer.status}")
        note(ask.kind, time.perf_counter() - began, size)
    line.close()


def _alone(server: Server, asks: Sequence[Ask], count: int = 200) -> dict[str, float]:
    """One visitor: what a page takes, and what it costs web and database together."""
    times: list[float] = []
    sizes: list[int] = []

    def note(_kind: str, seconds: float, size: int) -> None:
        times.append(1000 * seconds)
        sizes.append(size)

    before = server.processor_seconds()
    _ask(server.port, asks[:count], note)
    used = server.processor_seconds() - before
    ordered = sorted(times)
    return {
        "p50": round(ordered[len(ordered) // 2], 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
        "cpu_ms": round(1000 * used / len(ordered), 2),
        "kilobytes": round(max(sizes) / 1024, 1),
    }


def _cold_kilobytes(port: int) -> float:
    """The first page and every file that it names, compressed, as a browser fetches them."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def fetched(path: str) -> bytes:
        line.request("GET", path, headers={"Accept-Encoding": "gzip"})
        return line.getresponse().read()

    page = fetched("/info/")
    named = re.findall(r'(?:href|src)="(/static/[^"#]+)', gzip.decompress(page).decode())
    files = [fetched(path) for path in dict.fromkeys(named)]
    line.close()
    return round((len(page) + sum(map(len, files))) / 1024, 1)


def slow_seconds(kilobytes: float) -> int:
    """So many kilobytes on a line of 35 kbit/s with 600 ms there and back: the name, the line, its
    encryption, the page, then its files side by side."""
    return round(kilobytes * 1024 * 8 / 35_000 + 5 * 0.6)


def _visitor(port: int, asks: Sequence[Ask], end: float, told: Queue[list[float]]) -> None:
    """One line that asks without a pause until the end; a process of its own."""
    times: list[float] = []
    turn = 0
    while time.time() < end:
        _ask(port, asks[turn : turn + 20], lambda _kind, seconds, _size: times.append(seconds))
        turn = (turn + 20) % (len(asks) - 20)
    told.put(times)


def _under_load(server: Server, asks: Sequence[Ask], seconds: float) -> dict[str, float]:
    """Several visitors at once, none of whom waits between two pages."""
    told: Queue[list[float]] = multiprocessing.Queue()
    end = time.time() + seconds
    visitors = [
        multiprocessing.Process(
            target=_visitor, args=(server.port, asks[number * 500 :], end, told)
        )
        for number in range(_USERS)
    ]
    began = time.time()
    for visitor in visitors:
        visitor.start()
    times = sorted(ms for _ in visitors for ms in told.get(timeout=seconds + 60))
    for visitor in visitors:
        visitor.join()
    return {
        "pages": len(times),
        "pages_per_second": round(len(times) / (time.time() - began), 1),
        "p95": round(1000 * times[int(len(times) * 0.95)], 1),
    }


def holds(found: dict[str, Any]) -> bool:
    """Whether the bar was held."""
    return bool(found["pages_per_second"] >= BAR)


def told(found: dict[str, Any]) -> str:
    """The figures as a page of the documents has them."""
    lines = [
        "| page | p50 ms | p95 ms | CPU ms | KB compressed |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for kind, each in found["kinds"].items():
        lines.append(
            f"| {kind} | {each['p50']} | {each['p95']} | {each['cpu_ms']} | {each['kilobytes']} |"
        )
    verdict = "held" if holds(found) else "**not held**"
    return (
        "\n".join(lines)
        + f"\n\n{found['users']} visitors without a pause, {found['seconds']:.0f} s: "
        f"**{found['pages_per_second']} pages a second** (bar {BAR}: {verdict}), p95 "
        f"{found['p95']} ms, over {found['desks']:,} listed desks. CPU is web and database "
        f"together. Of {found['measured_on']}; in the five minutes before, "
        f"{found['load_before']} processes on average wanted to run for other work."
    )
