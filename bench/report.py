"""Writes what was measured: all of it as JSON, what a reader needs as a page of the documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

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


def known() -> dict[str, Any]:
    """What was written last."""
    found: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def table(result: dict[str, Any]) -> str:
    """The pages as a table."""
    titles = (
        "page", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "bar p95", "verdict", "SQL ms", "queries",
        "KB sent",
    )  # fmt: skip
    rule = ["---" if title in ("page", "verdict") else "---:" for title in titles]
    return "\n".join([_line(titles), _line(rule), *(_line(_row(f)) for f in result["pages"])])


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _row(f: dict[str, Any]) -> list[object]:
    return [
        f["name"], f["p50"], f["p95"], f["p99"], f["cpu_ms"], f["bar_ms"] or "–",
        _verdict(f["p95"], f["bar_ms"]), f["sql_ms"], _marked(f["queries"], QUERIES_BAR),
        _marked(f["kilobytes"], KILOBYTES_BAR),
    ]  # fmt: skip


def _verdict(measured: float, bar: float | None) -> str:
    if bar is None:
        return "no bar"
    if measured <= bar:
        return f"held, {round(100 * (1 - measured / bar))} % to spare"
    return f"**not held, {measured / bar:.1f} times**"


def _marked(measured: float, bar: float) -> str:
    return str(measured) if measured <= bar else f"**{measured}**"


_PAGE: Final = """\
# Performance

Whole pages through HTTP, from the request's first byte to the answer's last, with the real server
(`rangkul web`, one process) and worker; the database, the server and the load generator share the
machine. One user, one request after another, gzip on. Made by `make bench` (`python -m bench`);
the raw figures are in [performance.json](performance.json).

Measured on {measured_on}: {cases:,} cases ({database_mb:,} MB), {agency_cases:,} of them in the
agency that is visited. Machine: {cores} cores ({processor}), {memory_gb} GB, {system}, Python
{python}, PostgreSQL {postgresql}. In the minute before, {load_before} processes on average wanted
to run for other work.

## Pages

{table}

*CPU* is the processor time of server and database for one request: what the page costs, whatever
else runs on the machine. *SQL* is the page's readings alone, put by the bare driver under the same
role and scope. *Queries* counts every statement inside the page but savepoints: session, scope and
the trail's record are among them. A saving page is the post until its answer; the page it leads
to is a page of its own. Bars besides: {queries_bar} queries and {kilobytes_bar} KB compressed a
page; what is over is bold.

## Where the time goes

Two thirds of a page's time is Python: drawing the template a third, making the queries a sixth,
then session, permissions and the trail's record. The database itself answers in the few
milliseconds under *SQL*. Counts of the navigation are no part of a page: they come with the bell,
a small request of its own a moment later. What asks more than twelve times reads from many rooms
of the house, each of which answers for its own tables: a file (team, people, deadlines, needs,
keys, and the record of the reading), a new referral (desks, agreements, rosters, leave, grounds),
a sending (every guard asks for itself before a packet leaves).

## Memory

Proportional set size (shared pages counted once).

{memory}

{users} users reading at once: {pages_per_second} pages a second, p95 {load_p95} ms.

## Public pages

The portal over HTTP as everybody meets it: no cookie, compressed, another place and need each time
(`python -m bench --public`, an invented country of its own).

{public}

On a slow line: the first page with its styles, script and icons is {cold_kb} KB in five requests
(bar 60), a further step 2 to 4 KB in one. On a line of 35 kbit/s and 600 ms that is about
{cold_seconds} s for the first page (the words stand after the second request), and 1 to 2 s for
each step.

## Search: how often another spelling finds the file

Pairs of a registered name and another way to write it (`tests/factories/name_pairs.py`), asked
through the product's own search in the visited agency; found means among the first ten.

{recall}

## Deadlines

{tick}

## Trail

{trail}

## Filling

{filling}

## Settings

