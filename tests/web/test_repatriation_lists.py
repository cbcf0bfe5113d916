"""Twenty kinds of mess in a list by name: a clear sentence or people, and nothing half taken."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import Workbook
from tests.clients import Client
from tests.people import Cast
from tests.web.files import signed_in

from rangkul.foundation.scope import acting
from rangkul.repatriation.models import Group, Returnee

HEADINGS = ["Nama Lengkap", "L/P", "Tgl Lahir", "No Paspor", "Asal"]
PEOPLE = [
    ["Pekerja Uji Satu", "P", "12-05-1990", "C1000001", "Kota Kupang"],
    ["Pekerja Uji Dua", "L", "1 Mei 1991", "C1000002", "Kota Mataram"],
    ["Pekerja Uji Tiga", "P", "1992-03-04", "C1000003", "Kota Makassar"],
]


def book(rows: list[list[Any]], prepare: Callable[[Any], None] = lambda sheet: None) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    prepare(made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def text(rows: list[list[str]], by: str = ",", code: str = "utf-8") -> bytes:
    return "\r\n".join(by.join(row) for row in rows).encode(code)


def rezip(content: bytes, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, data in more.items():
            new.writestr(name, data)
    return out.getvalue()


def merged(sheet: Any) -> None:
    sheet.merge_cells("A1:E1")


def hidden(sheet: Any) -> None:
    other = sheet.parent.create_sheet("Lama", 0)
    other.append(["Catatan", "lama"])
    other.sheet_state = "hidden"


LIST = [HEADINGS, *PEOPLE]
NUMBERED = [["No", *HEADINGS], *[[str(n), *row] for n, row in enumerate(PEOPLE, start=1)]]
ONE = ["Pekerja Uji Satu", "P", "12-05-1990", "C1000001", "Kota Kupang"]
MANY = [[f"Pekerja Uji {n}", "P", "", f"C{n:07d}", ""] for n in range(5000)]


def born(written: Any) -> bytes:
    return book([HEADINGS, [*ONE[:2], written, *ONE[3:]]])


# Each mess, how many people are ready, and what the page says beside it.
READ: dict[str, tuple[bytes, int, str]] = {
    "plain": (book(LIST), 3, ""),
    "a title in merged cells": (book([["DAFTAR"], [], ["Per 3 Maret"], *LIST], merged), 3, ""),
    "dates that are dates": (born(date(1990, 5, 12)), 1, "Date of birth"),
    "dates as day numbers": (born(33005), 1, "Date of birth"),
    "years of two digits": (born("12/05/90"), 1, "a year of two digits"),
    "a date that is none": (born("akhir bulan"), 1, "Date of birth: could not be read"),
    "English, in another order": (
        text([["No", "Province", "Passport", "Full name", "Sex", "Date of birth"],
              ["1", "Kota Kupang", "C1000001", "Pekerja Uji Satu", "F", "12 May 1990"]]), 1,
        "Kota Kupang",
    ),
    "rows of nothing": (book([HEADINGS, PEOPLE[0], [], ["", ""], PEOPLE[1], [], PEOPLE[2]]), 3, ""),
    "a total": (book([*NUMBERED, ["", "JUMLAH TOTAL", "3"]]), 3, "looks like a total"),
    "a total of people": (book([*NUMBERED, ["Jumlah", "3 orang"]]), 3, "looks like a total"),
    "who signed the list": (
        book([*NUMBERED, [], ["", "Kepala Dinas Uji"]]), 3, "Nothing but a name"
    ),
    "a row twice": (book([*LIST, PEOPLE[0]]), 3, "1 may be known already"),
    "a byte-order mark": (b"\xef\xbb\xbf" + text(LIST), 3, ""),
    "semicolons": (text(LIST, ";"), 3, ""),
    "Windows letters": (
        text([HEADINGS, ["Pekerja Uji\xe9", *ONE[1:]]], ";", "cp1252"), 1, "Full name"
    ),
    "text of two bytes a sign": (text(LIST, "\t", "utf-16"), 3, ""),
    "a formula as a name": (text([HEADINGS, ["=cmd|' /C calc'!A0", *ONE[1:]]]), 1, ""),
    "a hidden sheet before it": (book(LIST, hidden), 3, ""),
    "no headings": (book(PEOPLE), 0, "None of the headings is known here."),
}  # fmt: skip
REFUSED: dict[str, tuple[bytes, str]] = {
    "five thousand rows": (text([HEADINGS, *MANY]), "More than 300 people."),
    "macros": (rezip(book(LIST), **{"xl/vbaProject.bin": b"x"}), "carries programs"),
    "a bomb": (rezip(book(LIST), **{"xl/media/0.bin": b"0" * (70 << 20)}), "There is more in this"),
    "a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "under a password",
    ),
    "no byte": (b"", "not one byte arrived"),
    "headings only": (book([HEADINGS]), "no rows below its headings"),
    "another kind of file": (b"%PDF-1.7 daftar", "not a workbook"),
    "half a file": (book(LIST)[:900], "damaged"),
}


def send(cast: Cast, content: bytes) -> Any:
    browser: Client = signed_in(cast.wahyuni)
    file = io.BytesIO(content)
    file.name = "daftar.xlsx"
    return browser.post(
        "/pemulangan/impor/",
        {"label": "Kapal Uji", "source": "perwakilan", "area": "33.74", "basis": "pp9_2008_17",
         "arrives_at": timezone.now().strftime("%Y-%m-%dT%H:%M"), "category": "kpo",
         "companion": cast.ratih.user_id, "file": file},
    )  # fmt: skip


@pytest.mark.parametrize("kind", READ)
def test_a_messy_list_is_read_and_what_is_odd_is_said(db: None, cast: Cast, kind: str) -> None:
    content, ready, said = READ[kind]
    answer = send(cast, content)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 200
    people = "1 person is ready" if ready == 1 else f"{ready} people are ready"
    assert people in page
    assert said in page
    assert len(re.findall(r'name="take"[^>]* checked', page)) == ready
    # The list travels sealed: nobody who looks over the shoulder reads a name.
    assert "Pekerja" not in page.replace('">Pekerja Uji Satu</label>', "")


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_list_is_refused_in_a_sentence(db: None, cast: Cast, kind: str) -> None:
    content, said = REFUSED[kind]
    answer = send(cast, content)
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    with acting(cast.wahyuni):
        assert not Group.objects.exists()
        assert not Returnee.objects.exists()


def test_what_stands_below_a_list_becomes_nobody(db: None, cast: Cast) -> None:
    """The totals and the name of who signed are left out of the group as it is offered."""
    answer = send(cast, book([*NUMBERED, ["", "JUMLAH", "3"], ["", "Kepala Dinas Uji"]]))
    page = answer.content.decode()
    assert re.findall(r'name="take" value="(\d+)"[^>]* checked', page) == ["2", "3", "4"]
    assert re.findall(r'name="take" value="(\d+)"[^>]* disabled', page) == ["5"]
