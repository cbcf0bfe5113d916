"""Adding and changing people, opening identities, joining files of one person and parting them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.custody import queries as custody
from rangkul.custody import reading
from rangkul.custody.models import Case
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.people import events, queries, tokens
from rangkul.people.identity import OLDEST, Contact, Identity, Location, check
from rangkul.people.models import Person, SamePerson
from rangkul.reference import queries as reference
from rangkul.reference.zones import latest_date
from rangkul.trail.operations import record

SEXES = frozenset({"", "P", "L", "X"})
PARTS = frozenset({Person.SURVIVOR, Person.SUSPECT, Person.KIN, Person.GUARDIAN, Person.OTHER})


@transaction.atomic
def add_person(
    *,
    case: Case,
    part: str,
    by: Actor,
    at: datetime,
    identity: Identity = Identity(),
    contact: Contact = Contact(),
    location: Location = Location(),
    sex: str = "",
    birth_year: int | None = None,
    relation: str = "",
    contact_allowed: bool | None = None,
    contact_bans: Sequence[str] = (),
) -> Person:
    """Add somebody to a case; names, numbers and addresses go to the vault, tokens to the search.

    Raises ``InvalidInput`` (field → code). Trail: ``person.added``.
    """
    if part not in PARTS:
        raise InvalidInput({"part": "unknown"})
    _require_known(
        sex=sex, relation=relation, bans=contact_bans, area=location.area, birth_year=birth_year,
        at=at,
    )  # fmt: skip
    identity, contact = check(identity, contact, today=latest_date(at))
    person = Person(
        id=new_id(), case=case, part=part, sex=sex, relation=relation,
        birth_year=identity.birth_date.year if identity.birth_date else birth_year,
        contact_allowed=contact_allowed, contact_bans=list(contact_bans), added_at=at,
        added_by=by.user_id,
    )  # fmt: skip
    _seal(person, case.subject, identity, contact, location)
    person.save(force_insert=True)
    _index(person, identity, contact, by=by)
    record(
        by=by, at=at, name=events.PERSON_ADDED, subject_kind="person", subject_id=person.id,
        case_id=case.id, detail={"part": part},
    )  # fmt: skip
    return person


@transaction.atomic
def change_person(
    *,
    person_id: UUID,
    expected_version: int,
    by: Actor,
    at: datetime,
    identity: Identity,
    contact: Contact,
    location: Location,
    sex: str,
    birth_year: int | None,
    relation: str,
    contact_allowed: bool | None,
    contact_bans: Sequence[str],
) -> Person:
    """Write what is now known of somebody.

    Raises ``StaleForm`` when another wrote since, ``InvalidInput`` (field → code).
    """
    person = queries.get_person(by, person_id)
    case = custody.lock_case(by, person.case_id)
    person = Person.objects.select_for_update().get(id=person_id)
    check_version(expected=expected_version, found=person.version)
    _require_known(
        sex=sex, relation=relation, bans=contact_bans, area=location.area, birth_year=birth_year,
        at=at, held=person,
    )  # fmt: skip
    identity, contact = check(identity, contact, today=latest_date(at))
    person.sex, person.relation = sex, relation
    person.birth_year = identity.birth_date.year if identity.birth_date else birth_year
    person.contact_allowed, person.contact_bans = contact_allowed, list(contact_bans)
    person.version += 1
    _seal(person, case.subject, identity, contact, location)
    person.save(
        update_fields=[
            "sex", "relation", "birth_year", "contact_allowed", "contact_bans", "version",
            "identity_sealed", "contact_sealed", "location_sealed",
        ]
    )  # fmt: skip
    _index(person, identity, contact, by=by)
    record(
        by=by, at=at, name=events.PERSON_CHANGED, subject_kind="person", subject_id=person.id,
        case_id=person.case_id, detail={"version": person.version},
    )  # fmt: skip
    return person


@transaction.atomic
def remove_person(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """Take somebody who was joined to the case by mistake off it; the row and its trail remain."""
    require(by.roles, Permission.PLAN)
    person = queries.get_person(by, person_id)
    if person.part == Person.SURVIVOR:
        raise InvalidInput({"part": "survivor"})
    person.state = "removed"
    person.version += 1
    person.save(update_fields=["state", "version"])
    tokens.remove_tokens(agency_id=by.agency_id, subjects=[person.id])
    record(
        by=by, at=at, name=events.PERSON_REMOVED, subject_kind="person", subject_id=person.id,
        case_id=person.case_id,
    )  # fmt: skip


@transaction.atomic
def open_identity(
    *, case_id: int, reason: str, by: Actor, at: datetime, note: str = ""
) -> list[queries.OpenPerson]:
    """Read who the people of a case are. The reading is recorded with its reason.

    ``reason`` is a code; ``note`` (free words, when the reason is none of the offered) is sealed.
    """
    require(by.roles, Permission.OPEN_IDENTITY)
    if not reason:
        raise InvalidInput({"reason": "required"})
    people = queries.list_people(by, case_id)
    reading.note_reading(refs=[case_id], by=by, at=at)
    case = custody.get_access(by, case_id).case
    act_id, sealed = new_id(), None
    if note:
        key = vault.key_for(Owner("case", case_id), case.subject, DataClass.ACCOUNT)
        sealed = vault.seal(key, vault.Place("trail_act", "note_sealed", act_id), note[:500])
    record(
        by=by, at=at, name=events.IDENTITY_OPENED, subject_kind="case", subject_id=case_id,
        case_id=case_id, reason=reason, note_sealed=sealed, act_id=act_id,
    )  # fmt: skip
    return queries.unseal(people)


@transaction.atomic
def show_names(*, case_ids: Sequence[int], by: Actor, at: datetime) -> dict[int, str]:
    """The called names of one page's survivors, for those who carry the cases; one recorded act."""
    require(by.roles, Permission.OPEN_IDENTITY)
    visible = custody.visible_among(by, case_ids)
    reading.note_reading(refs=visible, by=by, at=at)
    people = list(
        Person.objects.filter(case_id__in=visible, part=Person.SURVIVOR, state=queries.CURRENT)
    )
    names = {
        opened.person.case_id: opened.identity.called_name or opened.identity.full_name
        for opened in queries.unseal(people)
    }
    record(
        by=by, at=at, name=events.NAMES_SHOWN, subject_kind="page", subject_id="list",
        detail={"cases": sorted(visible)},
    )  # fmt: skip
    return names