PostgreSQL with the embedded server's settings but for {settings}. `wal_level` and
`max_wal_senders` only make the filling faster.
"""


def page(result: dict[str, Any]) -> str:
    """docs/performance.md."""
    load = result["load"]
    groups = ("web", "worker", "postgresql", "all")
    at_rest = [f"{result['memory'][group]} MB" for group in groups]
    busy = [f"{load['memory_mb'][group]} MB" for group in groups]
    memory = [
        _line(["", "web", "worker", "PostgreSQL", "all", "bar"]),
        _line(["---", *["---:"] * 4, "---"]),
        _line(["at rest", *at_rest, _verdict(result["memory"]["all"], MEMORY_BAR)]),
        _line([f"{load['users']} users at once", *busy, "no bar"]),
    ]
    recall = [_line(["kind", "pairs", "found"]), _line(["---", "---:", "---:"])]
    recall += [
        _line([kind, found["pairs"], f"{found['recall']:.1%}"])
        for kind, found in result["recall"].items()
    ]
    return _PAGE.format(
        **{name: result[name] for name in ("measured_on", "cases", "database_mb", "agency_cases")},
        **result["machine"],
        table=table(result),
        memory="\n".join(memory),
        recall="\n".join(recall),
        users=load["users"],
        pages_per_second=load["pages_per_second"],
        load_p95=load["p95"],
        tick=_tick(result["tick"]),
        trail=trail(result["trail"]),
        filling=_filling(result["filling"]),
        **_public(result.get("public")),
        settings=", ".join(f"`{name} = {value}`" for name, value in result["settings"].items()),
        queries_bar=QUERIES_BAR,
        kilobytes_bar=KILOBYTES_BAR,
    )


def _public(found: dict[str, Any] | None) -> dict[str, object]:
    """The portal's figures, and what its first page takes on a line of the second generation."""
    if found is None:
        return {"public": "Not measured yet.", "cold_kb": "–", "cold_seconds": "–"}
    from bench.public import slow_seconds, told

    return {
        "public": told(found),
        "cold_kb": found["cold_kb"],
        "cold_seconds": slow_seconds(found["cold_kb"]),
    }


def _tick(tick: dict[str, Any]) -> str:
    return (
        f"One tick with {tick['running']:,} deadlines running: {tick['idle_s'] * 1000:.0f} ms "
        f"where none is due, {tick['seconds']} s where {tick['due']:,}\nhave just been missed "
        "(marked, the people on the first rung called, each in the trail; bar 5 s: "
        f"{'held' if tick['holds'] else '**not held**'})."
    )


def trail(found: dict[str, Any]) -> str:
    """What the sealing costs those who write, in words."""
    lower, upper = found["quartiles"]
    return (
        f"Two writers without a pause, each act in a transaction of its own: "
        f"{found['plain_per_s']:,} acts a second while nobody\nseals, {found['sealed_per_s']:,} "
        f"while somebody seals every second beside them on the same cores: {found['share']:.1%}\n"
        f"(bar 90 %: {'held' if found['holds'] else '**not held**'}). Medians of "
        f"{2 * found['rounds']} spells of each kind in turn; half of the {found['rounds']} rounds "
        f"lie between\n{lower:.1%} and {upper:.1%}. Sealing took {found['processor_share']:.1%} of "
        f"the processor time; the worker seals every twenty seconds.\nOf {found['measured_on']}; "
        f"in the minute before, {found['load_before']} processes on average wanted to run for "
        f"other work; the bench had\nniceness {found['niceness']}."
    )


def _filling(filling: dict[str, Any]) -> str:
    if not filling:
        return "The country was there from an earlier run; its filling was not measured again."
    rate = filling["cases_per_second"]
    return (
        f"`rangkul synth --cases {filling['cases']}`: {filling['rows']:,} rows in "
        f"{filling['seconds']:.0f} s, {rate} cases a second, indexes,\nchecks and statistics "
        f"included (bar {CASES_PER_SECOND_BAR}: "
        f"{'held' if rate >= CASES_PER_SECOND_BAR else 'not held'}). Every value is sealed, every "
        "token\nand digest made by the product's own functions; about twenty acts of the trail "
        "for a case (those of\nclocks are left out)."
    )
