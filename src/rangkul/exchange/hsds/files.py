"""Reads what somebody brings: an archive of tables, single tables, JSON; and refuses what harms.

Nothing is unpacked to disk. The limits hold before and while a file is opened, so that an archive
cannot grow in memory.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rangkul.exchange.hsds.package import COLUMNS, FILES, flatten, is_formula, plain
from rangkul.foundation.errors import RangkulError

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_OPENED: Final = 48 * 1024 * 1024
MOST_MEMBERS: Final = 60
MOST_ROWS: Final = 60_000
LONGEST: Final = 2_000

_TABLE_OF: Final = {name: table for table, name in FILES.items()}
# In a full organisation these are always whole: what is not there is not there.
_WHOLE: Final = frozenset(FILES)
# A service alone says nothing of the other services of its desk.
_PART: Final = _WHOLE - {"organization", "organization_identifier"}


class FileRefused(RangkulError):
    """The file as a whole cannot be read; ``code`` says why, ``where`` in which part of it."""

    def __init__(self, code: str, where: str = "") -> None:
        self.code, self.where = code, where
        super().__init__(f"{code} {where}".strip())


@dataclass(frozen=True, slots=True)
class Row:
    """One row with where it stands, for whoever has to mend it."""

    where: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(slots=True)
class Brought:
    """The rows by table; ``tables`` are those that the file speaks of at all, empty or not.

    ``whole`` is false for single services, which leave the others of their desk alone.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    tables: frozenset[str] = frozenset()
    whole: bool = True

    def of(self, table: str) -> list[Row]:
        """The rows of one table."""
        return self.rows.get(table, [])


def read(content: bytes, name: str) -> Brought:
    """What a file holds: an archive, one table by its ``name``, or JSON. Raises `FileRefused`."""
    if not content:
        raise FileRefused("empty")
    if len(content) > MOST_BYTES:
        raise FileRefused("too_large")
    if content[:2] == b"PK":
        return _of_tables(_unpacked(content))
    if Path(name).name in _TABLE_OF:
        return _of_tables({Path(name).name: content})
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return _of_json(content)
    raise FileRefused("unknown_kind")


def read_folder(folder: Path) -> Brought:
    """The same for a folder of tables or with one JSON file. Raises `FileRefused`."""
    found = {each.name: each for each in sorted(folder.iterdir()) if each.is_file()}
    tables = {name: each for name, each in found.items() if name in _TABLE_OF}
    if sum(each.stat().st_size for each in tables.values()) > MOST_OPENED:
        raise FileRefused("too_large")
    if tables:
        return _of_tables({name: each.read_bytes() for name, each in tables.items()})
    (single,) = [n for n in found if n.endswith((".json", ".zip"))] or [""]
    if not single:
        raise FileRefused("no_tables")
    return read(found[single].read_bytes(), single)


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The tables of an archive; what it says of its sizes is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise FileRefused("too_much")
            found: dict[str, bytes] = {}
            left = MOST_OPENED
            for member in members:
                name = Path(member.filename).name
                if member.is_dir() or name not in _TABLE_OF:
                    continue
                if name in found:
                    raise FileRefused("twice", name)
                if member.flag_bits & 0x1:
                    raise FileRefused("locked")
                with archive.open(member) as opened:
                    found[name] = opened.read(left + 1)
                left -= len(found[name])
                if left < 0:
                    raise FileRefused("too_much")
            return found
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as fault:
        raise FileRefused("broken") from fault


def _text(content: bytes, where: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise FileRefused("encoding", where) from fault
    if any(sign < " " and sign not in "\t\r\n" for sign in text):
        raise FileRefused("control", where)
    return text


# -- tables -----------------------------------------------------------------------------------


def _of_tables(files: Mapping[str, bytes]) -> Brought:
    if not files:
        raise FileRefused("no_tables")
    brought = Brought(tables=frozenset(_TABLE_OF[name] for name in files))
    count = 0
    for name, content in files.items():
        rows = []
        for row in _rows(name, _text(content, name)):
            count += 1
            if count > MOST_ROWS:
                raise FileRefused("too_many_rows")
            rows.append(row)
        brought.rows[_TABLE_OF[name]] = rows
    return brought


def _rows(name: str, text: str) -> Iterator[Row]:
    delimiter = (
        ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    )
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        unknown = [cell for cell in header if cell not in COLUMNS[_TABLE_OF[name]]]
        if "id" not in header or unknown or len(set(header)) != len(header):
            raise FileRefused("columns", f"{name}: {', '.join(unknown)}".rstrip(": "))
        for cells in reader:
            where = f"{name}:{reader.line_num}"
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise FileRefused("cells", where)
            if any(is_formula(cell) for cell in cells):
                raise FileRefused("formula", where)
            yield Row(where, _checked(dict(zip(header, map(plain, cells), strict=True)), where))
    except csv.Error as fault:
        raise FileRefused("broken", name) from fault


def _checked(cells: dict[str, str], where: str) -> dict[str, str]:
    if any(len(cell) > LONGEST for cell in cells.values()):
        raise FileRefused("too_long", where)
    return {name: cell.strip() for name, cell in cells.items()}


# -- JSON -------------------------------------------------------------------------------------


def _of_json(content: bytes) -> Brought:
    try:
        said = json.loads(_text(content, ""), parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise FileRefused("broken") from fault
    if isinstance(said, dict) and "contents" in said:
        said = said["contents"]
    things = said if isinstance(said, list) else [said]
    if not things or not all(isinstance(each, dict) for each in things):
        raise FileRefused("unknown_kind")
    whole = all("status" not in each for each in things)
    if not whole and any("status" not in each for each in things):
        raise FileRefused("unknown_kind")
    brought = Brought(tables=_WHOLE if whole else _PART, whole=whole)
    seen: dict[tuple[str, str], dict[str, str]] = {}
    count = 0
    for number, each in enumerate(things, start=1):
        for table, row in _flat("organization" if whole else "service", each):
            count += 1
            if count > MOST_ROWS:
                raise FileRefused("too_many_rows")
            where = f"{number}: {table} {str(row.get('id', ''))[:36]}"
            cells = _checked({name: _plain(value, where) for name, value in row.items()}, where)
            # A desk hangs on each of its services; said twice alike it is said once.
            before = seen.setdefault((table, cells.get("id", where)), cells)
            if before is not cells:
                if before != cells:
                    raise FileRefused("differs", where)
                continue
            brought.rows.setdefault(table, []).append(Row(where, cells))
    return brought


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _flat(table: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        yield from flatten(table, said)
    except (AttributeError, TypeError, RecursionError) as fault:
        raise FileRefused("unknown_kind") from fault


def _plain(value: object, where: str) -> str:
    """A field's value as a table's cell would hold it."""
    if isinstance(value, bool | list | dict):
        raise FileRefused("cells", where)
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)
