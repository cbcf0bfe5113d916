"""``python -m bench --field``: phones that send everything twice, in disorder, late, and across a
restore of the database from its backup; what stands in the end, and what storing one costs.

A filling is one of ten thousand, under one of two versions of a form of forty questions, for one of
the cases that the visitor knows. Phones keep what they sent since the last backup, as they must.
"""

from __future__ import annotations

import base64
import http.client
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from bench.ground import Ground
from bench.server import Server

if TYPE_CHECKING:
    from bench.visit import Visitor
    from rangkul.assessments.models import FormVersion

BAR_MS: Final = 60
_PHONES: Final = 4
_CODE: Final = "bench_lapangan"
_BOUNDARY: Final = "~bench~"
_CLASSES: Final = ("", "health", "account", "identity")


@dataclass(frozen=True, slots=True)
class Filling:
    """One filling as a phone holds it."""

    name: str
    version: str
    number: str

    def xml(self) -> bytes:
        """As it is sent: our first question, the clock, forty answers, its own id."""
        seed = random.Random(self.name)
        answers = "".join(
            f"<q{at}>{seed.choice(('ya', 'tidak')) if at % 2 else f'Jawaban {at} uji'}</q{at}>"
            for at in range(40)
        )
        return (
            f'<data id="{_CODE}" version="{self.version}"><rk_kasus>{self.number}</rk_kasus>'
            f"<end>{datetime.now(UTC).isoformat(timespec='milliseconds')}</end>{answers}"
            f"<meta><instanceID>{self.name}</instanceID></meta></data>"
        ).encode()


class Phones:
    """Four phones that empty one queue of fillings, each over a line of its own."""

    def __init__(self, port: int, passwords: Sequence[tuple[str, str]]) -> None:
        self.port, self.passwords = port, passwords
        self.kept: dict[str, bytes] = {}
        self.seconds: list[float] = []
        self.answers: dict[int, int] = {}
        self._lock = threading.Lock()

    def deliver(self, fillings: Sequence[Filling]) -> None:
        """Send all of these; a refusal other than for the line stops the measurement."""
        queue: SimpleQueue[Filling] = SimpleQueue()
        for filling in fillings:
            queue.put(filling)
        workers = [
            threading.Thread(target=self._empty, args=(queue, *each)) for each in self.passwords
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def _empty(self, queue: SimpleQueue[Filling], name: str, password: str) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        shown = base64.b64encode(f"{name}:{password}".encode()).decode()
        headers = {
            "Authorization": f"Basic {shown}", "X-OpenRosa-Version": "1.0",
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        }  # fmt: skip
        while True:
            try:
                filling = queue.get_nowait()
            except Empty:
                line.close()
                return
            with self._lock:
                xml = self.kept.setdefault(filling.name, filling.xml())
            self._send(line, headers, xml, in_pieces=filling.name.endswith("7"))

    def _send(
        self, line: http.client.HTTPConnection, headers: dict[str, str], xml: bytes, *,
        in_pieces: bool,
    ) -> None:  # fmt: skip
        body = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; '
            f'filename="a.xml"\r\nContent-Type: text/xml\r\n\r\n'.encode()
            + xml + f"\r\n--{_BOUNDARY}--\r\n".encode()
        )  # fmt: skip
        began = time.perf_counter()
        pieces = iter([body[:700], body[700:]]) if in_pieces else None
        line.request(
            "POST", "/openrosa/submission", pieces or body, headers, encode_chunked=in_pieces
        )
        answer = line.getresponse()
        told = answer.read()
        if not answer.headers["Date"] or answer.headers["X-OpenRosa-Version"] != "1.0":
            raise RuntimeError("an answer without OpenRosa's headers")
        taken = time.perf_counter() - began
        with self._lock:
            self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
            if b"Sudah tersimpan di berkasnya" in told:
                self.seconds.append(taken)
        if answer.status != 201:
            print(answer.status, told[:300].decode(errors="replace"), flush=True)


def run(count: int, seed: int) -> dict[str, Any]:
    """Measure on an instance of its own; the figures."""
    ground = Ground("bench-field")
    ground.start()
    try:
        if not ground.count_cases():
            _fill()
        return _measured(ground, count, seed)
    finally:
        ground.stop()


