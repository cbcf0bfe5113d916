"""Case files by a machine: the caseload, the cover, the people behind a reason, the notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.params import functions as parameter

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.api import numbers
from rangkul.api.calls import (
    GONE,
    READ,
    WRITE,
    CaseNumber,
    IdempotencyKey,
    RowId,
    case_id_in_field,
    case_id_in_path,
    clocks_of_case,
    desk_number,
)
from rangkul.api.door import caller_of, once
from rangkul.api.routers.plan import needs_said
from rangkul.api.schemas.cases import (
    CaseLine,
    CasePage,
    CaseSaid,
    IdentityAsked,
    IdentitySaid,
    NoteAsked,
    NoteKept,
    NoteSaid,
    NotesSaid,
    PersonSaid,
    WithdrawNoteAsked,
)
from rangkul.api.schemas.strict import CASE
from rangkul.cases import operations as writing
from rangkul.cases import queries as cases
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.people import operations as people
from rangkul.people.queries import OpenPerson
from rangkul.reference import queries as reference

if TYPE_CHECKING:
    from datetime import datetime

    from rangkul.cases.models import CaseFile, Note

router = Router(tags=["cases"])

_OTHER = "lain"


Narrowing = Annotated[
    str,
    parameter.Query(max_length=16, pattern=r"^[a-z]*$", description="A code; none for all."),
]


@router.get("/cases", response={200: CasePage, **READ}, summary="List the caseload")
def list_cases(
    request: HttpRequest,
    before: Annotated[
        str,
        parameter.Query(
            max_length=16, description="The last number of the page before.", examples=[CASE]
        ),
    ] = "",
    mine: Annotated[
        bool, parameter.Query(description="Only what the caller carries.", examples=[True])
    ] = False,
    state: Narrowing = "",
    risk: Narrowing = "",
    category: Narrowing = "",
) -> CasePage:
    """The files that the caller may see, newest first, each under its call word."""
    caller = caller_of(request)
    bound: tuple[datetime, int] | None = None
    if before:
        case_id = case_id_in_field(before, "before")
        # One that cannot be seen is no bound, as with reports.
        if custody.visible_among(caller.actor, [case_id]):
            bound = (custody.get_access(caller.actor, case_id).opened_at, case_id)
    page = cases.list_files(
        caller.actor, before=bound,
        narrowed=cases.Filter(mine=mine, state=state, risk=risk, category=category),
    )  # fmt: skip
    due = clocks.next_due(caller.actor, [file.case_id for file in page.covers])
    rows = [
        CaseLine(**_cover(file, due[file.case_id].due_at if file.case_id in due else None))
        for file in page.covers
    ]
    return CasePage(cases=rows, next_before=rows[-1].number if page.older else "")


@router.get("/cases/{number}", response={200: CaseSaid, **READ, **GONE}, summary="Read a cover")
def read_case(request: HttpRequest, number: CaseNumber) -> CaseSaid:
    """The cover of a file, its deadlines and its plan; who the person is needs a reason of its own.

    The survivor's words stand beside her needs only for who plans with her.
    """
    caller = caller_of(request)
    case_id = case_id_in_path(number)
    file = cases.get_file(caller.actor, case_id)
    running = clocks_of_case(caller.actor, case_id)
    return CaseSaid(
        **_cover(file, running[0].due_at if running else None),
        risk_at=file.risk_at, violence_kinds=list(file.violence_kinds),
        work_label=file.work_label, sex=file.sex, age_band=file.age_band,
        languages=list(file.languages), worker_sex=file.worker_sex, area=file.area,
        desk=desk_number(file.desk_id), legal_determination=file.legal_determination,
        lead_agency=numbers.number_of(numbers.AGENCY, file.case.lead_agency_id),
        closed_at=file.closed_at, close_reason=file.close_reason, version=file.version,
        needs=needs_said(caller.actor, case_id, words=_plans(caller.actor)), clocks=running,
    )  # fmt: skip


@router.post(
    "/cases/{number}/identity",
    response={200: IdentitySaid, **WRITE, **GONE},
    summary="Open the identity",
)
def open_identity(request: HttpRequest, number: CaseNumber, body: IdentityAsked) -> IdentitySaid:
    """Who the people of the case are. The reason is recorded, and the supervisor sees it."""
    caller = caller_of(request)
    errors = {}
    if not reference.is_code("alasan_buka_identitas", body.reason):
        errors["reason"] = "unknown" if body.reason else "required"
    elif body.reason == _OTHER and not body.words:
        errors["words"] = "required"
    case_id = case_id_in_path(number)
    if errors:
        # A foreign case is answered like a missing one, whatever else is wrong.
        cases.get_file(caller.actor, case_id)
        raise InvalidInput(errors)
    opened = people.open_identity(
        case_id=case_id, reason=body.reason, note=body.words, by=caller.actor, at=caller.at
    )
    return IdentitySaid(
        number=custody.case_number(case_id), people=[_person(each) for each in opened]
    )


# -- notes ------------------------------------------------------------------------------------


@router.get(
    "/cases/{number}/notes", response={200: NotesSaid, **READ, **GONE}, summary="Read the notes"
)
def read_notes(request: HttpRequest, number: CaseNumber) -> NotesSaid:
    """The notes of a file, newest first. The reading is recorded."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)
    views = writing.read_notes(case_id=case_id, by=caller.actor, at=caller.at)
    return NotesSaid(
        number=custody.case_number(case_id),
        notes=[NoteSaid(**_note(view.note), body=view.body) for view in views],
    )


