"""A fate that is said on the road ends the stay at the holder's own shelter; one search goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.domain.repatriation.scene import (
    KUPANG,
    SEMARANG,
    TRANSIT_DESK,
    Road,
    make_road,
    officer,
)
from tests.domain.shelter.scene import CRITERIA, Shelter, _member, build
from tests.people import NOW, SERVICE_DESK, Cast

from rangkul.clocks.models import Clock
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs import way_home
from rangkul.network.models import Desk
from rangkul.referrals.models import Request
from rangkul.repatriation import events, operations
from rangkul.repatriation.models import Hold, Leg
from rangkul.shelter import operations as shelters
from rangkul.shelter.models import Admission, Bed, Stay
from rangkul.shelter.operations import GroupMember, HouseDetails, Person
from rangkul.trail.models import Act


@pytest.fixture
def shelter(db: None, cast: Cast) -> Shelter:
    """A house of four women's beds in Kupang."""
    return build(cast, rooms=[("P", "adult", 4, 0), ("P", "family", 2, 1)])


@pytest.fixture
def road(shelter: Shelter, cast: Cast) -> Iterator[Road]:
    """Three women whom Semarang brought to that house: held by Kupang, each in a bed."""
    road = make_road(cast)
    leg = road.leg(service="hunian")
    road.ask(leg)
    _place_all(shelter, leg)
    road.sign(road.minutes(leg, road.organiser), officer(9393))
    yield road


def _place_all(shelter: Shelter, leg: Leg) -> None:
    with acting(shelter.officer):
        asked = {r.id: "none" for r in Request.objects.filter(service="hunian", state="sent")}
        checked = shelters.check_conflicts(found=asked, by=shelter.officer, at=NOW)
        found = shelters.suggest_group(house=shelter.house, admissions=checked)
        shelters.place_group(
            house_id=shelter.house.id, criteria=["korban_tppo"], by=shelter.officer, at=NOW,
            arrives_at=leg.arrives_at,
            members=[
                GroupMember(a.id, (Person("P", "adult", found[a.id][0].bed_id),)) for a in checked
            ],
        )  # fmt: skip


def _held(by: Actor) -> Hold:
    with acting(by):
        found = Hold.objects.filter(until__isnull=True, agency_id=KUPANG).order_by("id")
        return found.select_related("traveller")[0]


def _stay_of(shelter: Shelter, hold: Hold) -> Stay:
    with acting(shelter.officer):
        assert hold.traveller is not None
        found = Stay.objects.filter(admission__request_id=hold.traveller.asked_request)
        return found.select_related("admission").order_by("ordinal")[0]


def _say(road: Road, hold: Hold, fate: str, by: Actor) -> None:
    with acting(by):
        operations.set_fate(hold_id=hold.id, fate=fate, by=by, at=NOW)
    _deliver(hold)


def _deliver(hold: Hold) -> None:
    for _again in range(2):
        way_home.take_up_fate(Event(events.MISSING, "hold", str(hold.id), KUPANG))
        way_home.end_stay(Event(events.FATE_SAID, "hold", str(hold.id), KUPANG))


def _open(shelter: Shelter, **which: Any) -> set[tuple[str, str]]:
    with acting(shelter.officer):
        rows = Clock.objects.filter(state__in=("running", "missed"), **which)
        return set(rows.values_list("subject_kind", "procedure"))


@pytest.mark.parametrize("said_by", ["holder", "organiser"])
@pytest.mark.parametrize(
    ("fate", "ending"), [("left", "own_wish"), ("missing", "missing"), ("died", "died")]
)
def test_who_is_lost_on_the_road_keeps_no_bed(
    shelter: Shelter, road: Road, fate: str, ending: str, said_by: str
) -> None:
    hold = _held(road.transit)
    stay = _stay_of(shelter, hold)
    with acting(shelter.officer):
        shelters.arrive(
            admission_id=stay.admission_id, expected_version=stay.admission.version,
            by=shelter.officer, at=NOW,
        )  # fmt: skip
        before = Desk.objects.get(id=TRANSIT_DESK).free_places or 0
    _say(road, hold, fate, road.transit if said_by == "holder" else road.organiser)
    ended = _stay_of(shelter, hold)
    assert (ended.state, ended.ending, ended.admission.state) == ("ended", ending, "over")
    with acting(shelter.officer):
        assert Desk.objects.get(id=TRANSIT_DESK).free_places == before + 1
        assert Stay.objects.filter(ended_at__isnull=True).count() == 2
        told = Act.objects.filter(name="shelter.stay_ended", subject_id=str(stay.admission_id))
        assert [(act.agency_id, act.reason) for act in told] == [(KUPANG, ending)]
    # Nothing of the stay runs on, and who is missing is searched for once: by the hold's clock.
    assert _open(shelter, subject_id=str(stay.admission_id), subject_kind="admission") == set()
    searches = _open(shelter, procedure="search_after_loss")
    assert searches == ({("hold", "search_after_loss")} if fate == "missing" else set())


def test_somebody_still_expected_frees_the_bed_too(shelter: Shelter, road: Road) -> None:
    hold = _held(road.transit)
    assert _stay_of(shelter, hold).state == "expected"
    _say(road, hold, "left", road.transit)
    assert _stay_of(shelter, hold).ending == "own_wish"


