"""From bytes to a table with headings; what cannot be taken is refused before it is parsed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rangkul.cases.imports.columns import recognised
from rangkul.cases.workbook_reader import MOST_ABOVE, MOST_CELL, MOST_ROWS
from rangkul.foundation.errors import RangkulError

MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_UNPACKED: Final = 64 * 1024 * 1024
_MOST_MEMBERS: Final = 500
_SECONDS: Final = 25

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
# How text of two bytes a sign begins: what an office program calls "Unicode text".
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
# Where the three formats keep programs.
_OLE_MACROS: Final = "_VBA_PROJECT".encode("utf-16-le")
_OLE_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_ZIP_MACROS: Final = ("vbaproject.bin", "basic/", "scripts/", "macrosheets/")


class WorkbookRefused(RangkulError):
    """The file cannot be taken; ``code`` says why, in one of a few words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Table:
    """The sheet that holds the list: headings, and below them (line of the sheet, cells).

    ``lossy`` are the cells (line, column) in which a long number was kept as a number and has lost
    its last digits; ``cut`` those that hold more than a cell may.
    """

    sheet: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    lossy: set[tuple[int, int]]
    cut: set[tuple[int, int]]


def read_table(content: bytes) -> Table:
    """The sheet of a workbook (xlsx, xls, ods) or CSV file whose headings are best understood.

    Raises ``WorkbookRefused``: empty, too_large, not_workbook, macro, locked, too_much, broken,
    no_rows, too_many_rows.
    """
    sheets = _read(_kind(content), content)
    best: tuple[int, int, dict[str, Any]] | None = None
    for sheet in sheets:
        for index, row in enumerate(sheet["rows"][:MOST_ABOVE]):
            score = recognised(row)
            if any(row) and (best is None or score > best[0]):
                best = score, index, sheet
    if best is None:
        raise WorkbookRefused("no_rows")
    _score, at, sheet = best
    header = [name or f"#{column + 1}" for column, name in enumerate(sheet["rows"][at])]
    rows = [
        (line, [*cells, *[""] * (len(header) - len(cells))])
        for line, cells in enumerate(sheet["rows"][at + 1 :], start=at + 2)
        if any(cells)
    ]
    if not rows:
        raise WorkbookRefused("no_rows")
    if len(rows) > MOST_ROWS:
        raise WorkbookRefused("too_many_rows")
    return Table(
        sheet=sheet["name"],
        header=_numbered(header),
        rows=[(line, [cell[:MOST_CELL] for cell in cells[: len(header)]]) for line, cells in rows],
        lossy={(row + 1, column) for row, column in sheet["lossy"]},
        cut={
            (line, column)
            for line, cells in rows
            for column, cell in enumerate(cells)
            if len(cell) > MOST_CELL
        },
    )


def _numbered(header: Sequence[str]) -> list[str]:
    """Headings that occur twice get their place behind them."""
    return [
        name if header.index(name) == column else f"{name} ({column + 1})"
        for column, name in enumerate(header)
    ]


def _kind(content: bytes) -> str:
    """What the reader is told; refuses by the bytes alone what must not reach it."""
    if not content:
        raise WorkbookRefused("empty")
    if len(content) > MOST_BYTES:
        raise WorkbookRefused("too_large")
    if content.startswith(_ZIP):
        _check_archive(content)
        return "workbook"
    if content.startswith(_OLE):
        if _OLE_LOCKED in content:
            raise WorkbookRefused("locked")
        if _OLE_MACROS in content:
            raise WorkbookRefused("macro")
        return "workbook"
    if content.startswith(_WIDE):
        return "text"
    if b"\x00" in content or content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise WorkbookRefused("not_workbook")
    return "text"


def _check_archive(content: bytes) -> None:
    """No programs, no password, and no more inside than ``_MOST_UNPACKED``, by unpacking it.

    What an archive says of its own size is not believed: each member is read to its end, and one
    that holds more than it declared fails its checksum.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = [member.filename.lower() for member in members]
            if any(part in name for name in names for part in _ZIP_MACROS):
                raise WorkbookRefused("macro")
            if not any(name in ("xl/workbook.xml", "content.xml") for name in names):
                raise WorkbookRefused("not_workbook")
            if len(members) > _MOST_MEMBERS:
                raise WorkbookRefused("too_much")
            if any(member.flag_bits & 1 for member in members):
                raise WorkbookRefused("locked")
            left = _MOST_UNPACKED
            for member in members:
                with archive.open(member) as unpacked:
                    while piece := unpacked.read(1 << 16):
                        left -= len(piece)
                        if left < 0:
                            raise WorkbookRefused("too_much")
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as fault:
        raise WorkbookRefused("broken") from fault


def _read(kind: str, content: bytes) -> list[dict[str, Any]]:
    """The sheets, read in a process of its own that knows nothing of ours."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "rangkul.cases.workbook_reader", kind],
            input=content, capture_output=True, timeout=_SECONDS, check=False, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired as fault:
        raise WorkbookRefused("too_much") from fault
    if done.returncode != 0:
        # What the library said may quote a cell; it goes nowhere.
        raise WorkbookRefused("too_much" if b"MemoryError" in done.stderr else "broken")
    sheets: list[dict[str, Any]] = json.loads(done.stdout)
    return sheets
