"""Which desks the public is shown, in which order, and that a shelter never has a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rangkul.network.finding import (
    STALE_AFTER,
    Moment,
    PublicDesk,
    PublicOffer,
    Who,
    Wish,
    counts,
    find,
    middles,
    stand,
    without_place,
)

# A Monday, 09:00 in Jakarta.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
OFFICE = {str(day): [["08:00", "16:00"]] for day in range(1, 6)}
SEMARANG, UNGARAN, KUPANG = "33.74", "33.22", "53.71"
SHELTER_WORDS = "A shelter is shown to the public as a contact and never as a place."


def offer(service: str = "medis", **changes: Any) -> PublicOffer:
    return replace(PublicOffer(service, "", 0, 200, residents_only=False), **changes)


def desk(number: int = 1, **changes: Any) -> PublicDesk:
    plain = PublicDesk(
        id=number, name=f"Meja {number}", agency_name="Lembaga Uji", area_code=SEMARANG,
        area_name="Kota Semarang", serves=(SEMARANG,), offers=(offer(),), is_shelter=False,
        always_open=False, hours=OFFICE, hours_note="", languages=("ind",), accessible=False,
        access_notes="", address="", latitude=None, longitude=None, phone="0240000", whatsapp="",
        website="", confirmed_at=MONDAY, first_day=None, last_day=None,
        zone=ZoneInfo("Asia/Jakarta"),
    )  # fmt: skip
    return replace(plain, **changes)


def shelter(number: int = 1, **changes: Any) -> PublicDesk:
    given = {"is_shelter": True, "offers": (offer("hunian"),), **changes}
    return without_place(desk(number, **given))


def ids(*desks: PublicDesk, wish: Wish, at: datetime = MONDAY) -> list[int]:
    return [found.desk.id for found in find(desks, wish, at)]


def test_the_place_itself_comes_before_the_province_and_that_before_the_nation() -> None:
    province = desk(2, area_code="33", serves=("33",))
    nation = desk(3, area_code="31", serves=("ID",))
    assert ids(nation, province, desk(1), wish=Wish(SEMARANG)) == [1, 2, 3]


def test_a_desk_of_another_province_that_does_not_serve_here_is_not_named() -> None:
    assert ids(desk(1, area_code=KUPANG, serves=(KUPANG,)), wish=Wish(SEMARANG)) == []


def test_a_desk_near_by_that_serves_other_places_stands_behind_those_that_serve_here() -> None:
    next_door = desk(1, area_code=UNGARAN, serves=(UNGARAN,))
    nation = desk(2, area_code="31", serves=("ID",))
    assert ids(next_door, nation, wish=Wish(SEMARANG)) == [2, 1]


def test_a_short_way_beyond_the_border_counts_where_positions_are_known() -> None:
    across = desk(1, area_code="34.04", serves=("34.04",), latitude=-7.7, longitude=110.3)
    near = Wish("33.08", point=(-7.5, 110.2))
    assert ids(across, wish=near) == [1]
    assert ids(across, wish=replace(near, point=(-6.9, 110.2))) == []
    assert ids(across, wish=Wish("33.08")) == []


def test_kilometres_are_told_only_beyond_the_regency_that_was_named() -> None:
    here = desk(1, latitude=-7.0, longitude=110.4)
    there = desk(2, area_code=UNGARAN, serves=("33",), latitude=-7.13, longitude=110.4)
    found = {f.desk.id: f.km for f in find([here, there], Wish(SEMARANG, (-7.0, 110.4)), MONDAY)}
    assert found[1] is None
    assert found[2] == pytest.approx(14.5, abs=0.2)


def test_without_a_place_the_desks_of_the_nation_are_named() -> None:
    assert ids(desk(1), desk(2, serves=("ID",)), wish=Wish()) == [2]


def test_of_two_as_near_the_open_one_comes_first_and_the_confirmed_one_before_the_stale() -> None:
    closed, stale = desk(1, hours={}), desk(2, confirmed_at=None)
    assert ids(closed, stale, desk(3), wish=Wish(SEMARANG)) == [3, 2, 1]


@pytest.mark.parametrize(
    ("who", "shown"),
    [(Who.ANYONE, [1, 2, 3]), (Who.WOMAN, [1]), (Who.MAN, [2]), (Who.CHILD, [3]),
     (Who.DISABILITY, [1, 2, 3])],
)  # fmt: skip
def test_whom_a_desk_serves(who: Who, shown: list[int]) -> None:
    desks = (
        desk(1, offers=(offer(sex="P", age_min=18),)),
        desk(2, offers=(offer(sex="L", age_min=18),)),
        desk(3, offers=(offer(age_max=17),)),
    )
    assert ids(*desks, wish=Wish(SEMARANG, who=who)) == shown


def test_need_and_person_must_be_met_by_one_and_the_same_service() -> None:
    mixed = desk(1, offers=(offer("medis", sex="P"), offer("polisi")))
    wish = Wish(SEMARANG, services=frozenset({"medis"}), who=Who.MAN)
    assert ids(mixed, wish=wish) == []
    assert ids(mixed, wish=replace(wish, who=Who.WOMAN)) == [1]


def test_for_a_disability_those_who_say_something_of_it_come_first() -> None:
    ramp, signs = desk(2, access_notes="Ada ramp"), desk(3, languages=("ind", "inl"))
    assert ids(desk(1), ramp, signs, wish=Wish(SEMARANG, who=Who.DISABILITY)) == [2, 3, 1]


def test_open_now_language_and_wheelchair_leave_the_others_out() -> None:
    night = desk(2, always_open=True, languages=("ind", "jav"), accessible=True)
    midnight = MONDAY + timedelta(hours=15)
    wish = Wish(SEMARANG)
    assert ids(desk(1), night, wish=replace(wish, open_now=True), at=midnight) == [2]
    assert ids(desk(1), night, wish=replace(wish, language="jav")) == [2]
    assert ids(desk(1), night, wish=replace(wish, wheelchair=True)) == [2]


def test_open_is_judged_by_the_clock_at_the_desk() -> None:
    east = desk(1, area_code=KUPANG, serves=("ID",), zone=ZoneInfo("Asia/Makassar"))
    early = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # 07:30 in Jakarta, 08:30 in Kupang
    assert [f.opening.is_open for f in find([east, desk(2, serves=("ID",))], Wish(), early)] == [
        True, False,
    ]  # fmt: skip


def test_an_agency_that_has_ended_or_not_begun_is_not_named() -> None:
    ended = desk(1, last_day=MONDAY.date() - timedelta(days=1))
    coming = desk(2, first_day=MONDAY.date() + timedelta(days=1))
    last = desk(3, last_day=MONDAY.date())
    assert ids(ended, coming, last, wish=Wish(SEMARANG)) == [3]


def test_an_entry_is_stale_after_half_a_year() -> None:
    fresh = desk(1, confirmed_at=MONDAY - STALE_AFTER)
    assert not fresh.is_stale(MONDAY)
    assert fresh.is_stale(MONDAY + timedelta(seconds=1))
    assert desk(1, confirmed_at=None).is_stale(MONDAY)


# -- shelters ---------------------------------------------------------------------------------


PLACED = {
    "address": "Jalan Uji 5", "latitude": -7.0123, "longitude": 110.4567,
    "website": "https://rumah.example/peta", "access_notes": "Lewat gang samping Jalan Uji",
    "hours_note": "Pintu di belakang pasar", "area_code": "33.74.01", "area_name": "Uji Barat",
    "serves": ("33.74.01",),
}  # fmt: skip


def _told_places(wished: PublicDesk) -> list[str]:
    """What of a desk would say where it stands, or narrower than a regency whom it serves."""
    told = [
        name
        for name in ("address", "latitude", "longitude", "website", "access_notes", "hours_note",
                     "area_code", "area_name")
        if getattr(wished, name) not in ("", None)
    ]  # fmt: skip
    return told + [code for code in wished.serves if code.count(".") > 1]


@pytest.mark.promise("public-shelter-no-place", chapter="web", sentence=SHELTER_WORDS)
def test_a_shelter_is_a_contact_and_never_a_place(figure: Callable[[str], None]) -> None:
    placed = shelter(1, **PLACED)
    assert _told_places(placed) == []
    found = stand(placed, Moment(MONDAY), wish=Wish("33.22", point=(-7.1, 110.4)))
    assert found.km is None
    assert placed.point is None
    assert placed.phone == "0240000"
    figure(f"0 of {len(PLACED)} fields that tell a place reach a page")


@pytest.mark.planted("public-shelter-no-place")
def test_planted_a_desk_that_forgot_to_say_that_it_is_a_shelter_would_be_found() -> None:
    assert sorted(_told_places(without_place(desk(1, **PLACED)))) == sorted(
        [*(name for name in PLACED if name != "serves"), "33.74.01"]
    )


def test_every_field_of_a_public_desk_was_thought_of() -> None:
    """A new field of a desk must be decided upon: does it tell a place?"""
    assert {each.name for each in fields(PublicDesk)} - set(PLACED) == {
        "id", "name", "agency_name", "offers", "is_shelter", "always_open", "hours", "languages",
        "accessible", "phone", "whatsapp", "confirmed_at", "first_day", "last_day", "zone",
        "calendar",
    }  # fmt: skip


def test_how_near_a_shelter_is_follows_from_what_it_serves_alone() -> None:
    """Two houses that serve the province stand alike, wherever each of them is."""
    one = shelter(1, area_code="33.74", serves=("33",))
    other = shelter(2, area_code="33.22", serves=("33",))
    near = {f.desk.id: f.nearness for f in find([one, other], Wish("33.22"), MONDAY)}
    assert near == {1: 2, 2: 2}
    assert [f.nearness for f in find([shelter(3, serves=("33.22",))], Wish("33.22"), MONDAY)] == [1]


def test_hours_of_a_shelter_for_several_zones_are_not_told_by_the_clock() -> None:
    assert not shelter(1, serves=("ID",)).tells_hours
    assert not shelter(1, serves=("33", "53")).tells_hours
    assert shelter(1, serves=("33", "34")).tells_hours
    assert shelter(1, serves=("ID",), always_open=True).tells_hours
    assert desk(1, serves=("ID",)).tells_hours


def test_a_shelter_is_counted_where_it_serves_and_moves_no_middle() -> None:
    house = shelter(1, area_code="33.74", serves=("34",))
    assert counts([house], MONDAY) == {"34": 1}
    assert middles([house]) == {}


def test_desks_of_the_nation_are_counted_in_no_province() -> None:
    assert counts([desk(1, serves=("ID",)), desk(2), desk(3)], MONDAY) == {"33": 2}


def test_the_middle_of_a_regency_is_where_its_desks_are() -> None:
    told = middles(
        [desk(1, latitude=-7.0, longitude=110.0), desk(2, latitude=-7.2, longitude=110.4),
         desk(3, area_code="33", latitude=0.0, longitude=0.0)]
    )  # fmt: skip
    assert told[SEMARANG] == pytest.approx((-7.1, 110.2))
    assert list(told) == [SEMARANG]
