"""Compares what somebody brings with the directory: which desks would change, and what cannot be.

A file is the whole truth about each desk (location) that it names and says nothing of the others;
of a table that it leaves out nothing changes. It corrects desks that are there: it opens none,
moves none to another agency and names no person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from rangkul.exchange.hsds import mapping, terms
from rangkul.exchange.hsds.files import Brought, Row
from rangkul.exchange.hsds.mapping import DAYS
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.network.entries import OLDEST, DeskDetails, Entry, Offer, differences
from rangkul.network.hours import UnreadableHours, check_hours
from rangkul.network.operations import check_entry
from rangkul.network.queries import DeskEntry
from rangkul.network.ranking import NATION
from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES

_CLOCK: Final = re.compile(r"(\d{1,2}:\d\d)(?::00)?(?:([+-]\d\d):?00)?")
_WHOLE_NUMBER: Final = re.compile(r"\d{1,6}(?:\.0)?")


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a line cannot be taken over, in the present language."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """A desk whose entry would become ``entry``; the fields that differ, before and after."""

    desk_id: int
    desk_name: str
    version: int
    entry: Entry
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class Plan:
    """What a file would do: nothing at all as long as it holds one remark."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    remarks: list[Remark] = field(default_factory=list)


class _Unfit(ValueError):
    """One row cannot be taken; the words are for the person."""

    def __init__(self, row: Row, sentence: str) -> None:
        super().__init__(sentence)
        self.remark = Remark(row.where, sentence)


def plan(brought: Brought, known: Sequence[DeskEntry], *, by: Actor | None) -> Plan:
    """What ``brought`` would change among the desks ``known``; ``by`` is ``None`` for the operator.

    Known areas and lists are read; nothing is written.
    """
    made, file = Plan(), _File(brought)
    desks = {mapping.location_id(each.desk.code): each for each in known}
    agencies = {mapping.organization_id(each.agency.code) for each in known}
    made.remarks += _strangers(brought, desks, agencies)
    for row in brought.of("location"):
        entry = desks.get(row["id"].lower())
        if entry is None:
            continue
        try:
            after = _Reader(file, entry, row).entry()
            check_entry(after, by=by)
        except _Unfit as fault:
            made.remarks.append(fault.remark)
        except InvalidInput as fault:
            made.remarks += [Remark(row.where, sentence) for sentence in fault.errors.values()]
        else:
            _compare(made, entry, after)
    return made


def _strangers(brought: Brought, desks: Collection[str], agencies: Collection[str]) -> list[Remark]:
    """Rows that name what is not there, or not this agency's."""
    unknown = _("This identifier names no desk of yours. A file corrects desks; it opens none.")
    found = [
        Remark(r.where, unknown) for r in brought.of("location") if r["id"].lower() not in desks
    ]
    seen: set[str] = set()
    for row in brought.of("location"):
        if row["id"].lower() in seen:
            found.append(Remark(row.where, _("This desk stands twice in the file.")))
        seen.add(row["id"].lower())
    found += [
        Remark(r.where, _("This identifier names no agency of yours."))
        for r in brought.of("organization")
        if r["id"].lower() not in agencies
    ]
    if not brought.of("location"):
        found.append(Remark("locations.csv", _("The file names no desk (location).")))
    places = {row["id"].lower() for row in brought.of("location")}
    found += [
        Remark(row.where, _("This line belongs to a desk that the file does not name."))
        for table in ("phone", "schedule", "address", "language", "accessibility",
                      "service_at_location")
        for row in brought.of(table)
        if row["location_id"].lower() not in places
    ]  # fmt: skip
    return found


def _compare(made: Plan, entry: DeskEntry, after: Entry) -> None:
    before, now = differences(entry.entry.values(), after.values())
    if not now:
        made.unchanged += 1
        return
    desk = entry.desk
    made.changes.append(Change(desk.id, desk.name, desk.version, after, before, now))


class _File:
    """The rows of a file by what they hang on."""

    def __init__(self, brought: Brought) -> None:
        self.brought = brought
        self._by: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def tells_of(self, table: str) -> bool:
        """Whether the file speaks of this table at all."""
        return table in self.brought.tables

    def at(self, table: str, column: str, identifier: str) -> list[Row]:
        """The rows of a table that hang on this identifier."""
        index = self._by.get((table, column))
        if index is None:
            index = {}
            for row in self.brought.of(table):
                index.setdefault(row[column].lower(), []).append(row)
            self._by[table, column] = index
        return index.get(identifier.lower(), [])


