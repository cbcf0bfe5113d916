"""Workbooks that come from outside: taken, or refused with a word, and never more than that."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from tests.domain.cases.books import HEAD, ROW, bomb, far_cells, with_member, workbook

from rangkul.cases.imports import workbook as workbooks
from rangkul.cases.imports.columns import NOTE, guess_columns
from rangkul.cases.imports.workbook import WorkbookRefused, read_table


def refused(content: bytes) -> str:
    """The word with which a file is refused."""
    with pytest.raises(WorkbookRefused) as fault:
        read_table(content)
    return fault.value.code


def test_a_plain_workbook_is_read() -> None:
    table = read_table(workbook([HEAD, ROW]))
    assert table.header == HEAD
    assert table.rows == [(2, ROW)]


def test_the_right_sheet_and_the_right_line_are_found() -> None:
    """A sheet of prose first, a title above the headings, an empty line between."""
    table = read_table(workbook([["DATA KORBAN 2026"], [], HEAD, ROW], before=True))
    assert table.sheet == "Data"
    assert table.rows == [(4, ROW)]


def test_csv_of_either_delimiter_and_encoding_is_read() -> None:
    for delimiter, encoding in ((";", "utf-8-sig"), (",", "cp1252"), ("\t", "utf-8")):
        text = "\r\n".join(delimiter.join(cells) for cells in (HEAD, ROW))
        text = text.replace("fisik; psikis", "fisik")
        table = read_table(text.encode(encoding))
        assert table.header == HEAD
        assert table.rows[0][1][0] == "Kenanga Wiratmi"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"x" * (workbooks.MOST_BYTES + 1), "too_large"),
        (b"%PDF-1.7", "not_workbook"),
        (b"\x89PNG\r\n\x1a\n", "not_workbook"),
        (b"MZ\x00\x01", "not_workbook"),
        (b"PK\x03\x04 not an archive", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "macro"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (workbook([HEAD, ROW])[:-200], "broken"),
        (with_member(workbook([HEAD, ROW]), "xl/vbaProject.bin"), "macro"),
        (workbook([]), "no_rows"),
        (workbook([HEAD]), "no_rows"),
        (b"\n\n\n", "no_rows"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_word(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_an_archive_of_something_else_is_no_workbook() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("foto.jpg", b"x")
    assert refused(held.getvalue()) == "not_workbook"


def test_a_bomb_is_refused_before_anything_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_args: object) -> list[dict[str, Any]]:
        raise AssertionError("the reader must not see it")

    monkeypatch.setattr(workbooks, "_read", read)
    packed = bomb(80 * 1024 * 1024)
    assert len(packed) < 200_000
    assert refused(packed) == "too_much"


def test_a_sheet_with_two_far_cells_ends_only_the_reader() -> None:
    """Planted fault: without its own process this asks for terabytes and takes the server along."""
    assert refused(far_cells()) in ("too_much", "broken")


def test_the_reader_is_given_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    real = workbooks.subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        seen.update(options, command=command)
        return real(command, **options)

    monkeypatch.setattr(workbooks.subprocess, "run", run)
    read_table(workbook([HEAD, ROW]))
    assert seen["env"] == {}
    assert "-I" in seen["command"]


@pytest.mark.parametrize(("count", "code"), [(5_000, ""), (5_001, "too_many_rows")])
def test_five_thousand_rows_and_not_one_more(count: int, code: str) -> None:
    text = "Nama korban;NIK\n" + "Kenanga;\n" * count
    if code:
        assert refused(text.encode()) == code
    else:
        assert len(read_table(text.encode()).rows) == count


def test_a_huge_cell_is_cut_and_told() -> None:
    table = read_table(workbook([HEAD, [*ROW[:6], "x" * 30_000]]))
    assert table.cut == {(2, 6)}
    assert len(table.rows[0][1][6]) == 4_000


def test_formulas_give_their_last_value_or_nothing() -> None:
    """A formula is never reckoned here; one that was never reckoned anywhere is a blank."""
    table = read_table(
        workbook([["Nama korban", "Umur"], ["Kenanga", '=HYPERLINK("http://x","y")']])
    )
    assert table.rows == [(2, ["Kenanga", ""])]


def test_dates_and_numbers_come_as_people_read_them() -> None:
    table = read_table(
        workbook([["Nama", "Tgl Lahir", "NIK", "Umur"],
                  ["Kenanga", date(1998, 3, 24), 3374016403980001, 27.0]])
    )  # fmt: skip
    assert table.rows == [(2, ["Kenanga", "1998-03-24", "3374016403980001", "27"])]
    # Sixteen digits in a number have lost their last: it is told, not trusted.
    assert table.lossy == {(2, 2)}


def test_headings_are_understood_in_both_languages() -> None:
    assert guess_columns(HEAD) == ["name", "nik", "phone", "sex", "kinds", "born", "summary"]
    english = ["Full name", "Date of birth", "Phone number", "Notes", "Favourite colour"]
    assert guess_columns(english) == ["name", "born", "phone", "summary", NOTE]
    assert guess_columns(["Nama Panggilan Korban", "Nama Lengkap Korban", "Nama Ibu"]) == [
        "called", "name", NOTE,
    ]  # fmt: skip


def test_the_template_reads_back_without_its_example(db: None) -> None:
    from rangkul.cases.imports.columns import COLUMNS
    from rangkul.cases.imports.template import EXAMPLE, template_workbook

    content = template_workbook()
    table = read_table(content)
    assert guess_columns(table.header) == list(COLUMNS)
    assert table.rows[0][1][0].startswith(EXAMPLE)


def test_an_open_document_is_read_as_well() -> None:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string"><text:p>'
            + cell
            + "</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in (HEAD, ROW)
    )
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Data">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest "
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    table = read_table(held.getvalue())
    assert table.header == HEAD
    assert table.rows == [(2, ROW)]
    assert refused(with_member(held.getvalue(), "Basic/Standard/Module1.xml")) == "macro"