@transaction.atomic
def link_files(*, first: int, second: int, by: Actor, at: datetime) -> SamePerson:
    """Say that two files speak of one person. Both stay whole; the link can be taken back."""
    require(by.roles, Permission.MERGE_PERSONS)
    low, high = sorted((first, second))
    if low == high:
        raise InvalidInput({"case": "the same file"})
    if custody.visible_among(by, [low, high]) != {low, high}:
        raise NotReachable("not both files are visible")
    known = SamePerson.objects.filter(
        agency_id=by.agency_id, first_case_id=low, second_case_id=high, unlinked_at__isnull=True
    ).first()
    if known is not None:
        return known
    link = SamePerson.objects.create(
        id=new_id(), agency_id=by.agency_id, first_case_id=low, second_case_id=high,
        linked_at=at, linked_by=by.user_id,
    )  # fmt: skip
    for case_id in (low, high):
        record(
            by=by, at=at, name=events.FILES_LINKED, subject_kind="case", subject_id=case_id,
            case_id=case_id, detail={"link": str(link.id)},
        )  # fmt: skip
    return link


@transaction.atomic
def unlink_files(*, link_id: UUID, by: Actor, at: datetime) -> None:
    """Take a wrong join back; that it was made, and undone, stays in both trails."""
    require(by.roles, Permission.UNLINK_PERSONS)
    link = (
        SamePerson.objects.select_for_update()
        .filter(id=link_id, agency_id=by.agency_id, unlinked_at__isnull=True)
        .first()
    )
    if link is None or not custody.visible_among(by, [link.first_case_id]):
        raise NotReachable("no such link")
    link.unlinked_at, link.unlinked_by = at, by.user_id
    link.save(update_fields=["unlinked_at", "unlinked_by"])
    for case_id in (link.first_case_id, link.second_case_id):
        record(
            by=by, at=at, name=events.FILES_UNLINKED, subject_kind="case", subject_id=case_id,
            case_id=case_id, detail={"link": str(link.id)},
        )  # fmt: skip