class _Reader:
    """Reads one desk's entry out of a file, from the entry as it stands."""

    def __init__(self, file: _File, known: DeskEntry, row: Row) -> None:
        self.file, self.known, self.row = file, known, row
        self.own = row["id"].lower()

    def entry(self) -> Entry:
        """The entry that the file wants; raises `_Unfit`."""
        details = self._details(self.known.entry.details)
        always_open, hours = self.known.entry.always_open, self.known.entry.hours
        if self.file.tells_of("attribute"):
            marks = self._marks()
            always_open = "setiap_saat" in marks
            details = replace(
                details,
                accessible="dapat_dijangkau" in marks,
                listed="tidak_ditampilkan" not in marks,
                active="tidak_melayani" not in marks,
                capacity=marks.get("tempat"),
            )
        if self.file.tells_of("schedule"):
            found, note = self._hours()
            details = replace(details, hours_note=note)
            hours = hours if always_open else found
        offers = self.known.entry.offers
        if self.file.tells_of("service") and self.file.tells_of("service_at_location"):
            offers, details = self._offers(details)
        return Entry(details, always_open, hours, offers)

    def _details(self, details: DeskDetails) -> DeskDetails:
        row = self.row
        if not row["name"]:
            raise _Unfit(row, _("Please write the desk's name."))
        details = replace(
            details, name=row["name"], website=row["url"], latitude=_degree(row, "latitude"),
            longitude=_degree(row, "longitude"),
        )  # fmt: skip
        if self.file.tells_of("phone"):
            details = self._phones(details)
        if self.file.tells_of("address"):
            found = self._one("address", _("A desk has one address."))
            details = replace(details, address=found["address_1"] if found else "")
        if self.file.tells_of("language"):
            spoken = self.file.at("language", "location_id", self.own)
            details = replace(details, languages=tuple(dict.fromkeys(map(_language, spoken))))
        if self.file.tells_of("accessibility"):
            found = self._one("accessibility", _("A desk has one line about the way in."))
            details = replace(details, access_notes=found["details"] if found else "")
        return details

    def _one(self, table: str, sentence: str) -> Row | None:
        rows = self.file.at(table, "location_id", self.own)
        if len(rows) > 1:
            raise _Unfit(rows[1], sentence)
        return rows[0] if rows else None

    def _phones(self, details: DeskDetails) -> DeskDetails:
        said = {"phone": "", "whatsapp": ""}
        for row in self.file.at("phone", "location_id", self.own):
            kind = "whatsapp" if "whatsapp" in row["description"].casefold() else "phone"
            if said[kind] or len(row["number"]) > 32 or not row["number"]:
                raise _Unfit(
                    row, _("A desk has one telephone and one WhatsApp number, of 32 signs at most.")
                )
            said[kind] = row["number"]
        return replace(details, phone=said["phone"], whatsapp=said["whatsapp"])

    def _marks(self) -> dict[str, int | None]:
        """The marks on the desk, by code; the number of places with its value."""
        found: dict[str, int | None] = {}
        for row in self.file.at("attribute", "link_id", self.own):
            term = terms.named(row["taxonomy_term_id"].lower())
            if term is None or term.taxonomy != terms.MARK:
                raise _Unfit(row, _("This term is none of ours."))
            value = _number(row, "value") if term.code == "tempat" else None
            found[term.code] = value
        return found

    # -- hours -------------------------------------------------------------------------------

    def _hours(self) -> tuple[dict[str, list[list[str]]], str]:
        found: dict[str, list[list[str]]] = {}
        note = ""
        for row in self.file.at("schedule", "location_id", self.own):
            if not row["opens_at"] and not row["closes_at"] and not row["byday"]:
                note = row["notes"] or row["description"]
                continue
            if row["freq"].upper() not in {"", "WEEKLY"}:
                raise _Unfit(row, _("Hours are kept by the week: freq is WEEKLY."))
            span = [self._clock(row, "opens_at"), self._clock(row, "closes_at")]
            if span[1] == "00:00":
                span[1] = "24:00"
            for day in [each.strip().upper() for each in row["byday"].split(",")]:
                if day not in DAYS:
                    raise _Unfit(row, _("byday names weekdays: MO,TU,WE,TH,FR,SA,SU."))
                found.setdefault(str(DAYS.index(day) + 1), []).append(span)
        if len(note) > 200:
            raise _Unfit(self.row, _("The note about the hours is longer than 200 signs."))
        try:
            return check_hours(found), note
        except UnreadableHours as fault:
            raise _Unfit(
                self.row,
                _("Each time needs a beginning and a later end, and times may not overlap."),
            ) from fault

    def _clock(self, row: Row, column: str) -> str:
        """A clock time in the desk's own zone, as we keep it."""
        found = _CLOCK.fullmatch(row[column])
        if found is None:
            raise _Unfit(row, _("Times are written like 08:00+07:00."))
        clock, offset = found.groups()
        own = mapping.offset_of(self.known.zone)
        if offset is not None and int(offset) != own:
            raise _Unfit(
                row,
                _("This desk's hours are meant in its own zone: +%(hours)02d:00.") % {"hours": own},
            )
        return clock.zfill(5)

    # -- services ----------------------------------------------------------------------------

    def _offers(self, details: DeskDetails) -> tuple[tuple[Offer, ...], DeskDetails]:
        links = self.file.at("service_at_location", "location_id", self.own)
        rows = [row for link in links for row in self.file.at("service", "id", link["service_id"])]
        whole = self.file.brought.whole
        if not rows and whole and not links:
            return (), replace(details, takes_reports=False)
        found = {} if whole else {offer.service: offer for offer in self.known.entry.offers}
        reports = False if whole else details.takes_reports
        serves: dict[str, tuple[str, ...]] = {}
        for row in rows:
            code = self._service(row)
            if self.file.tells_of("service_area"):
                serves[row["id"]] = self._areas(row)
            gone = row["status"] in {"inactive", "defunct", "temporarily closed"} and details.active
            if code == terms.REPORT:
                reports = not gone
            elif gone:
                found.pop(code, None)
            else:
                found[code] = self._offer(code, row)
        if len(set(serves.values())) > 1:
            raise _Unfit(rows[0], _("The services of one desk serve the same areas."))
        areas = next(iter(serves.values()), details.serves)
        return tuple(found.values()), replace(details, takes_reports=reports, serves=areas)

    def _service(self, row: Row) -> str:
        for code in (terms.REPORT, *map(str, SERVICES)):
            if mapping.service_id(self.known.desk.code, code) == row["id"].lower():
                return code
        for mark in self.file.at("attribute", "link_id", row["id"]):
            term = terms.named(mark["taxonomy_term_id"].lower())
            if term is not None and term.taxonomy == terms.SERVICE:
                return term.code
        raise _Unfit(row, _("This service is not in the list."))

    def _offer(self, code: str, row: Row) -> Offer:
        youngest, oldest = _number(row, "minimum_age"), _number(row, "maximum_age")
        known = next((o for o in self.known.entry.offers if o.service == code), Offer(code))
        sex, residents = known.sex, known.residents_only
        if self.file.tells_of("attribute"):
            marks = [
                terms.named(mark["taxonomy_term_id"].lower())
                for mark in self.file.at("attribute", "link_id", row["id"])
            ]
            codes = {each.code for each in marks if each and each.taxonomy == terms.MARK}
            if {"perempuan", "laki_laki"} <= codes:
                raise _Unfit(row, _("Please choose whom the desk takes."))
            sex = "P" if "perempuan" in codes else "L" if "laki_laki" in codes else ""
            residents = "penduduk" in codes
        return Offer(code, sex, youngest or 0, OLDEST if oldest is None else oldest, residents)

    def _areas(self, service: Row) -> tuple[str, ...]:
        found = tuple(
            _area(row) for row in self.file.at("service_area", "service_id", service["id"])
        )
        own = (self.known.agency.area_id,)
        if found == own:
            # Naming the own area and naming none is the same; what stands there stays.
            return own if self.known.entry.details.serves == own else ()
        return tuple(dict.fromkeys(found))


