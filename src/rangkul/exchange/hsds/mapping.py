"""From a desk's entry to the objects of HSDS 3.0: organisation, services, location and what hangs
on them.

A desk is a location; each thing it offers is a service of its agency at that location. What belongs
to the desk (telephones, hours, languages, way in) is said once, at the location. A desk that offers
shelter is a ``virtual`` location without address or coordinates: a contact, never a place. Nothing
names a person: whoever confirmed an entry is said to be its agency.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from rangkul.exchange.hsds import terms
from rangkul.exchange.hsds.terms import KIND, MARK, REPORT, SERVICE, identity
from rangkul.network.entries import OLDEST, DeskDetails, Offer, standing
from rangkul.network.queries import DeskEntry
from rangkul.network.ranking import NATION
from rangkul.reference import queries as reference
from rangkul.reference.models import Area
from rangkul.reference.services import SERVICES, ServiceCode

Said = dict[str, Any]

SCHEME: Final = "Rangkul"
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
AREA_URI: Final = "urn:rangkul:wilayah:"
WHATSAPP: Final = "WhatsApp"
HOLIDAYS: Final = "Tutup pada hari libur nasional. Closed on national holidays."
AROUND_THE_CLOCK: Final = "Buka setiap saat. Open around the clock."
_MIDNIGHT: Final = "24:00"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a mapping reads beside the entry: the hour, the areas that entries name, by code, and
    which agencies (codes) are told of at all.
    """

    at: datetime
    areas: Mapping[str, Area]
    agencies: frozenset[str]

    @classmethod
    def of(cls, entries: Collection[DeskEntry], *, at: datetime) -> Setting:
        """The setting for these entries; one query."""
        codes: set[str] = set()
        for each in entries:
            codes |= {code for code in each.entry.details.serves if code != NATION}
            codes |= set(reference.ancestor_codes(each.agency.area_id))
        agencies = frozenset(each.agency.code for each in entries)
        return cls(at, reference.get_areas(codes), agencies)


def is_shelter(entry: DeskEntry) -> bool:
    """Whether the desk offers shelter, so that its place is nobody's business."""
    return any(offer.service == ServiceCode.HUNIAN for offer in entry.entry.offers)


def _kept(said: Mapping[str, Any]) -> Said:
    """Without what is not known: the standard's fields may be left out and are never null."""
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _attribute(link: str, entity: str, term: terms.Term, value: str = "") -> Said:
    """A mark on something, with its term: the standard's own way to say more."""
    return _kept(
        {
            "id": identity("attribute", link, term.id),
            "link_id": link,
            "taxonomy_term_id": term.id,
            "link_entity": entity,
            "link_type": term.taxonomy,
            "value": value,
            "taxonomy_term": term.said(),
        }
    )


def _metadata(entry: DeskEntry, resource: str, kind: str) -> list[Said]:
    """When this was last changed and confirmed, and by which agency; never by whom there."""
    desk = entry.desk
    told = [("update", "entry", desk.changed_at)]
    if desk.confirmed_at:
        told.append(("confirm", "assured_date", desk.confirmed_at))
    return [
        {
            "id": identity("metadata", resource, action),
            "resource_id": resource,
            "resource_type": kind,
            "last_action_date": moment.astimezone(entry.zone).date().isoformat(),
            "last_action_type": action,
            "field_name": name,
            "previous_value": "",
            "replacement_value": moment.astimezone(entry.zone).date().isoformat(),
            "updated_by": entry.agency.name,
        }
        for action, name, moment in told
    ]


# -- the organisation -------------------------------------------------------------------------


def organization_id(code: str) -> str:
    """The identifier of the agency with this code."""
    return identity("organization", code)


def organization(entries: Sequence[DeskEntry], setting: Setting) -> Said:
    """An agency, flat; ``entries`` are its desks, at least one."""
    agency = entries[0].agency
    parent = agency.parent if agency.parent and agency.parent.code in setting.agencies else None
    kind = reference.label("jenis_lembaga", agency.kind, "id")
    # Where an agency is nothing but a shelter, its town would be the shelter's.
    levels = reference.ancestor_codes(agency.area_id)
    code = levels[0] if all(is_shelter(each) for each in entries) else levels[-1]
    return _kept(
        {
            "id": organization_id(agency.code),
            "name": agency.name,
            "alternate_name": agency.short_name if agency.short_name != agency.name else "",
            "description": f"{kind}, {setting.areas[code].full_name}",
            "parent_organization_id": organization_id(parent.code) if parent else "",
        }
    )


