"""From bytes to sheets of text: nothing run, nothing fetched, nothing unpacked without bound."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell

from rangkul.assessments.problems import Problem, WorkbookRefused

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 2_000
_MOST_UNPACKED: Final = 24 * 1024 * 1024
_MOST_RATIO: Final = 120
_SMALL: Final = 1024 * 1024
_MOST_MEMBERS: Final = 300
_MOST_COLUMNS: Final = 200
_LOOKED_THROUGH: Final = 20_000
_MOST_CELL: Final = 20_000
_MOST_FAULTS: Final = 20

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS: Final = ("vbaproject", "macrosheets/", "/activex/")
SHEETS: Final = (
    "survey", "choices", "settings", "reasons", "contradictions", "about", "fills", "use",
)  # fmt: skip
"""The sheets that are read; the last five are the house's own."""
_FOREIGN: Final = frozenset({"external_choices", "osm", "entities"})

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headings, and the rows below them with the line each stands on; blank cells are left out."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a form by name, and the name of the file without its ending."""

    name: str
    sheets: Mapping[str, Sheet]

    def rows(self, sheet: str) -> tuple[tuple[int, Row], ...]:
        """The rows of a sheet, none where it is missing."""
        found = self.sheets.get(sheet)
        return found.rows if found else ()


def read_sheets(data: bytes, name: str) -> Workbook:
    """The sheets of an .xlsx or of pyxform's .csv. Raises `WorkbookRefused`."""
    stem, _dot, ending = name.rpartition(".")
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", stem.rpartition("/")[2]).strip("_")[:24] or "form"
    if not data:
        raise _refused("empty", "Berkas ini kosong.", "This file is empty.")
    if len(data) > MOST_BYTES:
        raise _refused("too_large", "Berkas ini lebih besar dari 5 MB.",
                       "This file is larger than 5 MB.")  # fmt: skip
    if ending.lower() in ("xlsm", "xltm", "xlsb", "xlam"):
        raise _macros()
    if data.startswith(_OLE):
        raise _refused(
            "old_or_locked",
            "Berkas ini berformat Excel lama atau diberi kata sandi. Simpan sebagai .xlsx biasa.",
            "This file is of the old Excel kind or under a password. Save it as a plain .xlsx.",
        )
    if data.startswith(_ZIP):
        return Workbook(stem, _from_archive(data))
    if ending.lower() == "csv":
        return Workbook(stem, _from_csv(data))
    raise _refused("not_workbook", "Berkas ini bukan buku kerja. Pilih berkas .xlsx atau .csv.",
                   "This is not a workbook. Choose an .xlsx or .csv file.")  # fmt: skip


def _refused(code: str, text_id: str, text_en: str, where: str = "") -> WorkbookRefused:
    return WorkbookRefused([Problem(code, text_id, text_en, where)])


def _macros() -> WorkbookRefused:
    return _refused(
        "macros", "Buku kerja ini memuat makro. Simpan sebagai .xlsx tanpa makro.",
        "This workbook carries macros. Save it as .xlsx without them.",
    )  # fmt: skip


def _damaged() -> WorkbookRefused:
    return _refused(
        "damaged", "Berkas ini rusak. Buka di program Anda, lalu simpan ulang.",
        "This file is damaged. Open it in your program and save it again.",
    )  # fmt: skip


# -- xlsx -------------------------------------------------------------------------------------


def _from_archive(data: bytes) -> dict[str, Sheet]:
    _check_archive(data)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=False, keep_links=False
        )
    except (KeyError, ValueError, TypeError, AttributeError, OSError, zipfile.BadZipFile,
            SyntaxError, IndexError) as fault:  # fmt: skip
        raise _damaged() from fault
    problems: list[Problem] = []
    found: dict[str, Sheet] = {}
    try:
        for sheet in book.worksheets:
            name = sheet.title.strip().lower()
            if name in _FOREIGN:
                problems.append(_foreign(name))
            elif name in SHEETS or len(book.worksheets) == 1:
                name = name if name in SHEETS else "survey"
                found[name] = _sheet(name, _cells(name, sheet, problems), problems)
    except (KeyError, ValueError, TypeError, AttributeError, SyntaxError, IndexError,
            zipfile.BadZipFile) as fault:  # fmt: skip
        raise _damaged() from fault
    finally:
        book.close()
    if problems:
        raise WorkbookRefused(problems[:_MOST_FAULTS])
    return found


def _foreign(name: str) -> Problem:
    return Problem(
        "foreign_sheet", f"Lembar “{name}” tidak didukung di sini.",
        f"The sheet “{name}” is not supported here.", name,
    )  # fmt: skip


def _check_archive(data: bytes) -> None:
    """By what it declares first, then by unpacking it: what an archive says is not believed."""
    too_much = _refused(
        "too_much", "Isi berkas ini jauh lebih besar daripada sebuah formulir.",
        "There is far more in this file than a form can hold.",
    )  # fmt: skip
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = [member.filename.lower() for member in members]
            if any(part in name for name in names for part in _MACROS):
                raise _macros()
            if "xl/workbook.xml" not in names:
                raise _refused("not_workbook", "Berkas ini bukan buku kerja .xlsx.",
                               "This file is not an .xlsx workbook.")  # fmt: skip
            if any("externallinks/" in name for name in names):
                raise _refused(
                    "outside_links", "Buku kerja ini bertaut ke berkas lain. Putuskan tautannya.",
                    "This workbook links to other files. Break those links first.",
                )  # fmt: skip
            if any(member.flag_bits & 1 for member in members):
                raise _refused("locked", "Berkas ini diberi kata sandi. Simpan tanpa kata sandi.",
                               "This file is under a password. Save it without one.")  # fmt: skip
            declared = sum(member.file_size for member in members)
            if len(members) > _MOST_MEMBERS or declared > _MOST_UNPACKED:
                raise too_much
            if any(_is_bomb(member) for member in members):
                raise too_much
            left = _MOST_UNPACKED
            for member in members:
                left -= _unpacked(archive, member, left, too_much)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as fault:
        raise _damaged() from fault


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _SMALL and (
        member.file_size > _MOST_RATIO * max(member.compress_size, 1)
    )


