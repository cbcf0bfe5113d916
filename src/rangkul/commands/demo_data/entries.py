"""Reads the demonstration's directory and staff as typed entries, derived desks included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from rangkul.reference import release

Hours = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class AliasEntry:
    """Another name of an agency, with the days it was in use where they are known."""

    name: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A service desk; ``hours`` maps ISO weekdays to spans, ``sex`` is a code or ``None`` for all.

    ``confirmed_days_ago`` is when an invented agency last said that all is right; an institution
    that exists has been asked nothing. Only invented desks have an address, a WhatsApp, a website.
    Ages are completed years, bounds included, ``None`` for no bound. ``languages`` and
    ``services`` are codes of the lists *bahasa* and *layanan*.
    """

    code: str
    name: str
    services: tuple[str, ...]
    sex: str | None
    age_min: int | None
    age_max: int | None
    residents_only: bool
    disability_access: bool
    always_open: bool
    hours: Hours
    capacity: int | None
    languages: tuple[str, ...]
    latitude: float | None
    longitude: float | None
    phone: str | None
    takes_reports: bool
    whatsapp: str = ""
    website: str = ""
    address: str = ""
    access_notes: str = ""
    hours_note: str = ""
    listed: bool = True
    confirmed_days_ago: int | None = None


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """An agency; ``area`` is where it stands, ``serves`` the area codes it serves (``ID``: all).

    ``parent`` is the code of an agency that stands earlier. ``invented`` marks an agency that
    does not exist; every other one exists and none is ``confirmed``.
    """

    code: str
    name: str
    short_name: str
    kind: str
    level: str
    area: str
    serves: tuple[str, ...]
    parent: str | None
    invented: bool
    confirmed: bool
    aliases: tuple[AliasEntry, ...]
    desks: tuple[DeskEntry, ...]
    note: str


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """An invented person: where she works, in which roles, and her part in which journey."""

    username: str
    name: str
    sex: str
    agency: str
    desk: str | None
    roles: tuple[str, ...]
    journeys: tuple[str, ...]
    part_id: str
    part_en: str
    language: str


def _load(name: str) -> Any:
    text = files("rangkul.commands.demo_data").joinpath(name).read_text(encoding="utf-8")
    return json.loads(text)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _desk(raw: dict[str, Any], hours: dict[str, Hours], code: str) -> DeskEntry:
    eligible = raw["eligibility"]
    return DeskEntry(
        code=code,
        name=raw["name"],
        services=tuple(raw["services"]),
        sex=eligible["sex"],
        age_min=eligible["age_min"],
        age_max=eligible["age_max"],
        residents_only=eligible["residents_only"],
        disability_access=eligible["disability_access"],
        always_open=raw["always_open"],
        hours=hours[raw["hours"]],
        capacity=raw["capacity"],
        languages=tuple(raw["languages"]),
        latitude=raw["latitude"],
        longitude=raw["longitude"],
        phone=raw["phone"],
        takes_reports=raw["takes_reports"],
        whatsapp=raw.get("whatsapp", ""),
        website=raw.get("website", ""),
        address=raw["address"] or "",
        access_notes=raw.get("access_notes", ""),
        hours_note=raw.get("hours_note", ""),
        listed=raw.get("listed", True),
        confirmed_days_ago=raw.get("confirmed_days_ago"),
    )


def _derived(raw: dict[str, Any], hours: dict[str, Hours]) -> Iterator[AgencyEntry]:
    """One agency for each released area of a kind within another: nobody types forty-four."""
    for area in release.read_areas(raw["of"]):
        if not area.code.startswith(f"{raw['within']}."):
            continue
        code = raw["code"].format(code=area.code.replace(".", "-"))
        yield AgencyEntry(
            code=code,
            name=raw["name"].format(name=area.name),
            short_name=raw["short_name"].format(name=area.name),
            kind=raw["kind"],
            level=raw["level"],
            area=area.code,
            serves=tuple(raw["serves"]),
            parent=None,
            invented=False,
            confirmed=False,
            aliases=(),
            desks=tuple(_desk(desk, hours, f"{code}.{desk['code']}") for desk in raw["desks"]),
            note="",
        )


def read_agencies() -> list[AgencyEntry]:
    """Every agency, parents before their children. Raises `release.AreasNotBuilt`."""
    raw = _load("directory.json")
    hours: dict[str, Hours] = raw["hours"]
    typed = [
        AgencyEntry(
            code=entry["code"],
            name=entry["name"],
            short_name=entry["short_name"],
            kind=entry["kind"],
            level=entry["level"],
            area=entry["area"],
            serves=tuple(entry["serves"]),
            parent=entry["parent"],
            invented=entry["invented"],
            confirmed=entry["confirmed"],
            aliases=tuple(
                AliasEntry(a["name"], _day(a["valid_from"]), _day(a["valid_until"]))
                for a in entry["aliases"]
            ),
            desks=tuple(_desk(desk, hours, desk["code"]) for desk in entry["desks"]),
            note=entry.get("note", ""),
        )
        for entry in raw["agencies"]
    ]
    return typed + [agency for rule in raw["derived"] for agency in _derived(rule, hours)]


def read_staff() -> list[StaffEntry]:
    """Every invented staff member of the journeys."""
    return [
        StaffEntry(**{**raw, "roles": tuple(raw["roles"]), "journeys": tuple(raw["journeys"])})
        for raw in _load("staff.json")
    ]