def test_the_stay_s_own_search_goes_over_to_the_hold(shelter: Shelter, road: Road) -> None:
    hold = _held(road.transit)
    stay = _stay_of(shelter, hold)
    with acting(shelter.officer):
        shelters.lose(
            admission_id=stay.admission_id, stay_ids=[stay.id], how="missing",
            expected_version=stay.admission.version, by=shelter.officer, at=NOW,
        )  # fmt: skip
    assert _open(shelter, procedure="search_after_loss") == {("admission", "search_after_loss")}
    way_home.follow_shelter(Event("shelter.stay_lost", "admission", str(stay.admission_id), KUPANG))
    _deliver(hold)
    assert _open(shelter, procedure="search_after_loss") == {("hold", "search_after_loss")}
    assert not _stay_of(shelter, hold).admission.searching


def test_who_is_found_before_the_shelter_heard_is_not_lost_again(
    shelter: Shelter, road: Road
) -> None:
    hold = _held(road.transit)
    with acting(road.transit):
        for fate in ("missing", "found"):
            operations.set_fate(hold_id=hold.id, fate=fate, by=road.transit, at=NOW)
    _deliver(hold)
    assert _stay_of(shelter, hold).state == "expected"
    assert {road.person(p).state for p in road.people} == {"waiting"}


def test_a_child_who_came_along_keeps_the_bed(shelter: Shelter, cast: Cast) -> None:
    road = make_road(cast, ("Nara",))
    leg = road.leg(service="hunian")
    road.ask(leg)
    with acting(shelter.officer):
        request = Request.objects.get(service="hunian", state="sent")
    admission = shelter.asked(request)
    shelter.place(
        admission,
        people=[
            Person("P", "adult", shelter.beds["2A"]), Person("P", "child", shelter.beds["2B"]),
        ],
    )  # fmt: skip
    road.sign(road.minutes(leg, road.organiser), officer(9393))
    hold = _held(road.transit)
    _say(road, hold, "died", road.transit)
    with acting(shelter.officer):
        stays = Stay.objects.filter(admission_id=admission.id).order_by("ordinal")
        assert [stay.ending for stay in stays] == ["died", ""]
        assert Admission.objects.get(id=admission.id).state == "placed"


def test_an_agency_without_a_house_has_nothing_to_end(cast: Cast, shelter: Shelter) -> None:
    road = make_road(cast, ("Nara",))
    with acting(road.organiser):
        hold = Hold.objects.get(until__isnull=True)
        operations.set_fate(hold_id=hold.id, fate="left", by=road.organiser, at=NOW)
    way_home.end_stay(Event(events.FATE_SAID, "hold", str(hold.id), SEMARANG))
    with acting(shelter.officer):
        assert not Stay.objects.exists()


def _own_house(cast: Cast) -> tuple[Actor, Any]:
    """A house of Semarang's own with two beds, and who keeps it."""
    desk = SERVICE_DESK[SEMARANG]
    by = _member(9071, "mira", "petugas_hunian", SEMARANG, desk)
    with acting(by):
        details = HouseDetails(desk, "Rumah Uji Semarang", "rumah_aman", 7, CRITERIA)
        house = shelters.make_house(details=details, by=by, at=NOW)
        shelters.add_room(house_id=house.id, sex="P", group="adult", beds=2, cots=0, by=by, at=NOW)
    return by, house


def _asked_in_house(road: Road, desk: int) -> Admission:
    with acting(road.organiser):
        return shelters.ask_in_house(
            case_id=road.person(road.people[0]).case_id, desk_id=desk, criteria=["kdrt"],
            children=0, by=road.organiser, at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("first", ["road", "stay"])
def test_a_stay_in_the_organiser_s_own_house_goes_by_the_case(
    db: None, cast: Cast, first: str
) -> None:
    road = make_road(cast, ("Nara",))
    keeper, house = _own_house(cast)
    asked = _asked_in_house(road, house.desk_id)
    with acting(keeper):
        checked = shelters.check_conflict(admission_id=asked.id, conflict="none", by=keeper, at=NOW)
        bed = Bed.objects.filter(room__house=house).order_by("id")[0]
        placed = shelters.place(
            admission_id=checked.id, house_id=house.id, people=[Person("P", "adult", bed.id)],
            expected_version=checked.version, willing=True, criteria=["kdrt"], by=keeper, at=NOW,
        )  # fmt: skip
    with acting(road.organiser):
        hold = Hold.objects.get(until__isnull=True)
    if first == "road":
        with acting(road.organiser):
            operations.set_fate(hold_id=hold.id, fate="missing", by=road.organiser, at=NOW)
    else:
        with acting(keeper):
            stay = placed.stays.get()
            shelters.lose(
                admission_id=placed.id, stay_ids=[stay.id], how="missing",
                expected_version=placed.version, by=keeper, at=NOW,
            )  # fmt: skip
        way_home.follow_shelter(Event("shelter.stay_lost", "admission", str(placed.id), SEMARANG))
    for _again in range(2):
        way_home.end_stay(Event(events.FATE_SAID, "hold", str(hold.id), SEMARANG))
    assert road.person(road.people[0]).state == "missing"
    with acting(keeper):
        assert Stay.objects.get(admission_id=placed.id).ending == "missing"
        running = Clock.objects.filter(procedure="search_after_loss", state="running")
        assert "admission" not in set(running.values_list("subject_kind", flat=True))
