"""What came in by the public's door, at the desk: listed, answered; groups closed in bulk."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clients import Client
from tests.people import NOW, Cast, sign_in

from rangkul.desk.reports.door import flock_number
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reports import operations, receipts, talk
from rangkul.reports import queries as reports
from rangkul.reports.door import DoorContent, SafeContact
from rangkul.reports.models import Report, ReportFile
from rangkul.reports.receipts import Pointer
from rangkul.trail import queries as trail

pytestmark = pytest.mark.django_db

WORDS = "Kakak saya dikunci di kamar belakang sejak kemarin sore dan tidak diberi makan."
FLOOD = "Kantor ini penipu semua, jangan percaya petugasnya, mereka hanya makan gaji buta saja"
PAPER = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def client_of(actor: Actor) -> Client:
    client = Client()
    sign_in(client, actor)
    return client


def send(words: str = WORDS, *, danger: bool = True, way: str = "pesan") -> tuple[str, Pointer]:
    nonce = os.urandom(16)
    content = DoorContent(
        area="33.74", words=words, danger=danger, herself=False,
        contact=SafeContact(way, "0812" if way == "pesan" else "", "siang", "Toko"),
    )  # fmt: skip
    taken = operations.send_public(content=content, nonce=nonce, at=hour.now())
    assert taken is not None
    pointer = operations.find_receipt(code=receipts.code_of_form(nonce), at=hour.now())
    assert pointer is not None
    return reports.report_number(taken.report_id), pointer


def page(client: Client, name: str, *args: Any) -> str:
    return str(client.get(reverse(name, args=args)).content.decode())


def test_the_page_shows_the_talk_and_takes_an_answer(cast: Cast) -> None:
    number, pointer = send()
    operations.write_from_outside(pointer=pointer, text="Ia kembali.", token=uuid4(), at=hour.now())
    desk = client_of(cast.joko)
    assert "1 pesan baru" in page(desk, "report-list")
    shown = page(desk, "report-page", number)
    for words in (WORDS, "Ia kembali.", "0812", "siang", "Toko"):
        assert words in shown
    assert "pesan baru" not in page(desk, "report-list")
    token = str(uuid4())
    for _ in range(2):
        sent = desk.post(
            reverse("report-answer", args=[number]), {"words": "Kami datang.", "token": token}
        )
        assert sent.status_code == 302
    told = operations.open_receipt(pointer=pointer)
    assert [line.text for line in told.lines if not line.outside] == ["Kami datang."]


def test_silence_is_kept(cast: Cast) -> None:
    number, pointer = send(way="jangan")
    desk = client_of(cast.joko)
    assert "Pelapor memilih tidak dihubungi." in page(desk, "report-page", number)
    desk.post(reverse("report-answer", args=[number]), {"words": "Halo"})
    assert operations.open_receipt(pointer=pointer).lines == ()


def test_a_withdrawn_report_says_so(cast: Cast) -> None:
    number, pointer = send()
    operations.withdraw(pointer=pointer, at=hour.now())
    shown = page(client_of(cast.joko), "report-page", number)
    assert "Ditarik kembali oleh pelapor" in shown
    assert reverse("report-answer", args=[number]) not in shown


def test_a_file_is_given_out_as_bytes_and_recorded(cast: Cast) -> None:
    number, pointer = send()
    operations.add_file(pointer=pointer, content=PAPER, at=hour.now())
    with acting(cast.joko):
        file_id = ReportFile.objects.get().id
    given = client_of(cast.joko).get(reverse("report-file", args=[number, file_id]))
    assert (given.content, given["Content-Type"]) == (PAPER, "application/pdf")
    assert "attachment" in given["Content-Disposition"]
    with acting(cast.joko):
        assert trail.list_own(cast.joko, names=("report.file_read",), since=NOW, limit=5)
    stranger = client_of(cast.ester)
    assert stranger.get(reverse("report-file", args=[number, file_id])).status_code == 404
    assert client_of(cast.joko).get(
        reverse("report-file", args=[number, uuid4()])
    ).status_code == 404  # fmt: skip


def test_a_group_is_one_line_and_closed_in_bulk(cast: Cast) -> None:
    number, _ = send()
    for n in range(8):
        send(f"{FLOOD} nomor {n}", danger=n % 2 == 0)
    desk = client_of(cast.wahyuni)
    listed = page(desk, "report-list")
    assert "8 laporan dengan kata-kata yang sama" in listed
    assert "4 menyebut bahaya" in listed
    assert number in listed
    with acting(cast.wahyuni):
        (line,) = talk.list_flocks(cast.wahyuni, at=hour.now())
    flock = flock_number(line.flock.id)
    assert "penipu semua" in page(desk, "flock-page", flock)
    assert desk.post(reverse("flock-close", args=[flock])).status_code == 422
    closed = desk.post(
        reverse("flock-close", args=[flock]), {"outcome": "bukan_laporan"}, follow=True
    )
    assert "8 laporan ditutup." in closed.content.decode()
    assert "kata-kata yang sama" not in page(desk, "report-list")
    desk.post(reverse("flock-reopen", args=[flock]))
    with acting(cast.wahyuni):
        assert Report.objects.filter(state="in_hand").count() == 8
    assert client_of(cast.ester).get(reverse("flock-page", args=[flock])).status_code == 404
    assert desk.get(reverse("flock-page", args=["KL-0000-0000"])).status_code == 404


def test_one_of_a_group_is_set_apart_from_its_page(cast: Cast) -> None:
    for n in range(6):
        number, _ = send(f"{FLOOD} nomor {n}")
    desk = client_of(cast.joko)
    assert "ada di bawah kelompok" in page(desk, "report-page", number)
    desk.post(reverse("report-take-out", args=[number]))
    assert "ada di bawah kelompok" not in page(desk, "report-page", number)
    assert number in page(desk, "report-list")
