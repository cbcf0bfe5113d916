"""``python -m bench --flood``: 10,000 false reports an hour, and whether the genuine ones are seen.

Real time, over HTTP, the whole way of somebody without scripts: every step, the waiting that the
load asks for, the sending. Three in ten false reports claim danger. Twenty genuine ones come in
between, each in words of its own, with the work of a browser done. A supervisor of the desk looks
at the list every two seconds.
"""

from __future__ import annotations

import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final

from bench.client import Client
from bench.ground import Ground
from bench.server import Server

AN_HOUR: Final = 10_000
GENUINE: Final = 20
CLAIMED: Final = 0.3
WITHIN: Final = 60.0
FIRST_SCREEN: Final = 25
_WRITERS: Final = 160
_LOOK_EVERY: Final = 2.0
_FALSE: Final = (
    "Kantor ini penipu semua jangan percaya petugasnya mereka hanya makan gaji buta saja",
    "Saya tidak terima dituduh begitu saja kalian semua pembohong dan akan saya laporkan balik",
    "Promo murah hubungi nomor ini sekarang juga untuk pinjaman cepat cair tanpa jaminan apa pun",
)
_WHO: Final = ("kakak", "adik", "tetangga", "teman kerja", "murid saya", "ibu", "keponakan")
_DOES: Final = (
    "dikunci",
    "dipukul",
    "diancam",
    "disekap",
    "ditahan paspornya",
    "dikejar",
    "diusir",
)
_WHERE: Final = ("di kontrakan", "di kebun", "di kapal", "di asrama", "di gudang", "dekat pasar")
_WHEN: Final = (
    "sejak kemarin",
    "barusan",
    "tadi subuh",
    "dua malam ini",
    "sejak Senin",
    "siang ini",
)


@dataclass
class Seen:
    """What the flood showed so far; every list is written by many threads, one value at a time."""

    answers: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    pressed: dict[str, float] = field(default_factory=dict)
    listed: dict[str, float] = field(default_factory=dict)
    called: dict[str, float] = field(default_factory=dict)


def run(ground: Ground, *, seconds: int, seed: int) -> dict[str, Any]:
    """The flood for so many seconds at its rate; the figures."""
    from django.conf import settings
    from django.db import connections

    from bench.visit import visit_as
    from rangkul.commands.synth.country import BENCH_SUPERVISOR

    area = visit_as(BENCH_SUPERVISOR).area
    visitor = visit_as(_supervisor_at(area))
    connections.close_all()
    server, seen = Server(ground), Seen()
    server.start()
    try:
        over = threading.Event()
        false = int(AN_HOUR * seconds / 3600)
        plan = _plan(false, seconds, random.Random(seed))
        staff = Client(server.port, {settings.SESSION_COOKIE_NAME: visitor.session})
        watching = threading.Thread(target=_watch, args=(staff, seen, over))
        watching.start()
        _pour(plan, server.port, area, seen)
        end = time.monotonic() + WITHIN
        while len(seen.called) < GENUINE and time.monotonic() < end:
            time.sleep(0.5)
        over.set()
        watching.join()
    finally:
        server.stop()
    return _figures(seen, false)


def _supervisor_at(area: str) -> str:
    """Who looks at the list of the desk to which this place's reports are led."""
    from rangkul.foundation import hour
    from rangkul.network import queries as network
    from rangkul.network.models import Membership

    desk = network.public_desk(area, needs=(), at=hour.now())
    if desk is None:
        raise LookupError(f"nobody takes reports for {area}")
    place = Membership.objects.filter(
        agency_id=desk.agency_id, until=None, roles__contains=["penyelia"], user__is_active=True
    ).select_related("user").first()  # fmt: skip
    if place is None:
        raise LookupError("nobody supervises there")
    return str(place.user.username)


@dataclass(frozen=True, slots=True)
class _Letter:
    at: float
    words: str
    danger: bool
    genuine: bool


def _plan(false: int, seconds: int, source: random.Random) -> list[_Letter]:
    letters = [
        _Letter(source.uniform(0, seconds), _false_words(source), source.random() < CLAIMED, False)
        for _ in range(false)
    ]
    letters += [
        _Letter(source.uniform(seconds * 0.3, seconds), _own_words(source), True, True)
        for _ in range(GENUINE)
    ]
    return sorted(letters, key=lambda letter: letter.at)


def _false_words(source: random.Random) -> str:
    return f"{source.choice(_FALSE)} {source.randrange(10_000)} {source.choice(_WHERE)}"


def _own_words(source: random.Random) -> str:
    parts = [source.choice(each) for each in (_WHO, _DOES, _WHERE, _WHEN)]
    more = " ".join(source.sample(_WHO + _DOES + _WHERE + _WHEN, 9))
    return f"{' '.join(parts)}, tolong segera, {more}"


