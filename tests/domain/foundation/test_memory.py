"""What a scope learns it asks once, and forgets with the scope, a change or another person."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.people import NOW, Cast

from rangkul.custody import operations, queries
from rangkul.foundation import memory, vault
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.vault import DataClass, KeyDestroyed, Owner, Place


class Source:
    """Answers with how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


def test_outside_a_scope_nothing_is_kept() -> None:
    source = Source()
    assert [memory.once(("q",), source), memory.once(("q",), source)] == [1, 2]


def test_inside_it_is_asked_once_until_forgotten() -> None:
    source = Source()
    with memory.remembering():
        assert [memory.once(("q", 1), source), memory.once(("q", 1), source)] == [1, 1]
        memory.forget("other")
        assert memory.once(("q", 1), source) == 1
        memory.forget("q")
        assert memory.once(("q", 1), source) == 2
    assert memory.once(("q", 1), source) == 3


def test_an_inner_scope_knows_nothing_of_the_outer_and_gives_nothing_back() -> None:
    source = Source()
    with memory.remembering():
        memory.once(("q",), source)
        with memory.remembering():
            assert memory.once(("q",), source) == 2
        assert memory.once(("q",), source) == 1


def test_what_is_not_there_may_come() -> None:
    answers = iter([None, 7])
    with memory.remembering():
        assert memory.once(("q",), lambda: next(answers)) is None
        assert memory.once(("q",), lambda: next(answers)) == 7


def test_a_companion_relieved_in_this_very_act_reaches_the_case_no_more(
    db: None, cast: Cast
) -> None:
    with acting(cast.wahyuni):
        case_id = operations.open_case(subject=uuid4(), by=cast.wahyuni, at=NOW).id
        operations.assign(case_id=case_id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW)
        assert queries.get_access(cast.ratih, case_id).case_id == case_id
        operations.assign(case_id=case_id, user_id=cast.nining.user_id, by=cast.wahyuni, at=NOW)
        operations.unassign(case_id=case_id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW)
        with pytest.raises(NotReachable):
            queries.get_access(cast.ratih, case_id)


def test_a_key_destroyed_in_this_very_act_opens_nothing_more(db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        case = operations.open_case(subject=uuid4(), by=cast.ratih, at=NOW)
        key = vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)
        place = Place("cases_note", "body_sealed", 1)
        sealed = vault.seal(key, place, "kata")
        assert vault.open_text(sealed, place) == "kata"
        vault.destroy(case.subject)
        with pytest.raises(KeyDestroyed):
            vault.open_text(sealed, place)
