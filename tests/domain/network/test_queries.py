"""The directory and the suggestions: literal query counts, rings, thousands of desks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from tests.people import NOW, SEMARANG, SERVICE_DESK, Cast

from rangkul.foundation.scope import acting
from rangkul.network import queries
from rangkul.network.models import Agency, Desk, DeskService
from rangkul.network.operations import (
    DeskDetails,
    Offer,
    create_agency,
    create_desk,
    create_shifts,
)
from rangkul.network.queries import SurvivorFacts
from rangkul.network.reasons import ReasonCode

WOMAN = SurvivorFacts(age_years=27, is_child=False, sex="P", area_code="33.74")


def make(number: int, area: str, *, service: str = "medis", serves: tuple[str, ...] = ()) -> Desk:
    agency = create_agency(
        using="owner", code=f"buatan-{number}", name=f"Klinik Buatan {number}",
        short_name=f"Klinik {number}", kind="rumah_sakit", level="kab_kota", area=area,
    )  # fmt: skip
    return create_desk(
        using="owner", agency=agency, code=f"buatan-{number}.meja",
        details=DeskDetails(name="Meja", languages=("ind",), serves=serves),
        offers=[Offer(service)], always_open=True,
    )  # fmt: skip


def suggest(cast: Cast, **given: object) -> queries.Suggestions:
    wanted: dict = {"service": "medis", "at": NOW, "survivor": WOMAN, "near_area": "33.74.01"}
    return queries.suggest_desks(cast.ratih, **(wanted | given))


@pytest.mark.parametrize("count", [1, 3])
def test_suggestions_cost_the_same_however_many(
    committed_db: None, cast: Cast, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        make(number, "33.74")
    with acting(cast.ratih), django_assert_num_queries(7):
        found = suggest(cast)
    assert len(found.ranked) == count


def test_a_desk_with_cover_costs_one_query_more(
    committed_db: None, cast: Cast, django_assert_num_queries
) -> None:
    DeskService.objects.using("owner").create(
        agency_id=SEMARANG, desk_id=SERVICE_DESK[SEMARANG], service="medis"
    )
    create_shifts(
        using="owner", desk_id=SERVICE_DESK[SEMARANG], agency_id=SEMARANG,
        turns=[(cast.laras.membership_id, NOW, NOW + timedelta(hours=8))],
    )  # fmt: skip
    with acting(cast.ratih), django_assert_num_queries(8):
        found = suggest(cast)
    assert ReasonCode.ON_DUTY in {r.code for r in found.ranked[0].reasons_for}


def test_rings_from_the_regency_outwards_and_who_serves_the_place_from_afar(
    committed_db: None, cast: Cast
) -> None:
    far = make(1, "73.71")
    province = make(2, "33.22", serves=("33",))
    regency = make(3, "33.74")
    national = make(4, "31.71", serves=("ID",))
    with acting(cast.ratih):
        found = suggest(cast)
        without = suggest(cast, without_agencies=[regency.agency_id])
    assert [s.desk_id for s in found.ranked] == [regency.id, province.id, national.id, far.id]
    assert regency.id not in {s.desk_id for s in without.ranked}
    last = {r.code for r in found.ranked[-1].reasons_against}
    assert {ReasonCode.SERVES_ELSEWHERE, ReasonCode.OTHER_PROVINCE, ReasonCode.UNCONFIRMED} <= last


def test_a_desk_out_of_service_or_ended_is_not_suggested(committed_db: None, cast: Cast) -> None:
    desk = make(1, "33.74")
    with acting(cast.ratih):
        assert suggest(cast).ranked
    Desk.objects.using("owner").filter(id=desk.id).update(active=False)
    with acting(cast.ratih):
        assert not suggest(cast).ranked
    Desk.objects.using("owner").filter(id=desk.id).update(active=True)
    Agency.objects.using("owner").filter(id=desk.agency_id).update(valid_until="2026-01-01")
    with acting(cast.ratih):
        assert not suggest(cast).ranked


def test_a_shelters_distance_is_never_told(committed_db: None, cast: Cast) -> None:
    make(1, "33.74", service="hunian")
    with acting(cast.ratih):
        found = suggest(cast, service="hunian", near_point=(-7.0, 110.4))
    assert found.ranked[0].distance_km is None


def test_six_thousand_desks_cost_no_more_queries_than_eight(committed_db: None, cast: Cast) -> None:
    """How long it takes is measured by ``make bench`` (desk suggestions)."""
    for index in range(8):
        make(index + 1, "33.74")
    with acting(cast.ratih), CaptureQueriesContext(connection) as few:
        assert len(suggest(cast).ranked) == 8
    _six_thousand()
    with acting(cast.ratih), CaptureQueriesContext(connection) as many:
        found = suggest(cast)
    assert len(found.ranked) == 8
    assert len(many) == len(few) > 0
    # Whatever the country holds, the page reads a handful of candidates of it.
    assert len(found.ranked) + len(found.hidden) < 100


def _six_thousand() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            insert into network_agency (code, name, short_name, kind, level, area_id, version)
            select 'banyak-' || n, 'Puskesmas ' || n, 'Puskesmas ' || n, 'puskesmas', 'kecamatan',
              a.code, 1
            from (select code, row_number() over (order by code) as place,
              count(*) over () as all_areas from reference_area where kind = 'district') a
            join generate_series(1, 6000) n on a.place = (n * 7) %% a.all_areas + 1;
            insert into network_desk (agency_id, code, name, always_open, hours, languages, serves,
              accessible, phone, takes_reports, active, version)
            select id, code || '.meja', 'Meja', false,
              '{"1": [["08:00", "14:00"]], "2": [["08:00", "14:00"]]}', '{ind}', '{}', true, '',
              true, true, 1
            from network_agency where code like 'banyak-%%';
            insert into network_deskservice (agency_id, desk_id, service, sex, age_min, age_max,
              residents_only, active)
            select agency_id, id, 'medis', '', 0, 200, false, true
            from network_desk where code like 'banyak-%%';
            analyze network_agency; analyze network_desk; analyze network_deskservice
            """.replace("%%", "%")
        )


