"""The people of a file, and what happened: both are edited with the version that was read."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import Incident
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.page import StaffRequest, opened_version, staff, text
from rangkul.foundation import vault
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.people import operations as people
from rangkul.people import queries as people_queries
from rangkul.people.identity import Contact, Identity, Location
from rangkul.people.models import Person
from rangkul.reference import queries as reference
from rangkul.reference.realm import realm_of

_FIELDS = (
    "part", "full_name", "called_name", "aliases", "birth_date", "birth_year", "nik", "passport",
    "phone", "how", "code_word", "address", "area", "sex", "relation", "contact_allowed",
)  # fmt: skip


@staff()
def people_page(request: StaffRequest, number: str) -> HttpResponse:
    """Who belongs to the file; names stay covered here."""
    file = get_file(request, number)
    rows = people_queries.list_people(request.actor, file.case_id)
    context = frame(file, request, section="case-people", counts={"case-people": len(rows)}) | {
        "people": [
            {
                "person": person,
                "part": part_label(person.part),
                "relation": _label("hubungan_rinci", person.relation),
                "realm": _realm(person),
                "bans": [reference.label("larangan_kontak", code) for code in person.contact_bans],
            }
            for person in rows
        ],
        "links": [
            (link, custody.case_number(other))
            for link, other in people_queries.linked_cases(request.actor, file.case_id)
        ],
        "may_plan": may(request.actor.roles, Permission.PLAN),
    }
    return render(request, "desk/cases/people.html", context)


@staff(Permission.PLAN)
def add_person(request: StaffRequest, number: str) -> HttpResponse:
    """Somebody new in the file."""
    file = get_file(request, number)
    errors: dict[str, str] = {}
    typed = _typed(request)
    if request.method == "POST":
        try:
            people.add_person(
                case=custody.get_access(request.actor, file.case_id).case,
                part=typed["part"], by=request.actor, at=request.now, **_values(typed, request),
            )  # fmt: skip
        except InvalidInput as fault:
            errors = sentences(fault)
        else:
            messages.success(request, _("Person added."))
            return redirect("case-people", number=number)
    context = _form(file, request, typed, errors) | {"adding": True}
    return render(request, "desk/cases/person.html", context, status=422 if errors else 200)


@staff(Permission.PLAN)
def edit_person(request: StaffRequest, number: str, person_id: UUID) -> HttpResponse:
    """What is known of somebody. Opening the form opens the identity, which is recorded."""
    require(request.actor.roles, Permission.OPEN_IDENTITY)
    file = get_file(request, number)
    opened = {
        p.person.id: p
        for p in people.open_identity(
            case_id=file.case_id, reason="menyusun_surat", by=request.actor, at=request.now
        )
    }.get(person_id)
    if opened is None:
        raise NotReachable("no such person in this file")
    errors: dict[str, str] = {}
    stale = False
    typed = _typed(request) if request.method == "POST" else _known(opened)
    if request.method == "POST":
        try:
            people.change_person(
                person_id=person_id, expected_version=opened_version(request),
                by=request.actor, at=request.now, **_values(typed, request),
            )  # fmt: skip
        except InvalidInput as fault:
            errors = sentences(fault)
        except StaleForm:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("case-people", number=number)
    context = _form(file, request, typed, errors) | {
        "opened": opened, "version": opened.person.version, "stale": stale,
        "theirs": _differences(typed, _known(opened)) if stale else [],
    }  # fmt: skip
    status = 409 if stale else 422 if errors else 200
    return render(request, "desk/cases/person.html", context, status=status)


@staff(Permission.PLAN)
@require_POST
def remove_person(request: StaffRequest, number: str, person_id: UUID) -> HttpResponse:
    """Take somebody wrongly joined off the file."""
    get_file(request, number)
    people.remove_person(person_id=person_id, by=request.actor, at=request.now)
    messages.success(request, _("Taken off the file. The trail keeps it."))
    return redirect("case-people", number=number)


@staff()
def incident_page(request: StaffRequest, number: str) -> HttpResponse:
    """What happened, where, on which road; the elements of trafficking."""
    file = get_file(request, number)
    incident = case_queries.get_incident(request.actor, file.case_id)
    errors: dict[str, str] = {}
    stale = False
    if request.method == "POST":
        require(request.actor.roles, Permission.ASSESS)
        try:
            cases.change_incident(
                case_id=file.case_id, expected_version=opened_version(request),
                values=_incident_values(request), account=text(request, "account", 30_000),
                by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = sentences(fault)
        except StaleForm:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("case-incident", number=number)
    account = _account(incident)
    suspects = [
        p
        for p in people_queries.list_people(request.actor, file.case_id)
        if p.part == Person.SUSPECT
    ]
    siblings = case_queries.list_siblings(request.actor, file)
    context = frame(file, request, section="case-incident") | {
        "incident": incident, "account": account, "errors": errors, "stale": stale,
        "typed": text(request, "account", 30_000),
        "places": reference.choices("tempat_kejadian"),
        "processes": reference.choices("tppo_proses"),
        "means": reference.choices("tppo_cara"),
        "purposes": reference.choices("tppo_bentuk"),
        "areas": _area_names(incident),
        "realms": sorted({realm for s in suspects if (realm := _realm(s))}),
        "suspects": len(suspects),
        "siblings": [custody.case_number(other.case_id) for other in siblings],
        "may_edit": may(request.actor.roles, Permission.ASSESS),
        "countries": reference.choices("negara"),
    }  # fmt: skip
    status = 409 if stale else 422 if errors else 200
    return render(request, "desk/cases/incident.html", context, status=status)


def part_label(part: str) -> str:
    """What somebody is to the file."""
    return {
        Person.SURVIVOR: _("Survivor"), Person.SUSPECT: _("Suspect"), Person.KIN: _("Family"),
        Person.GUARDIAN: _("Guardian"), Person.OTHER: _("Other"),
    }[part]  # fmt: skip


def _realm(person: Person) -> str:
    """The realm (ranah), derived from the suspect's relation and from nothing else."""
    if person.part != Person.SUSPECT or not person.relation:
        return ""
    return reference.label("ranah", str(realm_of(person.relation)))


