"""What the public types as a place: by the beginning, by another name, by a slip of the finger."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rangkul.reference import gazetteer
from rangkul.reference.models import Area, AreaTerm


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    gazetteer.forget()
    yield
    gazetteer.forget()


def found(text: str, limit: int = 8) -> list[str]:
    return [hit.full_name for hit in gazetteer.find_places(text, limit=limit).hits]


@pytest.mark.django_db
def test_whole_names_come_first_then_wider_areas() -> None:
    assert found("semarang")[:2] == [
        "Kabupaten Semarang, Jawa Tengah",
        "Kota Semarang, Jawa Tengah",
    ]
    assert found("jogja")[0] == "DI Yogyakarta"
    assert found("kota semarang")[0] == "Kota Semarang, Jawa Tengah"


@pytest.mark.django_db
def test_kinds_and_wider_places_narrow() -> None:
    assert found("kec. menteng, jakarta") == [
        "Menteng, Kota Administrasi Jakarta Pusat, DKI Jakarta"
    ]
    assert all(hit.endswith("Jawa Barat") for hit in found("kabupaten b, jawa barat"))


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("smarang", "Kota Semarang, Jawa Tengah"),
        ("palangkraya", "Kota Palangka Raya, Kalimantan Tengah"),
        ("banyuwngi", "Kabupaten Banyuwangi, Jawa Timur"),
        # A district of Jakarta is called so; whoever writes it may mean the city.
        ("makasar", "Kota Makassar, Sulawesi Selatan"),
        ("jokjakarta", "DI Yogyakarta"),
    ],
)
@pytest.mark.django_db
def test_a_slip_is_forgiven_and_said_to_be_a_guess(slip: str, meant: str) -> None:
    places = gazetteer.find_places(slip)
    assert places.are_guesses
    assert meant in [hit.full_name for hit in places.hits]


@pytest.mark.parametrize("nothing", ["", "  ", "zzqqxx", "!!", "a" * 500])
@pytest.mark.django_db
def test_what_is_like_nothing_finds_nothing(nothing: str) -> None:
    assert gazetteer.find_places(nothing).hits == ()


@pytest.mark.django_db
def test_it_is_as_good_as_the_database(django_assert_num_queries: Callable) -> None:
    """The names in memory answer like the query they stand for."""
    from rangkul.reference import queries

    gazetteer.find_places("x")
    for text in ("bandung", "kota b", "sumba", "kec. kuta", "papua", "ntt"):
        asked = queries.search_areas(text, kinds=("province", "regency", "district"), limit=8)
        with django_assert_num_queries(0):
            assert [hit.code for hit in gazetteer.find_places(text, limit=8).hits] == [
                hit.code for hit in asked
            ], text


def test_a_village_is_asked_of_the_database(committed_db: None) -> None:
    village = Area.objects.using("owner").create(
        code="33.74.01.9999", name="Uji Sentosa", full_name="Uji Sentosa, Semarang Tengah",
        kind="village", parent_id="33.74.01", timezone="Asia/Jakarta",
    )  # fmt: skip
    AreaTerm.objects.using("owner").create(area=village, key="ujisentosa", rank=0)
    assert found("uji sent") == ["Uji Sentosa, Semarang Tengah"]
    known = gazetteer.get_place(village.code)
    assert known is not None
    assert known.name == "Uji Sentosa"
    assert gazetteer.get_place("33.74") is not None
    assert gazetteer.get_place("99.99") is None
    assert gazetteer.get_place("33.74.01.0000") is None
