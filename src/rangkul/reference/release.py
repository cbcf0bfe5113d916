"""Reads the reference data that this release carries: areas, code lists, procedures.

Nothing here asks the database; `operations.load_reference` brings the data into it.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final

from rangkul.reference.services import ATENSI, FUNCTIONS, NRM_PILLARS, SERVICES, SIMFONI, ListEntry

AREA_LEVELS: Final = {
    "province": "provinces",
    "regency": "regencies",
    "district": "districts",
    "village": "villages",
}
"""The kinds of area, widest first, with the file each stands in."""

MARKS: Final = ("law", "src", "local", "unverified")
"""How well a rule is known: read in the law, in a published source, set locally, from memory."""


class AreasNotBuilt(FileNotFoundError):
    """The area files are build output and are not here: `reference.areas_build` makes them."""


class ReferenceDataInvalid(ValueError):
    """A packaged data file contradicts itself; the text names the file and the row."""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area as released: its code, display name and other names it is known by."""

    code: str
    name: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One code list: both titles, where it comes from, and the list its parents stand in."""

    name: str
    title_id: str
    title_en: str
    mark: str
    source: str
    parent_list: str


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One value of a list; ``mappings`` holds its counterpart in other lists."""

    list: str
    code: str
    label_id: str
    label_en: str
    position: int
    mark: str
    source: str
    parent_code: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    mappings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProcedureRow:
    """One version of one procedure (SOP) with its clock; see `models.Procedure`."""

    code: str
    version: int
    title_id: str
    title_en: str
    kind: str
    amount: int
    unit: str
    meaning: str
    from_event: str
    applies: str
    runs_against: str
    escalates: bool
    source_id: str
    source_en: str
    mark: str
    note_id: str
    note_en: str
    valid_from: date


def _data() -> Traversable:
    return files("rangkul.reference").joinpath("data")


def _rows(text: str) -> csv.DictReader[str]:
    return csv.DictReader(io.StringIO(text), strict=True)


def _area_bytes(level: str) -> bytes:
    packed = _data().joinpath("areas").joinpath(f"{AREA_LEVELS[level]}.csv.gz")
    try:
        return packed.read_bytes()
    except FileNotFoundError:
        raise AreasNotBuilt(
            f"{packed} is missing: run `python -m rangkul.reference.areas_build "
            "frontend/node_modules/idn-area-data/data src/rangkul/reference/data/areas`"
        ) from None


def read_areas(kind: str) -> list[AreaRow]:
    """All areas of one kind, by code. Raises `AreasNotBuilt`."""
    text = gzip.decompress(_area_bytes(kind)).decode()
    return [
        AreaRow(row["code"], row["name"], tuple(filter(None, row["aliases"].split("|"))))
        for row in _rows(text)
    ]


def area_digest(kinds: Sequence[str]) -> str:
    """A fingerprint of the area files of these kinds, in this order. Raises `AreasNotBuilt`."""
    return _digest(_area_bytes(kind) for kind in kinds)


def _digest(parts: Iterable[bytes]) -> str:
    fingerprint = hashlib.sha256()
    for part in parts:
        fingerprint.update(len(part).to_bytes(8, "big") + part)
    return fingerprint.hexdigest()


@lru_cache(maxsize=1)
def read_lists() -> Mapping[str, ListRow]:
    """Every code list by name: those in files, then those that `services` holds."""
    text = _data().joinpath("lists.csv").read_text(encoding="utf-8")
    rows = [
        ListRow(
            row["list"], row["title_id"], row["title_en"], row["mark"], row["source"],
            row["parent_list"],
        )
        for row in _rows(text)
    ]  # fmt: skip
    return MappingProxyType({row.name: row for row in [*rows, *_SERVICE_LISTS]})


