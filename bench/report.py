"""Writes what was measured: all of it as JSON, what a reader needs as a page of the documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
DATA = _ROOT / "docs" / "performance.json"
PAGE = _ROOT / "docs" / "performance.md"

QUERIES_BAR = 12
KILOBYTES_BAR = 30
MEMORY_BAR = 500
CASES_PER_SECOND_BAR = 1000


def write(result: dict[str, Any]) -> None:
    """Replace both files."""
    DATA.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(result), encoding="utf-8")


def table(result: dict[str, Any]) -> str:
    """The pages as a table."""
    head = (
        "| page | p50 ms | p95 ms | p99 ms | bar p95 | verdict | SQL ms | queries | KB sent |\n"
        "|---|---:|---:|---:|---:|---|---:|---:|---:|\n"
    )
    return head + "".join(_row(figures) for figures in result["pages"])


def _row(f: dict[str, Any]) -> str:
    return (
        f"| {f['name']} | {f['p50']} | {f['p95']} | {f['p99']} | {f['bar_ms'] or '–'} | "
        f"{_verdict(f['p95'], f['bar_ms'])} | {f['sql_ms']} | "
        f"{_marked(f['queries'], QUERIES_BAR)} | {_marked(f['kilobytes'], KILOBYTES_BAR)} |\n"
    )


def _verdict(measured: float, bar: float | None) -> str:
    if bar is None:
        return "no bar"
    if measured <= bar:
        return f"held, {round(100 * (1 - measured / bar))} % to spare"
    return f"**not held, {measured / bar:.1f} times**"


def _marked(measured: float, bar: float) -> str:
    return str(measured) if measured <= bar else f"**{measured}**"


def page(result: dict[str, Any]) -> str:
    """docs/performance.md."""
    machine, memory, load = result["machine"], result["memory"], result["load"]
    filling, recall = result["filling"], result["recall"]
    lines = [
        "# Performance",
        "",
        (
            "Whole pages through HTTP, from the request's first byte to the answer's last, with the "
            "real server (`rangkul web`, one process) and worker; the database, the server and the "
            "load generator share the machine. One user, one request after another, gzip on. "
            "Made by `make bench` (`python -m bench`); the raw figures are in "
            "[performance.json](performance.json)."
        ),
        "",
        (
            f"Measured on {result['measured_on']}, {result['cases']:,} cases "
            f"({result['database_mb']:,} MB), {result['agency_cases']:,} of them in the agency that "
            "is visited."
        ),
        "",
        (
            f"Machine: {machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB, "
            f"{machine['system']}, Python {machine['python']}, PostgreSQL {machine['postgresql']}. "
            f"Other work on the machine while measuring: {machine['load_before']} runnable processes "
            "on average in the minute before."
        ),
        "",
        "## Pages",
        "",
        table(result),
        (
            f"Bars: at most {QUERIES_BAR} queries and {KILOBYTES_BAR} KB compressed a page; what is "
            "over is bold. *Queries* counts every statement inside the page but savepoints, the "
            "session, the scope and the trail's record included. *SQL* is the page's readings "
            "alone, put by the driver under the same role and scope. A saving page is the post until "
            "its answer; the page it leads to is a page of its own."
        ),
        "",
        "## Memory",
        "",
        "Proportional set size (shared pages counted once) of web, worker and PostgreSQL together.",
        "",
        "| | web | worker | PostgreSQL | all | bar |",
        "|---|---:|---:|---:|---:|---|",
        (
            f"| at rest | {memory['web']} MB | {memory['worker']} MB | {memory['postgresql']} MB | "
            f"{memory['all']} MB | {_verdict(memory['all'], MEMORY_BAR)} |"
        ),
        (
            f"| {load['users']} users at once | {load['memory_mb']['web']} MB | "
            f"{load['memory_mb']['worker']} MB | {load['memory_mb']['postgresql']} MB | "
            f"{load['memory_mb']['all']} MB | no bar |"
        ),
        "",
        (
            f"{load['users']} users reading at once: {load['pages_per_second']} pages a second, p95 "
            f"{load['p95']} ms."
        ),
        "",
        "## Search: how often another spelling finds the file",
        "",
        (
            "Pairs of a registered name and another way to write it (`tests/factories/name_pairs.py`), "
            "asked through the product's own search in the visited agency; found means among the "
            "first ten."
        ),
        "",
        "| kind | pairs | found |",
        "|---|---:|---:|",
        *(f"| {kind} | {r['pairs']} | {r['recall']:.1%} |" for kind, r in recall.items()),
        "",
        "## Filling",
        "",
        _filling(filling),
        "",
        "## Settings",
        "",
        "PostgreSQL with its defaults but for: "
        + ", ".join(f"`{name} = {value}`" for name, value in result["settings"].items())
        + ". `wal_level` and `max_wal_senders` only make the filling faster.",
        "",
    ]
    return "\n".join(lines)


def _filling(filling: dict[str, Any]) -> str:
    if not filling:
        return "The country was there from an earlier run; its filling was not measured again."
    rate = filling["cases_per_second"]
    return (
        f"`rangkul synth --cases {filling['cases']}`: {filling['rows']:,} rows in "
        f"{filling['seconds']:.0f} s, {rate} cases a second, indexes, checks and statistics "
        f"included (bar {CASES_PER_SECOND_BAR}: "
        f"{'held' if rate >= CASES_PER_SECOND_BAR else 'not held'}). Every value sealed, every "
        "token and digest made by the product's own functions; about twenty acts of the trail "
        "for a case (those of clocks are left out)."
    )
