"""What happened, where, on which road: the form keeps what is typed and all that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile, Incident
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.cases.people import realm_label
from rangkul.desk.cases.places import code_of, names_of
from rangkul.desk.page import StaffRequest, opened_version, staff, typed
from rangkul.foundation import vault
from rangkul.foundation.errors import InvalidInput, StaleForm
from rangkul.people import queries as people_queries
from rangkul.people.models import Person
from rangkul.reference import queries as reference

_LISTS = {
    "place_kinds": "tempat_kejadian", "process": "tppo_proses", "means": "tppo_cara",
    "purpose": "tppo_bentuk",
}  # fmt: skip
_DAYS = ("happened_from", "happened_until")
_PLACES = ("area", "origin_area", "destination_area")


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it is filled in, by the row or by a person; places are words, not codes."""

    account: str
    happened_from: str
    happened_until: str
    place_kinds: tuple[str, ...]
    area: str
    origin_area: str
    transit_areas: tuple[str, ...]
    destination_area: str
    destination_country: str
    process: tuple[str, ...]
    means: tuple[str, ...]
    purpose: tuple[str, ...]


@staff()
def incident_page(request: StaffRequest, number: str) -> HttpResponse:
    """What happened, where, on which road; the elements of trafficking."""
    file = get_file(request, number)
    incident = case_queries.get_incident(request.actor, file.case_id)
    errors: dict[str, str] = {}
    stale = False
    filled = _sent(request) if request.method == "POST" else None
    if filled is not None:
        require(request.actor.roles, Permission.ASSESS)
        try:
            cases.change_incident(
                case_id=file.case_id, expected_version=opened_version(request),
                values=_values(filled, _place_names(incident)), account=filled.account,
                by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = sentences(fault)
        except StaleForm:
            stale = True
            incident = case_queries.get_incident(request.actor, file.case_id)
        else:
            messages.success(request, _("Saved."))
            return redirect("case-incident", number=number)
    known = _known(incident)
    context = frame(file, request, section="case-incident") | {
        "incident": incident, "filled": filled or known, "errors": errors, "stale": stale,
        "theirs": _differences(filled, known) if stale and filled else [],
        **{name: reference.choices(each) for name, each in _LISTS.items()},
        "countries": reference.choices("negara"),
        "may_edit": may(request.actor.roles, Permission.ASSESS),
        "may_open": may(request.actor.roles, Permission.OPEN_CASE),
    }  # fmt: skip
    context |= _around(request, file) | {"transit": _transit(filled or known, errors)}
    status = 409 if stale else 422 if errors else 200
    return render(request, "desk/cases/incident.html", context, status=status)


def _transit(filled: Filled, errors: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """A field for each place of transit and an empty one: its id, its words, what is wrong."""
    keys = [f"transit_{index}" for index in range(len(filled.transit_areas) + 1)]
    words = (*filled.transit_areas, "")
    return [(key, place, errors.get(key, "")) for key, place in zip(keys, words, strict=True)]


def _around(request: StaffRequest, file: CaseFile) -> dict[str, Any]:
    """What follows from the people of the file, and who else suffered the same."""
    around = people_queries.list_people(request.actor, file.case_id)
    suspects = [person for person in around if person.part == Person.SUSPECT]
    siblings = case_queries.list_siblings(request.actor, file)
    return {
        "suspects": len(suspects),
        "realms": sorted({realm for each in suspects if (realm := realm_label(each))}),
        "siblings": [custody.case_number(other.case_id) for other in siblings],
    }


def _known(incident: Incident) -> Filled:
    """The row as its form shows it."""
    names = _place_names(incident)
    return Filled(
        account=_account(incident),
        happened_from=_iso(incident.happened_from),
        happened_until=_iso(incident.happened_until),
        place_kinds=tuple(incident.place_kinds),
        area=names.get(incident.area, ""),
        origin_area=names.get(incident.origin_area, ""),
        transit_areas=tuple(names[code] for code in incident.transit_areas),
        destination_area=names.get(incident.destination_area, ""),
        destination_country=incident.destination_country,
        process=tuple(incident.process),
        means=tuple(incident.means),
        purpose=tuple(incident.purpose),
    )


def _sent(request: StaffRequest) -> Filled:
    """The form as it was sent, whatever it holds."""

    def several(name: str) -> tuple[str, ...]:
        return tuple(request.POST.getlist(name))

    return Filled(
        account=typed(request, "account"),
        happened_from=typed(request, "happened_from"),
        happened_until=typed(request, "happened_until"),
        place_kinds=several("place_kinds"),
        area=typed(request, "area"),
        origin_area=typed(request, "origin_area"),
        transit_areas=tuple(w.strip() for w in several("transit_areas") if w.strip()),
        destination_area=typed(request, "destination_area"),
        destination_country=typed(request, "destination_country"),
        process=several("process"),
        means=several("means"),
        purpose=several("purpose"),
    )


def _values(filled: Filled, held: Mapping[str, str]) -> dict[str, Any]:
    """What the operation takes; ``held`` names the places of the row. Raises ``InvalidInput``."""
    values: dict[str, Any] = {name: list(getattr(filled, name)) for name in _LISTS}
    errors: dict[str, str] = {}
    for name in _DAYS:
        try:
            values[name] = _day(getattr(filled, name))
        except ValueError:
            errors[name] = "malformed"
    for name in _PLACES:
        code = code_of(getattr(filled, name), held)
        values[name] = code or ""
        if code is None:
            errors[name] = "unknown"
    transit = [code_of(words, held) for words in filled.transit_areas]
    errors |= {f"transit_{i}": "unknown" for i, code in enumerate(transit) if code is None}
    if errors:
        raise InvalidInput(errors)
    return values | {
        "transit_areas": transit, "destination_country": filled.destination_country,
    }  # fmt: skip


def _differences(mine: Filled, theirs: Filled) -> list[tuple[str, str]]:
    """Where the two differ: what the field is called, and what the other wrote, in words."""
    names = [each.name for each in fields(Filled)]
    return [
        (_field_label(name), _in_words(name, getattr(theirs, name)))
        for name in names
        if getattr(mine, name) != getattr(theirs, name)
    ]


def _in_words(name: str, value: str | tuple[str, ...]) -> str:
    if name in _LISTS:
        return ", ".join(reference.label(_LISTS[name], code) for code in value)
    if name == "destination_country" and value:
        return reference.label("negara", str(value))
    return value if isinstance(value, str) else ", ".join(value)


def _field_label(name: str) -> str:
    return {
        "account": _("What happened, told once"), "happened_from": _("From"),
        "happened_until": _("Until"), "place_kinds": _("Place"),
        "area": _("Where it happened"), "origin_area": _("Origin"),
        "transit_areas": _("Transit"), "destination_area": _("Destination"),
        "destination_country": _("Country of destination"), "process": _("Act"),
        "means": _("Means"), "purpose": _("Purpose"),
    }[name]  # fmt: skip


def _place_names(incident: Incident) -> dict[str, str]:
    """Code → full name of every place that the row holds."""
    return names_of(
        (incident.area, incident.origin_area, incident.destination_area, *incident.transit_areas)
    )


def _account(incident: Incident) -> str:
    if incident.account_sealed is None:
        return ""
    return vault.open_text(bytes(incident.account_sealed), case_queries.incident_place(incident.id))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


urlpatterns = [path("kasus/<str:number>/kejadian/", incident_page, name="case-incident")]
