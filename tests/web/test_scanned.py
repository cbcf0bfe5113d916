"""What is received is scanned: refused, taken, or kept until the scanner is back."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.http import HttpResponse
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.clamd import NAME, Scanner, eicar
from tests.clamd import clamd as clamd
from tests.clients import Client
from tests.people import Cast
from tests.rows import as_owner
from tests.unit.cases.test_contents import PLACE, TRACES, archive
from tests.web.files import number_of, open_file, signed_in

from rangkul.cases import queries as cases
from rangkul.cases.events import FILE_WAITS
from rangkul.cases.models import CaseFile
from rangkul.foundation import scanning
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.scanning import scan_waiting

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("clamd")]

AWAY = "unix:/nonexistent/clamd.sock"
HARMLESS = b"%PDF-1.7 kontrak kerja"


def send(client: Client, file: CaseFile, content: bytes, name: str = "melati.pdf") -> HttpResponse:
    here = f"/kasus/{number_of(file)}/dokumen/"
    return client.post(here, {"file": SimpleUploadedFile(name, content)}, follow=True)


def addresses(cast: Cast, file: CaseFile) -> list[str]:
    with acting(cast.ratih):
        views = cases.list_attachments(cast.ratih, file.case_id)
    return [f"/kasus/{number_of(file)}/dokumen/{view.attachment.id}/" for view in views]


def acts() -> list[tuple[str, Any]]:
    with as_owner() as owner:
        return owner.execute(
            "select name, detail from trail_act where name like 'attachment.%%' order by at, id"
        ).fetchall()


def waiting() -> list[Event]:
    jobs = ProcrastinateJob.objects.filter(task_name="rangkul.deliver", status="todo")
    return [e for job in jobs if (e := Event(**job.args)).name == FILE_WAITS]


@pytest.mark.promise(
    "scanned",
    chapter="vault",
    sentence=(
        "What is received is scanned by clamd where one is configured; what it finds is "
        "refused, and while it is away nothing is lost and nothing given out."
    ),
)
def test_the_test_virus_is_refused_and_told(
    cast: Cast, clamd: Scanner, settings: Any, figure: Any
) -> None:
    settings.CLAMD = clamd.address
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    ways = {"plain": eicar(), "in an archive": archive(("kontrak.txt", eicar()))}
    for name, content in ways.items():
        answer = send(client, file, content)
        assert answer.status_code == 422, name
        assert "found something harmful" in answer.content.decode()
    assert addresses(cast, file) == []
    assert [(name, detail["found"]) for name, detail in acts()] == [
        ("attachment.refused", NAME), ("attachment.refused", NAME),
    ]  # fmt: skip
    assert send(client, file, HARMLESS).status_code == 200
    assert client.get(addresses(cast, file)[0]).content == HARMLESS
    assert acts()[-2][1]["scan"] == "clean"
    figure(f"{len(ways)} of {len(ways)} test viruses refused by {clamd.kind}, 0 kept")


@pytest.mark.planted("scanned")
def test_planted_without_a_scanner_the_test_virus_goes_through(cast: Cast, settings: Any) -> None:
    settings.CLAMD = ""
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    assert send(client, file, eicar()).status_code == 200
    assert client.get(addresses(cast, file)[0]).content == eicar()


@pytest.mark.promise(
    "scanned",
    chapter="vault",
    sentence=(
        "What is received is scanned by clamd where one is configured; what it finds is "
        "refused, and while it is away nothing is lost and nothing given out."
    ),
)
def test_while_the_scanner_is_away_nothing_is_lost_and_nothing_given_out(
    cast: Cast, clamd: Scanner, settings: Any, figure: Any
) -> None:
    settings.CLAMD = AWAY
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    for content in (HARMLESS, eicar()):
        page = send(client, file, content)
        assert page.status_code == 200
        assert "has not been scanned yet" in page.content.decode()
    for here in addresses(cast, file):
        answer = client.get(here, follow=True)
        assert "Waits for the scanner" in answer.content.decode()
        assert HARMLESS not in answer.content and eicar() not in answer.content
    events = waiting()
    assert len(events) == 2
    with pytest.raises(scanning.ScannerAway):
        scan_waiting(events[0])
    settings.CLAMD = clamd.address
    for event in events * 2:
        scan_waiting(event)
    given = [client.get(here) for here in addresses(cast, file)]
    assert [answer.status_code for answer in given] == [302, 200]
    assert given[1].content == HARMLESS
    page = client.get(f"/kasus/{number_of(file)}/dokumen/").content.decode()
    assert page.count("Set aside by the scanner") == 1
    figure("scanner away: 2 of 2 files kept, 0 given out; after its return 1 given, 1 set aside")


def test_what_was_received_before_there_was_a_scanner_is_scanned_when_opened(
    cast: Cast, clamd: Scanner, settings: Any
) -> None:
    settings.CLAMD = ""
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    send(client, file, eicar())
    settings.CLAMD = clamd.address
    (here,) = addresses(cast, file)
    assert client.get(here).status_code == 302
    settings.CLAMD = ""
    assert client.get(here).status_code == 302


@pytest.fixture
def liar(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A clamd that answers what it is told to, or hangs up."""
    answers: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                line, _ = server.accept()
            except TimeoutError:
                continue
            with line:
                line.settimeout(2)
                line.recv(1 << 16)
                line.sendall(answers[0])

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}", answers
    stop.set()
    thread.join()
    server.close()


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: OK", b"INSTREAM size limit exceeded. ERROR\0", b"stream: \0", b"OK, nearly\0"],
)
def test_anything_but_a_verdict_is_none(liar: tuple[str, list[bytes]], answer: bytes) -> None:
    address, answers = liar
    answers.append(answer)
    with pytest.raises(scanning.ScannerAway):
        scanning.scan(HARMLESS, address=address, timeout=1)


