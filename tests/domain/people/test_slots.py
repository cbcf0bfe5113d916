"""Words that many bear: each bearer in a slot of its own, and all of them found."""

from __future__ import annotations

import threading
from importlib import import_module
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections, transaction
from tests.people import NOW, SEMARANG, Cast, owner_url

from rangkul.custody import operations as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.people import operations, queries, slots
from rangkul.people.identity import Contact, Identity
from rangkul.people.models import Person, Token, TokenBook
from rangkul.people.phonetics import phonetic_key
from rangkul.people.tokens import TokenMaker

NAME = "Suminah Uji Rahayuningtyas"


def open_file(by: Actor, name: str = NAME, nik: str = "") -> tuple[int, UUID]:
    """A case whose survivor bears ``name``: its id and hers."""
    with acting(by):
        case = custody.open_case(subject=uuid4(), by=by, at=NOW)
        person = operations.add_person(
            case=case, part=Person.SURVIVOR, by=by, at=NOW,
            identity=Identity(full_name=name, nik=nik),
        )  # fmt: skip
        return int(case.id), person.id


def found(by: Actor, words: str) -> set[int]:
    with acting(by):
        return set(queries.search_names(by, words, limit=1000))


def test_all_bearers_of_a_name_are_found_and_no_token_repeats(db: None, cast: Cast) -> None:
    opened = {open_file(cast.wahyuni)[0] for _ in range(40)}
    assert found(cast.wahyuni, NAME) == opened
    assert found(cast.wahyuni, "Suminnah Uji Rahayuningtias") == opened
    assert found(cast.wahyuni, "Rahayuningtyas") == opened
    with acting(cast.wahyuni):
        stored = list(Token.objects.values_list("token", "spelling"))
        assert len({token for token, _ in stored}) == len(stored)
        assert len({spelling for _, spelling in stored}) > len(stored) * 0.99
        assert {row.ref for row in Token.objects.all()} == opened
        words = TokenMaker(SEMARANG)
        count = slots.slots_of(SEMARANG, [words.name("w", phonetic_key("suminah"))])
        assert 40 <= max(count.values()) <= 256


def test_everybody_has_the_same_number_of_rows(db: None, cast: Cast) -> None:
    names = ["Ani", "Suminah Rahayu", NAME, "Muhammad Uji Rizki Pratama"]
    refs = [open_file(cast.wahyuni, name)[0] for name in names]
    with acting(cast.wahyuni):
        widths = [Token.objects.filter(ref=ref).count() for ref in refs]
    assert widths[:3] == [20, 20, 20]
    assert widths[3] in {20, 48}


def test_whoever_came_first_may_leave_and_the_last_is_still_found(db: None, cast: Cast) -> None:
    opened = [open_file(cast.wahyuni) for _ in range(12)]
    with acting(cast.wahyuni):
        for _case_id, person_id in opened[:11]:
            Token.objects.filter(subject=person_id).delete()
    assert found(cast.wahyuni, NAME) == {opened[11][0]}
    again = open_file(cast.wahyuni)[0]
    assert found(cast.wahyuni, NAME) == {opened[11][0], again}


def test_a_number_that_many_give_is_found_with_all(db: None, cast: Cast) -> None:
    nik = "9971014203990001"
    opened = {open_file(cast.wahyuni, f"Nama {n}", nik)[0] for n in range(6)}
    with acting(cast.wahyuni):
        assert set(queries.search_numbers(cast.wahyuni, nik)) == opened
        assert queries.count_known(cast.wahyuni, [], [nik]) == 6


def test_a_book_of_another_agency_or_page_does_not_open(db: None, cast: Cast) -> None:
    for _ in range(12):
        open_file(cast.wahyuni)
    with acting(cast.wahyuni):
        row = TokenBook.objects.first()
        assert row is not None
        assert len(bytes(row.words_sealed)) % 288 == 45
        assert slots.unseal(SEMARANG, row.page, bytes(row.words_sealed))
        for agency_id, page in ((SEMARANG + 1, row.page), (SEMARANG, row.page ^ 1)):
            with pytest.raises(Exception, match=r"altered|destroyed"):
                slots.unseal(agency_id, page, bytes(row.words_sealed))


def test_planted_without_its_book_an_agency_does_not_find_all(db: None, cast: Cast) -> None:
    opened = {open_file(cast.wahyuni)[0] for _ in range(20)}
    with acting(cast.wahyuni):
        for row in TokenBook.objects.all():
            row.words_sealed = slots.seal(SEMARANG, row.page, {})
            row.save(update_fields=["words_sealed"])
    assert len(found(cast.wahyuni, NAME)) < len(opened)


def test_two_at_once_lose_nobody(committed_db: None, cast: Cast) -> None:
    opened: list[int] = []

    def work() -> None:
        try:
            opened.extend(open_file(cast.wahyuni)[0] for _ in range(15))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 30
    assert found(cast.wahyuni, NAME) == set(opened)


def test_rows_of_before_are_brought_into_slots(committed_db: None, cast: Cast) -> None:
    """As the migration does it: equal tokens for equal words before, none after, all found."""
    opened = [open_file(cast.wahyuni) for _ in range(9)]
    maker = TokenMaker(SEMARANG)
    with psycopg.connect(owner_url()) as owner:
        owner.execute("truncate people_token, people_tokenbook")
        owner.execute("alter table people_token disable trigger user")
        for case_id, person_id in opened:
            for wanted in maker.wanted(person_id, Identity(full_name=NAME), Contact()):
                if wanted.parts:
                    owner.execute(
                        "insert into people_token (token, agency_id, subject, subject_kind, ref, "
                        "name, parts, spelling) values (%s, %s, %s, 'p', %s, %s, %s, %s)",
                        [wanted.word, SEMARANG, person_id, case_id, *wanted[1:]],
                    )
        owner.execute("set constraints all immediate")
        owner.execute("alter table people_token enable trigger user")
    assert found(cast.wahyuni, NAME) == set()
    owner_alias = connections["owner"]
    with transaction.atomic(using="owner"), owner_alias.schema_editor() as editor:
        import_module("rangkul.people.migrations.0003_slots").bring_in(None, editor)
    assert found(cast.wahyuni, NAME) == {case_id for case_id, _ in opened}
    with acting(cast.wahyuni):
        stored = list(Token.objects.values_list("token", flat=True))
        assert len(set(stored)) == len(stored) == 20 * len(opened)
        changed = operations.make_findable(case_id=opened[0][0], by=cast.wahyuni, at=NOW)
        assert not changed
