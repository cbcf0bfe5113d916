"""What a table of cases may say: a declared list, and nothing beside it.

No name, number of identity, telephone, address, word of anybody, diagnosis or mark of a file is a
column here, whoever asks: a table is for counting and reporting, never for finding a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rangkul.foundation.cells import defused
from rangkul.reference import queries as reference

Cell = str | int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one case for its row; the values are codes, ids and dates."""

    case_id: int
    number: str
    opened_at: datetime
    closed_at: datetime | None
    close_reason: str
    state: str
    risk: str
    categories: tuple[str, ...]
    violence_kinds: tuple[str, ...]
    area: str
    age_band: str
    sex: str
    lead: str
    desk: str
    is_late: bool | None
    has_companion: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What every row of one table shares: the hour, its zone, names of areas."""

    at: datetime
    zone: ZoneInfo
    areas: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and what it says of a case."""

    heading: Promise
    tell: Callable[[Facts, Setting], Cell]


STATES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "open": pgettext_lazy("state of a case", "Open"),
        "closed": _("Closed"),
        "left": _("Left by own wish"),
        "missing": _("Missing"),
        "died": _("Died"),
    }
)
RISKS: Final[Mapping[str, Promise]] = MappingProxyType(
    {"tinggi": _("High"), "sedang": _("Medium"), "rendah": _("Low")}
)
SEXES: Final[Mapping[str, Promise]] = MappingProxyType(
    {"P": _("Female"), "L": _("Male"), "X": _("Other")}
)
CLOSINGS: Final = "alasan_tutup"


def _day(moment: datetime | None, setting: Setting) -> str:
    return moment.astimezone(setting.zone).date().isoformat() if moment else ""


def _days_open(facts: Facts, setting: Setting) -> int:
    return max(((facts.closed_at or setting.at) - facts.opened_at).days, 0)


def _label(name: str, code: str) -> str:
    return reference.label(name, code) if code and reference.is_code(name, code) else code


def _of(words: Mapping[str, Promise], code: str) -> str:
    return str(words[code]) if code in words else code


def _regency(facts: Facts, setting: Setting) -> str:
    code = regency_of(facts.area)
    return f"{code} {setting.areas.get(code, '')}".strip()


def _lateness(facts: Facts, _setting: Setting) -> str:
    if facts.is_late is None:
        return ""
    return str(_("late") if facts.is_late else _("on time"))


def regency_of(area: str) -> str:
    """The regency's code within a narrower one: no table says a district or a village."""
    return ".".join(area.split(".")[:2])


COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "number": Column(_("Case number"), lambda f, _s: f.number),
        "opened_on": Column(_("Opened on"), lambda f, s: _day(f.opened_at, s)),
        "days_open": Column(_("Days open"), _days_open),
        "state": Column(_("Stage"), lambda f, _s: _of(STATES, f.state)),
        "risk": Column(_("Risk"), lambda f, _s: _of(RISKS, f.risk)),
        "categories": Column(
            _("Category"), lambda f, _s: ", ".join(code.upper() for code in f.categories)
        ),
        "violence": Column(
            _("Kinds of violence (codes)"), lambda f, _s: ", ".join(f.violence_kinds)
        ),
        "regency": Column(_("Regency or city"), _regency),
        "age": Column(_("Age group"), lambda f, _s: _label("kelompok_usia", f.age_band)),
        "sex": Column(_("Sex"), lambda f, _s: _of(SEXES, f.sex)),
        "lead": Column(_("Lead agency"), lambda f, _s: f.lead),
        "desk": Column(_("Desk"), lambda f, _s: f.desk),
        "deadlines": Column(_("Deadline that comes next"), _lateness),
        "companion": Column(
            _("Companion assigned"), lambda f, _s: str(_("yes") if f.has_companion else _("no"))
        ),
        "closed_on": Column(_("Closed on"), lambda f, s: _day(f.closed_at, s)),
        "closing": Column(_("Reason of closing"), lambda f, _s: _label(CLOSINGS, f.close_reason)),
    }
)
"""Every column there is, in the order in which a table has them."""

USUAL: Final = (
    "number", "opened_on", "state", "risk", "categories", "violence", "regency", "age", "sex",
    "deadlines",
)  # fmt: skip


def row_of(columns: tuple[str, ...], facts: Facts, setting: Setting) -> tuple[Cell, ...]:
    """The cells of one case, defused; numbers that we made stay numbers."""
    told = (COLUMNS[name].tell(facts, setting) for name in columns)
    return tuple(cell if isinstance(cell, int) else defused(cell) for cell in told)


def headings(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The headings in the present language."""
    return tuple(defused(str(COLUMNS[name].heading)) for name in columns)
