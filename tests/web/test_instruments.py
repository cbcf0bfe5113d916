"""An administrator's forms: uploaded or told why not, read in both languages, published."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.clients import Client
from tests.people import Cast, sign_in
from tests.unit.assessments.forms import RISK, SETTINGS, ask, filling, workbook
from tests.web.files import signed_in

from rangkul.assessments import queries
from rangkul.assessments.models import FormVersion, Submission
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("db")


def sent(client: Client, data: bytes, name: str = "uji.xlsx") -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("instrument-upload"), {"file": file})


def indonesian(actor: Actor) -> Client:
    client: Client = signed_in(actor)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "id"
    return client


def uploaded(client: Client, **settings: str) -> UUID:
    answer = sent(client, workbook(RISK, settings=SETTINGS | settings))
    assert answer.status_code == 302, answer.content.decode()
    return UUID(answer["Location"].strip("/").split("/")[-1])


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_before_the_first_form(cast: Cast) -> None:
    said = page(indonesian(cast.sinta), "instrument-list")
    assert "Belum ada formulir lembaga" in said
    assert "rk01_triase" in said


def test_the_way_of_a_form(cast: Cast) -> None:
    client = indonesian(cast.sinta)
    form_id = uploaded(client)
    said = page(client, "instrument-page", form_id)
    for words in ("Ada senjata?", "A weapon?", "Rather not", "Bahaya", "Danger", "Draf"):
        assert words in said, words
    assert "sealed" not in said
    for name, state in (("test", "testing"), ("publish", "published"), ("retire", "retired")):
        answer = client.post(reverse(f"instrument-{name}", args=[form_id]))
        assert answer.status_code == 302
        with acting(cast.sinta):
            assert queries.get_form(cast.sinta, form_id).state == state
    again = client.post(reverse("instrument-publish", args=[form_id]), follow=True)
    assert "sudah melakukannya" in again.content.decode()


def test_publishing_asks_for_the_second_factor_again(cast: Cast) -> None:
    client = indonesian(cast.sinta)
    form_id = uploaded(client)
    client.post(reverse("instrument-test", args=[form_id]))
    tired = Client()
    sign_in(tired, cast.sinta, fresh=False)
    answer = tired.post(reverse("instrument-publish", args=[form_id]))
    assert answer.status_code in (302, 403)
    with acting(cast.sinta):
        assert queries.get_form(cast.sinta, form_id).state == "testing"


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (workbook([ask("text", "a", relevant="${b} = 1"), ask("text", "b", relevant="${a} = 1")]),
         "uji.xlsx", "Aturan berputar tanpa akhir"),
        (workbook([ask("pertanyaan", "a")]), "uji.xlsx", "survey 2"),
        (b"PK", "uji.xlsm", "makro"),
        (b"halo", "uji.txt", "bukan buku kerja"),
        (b"", "uji.xlsx", "kosong"),
    ],
    ids=["loop", "type", "macro", "text", "empty"],
)  # fmt: skip
def test_what_cannot_be_taken_is_told(cast: Cast, data: bytes, name: str, said: str) -> None:
    client = indonesian(cast.sinta)
    answer = sent(client, data, name)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with acting(cast.sinta):
        assert not FormVersion.objects.filter(agency_id=cast.sinta.agency_id).exists()


def test_without_a_file(cast: Cast) -> None:
    answer = indonesian(cast.sinta).post(reverse("instrument-upload"))
    assert answer.status_code == 422
    assert "Pilih berkas dahulu." in answer.content.decode()


def test_the_codebook_and_the_files(cast: Cast) -> None:
    client = indonesian(cast.sinta)
    form_id = uploaded(client)
    said = page(client, "instrument-codebook", form_id)
    assert "g/senjata" in said
    assert "disegel: kesehatan" in said.lower()
    for file, begins in (("xlsx", b"PK"), ("xform", b"<?xml"), ("codebook", b"PK")):
        answer = client.get(reverse("instrument-download", args=[form_id, file]))
        assert answer.content.startswith(begins)
        assert "attachment" in answer["Content-Disposition"]
    assert client.get(reverse("instrument-download", args=[form_id, "exe"])).status_code == 404


def test_a_shipped_form_is_a_real_workbook_when_it_is_taken_along(cast: Cast) -> None:
    client = indonesian(cast.sinta)
    with acting(cast.sinta):
        house = queries.get_published("rk12_hambatan")
    answer = client.get(reverse("instrument-download", args=[house.id, "xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert {"survey", "choices", "settings", "reasons"} <= set(book.sheetnames)
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    said = page(client, "instrument-page", house.id)
    assert "hanya berubah bersama rilis" in said
    assert reverse("instrument-retire", args=[house.id]) not in said
    assert client.post(reverse("instrument-retire", args=[house.id])).status_code == 404


def test_nobody_else(cast: Cast) -> None:
    form_id = uploaded(indonesian(cast.sinta))
    for actor, status in ((cast.ratih, 403), (cast.bagas, 403), (cast.dorce, 404)):
        client = signed_in(actor)
        assert client.get(reverse("instrument-page", args=[form_id])).status_code == status
        assert client.post(reverse("instrument-test", args=[form_id])).status_code == status
    admin = indonesian(cast.sinta)
    assert admin.get(reverse("instrument-page", args=[uuid4()])).status_code == 404


def test_a_trial_is_filled_checked_and_forgotten(cast: Cast) -> None:
    admin = indonesian(cast.sinta)
    form_id = uploaded(admin)
    trial = reverse("instrument-trial", args=[form_id])
    worker = indonesian(cast.ratih)
    assert worker.get(trial).status_code == 404
    admin.post(reverse("instrument-test", args=[form_id]))
    assert "Tidak ada yang disimpan" in worker.get(trial).content.decode()
    good = filling({"setuju": "ya", "g": {"senjata": "ya"}}).decode()
    answer = worker.post(trial, {"instance": good})
    assert answer.status_code == 200
    assert "tinggi" in answer.content.decode()
    bad = worker.post(trial, {"instance": good.replace(">ya<", ">entah<")})
    assert bad.status_code == 422
    assert "tidak ada dalam daftar" in bad.content.decode()
    for broken in ({"instance": "<!DOCTYPE a>"}, {"instance": ""}, {}):
        assert worker.post(trial, broken).status_code == 422
    with acting(cast.ratih):
        assert not Submission.objects.exclude(form_id=None).exists()
    assert indonesian(cast.dorce).get(trial).status_code == 404
