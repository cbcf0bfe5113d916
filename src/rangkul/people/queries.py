"""Reading people: those of a case, and the search that finds cases by name or number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.people import matching, slots, tokens
from rangkul.people.identity import Contact, Identity, Location
from rangkul.people.models import Person, SamePerson, Token

CURRENT = "current"


def list_people(actor: Actor, case_id: int) -> list[Person]:
    """The people of a case that ``actor`` may see, the survivor first; nothing is opened."""
    custody.get_access(actor, case_id)
    found = Person.objects.filter(case_id=case_id, state=CURRENT).order_by("added_at")
    return sorted(found, key=lambda person: person.part != Person.SURVIVOR)


def get_person(actor: Actor, person_id: UUID) -> Person:
    """A current person of a visible case. Raises ``NotReachable``."""
    found = Person.objects.filter(id=person_id, state=CURRENT).first()
    if found is None:
        raise NotReachable("no such person")
    custody.get_access(actor, found.case_id)
    return found


def get_survivor(actor: Actor, case_id: int) -> Person:
    """The survivor of a visible case. Raises ``NotReachable``."""
    for person in list_people(actor, case_id):
        if person.part == Person.SURVIVOR:
            return person
    raise NotReachable("the file has no survivor")


@dataclass(frozen=True, slots=True)
class OpenPerson:
    """A person whose seals have been opened; made only by ``operations.open_identity``."""

    person: Person
    identity: Identity
    contact: Contact
    location: Location


def unseal(people: Sequence[Person]) -> list[OpenPerson]:
    """Open the seals of these people with one look into the key store.

    Reading identity is an act: callers record it in the same transaction.
    """
    texts = open_columns(people, "identity_sealed", "contact_sealed", "location_sealed")
    return [
        OpenPerson(
            person,
            Identity.from_json(identity),
            Contact.from_json(contact),
            Location.from_json(location),
        )
        for person, (identity, contact, location) in zip(people, texts, strict=True)
    ]


def open_columns(people: Sequence[Person], *columns: str) -> list[tuple[str, ...]]:
    """The texts of these columns for each person in turn, "" where nothing stands; one look."""
    held = [
        (place(person.id, column), getattr(person, column))
        for person in people
        for column in columns
    ]
    sealed = [(bytes(value), where) for where, value in held if value is not None]
    opened = iter(vault.open_texts(sealed))
    texts = iter(["" if value is None else next(opened) for _where, value in held])
    return [tuple(next(texts) for _column in columns) for _person in people]


def place(person_id: UUID, column: str) -> vault.Place:
    """Where a person's seal stands."""
    return vault.Place("people_person", column, person_id)


def list_unfindable(agency_id: int, *, limit: int = 1000) -> list[int]:
    """Cases that the agency holds and whose survivor it cannot look for yet, oldest first."""
    held = custody.held_by(agency_id).values("case_id")
    known = Token.objects.filter(
        agency_id=agency_id, subject_kind=tokens.PERSON, ref=OuterRef("case_id")
    )
    nameless = Q(identity_sealed__isnull=True, contact_sealed__isnull=True)
    found = Person.objects.filter(
        ~Exists(known), case_id__in=held, part=Person.SURVIVOR, state=CURRENT
    ).exclude(nameless)
    return list(found.order_by("case_id").values_list("case_id", flat=True)[:limit])


# -- search -----------------------------------------------------------------------------------

_READ = (
    "select t.token, t.ref, t.name, t.parts, t.spelling from people_token t "
    "where t.token = any(%s) and t.agency_id = %s and t.subject_kind = %s"
)