def _pour(plan: list[_Letter], port: int, area: str, seen: Seen) -> None:
    """Each letter at its time, by a crowd of writers."""
    waiting, lock, begun = list(reversed(plan)), threading.Lock(), time.monotonic()

    def write() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                letter = waiting.pop()
            time.sleep(max(0.0, letter.at - (time.monotonic() - begun)))
            client = Client(port, {})
            try:
                _send(client, letter, area, seen)
            except (OSError, LookupError, HTTPException) as fault:
                seen.refused[f"{type(fault).__name__} {fault}"[:80]] += 1
            client.close()

    crowd = [threading.Thread(target=write) for _ in range(_WRITERS)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()


def _send(client: Client, letter: _Letter, area: str, seen: Seen) -> None:
    """The whole way of one letter."""
    page = _timed(seen, lambda: client.get("/info/tulis/"))

    def step(do: str, **fields: str) -> str:
        sent = [("state", _hidden(page, "state")), ("do", do), *fields.items()]
        return _timed(seen, lambda: client.post("/info/tulis/", sent))

    page = step("danger", danger="ya" if letter.danger else "tidak")
    page = step("place", q="", choose=area)
    page = step("words", words=letter.words, herself="lain", teller="", who="")
    page = step("contact", way="kode", where="", when="", as_name="", own_name="")
    word = _hidden(page, "effort")
    if letter.genuine:
        answer = _solved(word, int(_found(r'data-bits="(\d+)"', page)))
        begun = time.monotonic()
        page = step("send", effort=word, answer=answer)
        number = _report_number(_found(r'class="code-shown">([^<]+)<', page))
        seen.pressed[number] = begun
        return
    while 'class="code-shown"' not in page:
        time.sleep(5)
        page = step("send", effort=word, answer="")
    seen.sent += 1


def _timed(seen: Seen, ask: Callable[[], Any]) -> str:
    answer = ask()
    if answer.status >= 500:
        raise LookupError(str(answer.status))
    seen.answers.append(answer.seconds)
    return str(answer.page)


def _hidden(page: str, name: str) -> str:
    return _found(rf'name="{name}" value="([^"]*)"', page)


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise LookupError(pattern)
    return match[1]


_SOLVE: Final = """
import sys
from hashlib import sha256
word, most, number = sys.argv[1], 1 << (256 - int(sys.argv[2])), 0
while int.from_bytes(sha256(f"{word}:{number}".encode()).digest(), "big") >= most:
    number += 1
print(number)
"""


def _solved(word: str, bits: int) -> str:
    """The work of a browser, in a process of its own: it is the visitor's, not the house's."""
    done = subprocess.run(
        [sys.executable, "-c", _SOLVE, word, str(bits)], capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def _report_number(code: str) -> str:
    """The number of the report behind a code, with the ring at hand."""
    from rangkul.foundation import hour, longcode
    from rangkul.reports import operations
    from rangkul.reports.queries import report_number

    read = longcode.read(code)
    pointer = operations.find_receipt(code=read, at=hour.now()) if read else None
    if pointer is None:
        raise LookupError("no receipt")
    return report_number(pointer.report_id)


def _watch(staff: Client, seen: Seen, over: threading.Event) -> None:
    """The desk's list, again and again, and whether the desk was called."""
    while not over.is_set():
        answer = staff.get("/laporan/")
        now = time.monotonic()
        seen.looks.append(answer.seconds)
        rows = re.findall(r"LP-[0-9A-Z]{4}-[0-9A-Z]{4}", answer.page)
        first = set(list(dict.fromkeys(rows))[:FIRST_SCREEN])
        for number, begun in list(seen.pressed.items()):
            if number in first:
                seen.listed.setdefault(number, now - begun)
            if number not in seen.called and _was_called(number):
                seen.called[number] = time.monotonic() - begun
        over.wait(_LOOK_EVERY)


def _was_called(number: str) -> bool:
    from django.db import connections

    from rangkul.reports.queries import report_id_of

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select 1 from alerts_alert a join reports_report r on r.id = %s "
            "where a.agency_id = r.agency_id and a.desk_id = r.desk_id "
            "and a.kind = 'report.received' and (a.about_id = r.id::text "
            "or a.at between r.entered_at - interval '60 s' and r.entered_at + interval '60 s')",
            [report_id_of(number)],
        )
        return cursor.fetchone() is not None


def _figures(seen: Seen, false: int) -> dict[str, Any]:
    def p95(values: list[float]) -> float:
        return round(statistics.quantiles(values, n=20)[-1] * 1000) if len(values) > 20 else -1

    return {
        "false_sent": seen.sent, "false_planned": false, "faults": dict(seen.refused),
        "genuine_sent": len(seen.pressed),
        "listed": sorted(round(each, 1) for each in seen.listed.values()),
        "called": sorted(round(each, 1) for each in seen.called.values()),
        "portal_p95_ms": p95(seen.answers), "portal_answers": len(seen.answers),
        "list_p95_ms": p95(seen.looks), "calls": _calls(),
    }  # fmt: skip


def _calls() -> int:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select count(*) from alerts_alert where kind = 'report.received' "
            "and at > now() - interval '2 hours'"
        )
        return int(cursor.fetchone()[0])


def holds(found: dict[str, Any]) -> bool:
    """Whether each genuine report stood before staff, and called them, within a minute."""
    return all(
        len(found[name]) == GENUINE and max(found[name]) <= WITHIN for name in ("listed", "called")
    )


def told(found: dict[str, Any]) -> str:
    """The figures as they are printed."""
    lines = (
        f"false reports     {found['false_sent']} of {found['false_planned']} arrived",
        f"rate              {AN_HOUR} an hour; faults: {found['faults'] or 'none'}",
        f"genuine           {found['genuine_sent']} sent",
        f"on first screen   after {found['listed']} s",
        f"desk called       after {found['called']} s; {found['calls']} calls in all",
        f"portal            p95 {found['portal_p95_ms']} ms, {found['portal_answers']} answers",
        f"the desk's list   p95 {found['list_p95_ms']} ms",
        "holds" if holds(found) else "DOES NOT HOLD",
    )
    return "\n".join(lines)
