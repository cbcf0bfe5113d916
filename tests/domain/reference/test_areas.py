"""Areas in the database: all there, found as people type them, written by the owner alone."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction

from rangkul.foundation.errors import NotReachable
from rangkul.reference import queries
from rangkul.reference.models import Area, LoadedRelease

pytestmark = pytest.mark.django_db


def names(text: str, **options: object) -> list[str]:
    return [hit.full_name for hit in queries.search_areas(text, **options)]


@pytest.mark.parametrize(
    ("kind", "count"), [("province", 38), ("regency", 514), ("district", 7285)]
)
def test_every_area_of_the_nation_is_here(kind: str, count: int) -> None:
    assert len(queries.list_areas(kind=kind)) == count


def test_an_area_knows_its_place() -> None:
    area = queries.get_area("62.71.01")
    assert area.full_name == "Pahandut, Kota Palangka Raya, Kalimantan Tengah"
    assert (area.parent_id, area.timezone, area.is_city) == ("62.71", "Asia/Jakarta", None)
    assert queries.get_area("62.71").is_city is True
    assert queries.get_area("62.02").is_city is False
    assert str(queries.zone_for("53.02")) == "Asia/Makassar"


def test_an_unknown_area_is_not_reachable() -> None:
    with pytest.raises(NotReachable):
        queries.get_area("00.00")


def test_areas_within_an_area() -> None:
    cities = queries.list_areas(kind="regency", within="31")
    assert len(cities) == 6
    assert len(queries.list_areas(kind="district", within="31")) == 44


@pytest.mark.parametrize(
    "typed", ["palangka", "Palangkaraya", "kota palangka raya", "PALANGKA R", "palangka-raya"]
)
def test_one_city_by_all_its_spellings(typed: str) -> None:
    assert names(typed)[0] == "Kota Palangka Raya, Kalimantan Tengah"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("ujung pandang", "Kota Makassar, Sulawesi Selatan"),
        ("NTT", "Nusa Tenggara Timur"),
        ("kalteng", "Kalimantan Tengah"),
        ("sampit", "Kabupaten Kotawaringin Timur, Kalimantan Tengah"),
        ("irian jaya", "Papua"),
        ("jakarta", "DKI Jakarta"),
        ("kab kotawaringin", "Kabupaten Kotawaringin Barat, Kalimantan Tengah"),
        ("kec. menteng, jakarta", "Menteng, Kota Administrasi Jakarta Pusat, DKI Jakarta"),
        ("tolitoli", "Kabupaten Tolitoli, Sulawesi Tengah"),
    ],
)
def test_the_best_answer_comes_first(typed: str, first: str) -> None:
    assert names(typed)[0] == first


def test_the_alias_that_was_met_is_shown() -> None:
    hit = queries.search_areas("ujung pandang")[0]
    assert (hit.code, hit.alias) == ("73.71", "Ujung Pandang")
    assert queries.search_areas("makassar")[0].alias == ""


def test_answers_stay_within_kind_and_place() -> None:
    assert {hit.kind for hit in queries.search_areas("kota", kinds={"district"})} == {"district"}
    inside = queries.search_areas("kupang", within="53")
    assert inside
    assert all(hit.code == "53" or hit.code.startswith("53.") for hit in inside)
    assert names("kec menteng", kinds={"regency"}) == []


def test_no_area_twice_and_no_more_than_asked() -> None:
    hits = queries.search_areas("ba", limit=5)
    assert len(hits) == len({hit.code for hit in hits}) == 5


@pytest.mark.parametrize("typed", ["", "  ", ",", "...", "zzzz", "%", "_"])
def test_nothing_meant_gives_nothing(typed: str) -> None:
    assert names(typed) == []


@pytest.mark.parametrize("typed", ["kupang", "a"])
def test_a_search_is_one_query(
    typed: str, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(1):
        queries.search_areas(typed)


def test_an_exact_name_that_two_areas_bear_is_not_guessed() -> None:
    found = queries.find_area("Kotawaringin Timur", kind="regency")
    assert found is not None
    assert found.code == "62.02"
    assert queries.find_area("Kupang", kind="regency") is None
    assert queries.find_area("Kota Kupang", kind="regency", within="53") is not None


def test_the_app_cannot_write_an_area() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Area.objects.filter(code="62").update(name="Tengah")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        LoadedRelease.objects.create(part="x", digest="x")