def full_organization(entries: Sequence[DeskEntry], setting: Setting, *, services: str) -> Said:
    """An agency with its desks and services; ``services`` is "full", or "short" for their names."""
    flat = organization(entries, setting)
    agency, own = entries[0].agency, flat["id"]
    shown = full_service if services == "full" else short_service
    return flat | {
        "locations": [location(each, setting) for each in entries],
        "organization_identifiers": [
            {
                "id": identity("identifier", agency.code),
                "organization_id": own,
                "identifier_scheme": SCHEME,
                "identifier_type": "code",
                "identifier": agency.code,
            }
        ],
        "attributes": [
            _attribute(own, "organization", terms.term(KIND, agency.kind, language))
            for language in ("id", "en")
        ],
        "services": [
            shown(each, offer, setting) for each in entries for offer in offers_of(each)
        ],
    }  # fmt: skip


# -- the desk as a location -------------------------------------------------------------------


def location_id(desk_code: str) -> str:
    """The identifier of the desk with this code."""
    return identity("location", desk_code)


def short_location(entry: DeskEntry) -> Said:
    """A desk, flat: for a shelter no coordinates, whatever a row may hold."""
    details, own = entry.entry.details, location_id(entry.desk.code)
    by_wire = is_shelter(entry) or entry.agency.kind == "hotline"
    return _kept(
        {
            "id": own,
            "location_type": "virtual" if by_wire else "physical",
            "url": details.website,
            "organization_id": organization_id(entry.agency.code),
            "name": details.name,
            "latitude": None if is_shelter(entry) else details.latitude,
            "longitude": None if is_shelter(entry) else details.longitude,
            "external_identifier": entry.desk.code,
            "external_identifier_type": SCHEME,
        }
    )


def location(entry: DeskEntry, setting: Setting) -> Said:
    """A desk with its telephones, hours, languages, way in and, if it has one, its address."""
    flat, details = short_location(entry), entry.entry.details
    own = flat["id"]
    return flat | _kept(
        {
            "languages": [
                {
                    "id": identity("language", own, code),
                    "location_id": own,
                    "name": reference.label("bahasa", code, "id"),
                    "code": code,
                }
                for code in details.languages
            ],
            "addresses": [] if is_shelter(entry) else _addresses(entry, own, setting),
            "accessibility": _accessibility(details, own),
            "phones": _phones(details, own),
            "schedules": _schedules(entry, own),
            "attributes": [
                _attribute(own, "location", term, value) for term, value in marks_of(entry)
            ],
            "metadata": _metadata(entry, own, "location"),
        }
    )


def _addresses(entry: DeskEntry, own: str, setting: Setting) -> list[Said]:
    if not entry.entry.details.address:
        return []
    levels = reference.ancestor_codes(entry.agency.area_id)
    province, town = setting.areas[levels[0]].name, setting.areas[levels[:2][-1]].name
    return [
        {
            "id": identity("address", own),
            "location_id": own,
            "address_1": entry.entry.details.address,
            "city": town,
            "state_province": province,
            # We keep none; the standard wants the field.
            "postal_code": "",
            "country": "ID",
            "address_type": "physical",
        }
    ]


def _accessibility(details: DeskDetails, own: str) -> list[Said]:
    if not details.access_notes and not details.accessible:
        return []
    said = terms.term(MARK, "dapat_dijangkau").name if details.accessible else ""
    return [
        _kept(
            {
                "id": identity("accessibility", own),
                "location_id": own,
                "description": said,
                "details": details.access_notes,
            }
        )
    ]


def _phones(details: DeskDetails, own: str) -> list[Said]:
    numbers = (("voice", details.phone, ""), ("cell", details.whatsapp, WHATSAPP))
    return [
        _kept(
            {
                "id": identity("phone", own, kind),
                "location_id": own,
                "number": number,
                "type": kind,
                "description": description,
            }
        )
        for kind, number, description in numbers
        if number
    ]