@router.post(
    "/cases/{number}/notes", response={201: NoteKept, **WRITE, **GONE}, summary="Write a note"
)
def write_note(
    request: HttpRequest, number: CaseNumber, body: NoteAsked, idempotency_key: IdempotencyKey
) -> Status[Mapping[str, Any]]:
    """Write a dated note: `note`, `visit`, `call`, `message`, `meeting`. It is never edited."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)

    def act() -> NoteKept:
        note = writing.write_note(
            case_id=case_id, body=body.body, kind=body.kind, happened_at=body.happened_at,
            by=caller.actor, at=caller.at,
        )  # fmt: skip
        return NoteKept(**_note(note))

    return Status(201, once(request, idempotency_key, act))


@router.post(
    "/cases/{number}/notes/{note_id}/withdraw",
    response={200: NoteKept, **WRITE},
    summary="Withdraw a note",
)
def withdraw_note(
    request: HttpRequest, number: CaseNumber, note_id: RowId, body: WithdrawNoteAsked
) -> NoteKept:
    """Take back one's own note, with a reason code. It stays in the file, marked."""
    caller = caller_of(request)
    case_id = case_id_in_path(number)
    cases.get_file(caller.actor, case_id)
    note = writing.withdraw_note(note_id=note_id, reason=body.reason, by=caller.actor, at=caller.at)
    if note.case_id != case_id:
        raise NotReachable("the note is another case's")
    return NoteKept(**_note(note))


# -- answers ----------------------------------------------------------------------------------


def _plans(actor: Actor) -> bool:
    return may(actor.roles, Permission.PLAN)


def _cover(file: CaseFile, next_due_at: datetime | None) -> dict[str, Any]:
    return {
        "number": custody.case_number(file.case_id), "pseudonym": file.pseudonym,
        "state": file.state, "risk": file.risk, "categories": list(file.categories),
        "flags": list(file.flags), "is_child": file.is_child, "opened_at": file.opened_at,
        "next_due_at": next_due_at,
    }  # fmt: skip


def _person(opened: OpenPerson) -> PersonSaid:
    person, identity, contact = opened.person, opened.identity, opened.contact
    return PersonSaid(
        part=person.part, full_name=identity.full_name, called_name=identity.called_name,
        aliases=list(identity.aliases), birth_date=identity.birth_date,
        birth_year=person.birth_year, nik=identity.nik, passport=identity.passport,
        sex=person.sex, relation=person.relation, phone=contact.phone, how=contact.how,
        code_word=contact.code_word, contact_bans=list(person.contact_bans),
        address=opened.location.address,
    )  # fmt: skip


def _note(note: Note) -> dict[str, Any]:
    return {
        "id": note.id, "kind": note.kind, "happened_at": note.happened_at,
        "written_at": note.written_at, "withdrawn_at": note.withdrawn_at,
        "withdraw_reason": note.withdraw_reason, "replaces": note.replaces,
    }  # fmt: skip