@transaction.atomic
def make_findable(*, case_id: int, by: Actor, at: datetime) -> bool:
    """Store the search tokens of a case's survivor for the acting agency, which holds the case too.

    Tokens are keyed for each agency and no agency writes another's, so each makes its own from
    the identity that it may open. It shows nobody a name; what it changes is recorded. Idempotent;
    returns whether anything changed. Raises ``NotReachable`` for a case that the agency does not
    hold (any more).
    """
    require(by.roles, Permission.OPEN_IDENTITY)
    # One after the other with the end of an access, which takes the tokens away.
    custody.lock_case(by, case_id)
    survivor = queries.get_survivor(by, case_id)
    (opened,) = queries.unseal([survivor])
    changed = tokens.replace_tokens(
        agency_id=by.agency_id, subject=survivor.id, kind=tokens.PERSON, ref=case_id,
        identity=opened.identity, contact=opened.contact,
    )  # fmt: skip
    if changed:
        record(
            by=by, at=at, name=events.MADE_FINDABLE, subject_kind="person",
            subject_id=survivor.id, case_id=case_id,
        )  # fmt: skip
    return changed


def _require_known(
    *, sex: str, relation: str, bans: Sequence[str], area: str, birth_year: int | None,
    at: datetime, held: Person | None = None,
) -> None:  # fmt: skip
    """Every code stands in its list, the year is one of a living person. Raises ``InvalidInput``.

    A code that ``held`` bears already may have left its list since: it stays.
    """
    errors: dict[str, str] = {}
    if sex not in SEXES:
        errors["sex"] = "unknown"
    kept = (held.relation, *held.contact_bans) if held else ()
    for field, list_name, codes in (
        ("relation", "hubungan_rinci", [relation] if relation else []),
        ("contact_bans", "larangan_kontak", bans),
    ):
        if not all(code in kept or reference.is_code(list_name, code) for code in codes):
            errors[field] = "unknown"
    if area and area not in reference.get_areas([area]):
        errors["area"] = "unknown"
    if birth_year is not None and not at.year - OLDEST <= birth_year <= at.year:
        errors["birth_year"] = "impossible"
    if errors:
        raise InvalidInput(errors)


def _seal(
    person: Person, case_subject: UUID, identity: Identity, contact: Contact, location: Location
) -> None:
    """Seal each class under the person's own keys: the survivor's are the case's."""
    owner = Owner("case", person.case_id)
    subject = case_subject if person.part == Person.SURVIVOR else person.id
    for column, data_class, value in (
        ("identity_sealed", DataClass.IDENTITY, identity),
        ("contact_sealed", DataClass.CONTACT, contact),
        ("location_sealed", DataClass.LOCATION, location),
    ):
        sealed = None
        if value:
            key = vault.key_for(owner, subject, data_class)
            sealed = vault.seal(key, queries.place(person.id, column), value.to_json())
        setattr(person, column, sealed)


def _index(person: Person, identity: Identity, contact: Contact, *, by: Actor) -> None:
    """Only survivors are found by name and number: nobody looks for a suspect's other victims.

    The other agencies of a joint team are told to make their own tokens.
    """
    if person.part != Person.SURVIVOR:
        return
    tokens.replace_tokens(
        agency_id=by.agency_id, subject=person.id, kind=tokens.PERSON, ref=person.case_id,
        identity=identity, contact=contact,
    )  # fmt: skip
    for agency_id in custody.list_holders(person.case_id):
        if agency_id != by.agency_id:
            post(Event(events.PERSON_CHANGED, "case", str(person.case_id), agency_id))
