"""Reading cells as people write them: dates in every shape, words for codes, places, ages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from rangkul.cases.imports.columns import Column, normal
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network
from rangkul.people.identity import Contact, Identity, check
from rangkul.people.phonetics import normalise, phonetic_key
from rangkul.reference import queries as reference

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari february feb pebruari", "maret march mar",
            "april apr", "mei may", "juni june jun", "juli july jul",
            "agustus august agu ags agt aug", "september sept sep", "oktober october okt oct",
            "november nopember nov nop", "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# Words that offices write for values of our lists, beside the labels in both languages.
_ALSO: Final[Mapping[str, Mapping[str, str]]] = {
    "jenis_kelamin": {
        "pr": "P", "wanita": "P", "w": "P", "f": "P", "cewek": "P", "lk": "L", "pria": "L",
        "m": "L", "laki": "L", "laki laki": "L", "cowok": "L",
    },
    "kategori": {"tppo": "KPO", "perdagangan orang": "KPO", "kekerasan": "KTK", "kdrt": "KTK"},
    "jenis_kekerasan": {
        "kdrt": "fisik", "tppo": "trafficking", "pemerkosaan": "seksual", "pelecehan": "seksual",
        "pencabulan": "seksual", "persetubuhan": "seksual", "mental": "psikis",
        "emosional": "psikis", "verbal": "psikis", "ekonomi": "penelantaran",
    },
    "tingkat_risiko": {"high": "tinggi", "medium": "sedang", "low": "rendah", "berat": "tinggi"},
}  # fmt: skip
_FIRST_SERIAL: Final = 20_000
_LAST_SERIAL: Final = 60_000
# Day 0 of a workbook's calendar, with its leap day of 1900 that never was.
_EPOCH: Final = date(1899, 12, 30)
_SEPARATORS: Final = re.compile(r"[;,\n|]|\bdan\b|\band\b|\s/\s|\s\+\s")
_MOST_LABEL: Final = 60


@dataclass(slots=True)
class Said:
    """What one line says so far."""

    values: dict[str, Any] = field(default_factory=dict)
    remarks: list[tuple[str, str, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    summary: str = ""

    def remark(self, code: str, column: str, value: str = "") -> None:
        """Note something to look at."""
        self.remarks.append((code, column, value))

    def keep(self, heading: str, cell: str) -> None:
        """Keep the words for the file's first note."""
        self.kept.append(f"{heading}: {cell}")

    @property
    def note(self) -> str:
        """The first note: the summary, and below it what no field took."""
        return "\n\n".join(part for part in (self.summary, "\n".join(self.kept)) if part)


class Areas:
    """Places by code or by name, each asked for once."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def find(self, written: str) -> str:
        """The code of the one place so called; empty when there is none, or more than one."""
        key = normal(written)
        if key not in self._found:
            self._found[key] = self._ask(written.strip(), key)
        return self._found[key]

    @staticmethod
    def _ask(written: str, key: str) -> str:
        if re.fullmatch(r"\d\d(\.\d\d){0,2}(\.\d{4})?", written):
            return written if reference.get_areas([written]) else ""
        plain = re.sub(r"^(kab|kabupaten|kec|kecamatan|prov|provinsi|propinsi) ", "", key)
        for name in dict.fromkeys((written, plain)):
            for kind in ("regency", "province", "district"):
                found = reference.find_area(name, kind=kind)
                if found is not None:
                    return found.code
        return ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads cells into values; knows the lists, the places, the colleagues and the day."""

    fixes: Mapping[tuple[str, str], str]
    today: date
    areas: Areas
    companions: Mapping[str, int]

    def read(self, column: Column, cell: str, said: Said, *, heading: str) -> None:
        """Read one cell; what it cannot be read as stays in the note."""
        if column.codes:
            self._codes(column, cell, said, heading)
            return
        taken = {
            "born": self._born, "happened": self._past, "since": self._past, "age": self._age,
            "area": self._area, "companion": self._companion, "label": self._label,
            "summary": self._summary,
        }.get(column.key, self._text)(column.key, cell, said)  # fmt: skip
        if not taken:
            said.remark("unreadable", column.key)
            said.keep(heading, cell)

    def _codes(self, column: Column, cell: str, said: Said, heading: str) -> None:
        pieces = _SEPARATORS.split(cell) if column.many else [cell]
        codes, words = [], _words_of(column.codes)
        for piece in (part.strip() for part in pieces if part.strip()):
            fix = self.fixes.get((column.key, piece))
            code = words.get(normal(piece), "") if fix is None else fix
            if code:
                codes.append(code)
                continue
            said.keep(heading, piece)
            if fix is None:
                said.remark("unknown_word", column.key, piece[:80])
        if codes:
            _put_codes(column, codes, said)

    def _text(self, key: str, cell: str, said: Said) -> bool:
        """A name, a number, an address; numbers brought into their one form."""
        parts = {
            "nik": "nik", "passport": "passport", "phone": "phone", "name": "full_name",
            "called": "called_name", "how": "how",
        }  # fmt: skip
        if key in parts:
            name = parts[key]
            in_contact = name in ("phone", "how")
            told: dict[str, Any] = {name: cell}
            try:
                identity, contact = check(
                    Identity() if in_contact else replace(Identity(), **told),
                    replace(Contact(), **told) if in_contact else Contact(),
                    today=self.today,
                )
            except InvalidInput:
                return False
            cell = getattr(contact if in_contact else identity, name)
        said.values[key] = cell
        return True

    def _past(self, key: str, cell: str, said: Said) -> bool:
        found = read_date(cell, today=self.today)
        if found is None or found > self.today:
            return False
        self._dated(key, cell, found, said)
        return True

    def _born(self, key: str, cell: str, said: Said) -> bool:
        # "Semarang, 17-03-1998": the place of birth stays in the note.
        place, _, rest = cell.rpartition(",")
        whole = read_date(cell, today=self.today)
        found = whole or read_date(rest, today=self.today)
        if found is None or not self.today.year - 125 < found.year or found > self.today:
            return False
        if place and whole is None:
            said.kept.append(cell)
        self._dated(key, cell if whole else rest, found, said)
        return True

    @staticmethod
    def _dated(key: str, written: str, found: date, said: Said) -> None:
        said.values[key] = found.isoformat()
        if read_date(written) is None:
            said.remark("short_year", key)

    def _age(self, key: str, cell: str, said: Said) -> bool:
        years = re.search(r"\d{1,3}", cell)
        if years is None or int(years[0]) > 120:
            return False
        said.values["age"] = int(years[0])
        said.values["birth_year"] = self.today.year - int(years[0])
        return True

    def _area(self, key: str, cell: str, said: Said) -> bool:
        code = self.areas.find(cell)
        if code:
            said.values[key] = code
        return bool(code)

    def _companion(self, key: str, cell: str, said: Said) -> bool:
        user_id = self.companions.get(normal(cell))
        if user_id is not None:
            said.values["companion_id"] = user_id
        return user_id is not None

    def _label(self, key: str, cell: str, said: Said) -> bool:
        said.values[key] = cell[:_MOST_LABEL]
        return len(cell) <= _MOST_LABEL

    def _summary(self, key: str, cell: str, said: Said) -> bool:
        said.summary = cell
        return True


