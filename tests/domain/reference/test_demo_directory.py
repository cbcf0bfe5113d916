"""The demonstration's directory and staff agree with the reference data and give nothing away."""

from __future__ import annotations

from importlib.resources import files

import pytest

from rangkul.access.roles import check_roles
from rangkul.commands.demo_data.entries import AgencyEntry, StaffEntry, read_agencies, read_staff
from rangkul.reference import release

AGENCIES = read_agencies()
BY_CODE = {agency.code: agency for agency in AGENCIES}
STAFF = read_staff()
EMERGENCY = {"110", "112", "119", "129"}
MPU = {"31", "32", "33", "34", "35", "36", "18", "51", "52", "53"}


def known(name: str) -> set[str]:
    return {value.code for value in release.read_codes(name)}


def areas() -> set[str]:
    kinds = ("province", "regency", "district")
    return {row.code for kind in kinds for row in release.read_areas(kind)}


def test_every_entry_uses_codes_that_exist() -> None:
    places, kinds, services, languages = (
        areas(),
        known("jenis_lembaga"),
        known("layanan"),
        known("bahasa"),
    )
    levels = {
        v.code: set(v.mappings["levels"].split("+")) for v in release.read_codes("jenis_lembaga")
    }
    for agency in AGENCIES:
        assert agency.kind in kinds
        assert agency.level in levels[agency.kind], agency.code
        assert agency.area in places, agency.code
        assert set(agency.serves) <= places | {"ID"}, agency.code
        for desk in agency.desks:
            assert set(desk.services) <= services
            assert set(desk.languages) <= languages
            assert desk.sex is None or desk.sex in known("jenis_kelamin")


def test_codes_are_unique_and_parents_come_first() -> None:
    assert len(BY_CODE) == len(AGENCIES)
    desks = [desk.code for agency in AGENCIES for desk in agency.desks]
    assert len(set(desks)) == len(desks)
    seen: set[str] = set()
    for agency in AGENCIES:
        assert agency.parent is None or agency.parent in seen, agency.code
        seen.add(agency.code)


def test_nothing_is_confirmed_and_no_number_is_real_but_emergency_numbers() -> None:
    for agency in AGENCIES:
        assert agency.confirmed is False
        for desk in agency.desks:
            # 0840 is nobody's: what an invented agency tells reaches no living person.
            numbers = {n for n in (desk.phone, desk.whatsapp) if n} - EMERGENCY
            assert all(number.startswith("0840 ") for number in numbers)
            assert (desk.latitude is None) == (desk.longitude is None)
            if not agency.invented:
                assert not numbers
                assert not (desk.address or desk.website or desk.latitude)
                assert desk.confirmed_days_ago is None
    assert {d.phone for a in AGENCIES if not a.invented for d in a.desks if d.phone} == EMERGENCY


def test_no_shelter_has_a_place_on_the_map() -> None:
    shelters = [d for a in AGENCIES for d in a.desks if "hunian" in d.services]
    assert len(shelters) > 5
    assert all(desk.latitude is None and not desk.address for desk in shelters)


def test_forty_four_health_centres_are_derived_and_not_typed() -> None:
    derived = [a for a in AGENCIES if a.code.startswith("pkm-dki-")]
    assert len(derived) == 44
    assert BY_CODE["pkm-dki-31-71-06"].name == "Puskesmas Kecamatan Menteng"
    raw = files("rangkul.commands.demo_data").joinpath("directory.json").read_text("utf-8")
    assert "Kecamatan Menteng" not in raw


def test_the_agreements_ten_provinces_each_have_a_social_office_and_a_migrant_office() -> None:
    for kind in ("dinas_sosial", "bp3mi"):
        served = {
            code for a in AGENCIES if a.kind == kind and a.level == "provinsi" for code in a.serves
        }
        assert served >= MPU


def test_seventeen_referral_hospitals_serve_the_capital() -> None:
    hospitals = [a for a in AGENCIES if a.kind == "rumah_sakit" and a.area.startswith("31.")]
    assert len(hospitals) == 17


@pytest.mark.parametrize("service", sorted(known("layanan")))
@pytest.mark.parametrize("province", ["53", "62"])
def test_each_service_can_be_asked_for_on_both_journeys(service: str, province: str) -> None:
    offering = [
        agency.code
        for agency in AGENCIES
        if "ID" in agency.serves
        or any(code.partition(".")[0] == province for code in agency.serves)
        for desk in agency.desks
        if service in desk.services
    ]
    assert offering or (province, service) in {("53", "sekolah")}


def test_men_find_shelter_too() -> None:
    assert any(d.sex is None for d in BY_CODE["rps-dki"].desks if "hunian" in d.services)


@pytest.mark.parametrize("person", STAFF, ids=lambda person: person.username)
def test_a_person_works_at_a_desk_of_her_agency_in_roles_that_go_together(
    person: StaffEntry,
) -> None:
    agency: AgencyEntry = BY_CODE[person.agency]
    assert person.desk is None or person.desk in {desk.code for desk in agency.desks}
    check_roles(person.roles)
    assert person.sex in known("jenis_kelamin")
    assert person.part_id
    assert person.part_en


def test_each_journey_has_everyone_it_needs() -> None:
    needed = {
        "a": {
            "petugas_pengaduan", "pendamping", "penyelia", "petugas_hunian", "petugas_kesehatan",
            "petugas_polisi", "petugas_layanan", "koordinator_provinsi", "koordinator_nasional",
            "admin_lembaga", "auditor",
        },
        "b": {
            "pelapor_terdaftar", "petugas_pengaduan", "pendamping", "penyelia", "psikolog",
            "petugas_kesehatan", "petugas_polisi", "petugas_hunian", "petugas_hukum",
            "koordinator_provinsi", "koordinator_nasional", "admin_lembaga", "auditor",
        },
    }  # fmt: skip
    for journey, roles in needed.items():
        held = {role for person in STAFF if journey in person.journeys for role in person.roles}
        assert held >= roles
    assert len({person.username for person in STAFF}) == len(STAFF)