def offset_of(zone: ZoneInfo) -> int:
    """Hours east of Greenwich; Indonesia has no summer time."""
    return (
        int((datetime(2026, 1, 1, tzinfo=zone).utcoffset() or timedelta()).total_seconds()) // 3600
    )


def _schedules(entry: DeskEntry, own: str) -> list[Said]:
    """One row for each span of the day, with the weekdays on which it is kept; then the note."""
    offset = offset_of(entry.zone)
    days: dict[tuple[str, str], list[str]] = {}
    if entry.entry.always_open:
        days[("00:00", _MIDNIGHT)] = list(DAYS)
    else:
        for number, spans in sorted(entry.entry.hours.items()):
            for start, end in spans:
                days.setdefault((start, end), []).append(DAYS[int(number) - 1])
    made = [
        {
            "id": identity("schedule", own, start, end),
            "location_id": own,
            "timezone": offset,
            "wkst": "MO",
            "freq": "WEEKLY",
            "byday": ",".join(kept),
            "description": AROUND_THE_CLOCK if entry.entry.always_open else HOLIDAYS,
            "opens_at": f"{start}+{offset:02d}:00",
            "closes_at": f"{'00:00' if end == _MIDNIGHT else end}+{offset:02d}:00",
        }
        for (start, end), kept in sorted(days.items())
    ]
    if note := entry.entry.details.hours_note:
        made.append({"id": identity("schedule", own, "note"), "location_id": own, "notes": note})
    return made


# -- services ---------------------------------------------------------------------------------


def offers_of(entry: DeskEntry) -> list[Offer]:
    """What the desk offers in the order in which people need it; receiving reports first."""
    order = {str(code): place for place, code in enumerate(SERVICES)}
    offers = sorted(entry.entry.offers, key=lambda offer: order.get(offer.service, len(order)))
    return ([Offer(REPORT)] if entry.entry.details.takes_reports else []) + offers


def service_id(desk_code: str, service: str) -> str:
    """The identifier of one service at one desk."""
    return identity("service", desk_code, service)


def _service(entry: DeskEntry, offer: Offer, setting: Setting) -> Said:
    """A service with its one-to-one fields."""
    label, desk = terms.term(SERVICE, offer.service), entry.desk
    confirmed = desk.confirmed_at
    return _kept(
        {
            "id": service_id(desk.code, offer.service),
            "organization_id": organization_id(entry.agency.code),
            "name": f"{label.name} · {desk.name}",
            "alternate_name": terms.term(SERVICE, offer.service, "en").name,
            "description": f"{label.name}: {desk.name}, {entry.agency.name}",
            "url": entry.entry.details.website,
            "status": "active" if entry.entry.details.active else "inactive",
            "eligibility_description": eligibility(offer),
            "minimum_age": offer.age_min or None,
            "maximum_age": offer.age_max if offer.age_max < OLDEST else None,
            "assured_date": confirmed.astimezone(entry.zone).date().isoformat()
            if confirmed
            else "",
            "alert": _alert(entry, setting),
            "last_modified": _moment(desk.changed_at),
        }
    )


def eligibility(offer: Offer) -> str:
    """For whom it is, in words of both languages; empty for everyone."""
    said: list[tuple[str, str]] = []
    if offer.sex:
        term = "perempuan" if offer.sex == "P" else "laki_laki"
        said.append((terms.term(MARK, term).name, terms.term(MARK, term, "en").name))
    if offer.age_min or offer.age_max < OLDEST:
        upper = f"–{offer.age_max}" if offer.age_max < OLDEST else "+"
        said.append((f"usia {offer.age_min}{upper} tahun", f"aged {offer.age_min}{upper}"))
    if offer.residents_only:
        said.append((terms.term(MARK, "penduduk").name, terms.term(MARK, "penduduk", "en").name))
    return " / ".join("; ".join(words) for words in zip(*said, strict=True)) if said else ""


def _alert(entry: DeskEntry, setting: Setting) -> str:
    """That nobody has confirmed the entry for half a year, or ever."""
    confirmed = entry.desk.confirmed_at
    state = standing(confirmed, setting.at)
    if state == "never":
        return "Belum dikonfirmasi oleh lembaganya. Not confirmed by its agency yet."
    if state == "stale" and confirmed is not None:
        day = confirmed.astimezone(entry.zone).date().isoformat()
        return f"Terakhir dikonfirmasi {day}; mohon tanyakan. Last confirmed {day}; please ask."
    return ""


