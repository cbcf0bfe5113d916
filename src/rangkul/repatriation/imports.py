"""A list by name from a ministry, an embassy or a region: the caseload's reading, with the return.

The cells about the person are read as for any list of cases (``cases.imports``); a few columns say
what only a return needs. What cannot be read stays in the file's first note, in the list's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from rangkul.cases.imports import checking, reading
from rangkul.cases.imports.checking import Checked, Defaults, Remark
from rangkul.cases.imports.columns import COLUMNS, LEAVE_OUT, Column, guess_columns, normal
from rangkul.cases.imports.rows import ImportRow
from rangkul.cases.imports.workbook import Table
from rangkul.foundation.actor import Actor
from rangkul.reference import queries as reference

RETURN_COLUMNS: Final[Mapping[str, Column]] = {
    column.key: column
    for column in (
        Column("origin", "Daerah asal", "Origin",
               ("asal", "daerah tujuan", "tujuan", "tujuan pemulangan", "kab kota asal",
                "kabupaten asal", "provinsi asal", "provinsi", "kampung halaman", "home region",
                "province")),
        Column("nationality", "Kewarganegaraan", "Nationality",
               ("warga negara", "kebangsaan", "wn", "citizenship")),
        Column("ill", "Sakit", "Ill",
               ("kondisi kesehatan", "kesehatan", "sakit tidak", "health", "condition")),
        Column("pregnant", "Hamil", "Pregnant", ("sedang hamil", "kehamilan")),
        Column("means", "Mampu atau miskin", "Means",
               ("mampu", "miskin", "kemampuan", "mampu miskin", "able or poor")),
        Column("payer", "Pembiayaan", "Who pays",
               ("biaya", "sumber biaya", "penanggung biaya", "dibiayai", "funding")),
        Column("clearance", "Izin penyidik", "Clearance", ("clearance penyidik", "izin")),
    )
}  # fmt: skip
ALL_COLUMNS: Final[Mapping[str, Column]] = {**RETURN_COLUMNS, **COLUMNS}

_YES: Final = frozenset({"ya", "y", "yes", "ada", "true", "1", "sakit", "hamil", "x", "v", "ill"})
_NO: Final = frozenset(
    {"tidak", "t", "no", "n", "sehat", "0", "tidak ada", "false", "fit", "healthy", "none"}
)
_MEANS: Final = {
    "mampu": "able", "able": "able", "miskin": "poor", "tidak mampu": "poor", "poor": "poor",
    "kurang mampu": "poor", "tm": "poor",
}  # fmt: skip
_PAYERS: Final = {
    "sendiri": "self", "mandiri": "self", "self": "self", "negara": "state", "apbn": "state",
    "state": "state", "daerah asal": "origin", "pemda asal": "origin", "apbd asal": "origin",
    "origin": "origin", "bp3mi": "bp3mi", "penyelenggara": "organiser", "apbd": "organiser",
    "kedutaan": "embassy", "embassy": "embassy",
}  # fmt: skip
_CLEARANCES: Final = {
    "ada": "given", "sudah": "given", "ya": "given", "given": "given", "belum": "asked",
    "diminta": "asked", "menunggu": "asked", "tidak perlu": "not_needed", "tidak": "not_needed",
    "not needed": "not_needed",
}  # fmt: skip
# What stands below a list and counts it: no person is called so.
_TOTAL: Final = re.compile(r"(grand |sub ?)?(total|jumlah|jml)\b|\d+( orang)?$")
_AT_HOME: Final = frozenset({"wni", "indonesia", "indonesian", "id"})


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One line that can be taken: the person as a case's row, and what the return needs."""

    row: ImportRow
    facts: dict[str, Any]

    def to_plain(self) -> dict[str, Any]:
        """For a seal."""
        return {"row": self.row.to_plain(), "facts": self.facts}

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> ReturnRow:
        """The row again."""
        facts = dict(values["facts"])
        facts["marks"] = tuple(facts.get("marks", ()))
        return cls(ImportRow.from_plain(values["row"]), facts)