def _fill() -> None:
    from rangkul.commands.synth.command import fill

    until = datetime.now(UTC).replace(microsecond=0)
    fill(cases=2_000, seed=1, agencies=60, staff=200, jobs=2, until=until)


def _measured(ground: Ground, count: int, seed: int) -> dict[str, Any]:
    from django.db import connections

    from bench.visit import visit_as
    from rangkul.commands.synth.country import BENCH_SUPERVISOR
    from rangkul.custody import queries as custody

    visitor = visit_as(BENCH_SUPERVISOR)
    first = _publish(visitor, "1")
    passwords = [_enrol(visitor, at) for at in range(_PHONES)]
    dice = random.Random(seed)
    run_name = f"{int(time.time())}"
    numbers = [custody.case_number(case_id) for case_id in visitor.open_cases]
    fillings = [
        Filling(f"uuid:{run_name}-{at:05}", "1" if at % 2 else "2", dice.choice(numbers))
        for at in range(count)
    ]
    connections.close_all()
    server = Server(ground)
    server.start()
    phones = Phones(server.port, passwords)
    try:
        # One alone, whose line nobody shares: what storing costs.
        quiet = Phones(server.port, passwords[:1])
        old = [replace(each, name=f"{each.name}-alone", version="1") for each in fillings[:300]]
        before = server.processor_seconds()
        quiet.deliver(old)
        cpu_ms = 1000 * (server.processor_seconds() - before) / len(old)
        _publish(visitor, "2")
        connections.close_all()
        half = _doubled(fillings[: count // 2], dice)
        phones.deliver(half)
        with tempfile.TemporaryDirectory() as folder:
            backup = _back_up(Path(folder))
            more = _doubled(fillings[count // 2 : 3 * count // 4], dice)
            phones.deliver(more)
            stood = _count(run_name)
            server.stop()
            connections.close_all()
            _restore(ground, backup)
        came_back = _count(run_name)
        connections.close_all()
        server.start()
        # What was sent since the backup once more, with all the rest, in a new disorder.
        phones.deliver(_doubled(fillings[count // 2 :], dice) + half[::5])
    finally:
        server.stop()
    found = _count(run_name)
    return {
        "fillings": count,
        "posts": sum(phones.answers.values()),
        "answers": phones.answers,
        "before_restore": stood - len(old),
        "after_restore": came_back - len(old),
        "kept": found - len(old),
        "exactly_once": _exactly(run_name, {each.name for each in fillings}, len(old)),
        "alone_ms": _figures(quiet.seconds),
        "cpu_ms": round(cpu_ms, 1),
        "load": round(os.getloadavg()[0], 1),
        "four_phones_ms": _figures(phones.seconds),
        "form": str(first.id),
    }


def _doubled(fillings: Sequence[Filling], dice: random.Random) -> list[Filling]:
    found = [*fillings, *fillings]
    dice.shuffle(found)
    return found


def _figures(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    at = [ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99)]
    return dict(zip(("p50", "p95", "p99"), [round(1000 * each, 1) for each in at], strict=True))


def _publish(visitor: Visitor, version: str) -> FormVersion:
    """A form of the visitor's agency, published by her with a keeper's role."""
    from rangkul.assessments import operations as assessments
    from rangkul.assessments.models import FormVersion
    from rangkul.foundation.scope import acting

    keeper = replace(visitor.actor, roles=frozenset({"admin_lembaga"}))
    at = datetime.now(UTC)
    with acting(keeper):
        known = FormVersion.objects.filter(
            code=_CODE, version=version, agency_id=keeper.agency_id
        ).first()
        if known is not None:
            return known
        form = assessments.upload_form(
            data=_workbook(version), name=f"{_CODE}.csv", by=keeper, at=at
        )
        assessments.start_test(form_id=form.id, by=keeper, at=at)
        return assessments.publish_form(form_id=form.id, by=keeper, at=at)


def _workbook(version: str) -> bytes:
    lines = ["survey,type,name,label,bind::rk:sealed", ",end,end,,"]
    for at in range(40):
        kind = "select_one yt" if at % 2 else "text"
        lines.append(f",{kind},q{at},Pertanyaan {at},{_CLASSES[at % 4]}")
    lines += ["choices,list_name,name,label", ",yt,ya,Ya", ",yt,tidak,Tidak"]
    lines += [
        "settings,form_id,form_title,version,namespaces",
        f',{_CODE},Formulir bench,{version},"rk=""urn:rangkul:form"""',
    ]
    return "\n".join(lines).encode()


def _enrol(visitor: Visitor, at: int) -> tuple[str, str]:
    from django.db import connections

    from rangkul.field import operations
    from rangkul.foundation.scope import acting

    with connections["owner"].cursor() as cursor:
        cursor.execute("update field_device set withdrawn_at = now(), withdrawn_by = user_id "
                       "where label = %s and withdrawn_at is null", [f"bench {at}"])  # fmt: skip
        cursor.execute("update accounts_user set woken_at = now(), must_change_password = false "
                       "where id = %s", [visitor.actor.user_id])  # fmt: skip
    with acting(visitor.actor):
        device, password = operations.enrol_device(
            label=f"bench {at}", life=timedelta(days=1), by=visitor.actor, at=datetime.now(UTC)
        )
    return device.name, password


def _back_up(folder: Path) -> tuple[Path, Path]:
    _command("backup", "--data", str(folder / "data"), "--keys", str(folder / "keys"))
    [data] = (folder / "data").glob("*.dump")
    [keys] = (folder / "keys").glob("*.dump")
    return data, keys


def _restore(ground: Ground, backup: tuple[Path, Path]) -> None:
    """The database thrown away, made anew empty, and put back as an operator would."""
    from psycopg import sql

    from rangkul.foundation import embedded, roles

    server = ground.instance.server
    with server.connect(embedded.SUPERUSER, "postgres") as superuser:
        name = sql.Identifier(ground.instance.database)
        superuser.execute(sql.SQL("drop database {} with (force)").format(name))
        roles.create_database(superuser, ground.instance.database)
    _command(
        "restore", "--data", str(backup[0]), "--keys", str(backup[1]), "--superuser-url",
        server.url(embedded.SUPERUSER, ground.instance.database),
    )  # fmt: skip


def _command(*words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "rangkul.commands.cli", *words], check=True, env=os.environ,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _rows(run_name: str) -> Iterator[tuple[str, str, int]]:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select instance_id, standing, count(*) from assessments_submission "
            "where instance_id like %s group by 1, 2", [f"uuid:{run_name}-%"]
        )  # fmt: skip
        yield from cursor.fetchall()


def _count(run_name: str) -> int:
    return sum(count for _name, _standing, count in _rows(run_name))


def _exactly(run_name: str, names: set[str], alone: int) -> bool:
    """Every filling once, none in conflict, none beside them."""
    rows = list(_rows(run_name))
    found = {name for name, _standing, _count in rows}
    once = all(standing == "kept" and count == 1 for _name, standing, count in rows)
    return once and names <= found and len(rows) == len(names) + alone


def told(found: dict[str, Any]) -> str:
    """The figures in a few lines."""
    alone = found["alone_ms"]
    kept = "exactly once" if found["exactly_once"] else "NOT exactly once"
    posts = f"{found['fillings']} fillings in {found['posts']} posts {found['answers']}"
    stood = f"kept before the restore {found['before_restore']}, back {found['after_restore']}"
    cost = f"storing one, one phone: p50 {alone['p50']} ms, p95 {alone['p95']} ms (bar {BAR_MS})"
    burden = f"processor time of one {found['cpu_ms']} ms, load of the machine {found['load']}"
    return (
        f"{posts}\n{stood}, in the end {found['kept']}: {kept}\n{cost}\n{burden}\n"
        f"storing one, four phones at once: {found['four_phones_ms']}"
    )


def holds(found: dict[str, Any]) -> bool:
    """Whether everything was counted once, and storing stayed within its bar."""
    return bool(found["exactly_once"]) and found["alone_ms"]["p95"] <= BAR_MS
