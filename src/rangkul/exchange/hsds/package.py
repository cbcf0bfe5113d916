"""The directory as files: the standard's tables (CSV), one archive of them, the same as JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rangkul.exchange.hsds import mapping
from rangkul.exchange.hsds.mapping import Said, Setting
from rangkul.network.queries import DeskEntry

# Raised when what we say changes though no row did, so that nobody keeps an answer of before.
FORMAT: Final = "1"
JSON_NAME: Final = "organizations.json"

# The standard's tables that we fill, with all of their columns in its order.
FILES: Final[Mapping[str, str]] = {
    "organization": "organizations.csv",
    "organization_identifier": "organization_identifiers.csv",
    "service": "services.csv",
    "location": "locations.csv",
    "service_at_location": "service_at_location.csv",
    "address": "addresses.csv",
    "phone": "phones.csv",
    "schedule": "schedules.csv",
    "service_area": "service_areas.csv",
    "language": "languages.csv",
    "accessibility": "accessibility.csv",
    "taxonomy": "taxonomies.csv",
    "taxonomy_term": "taxonomy_terms.csv",
    "attribute": "attributes.csv",
    "metadata": "metadata.csv",
}
_COLUMNS: Final[Mapping[str, str]] = {
    "organization": (
        "id name alternate_name description email website tax_status tax_id "
        "year_incorporated legal_status logo uri parent_organization_id "
    ),
    "organization_identifier": ("id organization_id identifier_scheme identifier_type identifier "),
    "service": (
        "id organization_id program_id name alternate_name description url email status "
        "interpretation_services application_process fees_description wait_time fees "
        "accreditations eligibility_description minimum_age maximum_age assured_date "
        "assurer_email licenses alert last_modified "
    ),
    "location": (
        "id location_type url organization_id name alternate_name description "
        "transportation latitude longitude external_identifier external_identifier_type "
    ),
    "service_at_location": ("id service_id location_id description "),
    "address": (
        "id location_id attention address_1 address_2 city region state_province "
        "postal_code country address_type "
    ),
    "phone": (
        "id location_id service_id organization_id contact_id service_at_location_id "
        "number extension type description "
    ),
    "schedule": (
        "id service_id location_id service_at_location_id valid_from valid_to dtstart "
        "timezone until count wkst freq interval byday byweekno bymonthday byyearday "
        "description opens_at closes_at schedule_link attending_type notes "
    ),
    "service_area": ("id service_id name description extent extent_type uri "),
    "language": ("id service_id location_id phone_id name code note "),
    "accessibility": ("id location_id description details url "),
    "taxonomy": ("id name description uri version "),
    "taxonomy_term": ("id code name description parent_id taxonomy language taxonomy_id term_uri "),
    "attribute": ("id link_id taxonomy_term_id link_type link_entity value "),
    "metadata": (
        "id resource_id resource_type last_action_date last_action_type field_name "
        "previous_value replacement_value updated_by "
    ),
}
COLUMNS: Final = {table: tuple(names.split()) for table, names in _COLUMNS.items()}

# What hangs on an object under which name, and in which table it stands.
_BELOW: Final = {
    "locations": "location",
    "location": "location",
    "services": "service",
    "service_at_locations": "service_at_location",
    "service_areas": "service_area",
    "addresses": "address",
    "phones": "phone",
    "schedules": "schedule",
    "languages": "language",
    "accessibility": "accessibility",
    "organization_identifiers": "organization_identifier",
    "attributes": "attribute",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_detail": "taxonomy",
    "metadata": "metadata",
}
Tables = dict[str, list[dict[str, str]]]

_NUMBER_LIKE: Final = re.compile(r"[+-][0-9 ().-]+")
# A fixed hour in the archive: the same directory is the same file.
_HOUR: Final = (1980, 1, 1, 0, 0, 0)


def organizations(entries: Sequence[DeskEntry], setting: Setting) -> list[Said]:
    """Every agency with its desks and services in full, by code; each desk is said once."""
    agencies: dict[str, list[DeskEntry]] = {}
    for each in entries:
        agencies.setdefault(each.agency.code, []).append(each)
    made = [
        mapping.full_organization(agencies[code], setting, services="full")
        for code in sorted(agencies)
    ]
    for link in (k for said in made for s in said["services"] for k in s["service_at_locations"]):
        link.pop("location")
    return made


def flatten(table: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    """An object and all that hangs on it as rows of the standard's tables; a row may come twice."""
    yield table, {name: said[name] for name in COLUMNS[table] if name in said}
    for name, below in _BELOW.items():
        hanging = said.get(name)
        for each in hanging if isinstance(hanging, list) else [hanging] if hanging else []:
            yield from flatten(below, each)


def tables(entries: Sequence[DeskEntry], setting: Setting) -> Tables:
    """The whole as rows of text, each once, in the order in which they are met."""
    found: dict[str, dict[str, dict[str, str]]] = {table: {} for table in FILES}
    for said in organizations(entries, setting):
        for table, row in flatten("organization", said):
            found[table][row["id"]] = {name: _cell(value) for name, value in row.items()}
    return {table: list(rows.values()) for table, rows in found.items()}


def _cell(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def defused(text: str) -> str:
    """A cell that no office program takes for a formula; `plain` is the way back."""
    if text[:1] in {"=", "@", "'", "\t", "\r"} or (
        text[:1] in {"+", "-"} and not _NUMBER_LIKE.fullmatch(text)
    ):
        return f"'{text}"
    return text


def plain(cell: str) -> str:
    """What a defused cell said."""
    return cell.removeprefix("'")


def is_formula(cell: str) -> bool:
    """Whether an office program would calculate with this cell instead of showing it."""
    return defused(cell) != cell and not cell.startswith("'")


def csv_files(entries: Sequence[DeskEntry], setting: Setting) -> dict[str, bytes]:
    """File name → content: one table each in UTF-8, and what they are (``datapackage.json``)."""
    made = {}
    for table, rows in tables(entries, setting).items():
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS[table], restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({name: defused(cell) for name, cell in row.items()} for row in rows)
        made[FILES[table]] = out.getvalue().encode()
    return made | {"datapackage.json": _datapackage()}


def json_file(entries: Sequence[DeskEntry], setting: Setting) -> bytes:
    """All agencies with all that hangs on them, one list."""
    said = organizations(entries, setting)
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _datapackage() -> bytes:
    said = {
        "name": "rangkul-hsds",
        "title": "Rangkul, HSDS 3.0",
        "licenses": [
            {"name": "ODbL-1.0", "path": "https://opendatacommons.org/licenses/odbl/1-0/"}
        ],
        "resources": [
            {
                "name": table,
                "path": name,
                "profile": "tabular-data-resource",
                "format": "csv",
                "encoding": "utf-8",
                "schema": {"fields": [{"name": column} for column in COLUMNS[table]]},
            }
            for table, name in FILES.items()
        ],
    }
    return (json.dumps(said, indent=1) + "\n").encode()


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """These files in one archive; equal contents make equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, _HOUR)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()