def short_service(entry: DeskEntry, offer: Offer, setting: Setting) -> Said:
    """Enough to name a service: its identifier, name, state and last change."""
    whole = _service(entry, offer, setting)
    return {name: whole[name] for name in ("id", "name", "status", "last_modified")}


def listed_service(entry: DeskEntry, offer: Offer, setting: Setting, organization: Said) -> Said:
    """A service with its one-to-one fields and its organisation, as a list shows it."""
    return _service(entry, offer, setting) | {"organization": organization}


def terms_of(offer: Offer) -> list[terms.Term]:
    """What a service is, in both languages, and for whom alone."""
    marks = {"P": ["perempuan"], "L": ["laki_laki"]}.get(offer.sex, [])
    marks += ["penduduk"] if offer.residents_only else []
    return [
        *(terms.term(SERVICE, offer.service, language) for language in ("id", "en")),
        *(terms.term(MARK, code) for code in marks),
    ]


def marks_of(entry: DeskEntry) -> list[tuple[terms.Term, str]]:
    """What the standard has no field for at a desk, with a value where there is one."""
    details = entry.entry.details
    found = [
        ("dapat_dijangkau", details.accessible), ("setiap_saat", entry.entry.always_open),
        ("tidak_ditampilkan", not details.listed), ("tidak_melayani", not details.active),
    ]  # fmt: skip
    marks = [(terms.term(MARK, code), "") for code, holds in found if holds]
    if details.capacity is not None:
        marks.append((terms.term(MARK, "tempat"), str(details.capacity)))
    return marks


def areas_of(entry: DeskEntry, setting: Setting) -> dict[str, str]:
    """The areas served, code → name; where the entry names none, the agency's own."""
    names = {code: area.full_name for code, area in setting.areas.items()} | {NATION: "Indonesia"}
    served = entry.entry.details.serves or (entry.agency.area_id,)
    return {code: names[code] for code in served if code in names}


def full_service(
    entry: DeskEntry, offer: Offer, setting: Setting, organization: Said | None = None
) -> Said:
    """A service with all that hangs on it."""
    flat = _service(entry, offer, setting)
    own = flat["id"]
    return flat | _kept(
        {
            "service_areas": _areas(entry, own, setting),
            "service_at_locations": [_at_location(entry, offer, setting, full=True)],
            "organization": organization,
            "attributes": [_attribute(own, "service", each) for each in terms_of(offer)],
            "metadata": _metadata(entry, own, "service"),
        }
    )


def _areas(entry: DeskEntry, own: str, setting: Setting) -> list[Said]:
    return [
        {
            "id": identity("service_area", own, code),
            "service_id": own,
            "name": name,
            "uri": f"{AREA_URI}{code}",
        }
        for code, name in areas_of(entry, setting).items()
    ]


def at_location_id(desk_code: str, service: str) -> str:
    """The identifier of the link between a service and its desk."""
    return identity("service_at_location", desk_code, service)


def _at_location(entry: DeskEntry, offer: Offer, setting: Setting, *, full: bool) -> Said:
    desk = entry.desk
    return {
        "id": at_location_id(desk.code, offer.service),
        "service_id": service_id(desk.code, offer.service),
        "location_id": location_id(desk.code),
        "location": location(entry, setting) if full else short_location(entry),
    }


def listed_at_location(
    entry: DeskEntry, offer: Offer, setting: Setting, organization: Said
) -> Said:
    """A service at its desk, as a list shows it."""
    return _at_location(entry, offer, setting, full=False) | {
        "service": listed_service(entry, offer, setting, organization)
    }


def full_at_location(entry: DeskEntry, offer: Offer, setting: Setting, organization: Said) -> Said:
    """A service at its desk with all that hangs on both.

    The official description wants the fields of a service here (``service.json``), so its name and
    state stand beside the link's own: the answer is valid as either.
    """
    service = full_service(entry, offer, setting, organization)
    service.pop("service_at_locations")
    named = {name: service[name] for name in ("name", "status", "last_modified")}
    return _at_location(entry, offer, setting, full=True) | named | {"service": service}