def _unpacked(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, too_much: WorkbookRefused
) -> int:
    """How much a member really holds; its XML may declare no document type."""
    size, kept = 0, b""
    with archive.open(member) as unpacked:
        while piece := unpacked.read(1 << 16):
            size += len(piece)
            if size > left:
                raise too_much
            plain = (kept + piece).replace(b"\x00", b"")
            if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                raise _refused(
                    "entities", "Buku kerja ini memuat entitas XML. Simpan ulang sebagai .xlsx.",
                    "This workbook holds XML entities. Save it as .xlsx again.",
                )  # fmt: skip
            kept = piece[-32:]
    return size


def _cells(name: str, sheet: Any, problems: list[Problem]) -> Iterable[tuple[int, list[str]]]:
    """The filled lines of a sheet as texts, read until they are too many."""
    rows = sheet.iter_rows(max_row=_LOOKED_THROUGH, max_col=_MOST_COLUMNS + 1)
    filled = 0
    for line, cells in enumerate(rows, start=1):
        texts = [_text(name, line, cell, problems) for cell in cells]
        if not any(texts):
            continue
        filled += 1
        yield line, texts
        if filled > MOST_ROWS + 1 or len(problems) > _MOST_FAULTS:
            return


def _text(name: str, line: int, cell: Any, problems: list[Problem]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):
        where = f"{name} {cell.coordinate}"
        problems.append(
            Problem("formula", "Sel ini berisi rumus lembar kerja; tulis nilainya saja.",
                    "This cell holds a spreadsheet formula; write its value only.", where)
            if cell.data_type == "f"
            else Problem("error_cell", "Sel ini berisi galat; tulis nilainya.",
                         "This cell holds an error; write a value.", where)
        )  # fmt: skip
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value).replace("\xa0", " ").strip()


# -- csv --------------------------------------------------------------------------------------


def _from_csv(data: bytes) -> dict[str, Sheet]:
    """pyxform's CSV: the first column names a sheet, the lines below it begin one column later."""
    try:
        written = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _refused("not_utf8", "Berkas .csv ini tidak ditulis dalam UTF-8.",
                       "This .csv file is not written in UTF-8.") from fault  # fmt: skip
    apart: dict[str, list[tuple[int, list[str]]]] = {}
    problems: list[Problem] = []
    current = ""
    try:
        for line, cells in enumerate(csv.reader(io.StringIO(written, newline=""), strict=True), 1):
            first, *rest = cells or [""]
            if first.strip():
                current = first.strip().lower()
                if current in _FOREIGN:
                    problems.append(_foreign(current))
            if any(cell.strip() for cell in rest):
                texts = [cell.strip() for cell in rest[: _MOST_COLUMNS + 1]]
                apart.setdefault(current, []).append((line, texts))
    except csv.Error as fault:
        raise _damaged() from fault
    found = {name: _sheet(name, lines, problems) for name, lines in apart.items() if name in SHEETS}
    if problems:
        raise WorkbookRefused(problems[:_MOST_FAULTS])
    return found


# -- both -------------------------------------------------------------------------------------


def _sheet(name: str, lines: Iterable[tuple[int, Sequence[str]]], problems: list[Problem]) -> Sheet:
    read = list(lines)
    if len(read) - 1 > MOST_ROWS:
        problems.append(
            Problem(
                "too_many_rows",
                f"Lembar “{name}” punya lebih dari {MOST_ROWS:,} baris.".replace(",", "."),
                f"The sheet “{name}” has more than {MOST_ROWS:,} rows.",
                name,
            )
        )
        return Sheet((), ())
    if not read:
        return Sheet((), ())
    header = [" ".join(text.split()) for text in read[0][1]]
    named = [text for text in header if text]
    if len(named) > _MOST_COLUMNS:
        problems.append(Problem("too_many_columns", f"Lembar “{name}” punya terlalu banyak kolom.",
                                f"The sheet “{name}” has too many columns.", name))  # fmt: skip
    for text in dict.fromkeys(text for text in named if named.count(text) > 1):
        problems.append(Problem("column_twice", f"Kolom “{text}” ada dua kali.",
                                f"The column “{text}” stands there twice.", name))  # fmt: skip
    rows = tuple(
        (line, {key: text for key, text in zip(header, texts, strict=False) if key and text})
        for line, texts in read[1:]
    )
    for line, row in rows:
        for key, text in row.items():
            if len(text) > _MOST_CELL:
                problems.append(Problem("long_cell", f"Sel di kolom “{key}” terlalu panjang.",
                                        f"The cell in column “{key}” is too long.",
                                        f"{name} {line}"))  # fmt: skip
    return Sheet(tuple(named), rows)


# -- out --------------------------------------------------------------------------------------


def to_xlsx(sheets: Mapping[str, tuple[Sequence[str], Iterable[Mapping[str, str]]]]) -> bytes:
    """An .xlsx of these sheets (headings, rows), every cell a text: nothing in it is reckoned."""
    book = openpyxl.Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in [dict(zip(header, header, strict=True)), *rows]:
            cells = []
            for heading in header:
                cell = WriteOnlyCell(sheet, value=row.get(heading, ""))
                cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
