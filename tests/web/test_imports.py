"""The import through its addresses: from one file in the hand to whole files, nothing kept."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from tests.clients import Client
from tests.domain.cases.books import HEAD, ROW, workbook
from tests.people import Cast
from tests.rows import as_owner
from tests.web.files import signed_in

from rangkul.cases import queries as cases
from rangkul.cases.imports.rows import ImportRow
from rangkul.cases.imports.sealed import seal_list
from rangkul.desk import imports
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")

OTHER = ["Anggrek Lestiani", "", "0813 9999 8888", "P", "psikis", "", ""]


def bring(client: Client, content: bytes, name: str = "daftar.xlsx") -> HttpResponse:
    """Step one."""
    return client.post("/impor/", {"file": SimpleUploadedFile(name, content)})


def fields(page: HttpResponse) -> dict[str, list[str]]:
    """What the page's form would send: hidden values, ticked boxes, chosen options."""
    text = page.content.decode()
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]+>", text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        is_box = 'type="checkbox"' in tag
        if name and value and ('type="hidden"' in tag or (is_box and " checked" in tag)):
            sent.setdefault(name[1], []).append(html.unescape(value[1]))
    for name, options in re.findall(r'<select[^>]+name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        found = chosen or first
        if found:
            sent[name] = [html.unescape(found[1])]
    return sent


def to_preview(client: Client, content: bytes) -> HttpResponse:
    """Steps one and two as they were guessed."""
    return client.post("/impor/periksa/", fields(bring(client, content)))


def count_files(cast: Cast) -> int:
    """How many files the agency holds."""
    with acting(cast.wahyuni):
        return len(cases.list_files(cast.wahyuni).covers)


def test_a_list_becomes_files(cast: Cast) -> None:
    client = signed_in(cast.wahyuni)
    columns = bring(client, workbook([HEAD, ROW, OTHER]))
    assert columns.status_code == 200
    assert fields(columns)["column-0"] == ["name"]
    preview = client.post("/impor/periksa/", fields(columns))
    assert "2 rows are ready" in preview.content.decode()
    result = client.post("/impor/masukkan/", fields(preview))
    text = result.content.decode()
    assert "2 files opened" in text
    assert len(set(re.findall(r"/kasus/(RK-[0-9A-Z-]+)/", text))) == 2
    assert count_files(cast) == 2


def test_the_steps_show_no_name_and_leave_nothing_behind(cast: Cast) -> None:
    """The secret words of the list appear in no page, no session and no table in the clear."""
    client = signed_in(cast.wahyuni)
    columns = bring(client, workbook([HEAD, ROW]))
    preview = client.post("/impor/periksa/", fields(columns))
    result = client.post("/impor/masukkan/", fields(preview))
    for page in (columns, preview, result):
        text = page.content.decode()
        assert page["Cache-Control"] == "no-store"
        for secret in ("Wiratmi", "3374016403980001", "81234567890", "Datang bersama bibi"):
            assert secret not in text
    with as_owner() as owner:
        tables = owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace "
            "and relkind = 'r'"
        ).fetchall()
        for (table,) in tables:
            for secret in ("Wiratmi", "3374016403980001", "Datang bersama"):
                found = owner.execute(
                    f"select count(*) from {table} t where t::text like %s", [f"%{secret}%"]
                ).fetchone()
                assert found == (0,), table
        session = owner.execute("select session_data from accounts_session").fetchall()
    assert session
    assert all(len(data) < 4_000 for (data,) in session)


def test_the_same_file_again_opens_nothing_twice(cast: Cast) -> None:
    client = signed_in(cast.wahyuni)
    content = workbook([HEAD, ROW, OTHER])
    preview = to_preview(client, content)
    client.post("/impor/masukkan/", fields(preview))
    # A second press on a page that was still open.
    again = client.post("/impor/masukkan/", fields(preview) | {"take": ["2", "3"]})
    assert "2 rows were taken over before" in again.content.decode()
    # The same file on another day: everybody is known, nothing is ticked.
    later = to_preview(client, content)
    assert "take" not in fields(later)
    assert client.post("/impor/masukkan/", fields(later)).status_code == 422
    assert count_files(cast) == 2


