"""When something breaks: nothing half done, nothing said that is not so, nothing started unsafe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from tests import world as worlds
from tests.clients import Client
from tests.people import NOW, Cast, owner_url, sign_in
from tests.rows import as_owner
from tests.web.files import number_of, open_file

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.config.urls import handler403, handler404, handler500
from rangkul.config.urls import urlpatterns as _known
from rangkul.custody import queries as custody
from rangkul.foundation import embedded, keyring
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.people.identity import Contact, Identity
from rangkul.reports import operations as reports
from rangkul.reports.content import About, ReportContent

WORDS = "Ia takut pulang lewat jalan besar."


def browser(actor: Actor) -> Client:
    """A browser in which this person is signed in; a fault gives a page, as in life."""
    client = Client(raise_request_exception=False)
    client.cookies["rangkul_language"] = "en"
    sign_in(client, actor)
    return client


def counted() -> dict[str, int]:
    """Rows of every table that an act writes."""
    tables = ("cases_note", "trail_act", "clocks_clock", "foundation_datakey", "procrastinate_jobs")
    with as_owner() as owner:
        return {t: owner.execute(f"select count(*) from {t}").fetchone()[0] for t in tables}


# -- the database goes away -------------------------------------------------------------------


@contextmanager
def database_away() -> Iterator[None]:
    """Nobody answers at the database's address any more; then it is there again."""
    kept = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["PORT"] = kept


