"""Workbooks for the tests of the import; every person in them is invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

HEAD = ["Nama korban", "NIK", "No. HP", "L/P", "Jenis Kekerasan", "Tgl Lahir", "Keterangan"]
ROW = ["Kenanga Wiratmi", "3374016403980001", "0812 3456 7890", "P", "fisik; psikis",
       "24/03/1998", "Datang bersama bibi."]  # fmt: skip


def workbook(rows: Sequence[Sequence[Any]], *, title: str = "Data", before: bool = False) -> bytes:
    """An xlsx file; ``before`` puts a sheet of prose in front."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if before:
        sheet.title = "Petunjuk"
        sheet["A1"] = "Isi lembar berikutnya."
        sheet = book.create_sheet()
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def bomb(size: int) -> bytes:
    """A workbook whose sheet unpacks to ``size`` bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * size)
    return held.getvalue()


def with_member(content: bytes, name: str) -> bytes:
    """The same archive with one more member."""
    held = io.BytesIO(content)
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr(name, b"x")
    return held.getvalue()


def far_cells() -> bytes:
    """Two cells at the ends of a sheet: read densely, they are seventeen thousand million."""
    content = workbook([HEAD, ROW])
    held, out = io.BytesIO(content), io.BytesIO()
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            text = old.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                text = text.replace(b"</sheetData>", far)
            new.writestr(member, text)
    return out.getvalue()
