"""Code lists: in their order, in both languages, read from the database once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from rangkul.reference import queries, release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    queries.forget_codes()
    yield
    queries.forget_codes()


@pytest.mark.parametrize("name", sorted(release.read_lists()))
def test_a_list_is_loaded_in_its_order(name: str) -> None:
    assert [v.code for v in queries.codes(name)] == [v.code for v in release.read_codes(name)]


def test_labels_speak_both_languages() -> None:
    assert queries.label("jenis_kekerasan", "penelantaran", "id") == "Penelantaran"
    assert queries.label("jenis_kekerasan", "penelantaran", "en") == "Neglect"
    with translation.override("en"):
        assert queries.label("jenis_kekerasan", "penelantaran") == "Neglect"
    with translation.override("id"):
        assert ("fisik", "Kekerasan fisik") in queries.choices("jenis_kekerasan")


def test_the_first_read_is_one_query_and_the_next_none(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        queries.codes("agama")
    with django_assert_num_queries(0):
        queries.codes("bahasa")
        queries.label("tppo_cara", "penipuan", "id")
        assert queries.is_code("tppo_cara", "penipuan")


def test_what_no_list_holds_is_refused() -> None:
    with pytest.raises(queries.UnknownCode):
        queries.codes("tidak_ada")
    with pytest.raises(queries.UnknownCode):
        queries.label("agama", "tidak_ada")
    assert not queries.is_code("agama", "tidak_ada")