def _label(list_name: str, code: str) -> str:
    return reference.label(list_name, code) if code else ""


def _typed(request: StaffRequest) -> dict[str, str]:
    return {name: text(request, name, 400) for name in _FIELDS}


def _known(opened: people_queries.OpenPerson) -> dict[str, str]:
    person, identity = opened.person, opened.identity
    allowed = {None: "", True: "ya", False: "tidak"}[person.contact_allowed]
    return {
        "part": person.part, "full_name": identity.full_name,
        "called_name": identity.called_name, "aliases": ", ".join(identity.aliases),
        "birth_date": identity.birth_date.isoformat() if identity.birth_date else "",
        "birth_year": str(person.birth_year or ""), "nik": identity.nik,
        "passport": identity.passport, "phone": opened.contact.phone, "how": opened.contact.how,
        "code_word": opened.contact.code_word, "address": opened.location.address,
        "area": opened.location.area, "sex": person.sex, "relation": person.relation,
        "contact_allowed": allowed,
    }  # fmt: skip


def _values(typed: dict[str, str], request: StaffRequest) -> dict[str, Any]:
    year = typed["birth_year"]
    if year and not (year.isdigit() and 1900 <= int(year) <= request.now.year):
        raise InvalidInput({"birth_year": "impossible"})
    if typed["relation"] and not reference.is_code("hubungan_rinci", typed["relation"]):
        raise InvalidInput({"relation": "unknown"})
    if typed["sex"] not in ("", "P", "L", "X"):
        raise InvalidInput({"sex": "unknown"})
    known = {code for code, _name in reference.choices("larangan_kontak")}
    return {
        "identity": Identity(
            full_name=typed["full_name"], called_name=typed["called_name"],
            aliases=tuple(a.strip() for a in typed["aliases"].split(",") if a.strip()),
            birth_date=_day(typed["birth_date"]), nik=typed["nik"], passport=typed["passport"],
        ),
        "contact": Contact(
            phone=typed["phone"], how=typed["how"], code_word=typed["code_word"]
        ),
        "location": Location(address=typed["address"], area=typed["area"]),
        "sex": typed["sex"],
        "birth_year": int(year) if year else None,
        "relation": typed["relation"],
        "contact_allowed": {"ya": True, "tidak": False}.get(typed["contact_allowed"]),
        "contact_bans": [c for c in request.POST.getlist("contact_bans") if c in known],
    }  # fmt: skip


