"""The released lists, procedures and areas: complete, consistent, and refused when they are not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.reference import areas_build, names, release
from rangkul.reference.ages import age_group
from rangkul.reference.calendar import Kind, Meaning, Unit
from rangkul.reference.realm import Realm, UnknownRelationship, realm_of

LISTS = sorted(release.read_lists())


# -- code lists -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_bilingual_and_its_parents_exist(name: str) -> None:
    row = release.read_lists()[name]
    values = release.read_codes(name)
    parents = {value.code for value in release.read_codes(row.parent_list or name)}
    assert len(values) >= 2
    assert len({value.code for value in values}) == len(values)
    assert {value.parent_code for value in values} - {""} <= parents
    for value in values:
        assert value.label_id.strip() == value.label_id != ""
        assert value.label_en.strip() == value.label_en != ""
        assert value.source
        assert value.mark in release.MARKS


def test_every_file_is_listed_and_every_listed_file_is_there() -> None:
    folder = Path(release.__file__).parent / "data" / "codes"
    held = {path.stem for path in folder.glob("*.csv")}
    held_elsewhere = {"layanan", "layanan_simfoni", "atensi", "enam_fungsi", "pilar_nrm"}
    assert held == set(LISTS) - held_elsewhere


@pytest.mark.parametrize(
    ("name", "column", "target"),
    [
        ("pendidikan", "htcds", "htcds.prs_HighestLevelOfEducation"),
        ("status_perkawinan", "htcds", "htcds.prs_MaritalStatus"),
        ("jenis_kelamin", "htcds", "htcds.prs_Gender"),
        ("hubungan_rinci", "htcds", "htcds.vic_RelationshipToTrafficker"),
        ("tempat_kejadian", "htcds_sector", "htcds.vic_ForcedLabourIndustry"),
        ("tppo_proses", "htcds", "htcds.hte_Type"),
        ("tppo_cara", "htcds", "htcds.vic_MethodsOfControl"),
        ("tppo_bentuk", "htcds", "htcds.vic_TypeOfExploitation"),
        ("tppo_penetapan", "htcds", "htcds.vic_TraffickingStatus"),
        ("penetap_tppo", "htcds", "htcds.vic_TraffickingStatusDecisionMakingOrg"),
        ("jenis_lembaga", "htcds", "htcds.org_Type"),
        ("hubungan_rinci", "realm", "ranah"),
        ("layanan", "simfoni", "layanan_simfoni"),
        ("layanan", "atensi", "atensi"),
        ("layanan", "function", "enam_fungsi"),
        ("layanan", "nrm", "pilar_nrm"),
    ],
)
def test_a_mapping_names_codes_that_exist(name: str, column: str, target: str) -> None:
    known = {value.code for value in release.read_codes(target)}
    used = {v.mappings[column] for v in release.read_codes(name) if column in v.mappings}
    assert used
    assert used <= known


def test_the_law_names_nine_kinds_of_sexual_violence() -> None:
    assert len(release.read_codes("kekerasan_seksual")) == 9


def test_the_recruitment_papers_are_the_eight_of_the_law() -> None:
    assert len(release.read_codes("dokumen_pmi")) == 8


def test_only_consent_duty_vital_interest_and_public_task_are_offered() -> None:
    offered = {
        v.mappings["letter"]
        for v in release.read_codes("dasar_hukum")
        if v.mappings["offered"] == "ya"
    }
    assert offered == {"a", "c", "d", "e"}


# -- realm and age ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relationship", "realm"),
    [
        ("ayah_tiri", Realm.PERSONAL),
        ("mantan_pacar", Realm.PERSONAL),
        ("suami", Realm.PERSONAL),
        ("mertua", Realm.PERSONAL),
        ("majikan", Realm.KOMUNITAS),
        ("guru", Realm.KOMUNITAS),
        ("teman", Realm.KOMUNITAS),
        ("orang_tidak_dikenal", Realm.KOMUNITAS),
        ("polisi_bertugas", Realm.NEGARA),
        ("belum_diketahui", Realm.BELUM_JELAS),
        # The coarse list, for rows from elsewhere.
        ("orang_tua", Realm.PERSONAL),
        ("suami_istri", Realm.PERSONAL),
        ("rekan_kerja", Realm.KOMUNITAS),
        ("pacar_teman", Realm.BELUM_JELAS),
        ("lainnya", Realm.BELUM_JELAS),
    ],
)
def test_the_realm_follows_from_the_relationship(relationship: str, realm: Realm) -> None:
    assert realm_of(relationship) == realm


def test_every_relationship_has_a_realm() -> None:
    for name in ("hubungan_rinci", "hubungan_pelaku"):
        for value in release.read_codes(name):
            assert realm_of(value.code) in set(Realm)


def test_an_unknown_relationship_is_refused() -> None:
    with pytest.raises(UnknownRelationship):
        realm_of("rumah_tangga")


@given(st.integers(0, 130))
def test_each_age_is_in_the_group_whose_bounds_hold_it(years: int) -> None:
    group = next(v for v in release.read_codes("kelompok_usia") if v.code == age_group(years))
    assert int(group.mappings["min_years"]) <= years
    assert years <= int(group.mappings.get("max_years", "999"))


def test_a_child_is_never_in_an_adult_group() -> None:
    assert age_group(17) == "13_17"
    assert age_group(18) == "18_24"
    with pytest.raises(ValueError, match="negative"):
        age_group(-1)


# -- procedures -------------------------------------------------------------------------------


def test_procedures_are_whole() -> None:
    rows = release.read_procedures()
    assert len({(row.code, row.version) for row in rows}) == len(rows)
    for row in rows:
        assert row.kind in Kind.values
        assert row.unit in Unit.values
        assert row.meaning in Meaning.values
        assert row.amount > 0
        assert row.kind != Kind.WORKING_DAYS or row.unit == Unit.DAYS
        assert row.mark in release.MARKS
        assert row.source_id
        assert row.source_en
        assert row.title_id != row.title_en
        assert bool(row.note_id) == bool(row.note_en)
        # The trail's column for what an act was done to.
        assert len(row.code) <= 40


def test_no_indonesian_word_stands_in_an_english_source() -> None:
    words = {"nilai", "bawaan", "daerah", "ps", "ayat", "dan", "sumber"}
    said = {row.code: set(row.source_en.lower().replace(",", " ").split()) for row in
            release.read_procedures()}  # fmt: skip
    assert {code: found for code, held in said.items() if (found := held & words)} == {}


@pytest.mark.parametrize(
    ("code", "kind", "amount", "unit", "mark"),
    [
        ("first_response_high", "at_once", 15, "minutes", "local"),
        ("first_response_medium", "elapsed", 6, "hours", "local"),
        ("first_response_low", "elapsed", 24, "hours", "unverified"),
        ("report_follow_up", "working_days", 3, "days", "local"),
        ("police_report_tppo", "elapsed", 24, "hours", "law"),
        ("police_report_tpks", "elapsed", 72, "hours", "law"),
        ("police_protection_tpks_lasts", "elapsed", 14, "days", "law"),
        ("police_protection_kdrt_lasts", "elapsed", 7, "days", "law"),
        ("protection_order_kdrt_lasts", "elapsed", 12, "months", "law"),
        ("first_rehabilitation_aid", "elapsed", 7, "days", "law"),
        ("breach_notice", "elapsed", 72, "hours", "law"),
        ("centre_evaluation", "elapsed", 6, "months", "law"),
    ],
)
def test_the_clocks_are_those_of_their_source(
    code: str, kind: str, amount: int, unit: str, mark: str
) -> None:
    row = next(row for row in release.read_procedures() if row.code == code)
    assert (row.kind, row.amount, row.unit, row.mark) == (kind, amount, unit, mark)


def test_an_investigators_delay_never_runs_against_the_holder() -> None:
    row = next(row for row in release.read_procedures() if row.code == "investigator_clearance")
    assert row.runs_against == "investigator"


@pytest.mark.parametrize("kind", list(release.AREA_LEVELS))
def test_the_released_areas_are_all_there(kind: str) -> None:
    assert len(release.read_areas(kind)) == areas_build.EXPECTED[release.AREA_LEVELS[kind]]


def test_the_fingerprint_depends_on_the_files_and_not_on_the_run() -> None:
    kinds = ("province", "regency")
    assert release.area_digest(kinds) == release.area_digest(kinds)
    assert release.area_digest(kinds) != release.area_digest(kinds[:1])


# -- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Palangka Raya", "palangkaraya", "PALANGKA-RAYA", " Palangka  raya"]
)
def test_spellings_of_one_name_share_a_key(text: str) -> None:
    assert names.squeeze(text) == "palangkaraya"


def test_apostrophes_of_every_kind_are_one() -> None:
    assert names.squeeze("Ra'as") == names.squeeze("Ra’as") == names.squeeze('Ra"as') == "raas"


def test_an_area_is_found_by_each_of_its_words() -> None:
    found = {term.key: term.rank for term in names.terms("Kabupaten Hulu Sungai Utara", ["HSU"])}
    assert found == {
        "kabupatenhulusungaiutara": 0,
        "hulusungaiutara": 0,
        "hsu": 1,
        "sungaiutara": 2,
        "utara": 2,
    }


def test_a_query_is_understood() -> None:
    asked = names.parse("Kec. Menteng, Jakarta Pusat,")
    assert (asked.key, asked.kind, asked.within) == ("menteng", "district", ("Jakarta Pusat",))
    assert names.parse("desa").key == "desa"
    assert names.parse(" , ").key == ""


# -- the build of the areas -------------------------------------------------------------------


@pytest.fixture
def levels() -> Iterator[dict[str, list[areas_build.Row]]]:
    yield {
        "provinces": [("62", "Kalimantan Tengah", "")],
        "regencies": [("62.71", "Kota Palangka Raya", "")],
        "districts": [("62.71.01", "Pahandut", "")],
        "villages": [("62.71.01.1001", "Pahandut", ""), ("62.71.01.1002", "Panarung", "")],
    }


EXPECTED = {"provinces": 1, "regencies": 1, "districts": 1, "villages": 2}


def test_the_expected_set_passes_and_none_with_less(
    levels: dict[str, list[areas_build.Row]],
) -> None:
    areas_build.check(levels, EXPECTED)
    for level, rows in levels.items():
        found = f"{level}: {len(rows)} expected, {len(rows) - 1} found"
        with pytest.raises(areas_build.AreaDataInvalid, match=found):
            areas_build.check(levels | {level: rows[1:]}, EXPECTED)


def test_a_missing_area_stops_the_build(levels: dict[str, list[areas_build.Row]]) -> None:
    levels["villages"].pop()
    with pytest.raises(areas_build.AreaDataInvalid, match="villages: 2 expected, 1 found"):
        areas_build.check(levels, EXPECTED)


def test_an_orphan_stops_the_build(levels: dict[str, list[areas_build.Row]]) -> None:
    levels["districts"] = [("62.72.01", "Pahandut", "")]
    with pytest.raises(areas_build.AreaDataInvalid, match=r"no parent for 62\.72\.01"):
        areas_build.check(levels, EXPECTED)


def test_a_doubled_code_stops_the_build(levels: dict[str, list[areas_build.Row]]) -> None:
    levels["villages"][1] = levels["villages"][0]
    with pytest.raises(areas_build.AreaDataInvalid, match="stands twice"):
        areas_build.check(levels, EXPECTED)


def test_a_province_without_an_hour_stops_the_build(
    levels: dict[str, list[areas_build.Row]],
) -> None:
    levels["provinces"] = [("99", "Entah", "")]
    with pytest.raises(LookupError, match="99"):
        areas_build.check(levels, EXPECTED)


def test_the_build_writes_the_same_bytes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "provinces.csv").write_text("code,name\n62,Kalimantan Tengah\n", encoding="utf-8")
    (source / "regencies.csv").write_text(
        "code,province_code,name\n62.71,62,Kota Palangkaraya\n", encoding="utf-8"
    )
    (source / "districts.csv").write_text(
        'code,regency_code,name\n62.71.01,62.71,"Pa""handut"\n', encoding="utf-8"
    )
    (source / "villages.csv").write_text("code,district_code,name\n", encoding="utf-8")
    monkeypatch.setitem(areas_build.EXPECTED, "provinces", 1)
    monkeypatch.setitem(areas_build.EXPECTED, "regencies", 1)
    monkeypatch.setitem(areas_build.EXPECTED, "districts", 1)
    monkeypatch.setitem(areas_build.EXPECTED, "villages", 0)
    monkeypatch.setattr(
        areas_build, "read_corrections", lambda: {"62.71": ("Kota Palangka Raya", "Palangkaraya")}
    )
    first, second = tmp_path / "first", tmp_path / "second"
    areas_build.build_areas(source, first)
    areas_build.build_areas(source, second)
    for level in areas_build.EXPECTED:
        name = f"{level}.csv.gz"
        assert (first / name).read_bytes() == (second / name).read_bytes()
        # The time stamp of the gzip header (RFC 1952) is empty.
        assert (first / name).read_bytes()[4:8] == bytes(4)
    regencies = gzip.decompress((first / "regencies.csv.gz").read_bytes()).decode()
    assert regencies == "code,name,aliases\n62.71,Kota Palangka Raya,Palangkaraya\n"
    assert "Pa’handut" in gzip.decompress((first / "districts.csv.gz").read_bytes()).decode()


def test_a_wrong_call_says_how() -> None:
    assert areas_build.main([]) == 2
