"""Documents through the addresses: hashed, sealed, downloaded as mere bytes, withdrawn once."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from tests.clients import Client
from tests.people import KUPANG, NOW, Cast
from tests.rows import as_owner
from tests.web.files import number_of, open_file, signed_in

from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.vault import SealBroken

pytestmark = pytest.mark.usefixtures("committed_db")

PDF = b"%PDF-1.7 kontrak kerja \xe2\x80\xa6"


def send(client: Client, file: CaseFile, content: bytes, name: str = "melati.pdf") -> HttpResponse:
    """Upload one file."""
    here = f"/kasus/{number_of(file)}/dokumen/"
    return client.post(here, {"file": SimpleUploadedFile(name, content)}, follow=True)


def the_only(cast: Cast, file: CaseFile) -> str:
    """The address of the one document in a file."""
    with acting(cast.ratih):
        (view,) = cases.list_attachments(cast.ratih, file.case_id)
    return f"/kasus/{number_of(file)}/dokumen/{view.attachment.id}/"


def test_a_document_is_hashed_as_it_comes_and_the_hash_is_shown(cast: Cast) -> None:
    file = open_file(cast.ratih)
    page = send(signed_in(cast.ratih), file, PDF).content.decode()
    assert hashlib.sha256(PDF).hexdigest()[:8] in page
    assert "melati.pdf" in page
    with as_owner() as owner:
        row = owner.execute("select name_sealed, content_sealed from cases_attachment").fetchone()
    assert row is not None
    assert b"melati" not in bytes(row[0])
    assert b"kontrak" not in bytes(row[1])


def test_a_download_is_bytes_and_nothing_more(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    send(client, file, PDF)
    answer = client.get(the_only(cast, file))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "no-store"
    kept = answer["Content-Disposition"]
    assert kept.startswith('attachment; filename="dokumen-')
    assert kept.endswith('.pdf"')
    assert "melati" not in kept


def test_a_page_dressed_as_a_picture_is_not_taken_in(cast: Cast) -> None:
    """Planted fault: a script with the name of a picture."""
    file = open_file(cast.ratih)
    answer = send(
        signed_in(cast.ratih), file, b"<html><script>alert(1)</script></html>", "foto.png"
    )
    assert answer.status_code == 422
    assert "a web page or a script" in answer.content.decode()
    with acting(cast.ratih):
        assert cases.list_attachments(cast.ratih, file.case_id) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "This file is empty"), (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB")],
)
def test_an_empty_or_too_large_file_is_told_so(cast: Cast, content: bytes, sentence: str) -> None:
    file = open_file(cast.ratih)
    answer = send(signed_in(cast.ratih), file, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with acting(cast.ratih):
        assert cases.list_attachments(cast.ratih, file.case_id) == []


def test_no_file_at_all_is_told_so(cast: Cast) -> None:
    file = open_file(cast.ratih)
    answer = signed_in(cast.ratih).post(f"/kasus/{number_of(file)}/dokumen/", {})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


def test_ten_mebibytes_pass(cast: Cast) -> None:
    file = open_file(cast.ratih)
    assert send(signed_in(cast.ratih), file, b"x" * (10 * 1024 * 1024)).status_code == 200
    assert len(signed_in(cast.ratih).get(the_only(cast, file)).content) == 10 * 1024 * 1024


def test_reading_and_withdrawing_stand_in_the_trail(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    send(client, file, PDF)
    here = the_only(cast, file)
    client.get(here)
    client.post(f"{here}tarik/", {"reason": "ganda"})
    assert client.get(here).status_code == 404
    assert "melati.pdf" not in client.get(f"/kasus/{number_of(file)}/dokumen/").content.decode()
    with acting(cast.ratih), connection.cursor() as cursor:
        cursor.execute(
            "select name, reason from trail_act where subject_kind = 'attachment' order by at, id"
        )
        assert cursor.fetchall() == [
            ("attachment.received", ""), ("attachment.read", ""), ("attachment.withdrawn", "ganda"),
        ]  # fmt: skip


def test_of_two_who_withdraw_at_once_the_second_finds_it_gone(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    send(client, file, PDF)
    here = the_only(cast, file)
    document_id = here.split("/")[4]
    client.post(f"{here}tarik/")
    assert client.post(f"{here}tarik/").status_code == 404
    with pytest.raises(NotReachable), acting(cast.wahyuni):
        case_operations.withdraw_attachment(
            attachment_id=document_id,
            by=cast.wahyuni, at=NOW,
        )  # fmt: skip


def test_a_colleagues_evidence_is_not_taken_out_by_a_peer(cast: Cast) -> None:
    file = open_file(cast.ratih)
    send(signed_in(cast.ratih), file, PDF)
    signed_in(cast.wahyuni).post(
        f"/kasus/{number_of(file)}/perjalanan/pendamping/tunjuk/", {"user": cast.nining.user_id}
    )
    here = the_only(cast, file)
    assert signed_in(cast.nining).post(f"{here}tarik/").status_code == 403
    assert signed_in(cast.wahyuni).post(f"{here}tarik/").status_code == 302


def test_a_document_altered_in_the_table_does_not_open(cast: Cast) -> None:
    """Planted fault: two sealed contents swapped by someone who holds the database."""
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    send(client, file, PDF)
    here = the_only(cast, file)
    send(client, file, PDF + b"2")
    with as_owner() as owner:
        owner.execute(
            "update cases_attachment a set content_sealed = b.content_sealed "
            "from cases_attachment b where a.id <> b.id"
        )
    with pytest.raises(SealBroken):
        client.get(here)


def test_a_document_is_not_reached_through_another_file(cast: Cast) -> None:
    file, other = open_file(cast.ratih), open_file(cast.ratih)
    client = signed_in(cast.ratih)
    send(client, file, PDF)
    elsewhere = the_only(cast, file).replace(number_of(file), number_of(other))
    assert client.get(elsewhere).status_code == 404
    assert client.post(f"{elsewhere}tarik/").status_code == 404


@pytest.mark.parametrize("login", ["nining", "andi", "yohana", "joko", "bagas", "sinta"])
def test_nobody_else_finds_or_fetches_it(cast: Cast, login: str) -> None:
    file = open_file(cast.ratih)
    send(signed_in(cast.ratih), file, PDF)
    stranger = signed_in(cast.everyone()[login])
    assert stranger.get(f"/kasus/{number_of(file)}/dokumen/").status_code in (403, 404)
    assert stranger.get(the_only(cast, file)).status_code in (403, 404)


def test_an_ended_team_can_no_longer_fetch_it(cast: Cast) -> None:
    file = open_file(cast.ratih)
    send(signed_in(cast.ratih), file, PDF)
    lead, joint = signed_in(cast.wahyuni), signed_in(cast.marten)
    team = f"/kasus/{number_of(file)}/perjalanan/tim/"
    lead.post(f"{team}gabung/", {"agency": KUPANG, "ends_on": "2099-01-01"})
    assert joint.get(the_only(cast, file)).content == PDF
    lead.post(f"{team}akhiri/", {"agency": KUPANG})
    assert joint.get(the_only(cast, file)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_constant_number_of_times(cast: Cast, count: int) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    for n in range(count):
        send(client, file, PDF + bytes([n]))
    here = f"/kasus/{number_of(file)}/dokumen/"
    client.get(here)
    with CaptureQueriesContext(connection) as asked:
        client.get(here)
    assert len(asked) == 10


def _archive(member: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(member, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (_archive("word/document.xml"), "docx"),
        (_archive("xl/workbook.xml"), "xlsx"),
        (_archive("catatan.txt"), "zip"),
        (b"PK\x03\x04 broken", "zip"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"\x00\x00\x00\x18ftypheic\x00", "heic"),
        (b"\x00\x00\x00\x18ftypisom\x00", "mp4"),
        (b"\x00\x01\x02\xff", "bin"),
        ("Surat pernyataan, dengan huruf é".encode() * 200, "txt"),
        # A letter of two bytes cut by the slice that is looked at.
        (b"a" * 4095 + "é".encode(), "txt"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, ending: str) -> None:
    from rangkul.cases.contents import extension, media_type

    assert extension(media_type(content)) == ending
