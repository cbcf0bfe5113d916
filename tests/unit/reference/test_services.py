"""The one list of services stands in every other list, and nothing there is left unexplained."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rangkul.reference.services import (
    ATENSI,
    FUNCTIONS,
    NOT_REFERRED,
    NRM_PILLARS,
    SERVICES,
    SIMFONI,
    Service,
    ServiceCode,
    get_service,
    services_for,
)

RK04_NEEDS = [
    "n_aman",
    "n_sehat",
    "n_jiwa",
    "n_sosial",
    "n_dasar",
    "n_anak",
    "n_hukum",
    "n_lapor",
    "n_lindung",
    "n_dokumen",
    "n_pulang",
    "n_kerja",
    "n_utang",
    "n_rohani",
    "n_bahasa",
]
RK04_WISHES = [
    "kesehatan",
    "psikologi",
    "psikososial",
    "hunian",
    "hukum",
    "polisi",
    "lpsk",
    "dokumen",
    "pulang",
    "pelatihan",
    "bantuan",
    "sekolah",
    "rohani",
]
"""The items and values of rk04 as the design lists them."""


def test_fifteen_services_in_the_order_of_the_table() -> None:
    assert list(SERVICES) == list(ServiceCode)
    assert len(SERVICES) == 15
    assert get_service("medis").code is ServiceCode.MEDIS
    with pytest.raises(ValueError, match="bukan_layanan"):
        get_service("bukan_layanan")


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.code)
def test_every_service_has_a_seat_in_every_list(service: Service) -> None:
    assert str(service.simfoni) in {entry.code for entry in SIMFONI}
    assert service.atensi in {entry.code for entry in ATENSI}
    assert service.function in {entry.code for entry in FUNCTIONS}
    assert service.nrm_pillar in {entry.code for entry in NRM_PILLARS}
    assert service.recommended_by
    assert service.label_id
    assert service.label_en
    assert service.icon


def test_every_other_list_is_reached_or_says_why_not() -> None:
    named = {
        *(f"simfoni:{service.simfoni}" for service in SERVICES.values()),
        *(f"atensi:{service.atensi}" for service in SERVICES.values()),
        *(f"function:{service.function}" for service in SERVICES.values()),
        *(f"nrm:{service.nrm_pillar}" for service in SERVICES.values()),
        *(code for service in SERVICES.values() for code in service.recommended_by),
    }
    wanted = {
        *(f"simfoni:{entry.code}" for entry in SIMFONI),
        *(f"atensi:{entry.code}" for entry in ATENSI),
        *(f"function:{entry.code}" for entry in FUNCTIONS),
        *(f"nrm:{entry.code}" for entry in NRM_PILLARS),
        *(f"rk04:{name}" for name in RK04_NEEDS),
        *(f"rk04:mau={code}" for code in RK04_WISHES),
    }
    assert wanted - named == set(NOT_REFERRED)
    assert {code for code in named if code.startswith("rk04")} <= wanted
    assert all(NOT_REFERRED.values())


def test_recommendations_find_their_services() -> None:
    assert [s.code for s in services_for("rk04:n_sehat")] == ["medis"]
    assert [s.code for s in services_for("rk04:mau=pulang")] == ["pemulangan", "layanan_asal"]
    assert services_for("rk04:n_dokumen") == ()


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.code)
def test_clocks_run_in_order_and_say_what_they_are(service: Service) -> None:
    clocks = (service.accept_by, service.first_contact_by, service.outcome_by)
    assert timedelta(0) < clocks[0].within <= clocks[1].within <= clocks[2].within
    assert all(clock.mark == "local" or clock.source.startswith("UU") for clock in clocks)


def test_legal_aid_answers_in_three_working_days() -> None:
    answer = SERVICES[ServiceCode.BANTUAN_HUKUM].accept_by
    assert (answer.within, answer.working_days, answer.mark) == (timedelta(days=3), True, "law")
