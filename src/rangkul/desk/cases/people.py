"""The people of a file; each is edited with the version that was read."""

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
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.cases.places import code_of, names_of
from rangkul.desk.page import StaffRequest, opened_version, staff
from rangkul.desk.page import typed as typed_in
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
_LONGEST_ADDRESS = 400


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
                "realm": realm_label(person),
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
                by=request.actor, at=request.now,
                **_values(typed, request, opened.location.area),
            )  # fmt: skip
        except InvalidInput as fault:
            errors = sentences(fault)
        except StaleForm:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("case-people", number=number)
    context = _form(file, request, typed, errors)
    if request.method != "POST":
        context["chosen_bans"] = opened.person.contact_bans
    context |= {
        "opened": opened, "version": opened.person.version, "stale": stale,
        "theirs": _differences(request, typed, opened) if stale else [],
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


def part_label(part: str) -> str:
    """What somebody is to the file."""
    return {
        Person.SURVIVOR: _("Survivor"), Person.SUSPECT: _("Suspect"), Person.KIN: _("Family"),
        Person.GUARDIAN: _("Guardian"), Person.OTHER: _("Other"),
    }[part]  # fmt: skip


def realm_label(person: Person) -> str:
    """The realm (ranah), derived from the suspect's relation and from nothing else."""
    if person.part != Person.SUSPECT or not person.relation:
        return ""
    return reference.label("ranah", str(realm_of(person.relation)))


def _label(list_name: str, code: str) -> str:
    return reference.label(list_name, code) if code else ""


def _typed(request: StaffRequest) -> dict[str, str]:
    return {name: typed_in(request, name) for name in _FIELDS}


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
        "area": names_of([opened.location.area]).get(opened.location.area, ""),
        "sex": person.sex, "relation": person.relation,
        "contact_allowed": allowed,
    }  # fmt: skip


def _values(typed: dict[str, str], request: StaffRequest, *held: str) -> dict[str, Any]:
    """What the operation takes; ``held`` is the code of the place that the row holds."""
    year = typed["birth_year"]
    if year and not (len(year) == 4 and year.isdecimal() and 1900 <= int(year) <= request.now.year):
        raise InvalidInput({"birth_year": "impossible"})
    if typed["relation"] and not reference.is_code("hubungan_rinci", typed["relation"]):
        raise InvalidInput({"relation": "unknown"})
    if typed["sex"] not in ("", "P", "L", "X"):
        raise InvalidInput({"sex": "unknown"})
    if len(typed["address"]) > _LONGEST_ADDRESS:
        raise InvalidInput({"address": "too_long"})
    area = code_of(typed["area"], names_of(held))
    if area is None:
        raise InvalidInput({"area": "unknown"})
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
        "location": Location(address=typed["address"], area=area),
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


def _differences(
    request: StaffRequest, mine: dict[str, str], opened: people_queries.OpenPerson
) -> list[tuple[str, str]]:
    """Where the two differ: what the field is called, and what the other wrote, in words."""
    theirs = _known(opened)
    found = [
        (_field_label(name), _in_words(name, theirs[name]))
        for name in _FIELDS
        if name != "part" and theirs[name] != mine[name]
    ]
    bans = opened.person.contact_bans
    if set(bans) != set(request.POST.getlist("contact_bans")):
        labels = [reference.label("larangan_kontak", code) for code in bans]
        found.append((_("What must we not do?"), ", ".join(labels)))
    return found


def _in_words(name: str, value: str) -> str:
    if name == "relation":
        return _label("hubungan_rinci", value)
    if name == "sex":
        return _label("jenis_kelamin", value)
    if name == "contact_allowed":
        return {"ya": _("Yes"), "tidak": _("No, never")}.get(value, _("Not known"))
    return value


def _field_label(name: str) -> str:
    return {
        "full_name": _("Full name"), "called_name": _("Called"),
        "aliases": _("Other names, with commas"), "birth_date": _("Born"),
        "birth_year": _("or only the year"), "nik": "NIK", "passport": _("Passport"),
        "phone": _("Phone"), "how": _("How and when to reach safely"),
        "code_word": _("Code word"), "address": _("Address"),
        "area": _("Village, district or city of the address"), "sex": _("Sex"),
        "relation": _("Relation to the survivor"),
        "contact_allowed": _("May we contact this person?"),
    }[name]  # fmt: skip


def _day(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as fault:
        raise InvalidInput({"birth_date": "malformed"}) from fault


urlpatterns = [
    path("kasus/<str:number>/orang/", people_page, name="case-people"),
    path("kasus/<str:number>/orang/tambah/", add_person, name="case-person-add"),
    path("kasus/<str:number>/orang/<uuid:person_id>/", edit_person, name="case-person"),
    path(
        "kasus/<str:number>/orang/<uuid:person_id>/lepas/", remove_person, name="case-person-remove"
    ),
]
