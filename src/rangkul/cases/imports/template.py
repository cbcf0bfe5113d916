"""The workbook that an office may fill: headings in both languages, lists to choose from."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from rangkul.cases.imports.columns import COLUMNS
from rangkul.reference import queries as reference

EXAMPLE = "CONTOH"
"""A row whose first cell begins so is shown to people and never taken over."""

# An invented person: the number is of no one, the telephone of no exchange.
_SAMPLE = {
    "label": f"{EXAMPLE} – hapus baris ini / delete this row", "name": "Melati Contohwati",
    "called": "Mel", "born": "1998-03-17", "sex": "Perempuan", "phone": "0812-0000-0000",
    "how": "WhatsApp, 10.00–14.00", "bans": "Jangan menelepon", "address": "Jalan Contoh 1",
    "area": "33.74", "categories": "Korban tindak kekerasan",
    "kinds": "Kekerasan fisik; Kekerasan psikis", "happened": "2026-01-05",
    "places": "Rumah tangga", "risk": "Sedang", "languages": "Jawa", "since": "2026-01-12",
    "summary": "Ringkasan dengan kata-kata sendiri.",
}  # fmt: skip
_TEXT_COLUMNS = frozenset({"nik", "phone", "passport", "area"})
_LAST_ROW = 5_001
_HEAD = PatternFill("solid", fgColor="E1F0EE")


def template_workbook() -> bytes:
    """An xlsx file with the sheet to fill, the lists behind its choices, and a page of guidance."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook begins with a sheet")
    sheet.title = "Kasus"
    lists = book.create_sheet("Daftar")
    for index, column in enumerate(COLUMNS.values(), start=1):
        letter = get_column_letter(index)
        head = sheet.cell(1, index, f"{column.label_id} / {column.label_en}")
        head.font, head.fill = Font(bold=True), _HEAD
        head.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(2, index, _SAMPLE.get(column.key, "")).font = Font(italic=True, color="5B6C73")
        sheet.column_dimensions[letter].width = 40 if column.key == "summary" else 22
        if column.key in _TEXT_COLUMNS:
            # Kept as text: a number would lose its last digits or its leading zero.
            for row in range(2, 302):
                sheet.cell(row, index).number_format = "@"
        if column.codes:
            _offer(sheet, lists, letter, index, column.codes, many=column.many)
    sheet.freeze_panes = "B2"
    lists.sheet_state = "hidden"
    _guide(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _offer(
    sheet: Worksheet, lists: Worksheet, letter: str, index: int, codes: str, *, many: bool
) -> None:
    """A drop-down of the list's labels; a column of several values takes others too."""
    labels = [value.label("id") for value in reference.codes(codes)]
    for row, label in enumerate(labels, start=1):
        lists.cell(row, index, label)
    rule = DataValidation(
        type="list", formula1=f"Daftar!${letter}$1:${letter}${len(labels)}", allow_blank=True,
        showErrorMessage=not many,
    )  # fmt: skip
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")


def _guide(book: Workbook) -> None:
    guide = book.create_sheet("Petunjuk")
    guide.column_dimensions["A"].width = guide.column_dimensions["B"].width = 70
    lines = (
        ("Satu baris untuk satu penyintas; kosong tidak apa-apa.",
         "One row for one survivor; blanks are fine."),
        ("Beberapa nilai dalam satu sel dipisahkan dengan titik koma.",
         "Several values in one cell are parted by semicolons."),
        ("Tanggal: 2026-01-31 atau 31/01/2026.", "Dates: 2026-01-31 or 31/01/2026."),
        ("NIK dan telepon sebagai teks, bukan angka.", "NIK and phone as text, not as numbers."),
        ("Kolom lain boleh ditambah: isinya menjadi catatan pertama di berkas.",
         "More columns may be added: they become the file's first note."),
        ("Simpan berkas ini dengan kata sandi atau hapus setelah dimasukkan.",
         "Keep this file under a password, or delete it once it is taken over."),
    )  # fmt: skip
    for row, (text_id, text_en) in enumerate(lines, start=1):
        guide.cell(row, 1, text_id)
        guide.cell(row, 2, text_en)