def test_a_scanner_that_is_named_wrongly_is_away() -> None:
    for address in ("nowhere", "127.0.0.1:1", AWAY):
        with pytest.raises(scanning.ScannerAway):
            scanning.scan(HARMLESS, address=address, timeout=1)


# -- what leaves ----------------------------------------------------------------------------------


@pytest.mark.promise(
    "mere-bytes",
    chapter="vault",
    sentence=(
        "Whatever a download holds, the browser treats it as bytes: no page, no script, no origin."
    ),
)
def test_every_download_is_mere_bytes(cast: Cast, settings: Any, figure: Any) -> None:
    settings.CLAMD = ""
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    send(client, file, HARMLESS)
    (document,) = addresses(cast, file)
    asked = {
        "a document": client.get(document),
        "its original": client.post(document),
        "the workbook for a caseload": client.get("/impor/templat.xlsx"),
    }
    given = {name: answer for name, answer in asked.items() if answer.status_code == 200}
    assert {"a document", "its original"} <= set(given)
    for name, answer in given.items():
        assert answer["Content-Disposition"].startswith("attachment"), name
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'", name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert answer["Cache-Control"] == "no-store", name
    figure(f"{len(given)} of {len(given)} downloads sandboxed, unsniffable and unkept")


@pytest.mark.planted("mere-bytes")
def test_planted_a_download_without_the_sandbox_is_seen(cast: Cast) -> None:
    from rangkul.config.unkept import UnkeptMiddleware

    def view(_request: object) -> HttpResponse:
        return HttpResponse("<script>x</script>", headers={"Content-Disposition": "attachment"})

    bare = view(None)
    assert "Content-Security-Policy" not in bare
    guarded = UnkeptMiddleware(view)(None)
    assert guarded["Content-Security-Policy"].startswith("sandbox")


def test_a_photograph_leaves_without_its_place_and_the_original_with_it(
    cast: Cast, settings: Any
) -> None:
    settings.CLAMD = ""
    media, photo = TRACES["jpeg"]
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    send(client, file, photo, "foto.jpg")
    (here,) = addresses(cast, file)
    clean, original = client.get(here), client.post(here)
    assert clean["Content-Type"] == original["Content-Type"] == media
    assert PLACE not in clean.content
    assert original.content == photo
    assert [detail.get("copy") for name, detail in acts() if name == "attachment.read"] == [
        "clean", "original",
    ]  # fmt: skip


@pytest.mark.promise(
    "masked-hash",
    chapter="vault",
    sentence="A stolen database does not tell whether a known file was received.",
)
def test_no_digest_of_a_received_file_stands_anywhere(cast: Cast, figure: Any) -> None:
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    page = send(client, file, HARMLESS).content.decode()
    client.get(addresses(cast, file)[0])
    assert hashlib.sha256(HARMLESS).hexdigest()[:8] in page
    digests = [getattr(hashlib, name)(HARMLESS).hexdigest() for name in ("md5", "sha1", "sha256")]
    assert _standing(digests) == []
    figure("0 of 3 digests of a received file in the tables")


@pytest.mark.planted("masked-hash")
def test_planted_a_digest_in_the_clear_is_found(cast: Cast) -> None:
    send(signed_in(cast.ratih), open_file(cast.ratih), HARMLESS)
    digest = hashlib.sha256(HARMLESS)
    with as_owner() as owner:
        owner.execute("update cases_attachment set sha256 = %s", [digest.digest()])
    assert _standing([digest.hexdigest()]) == [digest.hexdigest()]


def test_hashes_of_before_are_masked_by_the_migration(cast: Cast, settings: Any) -> None:
    settings.CLAMD = ""
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    send(client, file, HARMLESS)
    digest = hashlib.sha256(HARMLESS)
    with as_owner() as owner:
        owner.execute("update cases_attachment set sha256 = %s", [digest.digest()])
    with transaction.atomic(using="owner"), connections["owner"].schema_editor() as editor:
        import_module("rangkul.cases.migrations.0003_scanned_and_masked").mask(None, editor)
    assert _standing([digest.hexdigest()]) == []
    (here,) = addresses(cast, file)
    assert client.get(here).content == HARMLESS
    page = client.get(f"/kasus/{number_of(file)}/dokumen/").content.decode()
    assert digest.hexdigest()[:8] in page


def _standing(digests: list[str]) -> list[str]:
    with as_owner() as owner:
        rows = "".join(
            row[0]
            for table in ("cases_attachment", "trail_act", "procrastinate_jobs")
            for row in owner.execute(f"select t::text from {table} t")
        )
    return [digest for digest in digests if digest in rows]


def test_an_upload_never_lies_in_a_temporary_file(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Large ones too: whoever opens a temporary file meets this test."""
    import tempfile

    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("a temporary file")

    settings.CLAMD = ""
    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    file, client = open_file(cast.ratih), signed_in(cast.ratih)
    content = HARMLESS + b"x" * (9 * 1024 * 1024)
    assert send(client, file, content).status_code == 200
    assert client.get(addresses(cast, file)[0]).content == content
    assert "larger than 10 MB" in send(client, file, b"x" * (13 * 1024 * 1024)).content.decode()