@dataclass(slots=True)
class CheckedReturn:
    """One line: what would be taken over, what stands against it, what to look at."""

    base: Checked
    facts: dict[str, Any] = field(default_factory=dict)
    errors: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def line(self) -> int:
        """The line of the sheet."""
        return self.base.line

    @property
    def row(self) -> ReturnRow | None:
        """What can be taken; nothing where an error stands."""
        if self.base.row is None or self.errors:
            return None
        return ReturnRow(self.base.row, self.facts)

    @property
    def is_doubtful(self) -> bool:
        """Whether this may be no person at all: offered, taken only when somebody says so."""
        return any(remark.code == "only_a_name" for remark in self.remarks)

    @property
    def is_double(self) -> bool:
        """Whether this person seems to stand elsewhere already: offered, never joined."""
        return self.base.is_double


def guess(header: Sequence[str]) -> list[str]:
    """For each heading what it means in a list of returnees."""
    return guess_columns(header, ALL_COLUMNS)


def check_list(
    actor: Actor, table: Table, meant: Sequence[str], *, defaults: Defaults, at: datetime
) -> list[CheckedReturn]:
    """Every line of the list, in its order."""
    base_meant = [LEAVE_OUT if key in RETURN_COLUMNS else key for key in meant]
    found = checking.check_rows(actor, table, base_meant, defaults=defaults, fixes={}, at=at)
    cells = dict(table.rows)
    areas = reading.Areas()
    checked = []
    for base in found:
        each = CheckedReturn(base, {"marks": ()})
        kept: list[str] = []
        for index, key in enumerate(meant):
            cell = cells[base.line][index].strip()
            if cell and key in RETURN_COLUMNS and not _read(key, cell, each, areas):
                each.remarks.append(Remark("unreadable", key))
                kept.append(f"{table.header[index]}: {cell}")
        _finish(each, kept)
        checked.append(each)
    return checked


def _finish(each: CheckedReturn, kept: Sequence[str]) -> None:
    """Nobody travels nameless; what was not understood goes with the file's first note."""
    row = each.base.row
    if row is None:
        return
    if not (row.name or row.called or row.nik or row.passport):
        each.errors.append(Remark("nameless", "name"))
    elif _TOTAL.match(normal(row.name)) and not (row.nik or row.passport or row.born):
        each.errors.append(Remark("total", "name"))
    elif not (row.nik or row.passport or row.born or row.birth_year or row.sex or row.phone) and (
        not each.facts.get("origin_area")
    ):
        each.remarks.append(Remark("only_a_name", "name"))
    if kept:
        note = "\n".join(part for part in (row.note, *kept) if part)
        each.base.row = replace(row, note=note)
    if not each.facts.get("origin_area") and each.facts.get("nationality", "ID") == "ID":
        each.remarks.append(Remark("no_origin", "origin"))


def _read(key: str, cell: str, each: CheckedReturn, areas: reading.Areas) -> bool:
    """Put one cell into the facts; whether it was understood."""
    plain = normal(cell)
    if key in ("ill", "pregnant"):
        if plain in _NO:
            return True
        if plain in _YES:
            each.facts["marks"] = (*each.facts["marks"], key)
            return True
        if key == "ill":
            # "demam", "luka kaki": whatever is written about her health puts her first.
            each.facts["marks"] = (*each.facts["marks"], key)
        return False
    if key == "origin":
        each.facts["origin_area"] = areas.find(cell)
        return bool(each.facts["origin_area"])
    if key == "nationality":
        each.facts["nationality"] = _country(plain)
        return bool(each.facts["nationality"])
    name, words = {
        "means": ("means", _MEANS), "payer": ("payer", _PAYERS),
        "clearance": ("clearance", _CLEARANCES),
    }[key]  # fmt: skip
    each.facts[name] = words.get(plain, "")
    return bool(each.facts[name])


def _country(plain: str) -> str:
    if plain in _AT_HOME:
        return "ID"
    for value in reference.codes("negara"):
        if plain in (normal(value.code), normal(value.label_id), normal(value.label_en)):
            return value.code
    return ""
