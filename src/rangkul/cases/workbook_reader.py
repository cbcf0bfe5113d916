"""The small process that opens a workbook: no database, no keys, little memory, little time.

A workbook from outside is read by a library that a crafted file may upset: two far cells can ask
for more memory than the machine has. Here that ends this process and nothing else.
Reads the file from standard input and writes its sheets as JSON: text cells only, cut to size.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

MOST_ROWS = 5_000
# Rows above the headings: a title, a date, an empty line.
MOST_ABOVE = 20
MOST_COLUMNS = 80
MOST_CELL = 4_000
MOST_LETTERS = 12_000_000
_MEMORY = 1 << 30
_SECONDS = 20
# Excel keeps fifteen digits of a number; a NIK typed as a number has lost its last.
_EXACT_BELOW = 10**15


def main(kind: str) -> None:
    """Read ``kind`` ("workbook" or "text") from standard input."""
    _limit()
    content = sys.stdin.buffer.read()
    sheets = _workbook(content) if kind == "workbook" else [("", _text_rows(content))]
    left = MOST_LETTERS
    told = []
    for name, rows in sheets:
        kept, lossy = [], []
        for index, row in enumerate(rows):
            if index > MOST_ROWS + MOST_ABOVE:
                break
            cells = [_cell(value) for value in row[:MOST_COLUMNS]]
            lossy += [
                [index, column]
                for column, value in enumerate(row[:MOST_COLUMNS])
                if isinstance(value, int | float) and abs(value) >= _EXACT_BELOW
            ]
            left -= sum(map(len, cells))
            if left < 0:
                raise MemoryError("too much text")
            kept.append(cells)
        told.append({"name": name, "rows": kept, "lossy": lossy})
    json.dump(told, sys.stdout)


def _limit() -> None:
    """As little memory and time as reading takes, where the system can hold a process to it."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


def _workbook(content: bytes) -> Iterator[tuple[str, Iterable[list[Any]]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        yield name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _text_rows(content: bytes) -> Iterable[list[Any]]:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16", errors="replace") if wide else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t|", key=first.count)
    return csv.reader(io.StringIO(text), delimiter=delimiter)


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    # One sign more than is kept tells that something was cut.
    return str(value).replace("\x00", "").strip()[: MOST_CELL + 1] if _said(value) else ""


def _said(value: Any) -> bool:
    return value is not None and not isinstance(value, timedelta)


if __name__ == "__main__":
    main(sys.argv[1])