def test_long_lists_go_in_steps_and_survive_a_broken_line(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    client = signed_in(cast.wahyuni)
    names = ["Anggrek", "Bakung", "Cempaka", "Dahlia", "Edelweis"]
    preview = to_preview(client, workbook([["Nama"], *[[f"{name} Ujiwati"] for name in names]]))
    step = client.post("/impor/masukkan/", fields(preview))
    assert "2 of 5 rows" in step.content.decode()
    first = fields(step)
    second = client.post("/impor/lanjut/", first, headers={"hx-request": "true"})
    assert "<html" not in second.content.decode()
    assert "4 of 5 rows" in second.content.decode()
    # The answer to a step is lost and the step is sent again.
    client.post("/impor/lanjut/", first)
    last = client.post("/impor/lanjut/", fields(second))
    assert "5 files opened" in last.content.decode()
    assert count_files(cast) == 5


def test_a_word_is_assigned_once_for_all_rows(cast: Cast) -> None:
    client = signed_in(cast.wahyuni)
    content = workbook([["Nama", "Jenis Kekerasan"], ["Anggrek", "fisk"], ["Bakung", "fisk"]])
    preview = to_preview(client, content)
    assert "“fisk” is in no list." in preview.content.decode()
    sent = fields(preview)
    assert sent["fix-0"] == ["fisik"]
    client.post("/impor/masukkan/", sent)
    with acting(cast.wahyuni):
        covers = cases.list_files(cast.wahyuni).covers
        assert [cover.violence_kinds for cover in covers] == [["fisik"], ["fisik"]]


def test_columns_can_be_corrected_but_not_doubled(cast: Cast) -> None:
    client = signed_in(cast.wahyuni)
    columns = fields(bring(client, workbook([["Siapa", "Apa"], ["Anggrek", "x"]])))
    assert columns["column-0"] == ["note"]
    nothing = client.post("/impor/periksa/", columns)
    assert nothing.status_code == 422
    doubled = client.post("/impor/periksa/", columns | {"column-0": "name", "column-1": "name"})
    assert doubled.status_code == 422
    assert "Chosen for two columns: Full name." in doubled.content.decode()
    right = client.post("/impor/periksa/", columns | {"column-0": "name"})
    assert "1 row is ready" in right.content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"area": "Antah Berantah"}, "No single place has this name"),
     ({"companion": "9021"}, "Please choose from the list"),
     ({"category": "xyz"}, "Please choose from the list")],
)  # fmt: skip
def test_defaults_are_checked(cast: Cast, changed: dict[str, str], sentence: str) -> None:
    client = signed_in(cast.wahyuni)
    columns = fields(bring(client, workbook([HEAD, ROW])))
    answer = client.post("/impor/periksa/", columns | changed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not one byte arrived"),
        (b"%PDF-1.7", "This is not a workbook"),
        (b"PK\x03\x04nothing", "This file is damaged"),
        (workbook([]), "No list was found"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b"Nama\n" + b"Anggrek\n" * 5_001, "More than 5,000 rows"),
    ],
)
def test_what_cannot_be_taken_is_told_in_a_sentence(
    cast: Cast, content: bytes, sentence: str
) -> None:
    answer = bring(signed_in(cast.wahyuni), content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_anothers_list_or_an_altered_one_is_not_opened(cast: Cast) -> None:
    mine = fields(bring(signed_in(cast.wahyuni), workbook([HEAD, ROW])))
    for client, sent in (
        (signed_in(cast.marten), mine),
        (signed_in(cast.wahyuni), mine | {"list": ["AAAA"]}),
    ):
        for step in ("periksa", "masukkan"):
            answer = client.post(f"/impor/{step}/", sent)
            assert answer.status_code == 422
            assert "Choose the file again" in answer.content.decode()
    assert signed_in(cast.wahyuni).post("/impor/lanjut/", {"work": "x"}).status_code == 422


def test_a_refused_line_says_which_column_and_why_and_quotes_nothing(cast: Cast) -> None:
    """What the check let through and the opening of a file does not take."""
    now = timezone.now()
    good = ImportRow(2, "33.74", ("ktk",), cast.ratih.user_id, name="Kenanga Wiratmi")
    rows = [good, replace(good, line=3, name="Anggrek " * 50), replace(good, line=4, area="99.99")]
    work = {
        "list": str(uuid4()), "rows": [row.to_plain() for row in rows], "done": [], "known": [],
        "refused": [], "total": len(rows), "left_out": 0, "began": now.timestamp(),
    }  # fmt: skip
    with acting(cast.wahyuni):
        carried = seal_list("work", work, by=cast.wahyuni, at=now)
    client = signed_in(cast.wahyuni)
    for _ in range(3):
        page = html.unescape(client.post("/impor/lanjut/", {"work": carried}).content.decode())
        found = re.search(r'name="work" value="([^"]+)"', page)
        carried = found[1] if found else ""
    refused = page[page.index("Not taken:") :]
    refused = refused[: refused.index("</ul>")]
    assert "Line 3: Full name: This is longer than can be kept" in refused
    assert "Line 4: Regency or city: Please choose from the list." in refused
    assert "Anggrek" not in page and "99.99" not in page
    assert count_files(cast) == 1


@pytest.mark.parametrize("login", ["ratih", "joko", "bagas", "sinta", "melki"])
def test_only_a_supervisor_brings_a_list(cast: Cast, login: str) -> None:
    client = signed_in(cast.everyone()[login])
    assert client.get("/impor/").status_code == 403
    assert client.get("/impor/contoh.xlsx").status_code == 403
    assert bring(client, workbook([HEAD, ROW])).status_code == 403
    for step in ("periksa", "masukkan", "lanjut"):
        assert client.post(f"/impor/{step}/").status_code == 403


def test_the_workbook_to_fill_is_given_out(cast: Cast) -> None:
    answer = signed_in(cast.wahyuni).get("/impor/contoh.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="rangkul-daftar-kasus.xlsx"'
    assert answer.content.startswith(b"PK")


def test_the_check_of_many_rows_asks_few_questions(cast: Cast) -> None:
    from django.test.utils import CaptureQueriesContext

    client = signed_in(cast.wahyuni)
    head = ["NIK", "No. HP"]
    rows = [[f"33740164039800{n:02}", f"0812000000{n:02}"] for n in range(100)]
    sent = fields(bring(client, workbook([head, *rows])))
    client.post("/impor/periksa/", sent)
    with CaptureQueriesContext(connection) as asked:
        client.post("/impor/periksa/", sent)
    assert len(asked) == 11