# -- the directory ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_directory_costs_two_queries_however_many(
    committed_db: None, cast: Cast, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        make(number, "33.74")
    with django_assert_num_queries(2):
        page = queries.search_directory(at=NOW, words="klinik")
    assert len(page.rows) == count
    assert page.rows[0].services == ("medis",)


def test_walking_the_directory_meets_everyone_once(committed_db: None, cast: Cast) -> None:
    for number in range(7):
        make(number, "33.74")
    met: list[int] = []
    after = ""
    while True:
        page = queries.search_directory(at=NOW, words="klin", after=after, limit=3)
        met += [row.id for row in page.rows]
        after = page.after
        if not after:
            break
    assert len(met) == len(set(met)) == 7


def test_words_begin_words_and_names_that_begin_so_come_first(
    committed_db: None, cast: Cast
) -> None:
    make(1, "33.74")
    Agency.objects.using("owner").filter(code="buatan-1").update(
        name="Balai Klinik", short_name="Balai Klinik"
    )
    make(2, "33.74")
    found = queries.search_directory(at=NOW, words="klinik").rows
    assert [row.short_name for row in found] == ["Klinik 2", "Balai Klinik"]
    assert not queries.search_directory(at=NOW, words="linik").rows
    assert not queries.search_directory(at=NOW, words="klinik (").rows


def test_filters_narrow_by_kind_service_and_area(committed_db: None, cast: Cast) -> None:
    here, there = make(1, "33.74"), make(2, "73.71", service="polisi")

    def ids(**given: str) -> set[int]:
        page = queries.search_directory(at=NOW, words="klinik", **given)
        return {row.id for row in page.rows}

    assert ids(area="33") == {here.agency_id}
    assert ids(area="3") == set()
    assert ids(service="polisi") == {there.agency_id}
    assert ids(kind="rumah_sakit") == {here.agency_id, there.agency_id}
    assert ids(kind="polres") == set()


@pytest.mark.parametrize("count", [1, 3])
def test_cover_costs_two_queries_however_many_desks(
    committed_db: None, cast: Cast, count: int, django_assert_num_queries
) -> None:
    desks = [SERVICE_DESK[SEMARANG], *(make(n, "33.74").id for n in range(count - 1))]
    create_shifts(
        using="owner", desk_id=desks[0], agency_id=SEMARANG,
        turns=[(cast.laras.membership_id, NOW, NOW + timedelta(hours=8))],
    )  # fmt: skip
    with django_assert_num_queries(2):
        found = queries.cover_of(desks, NOW)
    assert set(found) == set(desks)
    assert found[desks[0]].is_covered
    assert sum(cover.is_covered for cover in found.values()) == 1