_SERVICE_LISTS: Final = (
    ListRow("layanan", "Layanan", "Services", "local", "Daftar layanan Rangkul", ""),
    ListRow(
        "layanan_simfoni", "Layanan menurut SIMFONI", "Services as SIMFONI counts them", "src",
        "SIMFONI PPA", "",
    ),
    ListRow(
        "atensi", "Layanan ATENSI", "ATENSI services", "src",
        "Permensos 7/2021; Permensos 15/2025 mungkin menggantikannya", "",
    ),
    ListRow(
        "enam_fungsi", "Enam fungsi layanan", "The six functions of service", "src",
        "Permen PPPA 2/2022", "",
    ),
    ListRow(
        "pilar_nrm", "Pilar mekanisme rujukan nasional", "Pillars of a referral mechanism", "src",
        "ODIHR, 2022", "",
    ),
)  # fmt: skip


def _service_codes(row: ListRow) -> list[CodeRow]:
    entries: dict[str, tuple[ListEntry, ...]] = {
        "layanan_simfoni": SIMFONI,
        "atensi": ATENSI,
        "enam_fungsi": FUNCTIONS,
        "pilar_nrm": NRM_PILLARS,
    }
    if row.name in entries:
        return [
            CodeRow(row.name, e.code, e.label_id, e.label_en, position, row.mark, row.source)
            for position, e in enumerate(entries[row.name], start=1)
        ]
    return [
        CodeRow(
            row.name, service.code.value, service.label_id, service.label_en, position, row.mark,
            row.source,
            mappings={
                "simfoni": str(service.simfoni), "atensi": service.atensi,
                "function": service.function, "nrm": service.nrm_pillar,
            },
        )
        for position, service in enumerate(SERVICES.values(), start=1)
    ]  # fmt: skip


def _file_codes(row: ListRow) -> Iterator[CodeRow]:
    name = f"codes/{row.name}.csv"
    text = _data().joinpath(name).read_text(encoding="utf-8")
    seen: set[str] = set()
    for position, cells in enumerate(_rows(text), start=1):
        code = cells["code"]
        mark = cells.get("mark") or row.mark
        if code in seen or not cells["label_id"] or not cells["label_en"] or mark not in MARKS:
            raise ReferenceDataInvalid(f"{name}, row {position}: {code!r}")
        seen.add(code)
        yield CodeRow(
            list=row.name,
            code=code,
            label_id=cells["label_id"],
            label_en=cells["label_en"],
            position=position,
            mark=mark,
            source=cells.get("source") or row.source,
            parent_code=cells.get("parent") or "",
            valid_from=_day(cells.get("valid_from")),
            valid_until=_day(cells.get("valid_until")),
            mappings={
                column.removeprefix("map."): value
                for column, value in cells.items()
                if column.startswith("map.") and value
            },
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=128)
def read_codes(name: str) -> tuple[CodeRow, ...]:
    """The values of one list in order. Raises `KeyError` for an unknown list."""
    row = read_lists()[name]
    if row in _SERVICE_LISTS:
        return tuple(_service_codes(row))
    return tuple(_file_codes(row))


@lru_cache(maxsize=1)
def read_procedures() -> tuple[ProcedureRow, ...]:
    """Every version of every procedure, in the file's order."""
    text = _data().joinpath("procedures.csv").read_text(encoding="utf-8")
    return tuple(
        ProcedureRow(
            code=row["code"],
            version=int(row["version"]),
            title_id=row["title_id"],
            title_en=row["title_en"],
            kind=row["kind"],
            amount=int(row["amount"]),
            unit=row["unit"],
            meaning=row["meaning"],
            from_event=row["from_event"],
            applies=row["applies"],
            runs_against=row["runs_against"],
            escalates=row["escalates"] == "1",
            source_id=row["source_id"],
            source_en=row["source_en"],
            mark=row["mark"],
            note_id=row["note_id"],
            note_en=row["note_en"],
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        for row in _rows(text)
    )


def code_digest() -> str:
    """A fingerprint of all lists, their codes and all procedures."""
    parts: list[object] = [*read_lists().values(), *read_procedures()]
    for name in read_lists():
        parts.extend(read_codes(name))
    return _digest(repr(part).encode() for part in parts)