def read_date(text: str, *, today: date | None = None) -> date | None:
    """A date as people write it: ISO, day/month/year, in words, or a workbook's day number.

    A year of two digits is read where ``today`` is given: as the latest that has begun by then.
    """
    plain = text.strip().split("T")[0]
    if plain.isdecimal() and _FIRST_SERIAL <= int(plain) <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=int(plain))
    iso = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?: .*)?", plain)
    if iso:
        return _date(iso[1], iso[2], iso[3])
    local = re.fullmatch(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})(?: .*)?", plain)
    if local:
        return _date(local[3], local[2], local[1])
    words = re.fullmatch(r"(\d{1,2})[\s.-]+([A-Za-z]+)\.?[\s.,-]+(\d{4})", plain)
    if words and words[2].lower() in _MONTHS:
        return _date(words[3], str(_MONTHS[words[2].lower()]), words[1])
    return _short_year(plain, today) if today is not None else None


def _short_year(plain: str, today: date) -> date | None:
    found = re.fullmatch(
        r"(\d{1,2})[\s.-]*[-/. ]\s*(\d{1,2}|[A-Za-z]+)\.?\s*[-/. ]\s*'?(\d{2})", plain
    )
    month = str(_MONTHS.get(found[2].lower(), found[2])) if found else ""
    if found is None or not month.isdecimal():
        return None
    for century in (today.year // 100, today.year // 100 - 1):
        read = _date(f"{century:02d}{found[3]}", month, found[1])
        if read is not None and read <= today:
            return read
    return None


def sound(name: str) -> str:
    """A name by its sound, its words in any order; empty for no name."""
    return " ".join(sorted(phonetic_key(word) for word in normalise(name)))


def companions_of(actor: Actor, at: datetime) -> dict[str, int]:
    """The agency's companions by login and by name, as a list may write them."""
    found: dict[str, int] = {}
    for member in network.list_companions(actor.agency_id, at=at):
        for written in (member.username, member.name):
            found[normal(written)] = member.membership.user_id
    return found


def nearest(list_name: str, word: str) -> str:
    """The code whose label comes nearest to a word; empty when none is near."""
    words = _words_of(list_name)
    close = get_close_matches(normal(word), words, n=1, cutoff=0.7)
    return words[close[0]] if close else ""


def _put_codes(column: Column, codes: list[str], said: Said) -> None:
    chosen = [code.lower() for code in codes] if column.key == "categories" else codes
    if column.many:
        said.values[column.key] = tuple(sorted(set(chosen)))
    elif column.key != "sex" or chosen[0] in ("P", "L"):
        said.values[column.key] = chosen[0]


@lru_cache(maxsize=32)
def _words_of(list_name: str) -> dict[str, str]:
    """Every word that means a value of the list: its code, both labels, what offices write."""
    words: dict[str, str] = {}
    for value in reference.codes(list_name):
        also = (value.mappings.get("simfoni", ""), value.label_id.split("(")[0])
        for text in (value.code, value.label_id, value.label_en, *also):
            if text:
                words.setdefault(normal(text), value.code)
    return words | dict(_ALSO.get(list_name, {}))


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