@pytest.mark.usefixtures("committed_db")
def test_without_a_database_the_page_says_so_and_nothing_is_stored(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = browser(cast.ratih)
    here = f"/kasus/{number_of(file)}/"
    before = counted()
    with database_away():
        answers = [
            client.get(here),
            client.post(f"{here}catatan/", {"body": WORDS}),
            client.get("/sehat"),
            Client(raise_request_exception=False).get("/akun/login/"),
        ]
    assert [a.status_code for a in answers[:3]] == [503] * 3
    for answer in answers[:3]:
        page = answer.content.decode()
        assert "112" in page, "whoever is in danger now is told whom to call"
        assert not [w for w in ("tersimpan", "saved", "Saved", WORDS) if w in page]
    assert answers[3].status_code in {200, 503}
    assert counted() == before
    assert client.get(here).status_code == 200
    assert client.post(f"{here}catatan/", {"body": WORDS}).status_code == 302
    assert counted()["cases_note"] == before["cases_note"] + 1


def dies_before_the_end(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: everything is written, then the database restarts before the commit."""
    actor: Actor = request.actor
    cases.write_note(case_id=custody.case_id_of(number), body=WORDS, by=actor, at=NOW)
    _end_backend(connection.connection.info.backend_pid)
    return HttpResponse("tersimpan")


def _end_backend(pid: int) -> None:
    """End one backend of the database, as a restart would."""
    with psycopg.connect(_superuser_url(), autocommit=True) as superuser:
        superuser.execute("select pg_terminate_backend(%s, 2000)", [pid])


def _superuser_url() -> str:
    given = os.environ.get("TEST_DATABASE_SUPERUSER_URL", "")
    database = psycopg.conninfo.conninfo_to_dict(owner_url())["dbname"]
    if given:
        part = psycopg.conninfo.conninfo_to_dict(given) | {"dbname": database}
        return psycopg.conninfo.make_conninfo(**part)
    root = Path(os.environ["RANGKUL_TEST_RING"]).parent
    server = embedded.EmbeddedServer(root.name, root.parent, {})
    return server.url(embedded.SUPERUSER, str(database))


# -- a fault inside an act ----------------------------------------------------------------------


def raises(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: the act is done, then something nobody foresaw."""
    actor: Actor = request.actor
    cases.write_note(case_id=custody.case_id_of(number), body=WORDS, by=actor, at=NOW)
    raise LookupError(WORDS)


def answers_500(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: a view that words its own fault."""
    actor: Actor = request.actor
    cases.write_note(case_id=custody.case_id_of(number), body=WORDS, by=actor, at=NOW)
    return HttpResponse("rusak", status=500)


def renders_badly(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: the act is done, the page is rendered after the view and fails."""
    actor: Actor = request.actor
    cases.write_note(case_id=custody.case_id_of(number), body=WORDS, by=actor, at=NOW)
    return TemplateResponse(request, "look/no-such-page.html")


def works(request: HttpRequest, number: str) -> HttpResponse:
    """The same without a fault: what these tests compare with."""
    actor: Actor = request.actor
    cases.write_note(case_id=custody.case_id_of(number), body=WORDS, by=actor, at=NOW)
    return HttpResponse("tersimpan")


urlpatterns = [
    path("tanam/<str:number>/mati/", dies_before_the_end),
    path("tanam/<str:number>/galat/", raises),
    path("tanam/<str:number>/rusak/", answers_500),
    path("tanam/<str:number>/halaman/", renders_badly),
    path("tanam/<str:number>/utuh/", works),
    *_known,
]
__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize(
    ("fault", "status"), [("mati", 503), ("galat", 500), ("rusak", 500), ("halaman", 500)]
)
def test_a_fault_undoes_the_whole_act_its_trail_too(
    cast: Cast, fault: str, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    file = open_file(cast.ratih)
    client = browser(cast.ratih)
    before = counted()
    answer = client.post(f"/tanam/{number_of(file)}/{fault}/")
    assert answer.status_code == status
    assert "tersimpan" not in answer.content.decode()
    assert counted() == before
    assert WORDS not in capfd.readouterr().err
    # Without the fault the same act leaves its rows: the comparison could have failed.
    assert client.post(f"/tanam/{number_of(file)}/utuh/").status_code == 200
    after = counted()
    assert after["cases_note"] == before["cases_note"] + 1
    assert after["trail_act"] == before["trail_act"] + 1


# -- an unsafe start ----------------------------------------------------------------------------


def started(command: str = "web", **changed: str) -> subprocess.CompletedProcess[str]:
    """`rangkul web` (or another command) with this environment; it ends by itself when refused."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RANGKUL_", "DATABASE_"))}
    environment = kept | {
        "RANGKUL_EMBEDDED_URL": os.environ["RANGKUL_EMBEDDED_URL"],
        "RANGKUL_KEYRING": os.environ["RANGKUL_KEYRING"],
        "RANGKUL_POOL": "0",
    }
    environment |= changed
    return subprocess.run(
        [sys.executable, "-m", "rangkul.commands.cli", command],
        env={k: v for k, v in environment.items() if v}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def sentence(refused: subprocess.CompletedProcess[str]) -> str:
    """The one line that a refused start says."""
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr
    (line,) = refused.stderr.strip().splitlines()
    assert line.startswith("rangkul: ")
    return line


def _damaged(path: Path) -> None:
    path.write_bytes(b"\xff\xfe not a ring")


def _shared(path: Path) -> None:
    path.write_bytes(Path(os.environ["RANGKUL_KEYRING"]).read_bytes())
    path.chmod(0o644)


def _other(path: Path) -> None:
    path.unlink(missing_ok=True)
    keyring.create(path)


def _folder(path: Path) -> None:
    path.mkdir(mode=0o700)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (None, "there is no key ring at"),
        (_damaged, "is damaged"),
        (_shared, "can be read by others (mode 0644). Run: chmod 600"),
        (_folder, "cannot be read"),
        (_other, "is not the one this database was made with"),
    ],
)
def test_no_start_with_a_key_ring_that_will_not_do(
    tmp_path: Path, make: Callable[[Path], None] | None, said: str
) -> None:
    ring = tmp_path / "ring.json"
    if make is not None:
        make(ring)
        if ring.is_file() and make is not _shared:
            ring.chmod(0o600)
    assert said in sentence(started(RANGKUL_KEYRING=str(ring)))


def _app_url() -> str:
    return os.environ["RANGKUL_EMBEDDED_URL"]


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("command", ["web", "worker"])
@pytest.mark.parametrize("role", [_superuser_url, owner_url])
def test_no_start_as_a_role_that_row_security_does_not_bind(
    role: Callable[[], str], command: str
) -> None:
    refused = sentence(started(command, DATABASE_URL=role(), RANGKUL_EMBEDDED_URL=""))
    assert "Use the app role made by `rangkul roles`" in refused


@pytest.mark.usefixtures("committed_db")
def test_no_demonstration_beside_a_real_database() -> None:
    refused = sentence(started(DATABASE_URL=_app_url(), RANGKUL_EMBEDDED_URL="", RANGKUL_DEMO="1"))
    assert "one-click sign-ins exist only with the embedded database" in refused
    refused = sentence(started("demo", DATABASE_URL=_app_url(), RANGKUL_EMBEDDED_URL=""))
    assert "does not run beside a DATABASE_URL" in refused
    refused = sentence(started(DATABASE_URL=_app_url()))
    assert "cannot both be set" in refused


@pytest.mark.usefixtures("committed_db")
def test_no_start_without_any_database() -> None:
    assert "No database is configured" in sentence(started(RANGKUL_EMBEDDED_URL=""))


def test_a_full_disk_leaves_no_half_ring(tmp_path: Path) -> None:
    """The file may grow to eight bytes and no further, as on a full disk."""
    ring = tmp_path / "ring.json"
    program = (
        "import resource, signal, sys, pathlib\n"
        "from rangkul.foundation import keyring\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))\n"
        "try:\n    keyring.create(pathlib.Path(sys.argv[1]))\n"
        "except keyring.KeyRingUnusable as fault:\n    print(fault)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(ring)], capture_output=True, text=True, check=True
    )
    assert "none was made" in done.stdout
    assert not ring.exists()
    assert keyring.create(ring).fingerprint


# -- a worker dies ------------------------------------------------------------------------------

MARIA, MARIA_NIK, MARIA_PHONE = "Maria Goreti Uji", "5371014203990001", "081234567890"


def _known_in_kupang(cast: Cast) -> None:
    opening = cases.Opening(
        area="53.71", categories=("ktk",), triage=Answers.of({}), companion_id=cast.yohana.user_id,
        identity=Identity(full_name=MARIA, nik=MARIA_NIK), contact=Contact(phone=MARIA_PHONE),
    )  # fmt: skip
    with acting(cast.marten):
        cases.open_file(opening=opening, by=cast.marten, at=timezone.now())


def _reported_in_semarang(cast: Cast) -> None:
    content = ReportContent(
        channel="telepon", area="33.74", account="Cerita.", about=About(name=MARIA, nik=MARIA_NIK)
    )
    with acting(cast.joko):
        draft = reports.begin_report(by=cast.joko, at=timezone.now())
        reports.begin_helping(
            report_id=draft.id, expected_version=draft.version, content=content, by=cast.joko,
            at=timezone.now(),
        )  # fmt: skip


def _one(question: str) -> Any:
    with as_owner() as owner:
        row = owner.execute(question).fetchone()
    return row[0] if row else None


def _until(question: str, wanted: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while (found := _one(question)) != wanted:
        assert time.monotonic() < end, f"{question}: still {found}, not {wanted}"
        time.sleep(0.1)


_EVENTS = "from procrastinate_jobs where task_name = 'rangkul.deliver'"


@pytest.mark.usefixtures("committed_db")
def test_what_a_dying_worker_had_in_hand_is_done_once_after_all(cast: Cast) -> None:
    """Killed while the job waits for a lock: no trace remains, and the next worker does it."""
    _known_in_kupang(cast)
    _reported_in_semarang(cast)
    assert _one(f"select status::text {_EVENTS}") == "todo"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "rangkul.config.settings"}
    command = [sys.executable, "-m", "rangkul.commands.cli", "worker"]
    with as_owner() as holder:
        holder.execute("lock table reports_report in access exclusive mode")
        first = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            _until(f"select status::text {_EVENTS}", "doing")
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
    assert _one("select count(*) from reports_earliercontact") == 0
    assert _one(f"select status::text {_EVENTS}") == "doing"
    with as_owner() as owner:
        # Thirty silent seconds are what a dead worker is known by; they pass at once here.
        owner.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    _take_up_and_finish()
    assert _one(f"select count(*) {_EVENTS} and status <> 'succeeded'") == 0
    assert _one("select count(*) from reports_earliercontact") == 1
    assert _one("select count(*) from trail_act where name = 'report.earlier_contact_noticed'") == 1
    # And once more, as after a second death: told once is told.
    with as_owner() as owner:
        owner.execute("update procrastinate_jobs set status = 'todo' where status = 'succeeded'")
    _take_up_and_finish()
    assert _one("select count(*) from reports_earliercontact") == 1


def _take_up_and_finish() -> None:
    """A new worker: first what was left in hand, then everything that waits."""
    program = (
        "from rangkul.commands.cli import setup_django\n"
        "setup_django()\n"
        "import asyncio\n"
        "from types import SimpleNamespace\n"
        "from procrastinate.contrib.django import app\n"
        "from rangkul.jobs.tasks import take_up_stalled\n"
        "with app.replace_connector(app.connector.get_worker_connector()) as ready:\n"
        "    async def work():\n"
        "        async with ready.open_async():\n"
        "            await take_up_stalled(SimpleNamespace(app=ready), 0)\n"
        "            await ready.run_worker_async(wait=False, queues=['events'])\n"
        "    asyncio.run(work())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_minute_somebody_looks_for_what_was_left(django_db_setup: None) -> None:
    from procrastinate.contrib.django import app

    from rangkul.jobs.tasks import TAKE_UP_STALLED

    lines = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert lines[TAKE_UP_STALLED] == "* * * * *"


# -- two at once --------------------------------------------------------------------------------


def _at_once(*acts: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """Every act in a thread of its own, all let go at the same moment."""
    gate, answers = threading.Barrier(len(acts)), {}

    def run(place: int, act: Callable[[], HttpResponse]) -> None:
        gate.wait()
        try:
            answers[place] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[place] for place in sorted(answers)]


@pytest.mark.usefixtures("committed_db")
def test_two_who_answer_at_once_answer_once(cast: Cast) -> None:
    world = worlds.build(cast)
    here = f"/rujukan/{world.packet_number}/"
    first, second = browser(cast.melki), browser(cast.melki)
    version = first.get(here).content.decode().split('name="version" value="')[1].split('"')[0]
    sent = {"decision": "accept", "version": version}
    answers = _at_once(
        lambda: first.post(f"{here}jawab/", sent), lambda: second.post(f"{here}jawab/", sent)
    )
    assert sorted(a.status_code for a in answers) == [302, 409]
    accepted = (
        "select count(*) from trail_act where name = 'request.accepted' and subject_id = '%s'"
    )
    assert _one(accepted % world.request_id) == 1
    slower = next(a for a in answers if a.status_code == 409)
    assert "Your words were not saved over theirs" in slower.content.decode()


@pytest.mark.usefixtures("committed_db")
def test_two_who_close_a_report_at_once_close_it_once(cast: Cast) -> None:
    world = worlds.build(cast)
    here = f"/laporan/{world.report_number}/tutup/"
    first, second = browser(cast.joko), browser(cast.wahyuni)
    answers = _at_once(
        lambda: first.post(here, {"outcome": "saran_diberikan"}),
        lambda: second.post(here, {"outcome": "saran_diberikan"}),
    )
    assert all(a.status_code in {302, 409} for a in answers)
    assert _one("select count(*) from trail_act where name = 'report.closed'") == 1


class Unmet(psycopg.Error):
    """What a deferred check of ours raises."""

    sqlstate = "RK005"


@pytest.mark.usefixtures("committed_db")
def test_a_check_that_speaks_at_the_commit_is_worded_like_any_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = open_file(cast.ratih)
    client = browser(cast.ratih)
    before = counted()

    @contextmanager
    def refusing_to_commit() -> Iterator[None]:
        with transaction.atomic():
            yield
            raise DatabaseError("deferred") from Unmet()

    # The middleware's transaction alone: those inside it are whole.
    outer = SimpleNamespace(atomic=refusing_to_commit, set_rollback=transaction.set_rollback)
    monkeypatch.setattr("rangkul.config.scoped.transaction", outer)
    answer = client.post(f"/kasus/{number_of(file)}/catatan/", {"body": WORDS})
    assert answer.status_code == 409
    assert "Your words were not saved over theirs." in answer.content.decode()
    monkeypatch.undo()
    assert counted() == before