def _form(
    file: Any, request: StaffRequest, typed: dict[str, str], errors: dict[str, str]
) -> dict[str, Any]:
    return frame(file, request, section="case-people") | {
        "typed": typed,
        "errors": errors,
        "parts": [(p, part_label(p)) for p in ("suspect", "kin", "guardian", "other")],
        "relations": reference.choices("hubungan_rinci"),
        "bans": reference.choices("larangan_kontak"),
        "chosen_bans": request.POST.getlist("contact_bans"),
    }


def _differences(mine: dict[str, str], theirs: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, theirs[name]) for name in theirs if theirs[name] != mine.get(name, "")]


def _day(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as fault:
        raise InvalidInput({"birth_date": "malformed"}) from fault


def _incident_values(request: StaffRequest) -> dict[str, Any]:
    def many(name: str, list_name: str) -> list[str]:
        return [c for c in request.POST.getlist(name) if reference.is_code(list_name, c)]

    values: dict[str, Any] = {
        "place_kinds": many("place_kinds", "tempat_kejadian"),
        "process": many("process", "tppo_proses"),
        "means": many("means", "tppo_cara"),
        "purpose": many("purpose", "tppo_bentuk"),
    }
    for name in ("happened_from", "happened_until"):
        try:
            values[name] = _day(text(request, name, 10))
        except InvalidInput as fault:
            raise InvalidInput({name: "malformed"}) from fault
    for name in ("area", "origin_area", "destination_area"):
        values[name] = _area(name, text(request, name, 200))
    transit = [
        _area("transit_areas", typed[:200]) for typed in request.POST.getlist("transit_areas")
    ]
    values["transit_areas"] = [code for code in transit if code]
    country = text(request, "destination_country", 2)
    values["destination_country"] = country if reference.is_code("negara", country) else ""
    return values


def _area(name: str, typed: str) -> str:
    """The code of the place named in full or by its code, "" for none; two may share words."""
    typed = typed.strip()
    if not typed or typed in reference.get_areas([typed]):
        return typed
    hits = reference.search_areas(typed)
    exact = [hit for hit in hits if hit.full_name.casefold() == typed.casefold()]
    if not exact and len(hits) != 1:
        raise InvalidInput({name: "unknown"})
    return (exact or hits)[0].code


def _account(incident: Incident) -> str:
    if incident.account_sealed is None:
        return ""
    return vault.open_text(bytes(incident.account_sealed), case_queries.incident_place(incident.id))


def _area_names(incident: Incident) -> dict[str, str]:
    codes = [
        incident.area, incident.origin_area, incident.destination_area, *incident.transit_areas,
    ]  # fmt: skip
    found = reference.get_areas([code for code in codes if code])
    return {code: area.full_name for code, area in found.items()}


urlpatterns = [
    path("kasus/<str:number>/orang/", people_page, name="case-people"),
    path("kasus/<str:number>/orang/tambah/", add_person, name="case-person-add"),
    path("kasus/<str:number>/orang/<uuid:person_id>/", edit_person, name="case-person"),
    path(
        "kasus/<str:number>/orang/<uuid:person_id>/lepas/", remove_person, name="case-person-remove"
    ),
    path("kasus/<str:number>/kejadian/", incident_page, name="case-incident"),
]
