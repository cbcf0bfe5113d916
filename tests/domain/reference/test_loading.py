"""Loading a release as the owner: once, whole or not at all, and nothing former is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from rangkul.reference import operations, queries, release
from rangkul.reference.models import Area, AreaTerm, Code, LoadedRelease

pytestmark = pytest.mark.usefixtures("committed_db", "cold")


@pytest.fixture
def cold() -> Iterator[None]:
    queries.forget_codes()
    yield
    queries.forget_codes()


def test_a_second_load_has_nothing_to_do() -> None:
    assert operations.load_reference(using="owner") == {}


def test_a_new_release_mends_names_and_keeps_former_areas() -> None:
    areas = Area.objects.using("owner")
    areas.filter(code="62.71").update(name="Salah", is_city=False)
    areas.create(
        code="62.99", name="Kabupaten Lama", full_name="Kabupaten Lama, Kalimantan Tengah",
        kind="regency", parent_id="62", timezone="Asia/Jakarta", is_city=False,
    )  # fmt: skip
    AreaTerm.objects.using("owner").create(area_id="62.99", key="lamasekali", rank=0)
    LoadedRelease.objects.using("owner").filter(part="areas").update(digest="older")

    assert operations.load_reference(using="owner") == {"areas": 38 + 514 + 7285}

    mended = queries.get_area("62.71")
    assert (mended.name, mended.is_city) == ("Kota Palangka Raya", True)
    former = queries.get_area("62.99")
    assert not former.is_current
    assert queries.search_areas("lamasekali") == []


def test_a_load_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    LoadedRelease.objects.using("owner").all().delete()

    def broken() -> None:
        raise release.ReferenceDataInvalid("procedures.csv")

    monkeypatch.setattr(release, "read_procedures", broken)
    with pytest.raises(release.ReferenceDataInvalid):
        operations.load_reference(using="owner")
    assert not LoadedRelease.objects.using("owner").exists()


def test_a_former_value_keeps_its_label_and_is_not_offered() -> None:
    Code.objects.using("owner").create(
        list_id="agama", code="lama", label_id="Nama lama", label_en="Old name", position=99,
        mark="local", source="uji",
    )  # fmt: skip
    LoadedRelease.objects.using("owner").filter(part="codes").update(digest="older")
    operations.load_reference(using="owner")
    assert queries.label("agama", "lama", "en") == "Old name"
    assert not queries.is_code("agama", "lama")
    assert "lama" not in {value.code for value in queries.codes("agama")}


def test_an_empty_table_is_said_and_not_remembered() -> None:
    Code.objects.using("owner").all().delete()
    with pytest.raises(queries.ReferenceNotLoaded):
        queries.codes("agama")
    LoadedRelease.objects.using("owner").all().delete()
    operations.load_reference(using="owner")
    assert queries.codes("agama")


def test_a_value_holds_between_its_days() -> None:
    Code.objects.using("owner").filter(list_id="agama", code="lainnya").update(
        valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30)
    )

    def offered(day: date) -> bool:
        return "lainnya" in {value.code for value in queries.codes("agama", on=day)}

    assert not offered(date(2025, 12, 31))
    assert offered(date(2026, 1, 1))
    assert offered(date(2026, 6, 30))
    assert not offered(date(2026, 7, 1))