def search_names(
    actor: Actor, words: str, *, kind: str = tokens.PERSON, limit: int = 10
) -> list[int]:
    """The cases (or reports) of this agency whose people's names come nearest, likeliest first.

    Only what the person may see: a companion finds among the cases carried. At most one SQL query
    for each stage of ``matching.search``, and one for the agency's book of slots.
    """
    maker = tokens.TokenMaker(actor.agency_id)
    only = _searchable(actor) if kind == tokens.PERSON else None
    if only is not None and not only:
        return []
    slots.read_book(actor.agency_id)

    def read(wanted: Sequence[matching.QueryToken], most: int) -> Iterable[matching.Hit[int]]:
        by_word = {maker.name(token.kind, token.value): token for token in wanted}
        # A word that thousands bear is not read whole, unless for the few cases of one companion.
        by_token = maker.all_tokens(by_word, None if only is not None else 2 * most)
        sql = _READ
        values: list[Any] = [list(by_token), actor.agency_id, kind]
        if only is not None:
            sql += " and t.ref = any(%s)"
            values.append(list(only))
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} limit {int(most)}", values)
            rows = cursor.fetchall()
        hits = []
        for token, ref, *masked in rows:
            word, place = by_token[token]
            told = maker.slot(word, place).shown(*masked)
            hits.append(matching.Hit(ref, by_word[word], *told))
        return hits

    return matching.search(words, read, maker.mark)[:limit]


def search_numbers(actor: Actor, words: str, *, kind: str = tokens.PERSON) -> list[int]:
    """The cases (or reports) in which this NIK, passport or telephone number is known."""
    maker = tokens.TokenMaker(actor.agency_id)
    wanted = [maker.number(name, value) for name, value in tokens.exact_keys(words)]
    if not wanted:
        return []
    asked = list(maker.all_tokens(wanted))
    found = list(
        Token.objects.filter(token__in=asked, agency_id=actor.agency_id, subject_kind=kind)
        .values_list("ref", flat=True)
        .distinct()[:50]
    )
    if kind == tokens.PERSON:
        visible = custody.visible_among(actor, found)
        return [ref for ref in found if ref in visible]
    return found


def known_tokens(agency_id: int, names: Sequence[str], numbers: Sequence[str]) -> list[int]:
    """The tokens under which ``agency_id`` would hold a person of these names and numbers."""
    maker = tokens.TokenMaker(agency_id)
    made = [
        maker.name(token.kind, token.value)
        for name in names
        for token in (matching.query_stages(name) or [[]])[0]
        if token.kind is matching.Kind.WHOLE
    ]
    made += [
        maker.number(kind, value) for number in numbers for kind, value in tokens.exact_keys(number)
    ]
    return list(maker.all_tokens(made))


def count_known(
    actor: Actor, names: Sequence[str], numbers: Sequence[str], *, kind: str = tokens.PERSON,
    besides: int | None = None,
) -> int:  # fmt: skip
    """How many cases (or reports) of the own agency may be of such a person; no identity."""
    wanted = known_tokens(actor.agency_id, names, numbers)
    if not wanted:
        return 0
    found = Token.objects.filter(
        token__in=wanted, agency_id=actor.agency_id, subject_kind=kind
    ).exclude(ref=besides or 0)
    return found.values("ref").distinct().count()


def _searchable(actor: Actor) -> set[int] | None:
    """``None``: everything of the agency; else the cases carried; empty: nothing at all."""
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        return None
    if may(actor.roles, Permission.SEE_OWN_CASES):
        return set(custody.accesses(actor).values_list("case_id", flat=True))
    return set()


def linked_cases(actor: Actor, case_id: int) -> list[tuple[UUID, int]]:
    """Other files that the agency judged to be of the same person: (link, case)."""
    rows = SamePerson.objects.filter(agency_id=actor.agency_id, unlinked_at__isnull=True)
    found = [
        (row.id, row.second_case_id if row.first_case_id == case_id else row.first_case_id)
        for row in (*rows.filter(first_case_id=case_id), *rows.filter(second_case_id=case_id))
    ]
    visible = custody.visible_among(actor, [other for _, other in found])
    return [(link, other) for link, other in found if other in visible]
