"""What each row of a list says: read, compared with the lists and with what the agency knows.

Nothing is lost for being badly written: what cannot be read as a date, a number or a code stays in
the file's first note, in the words of the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rangkul.cases.imports import reading
from rangkul.cases.imports.columns import COLUMNS, LEAVE_OUT, NOTE
from rangkul.cases.imports.reading import Said
from rangkul.cases.imports.rows import ImportRow
from rangkul.cases.imports.template import EXAMPLE
from rangkul.cases.imports.workbook import Table
from rangkul.foundation.actor import Actor
from rangkul.people import queries as people
from rangkul.reference.zones import latest_date

MOST_NOTE: Final = 20_000
NAMES_COMPARED: Final = 300
"""Comparing a name with all its spellings takes 16 ms; beyond these rows numbers alone count."""
_BATCH: Final = 128


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a row is silent."""

    area: str
    category: str
    companion_id: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one cell; ``value`` only where it is a word for a code, never a person's."""

    code: str
    column: str
    value: str = ""


@dataclass(slots=True)
class Checked:
    """One line: what would be taken over, what stands against it, what to look at."""

    line: int
    row: ImportRow | None
    errors: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_double(self) -> bool:
        """Whether this person seems to stand elsewhere already."""
        return any(remark.code.startswith("double") for remark in self.remarks)


def check_rows(
    actor: Actor, table: Table, meant: Sequence[str], *, defaults: Defaults,
    fixes: Mapping[tuple[str, str], str], at: datetime,
) -> list[Checked]:  # fmt: skip
    """Every line of the table, example rows left out. ``meant`` is the key of each column.

    ``fixes`` are the words that a person has assigned to codes: (column, word) → code or "".
    """
    reader = reading.Reader(
        fixes=fixes, today=latest_date(at), areas=reading.Areas(),
        companions=reading.companions_of(actor, at),
    )  # fmt: skip
    found = [
        _line(line, cells, table, meant, reader, defaults)
        for line, cells in table.rows
        if not cells[0].upper().startswith(EXAMPLE)
    ]
    _doubles_inside(found)
    _doubles_known(actor, found)
    return found


def _line(
    line: int, cells: Sequence[str], table: Table, meant: Sequence[str], reader: reading.Reader,
    defaults: Defaults,
) -> Checked:  # fmt: skip
    said = Said()
    errors = []
    for index, (key, cell) in enumerate(zip(meant, cells, strict=True)):
        if (line, index) in table.cut:
            errors.append(Remark("too_long", table.header[index]))
        elif not cell or key == LEAVE_OUT:
            continue
        elif key == NOTE:
            said.keep(table.header[index], cell)
        elif (line, index) in table.lossy:
            said.remark("lossy", COLUMNS[key].key)
            said.keep(table.header[index], cell)
        else:
            reader.read(COLUMNS[key], cell, said, heading=table.header[index])
    note = said.note
    if len(note) > MOST_NOTE:
        errors.append(Remark("note_too_long", ""))
    remarks = [Remark(*told) for told in said.remarks]
    if errors:
        return Checked(line, None, errors, remarks)
    values = dict(said.values)
    values.setdefault("area", defaults.area)
    values.setdefault("companion_id", defaults.companion_id)
    if not values.get("categories"):
        values["categories"] = (defaults.category,)
    return Checked(line, ImportRow(line=line, note=note, **values), errors, remarks)


def _doubles_inside(found: Sequence[Checked]) -> None:
    """Lines of this list that seem to speak of one person; the first of them stays unmarked."""
    seen: set[tuple[str, str]] = set()
    for checked in found:
        if checked.row is None:
            continue
        keys = _same(checked.row)
        if seen & keys:
            checked.remarks.append(Remark("double_inside", ""))
        seen |= keys


def _same(row: ImportRow) -> set[tuple[str, str]]:
    """What two rows of one person share: a number, or the name with birth or telephone."""
    keys = {("nik", row.nik), ("passport", row.passport)}
    name = reading.sound(row.name)
    if name:
        keys |= {("born", f"{name}|{row.born}" if row.born else "")}
        keys |= {("phone", f"{name}|{row.phone}" if row.phone else "")}
        if not (row.born or row.phone or row.nik):
            keys.add(("name", name))
    return {key for key in keys if key[1]}


def _doubles_known(actor: Actor, found: Sequence[Checked]) -> None:
    """Persons whom the agency's own files know, by number or by name; no identity is opened."""
    ready = [checked for checked in found if checked.row is not None]
    for start in range(0, len(ready), _BATCH):
        _by_number(actor, ready[start : start + _BATCH])
    for checked in ready[:NAMES_COMPARED]:
        name = checked.row.name if checked.row else ""
        if name and not checked.is_double and people.count_known(actor, [name], []):
            checked.remarks.append(Remark("double_name", ""))


def _by_number(actor: Actor, batch: Sequence[Checked]) -> None:
    """Halve a batch until what is known in it stands alone: few questions where few are known."""
    numbers = [number for checked in batch for number in _numbers(checked)]
    if not numbers or not people.count_known(actor, [], numbers):
        return
    if len(batch) == 1:
        batch[0].remarks.append(Remark("double_number", ""))
        return
    half = len(batch) // 2
    _by_number(actor, batch[:half])
    _by_number(actor, batch[half:])


def _numbers(checked: Checked) -> list[str]:
    row = checked.row
    return [n for n in (row.nik, row.passport, row.phone) if n] if row else []


def unknown_words(found: Sequence[Checked]) -> list[tuple[str, str, int]]:
    """(column, word, how often) for every word that no list knows, the commonest first."""
    counted = Counter(
        (remark.column, remark.value)
        for checked in found
        for remark in checked.remarks
        if remark.code == "unknown_word"
    )
    return [(column, word, count) for (column, word), count in counted.most_common()]