def _area(row: Row) -> str:
    """The code of an area by our address of it, else by its full name."""
    if row["uri"].startswith(mapping.AREA_URI):
        code = row["uri"].removeprefix(mapping.AREA_URI)
        if code == NATION or reference.is_area(code):
            return code
    elif row["name"].casefold() == "indonesia":
        return NATION
    elif row["name"]:
        for hit in reference.search_areas(row["name"]):
            if hit.full_name.casefold() == row["name"].casefold():
                return hit.code
    raise _Unfit(row, _("One of the areas is not in the list."))


def _language(row: Row) -> str:
    if reference.is_code("bahasa", row["code"]):
        return row["code"]
    name = row["name"].casefold()
    for value in reference.codes("bahasa"):
        if name in {value.label_id.casefold(), value.label_en.casefold()}:
            return value.code
    raise _Unfit(row, _("One of the languages is not in the list."))


def _degree(row: Row, column: str) -> float | None:
    if not row[column]:
        return None
    try:
        return float(row[column])
    except ValueError as fault:
        raise _Unfit(row, _("This position is not on the map.")) from fault


def _number(row: Row, column: str) -> int | None:
    if not row[column]:
        return None
    if not _WHOLE_NUMBER.fullmatch(row[column]):
        raise _Unfit(row, _("Ages and places are whole numbers."))
    return int(float(row[column]))
