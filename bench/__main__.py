"""``python -m bench``: fill an invented country, start the real server, measure, write it down."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from typing import Any

from bench import report
from bench.ground import SETTINGS, Ground


def main() -> int:
    """Run the whole benchmark; 1 when a bar was not held."""
    options = _options()
    if options.field:
        return _field_alone(options)
    if options.public:
        return _public_alone(options)
    if options.flood:
        return _flood_alone(options)
    load_before = round(os.getloadavg()[0], 1)
    ground = Ground(options.instance)
    ground.start()
    try:
        filling = _fill(ground, options)
        if options.trail:
            return _trail_alone(ground, options)
        result = _measure(ground, options) | {
            "filling": filling,
            "measured_on": datetime.now(UTC).date().isoformat(),
            "machine": _machine() | {"load_before": load_before},
            "settings": SETTINGS,
        }
    finally:
        ground.stop()
    print()
    print(report.table(result))
    if not options.dry:
        report.write(result)
        print("written to docs/performance.md and docs/performance.json")
    return 0 if all(figures["holds"] for figures in result["pages"]) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=250_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=200, help="of each page")
    parser.add_argument("--quick", action="store_true", help="fewer requests and pairs")
    parser.add_argument("--fresh", action="store_true", help="fill anew even if the size fits")
    parser.add_argument(
        "--trail", action="store_true", help="measure the trail's writing; other figures stay"
    )
    parser.add_argument(
        "--field", type=int, nargs="?", const=10_000, metavar="FILLINGS",
        help="phones that send everything twice, late and across a restore; other figures stay",
    )  # fmt: skip
    parser.add_argument(
        "--public", action="store_true", help="the public's pages a second; other figures stay"
    )
    parser.add_argument(
        "--flood", type=int, nargs="?", const=720, metavar="SECONDS",
        help="10,000 false reports an hour for so long, 20 genuine ones among them",
    )  # fmt: skip
    parser.add_argument("--dry", action="store_true", help="print only; the documents stay")
    parser.add_argument("--instance", default="bench", help="name of the embedded database")
    options = parser.parse_args()
    if options.quick:
        options.requests, options.dry = min(options.requests, 60), True
    return options


def _fill(ground: Ground, options: argparse.Namespace) -> dict[str, float]:
    """The country of this size; one that is there from an earlier run is used again."""
    known = ground.count_cases()
    if known == options.cases and not options.fresh:
        print(f"{known} cases are here from an earlier run (--fresh fills anew)")
        return ground.filling()
    if known:
        ground.empty()
    print(f"filling {options.cases} cases …", flush=True)
    filling = ground.fill(options.cases, options.seed)
    print(f"  {filling['seconds']} s, {filling['cases_per_second']} cases/s")
    return filling


def _measure(ground: Ground, options: argparse.Namespace) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connections

    from bench import recall, tick, trail
    from bench.client import Client
    from bench.measure import measure, under_load
    from bench.pages import pages
    from bench.server import Server
    from bench.visit import visit_as
    from rangkul.commands.synth.country import BENCH_SUPERVISOR

    # A cold start, so that the memory at rest is that of a machine switched on this morning.
    connections.close_all()
    ground.restart()
    visitor = visit_as(BENCH_SUPERVISOR)
    connections.close_all()
    server = Server(ground)
    server.start()
    try:
        client = Client(server.port, {settings.SESSION_COOKIE_NAME: visitor.session})
        client.get("/")
        at_rest = server.memory()
        figures, addresses = [], []
        for page in pages(client, visitor, seed=options.seed):
            found = measure(page, visitor, server, requests=min(options.requests, page.most))
            figures.append(found.plain())
            print(f"  {page.name}: p95 {found.p95} ms, CPU {found.cpu_ms} ms", flush=True)
            if not page.fields:
                addresses.append(page.sample)
        loaded = under_load(server, visitor, addresses, users=8, seconds=4 if options.quick else 15)
        client.close()
    finally:
        server.stop()
    return {
        "cases": ground.count_cases(),
        "agency_cases": len(visitor.cases),
        "database_mb": ground.size_mb(),
        "pages": figures,
        "memory": at_rest,
        "load": loaded,
        "tick": tick.measure(),
        "trail": trail.measure(visitor.actor, ground.postmaster()),
        "recall": recall.measure(visitor, pairs=300 if options.quick else 3000, seed=options.seed),
    }


def _field_alone(options: argparse.Namespace) -> int:
    """What phones deliver is counted once, and what storing one filling costs."""
    from bench import field

    found = field.run(options.field, options.seed)
    print(field.told(found))
    return 0 if field.holds(found) else 1


def _flood_alone(options: argparse.Namespace) -> int:
    """Whether genuine reports are seen in a flood; in a small country of its own."""
    from bench import flood

    ground = Ground("flood")
    ground.start()
    try:
        if not ground.count_cases():
            ground.fill(1_000, options.seed)
        found = flood.run(ground, seconds=options.flood, seed=options.seed)
    finally:
        ground.stop()
    print(flood.told(found))
    return 0 if flood.holds(found) else 1


def _public_alone(options: argparse.Namespace) -> int:
    """How many public pages a second, with the database and the load beside."""
    from bench import public

    found = public.run(seconds=4 if options.quick else 20, seed=options.seed)
    print(public.told(found))
    if not options.dry:
        report.write(report.known() | {"public": found})
    return 0 if public.holds(found) else 1


def _trail_alone(ground: Ground, options: argparse.Namespace) -> int:
    """Measure how the trail is written, and put it beside the figures that were there before."""
    from bench import trail
    from bench.visit import visit_as
    from rangkul.commands.synth.country import BENCH_SUPERVISOR

    found = trail.measure(visit_as(BENCH_SUPERVISOR).actor, ground.postmaster())
    print(report.trail(found))
    if not options.dry:
        report.write(report.known() | {"trail": found})
    return 0 if found["holds"] else 1


def _machine() -> dict[str, Any]:
    from bench.memory import memory_gb, processor_name

    return {
        "cores": os.cpu_count(),
        "processor": processor_name(),
        "memory_gb": memory_gb(),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "postgresql": _postgresql(),
    }


def _postgresql() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        return str(cursor.fetchone()[0]).split()[0]


if __name__ == "__main__":
    sys.exit(main())
