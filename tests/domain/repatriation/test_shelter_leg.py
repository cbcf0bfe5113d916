"""A leg that ends in a shelter: its own admission answers, and nobody learns a name before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from tests.domain.repatriation.scene import KUPANG, TRANSIT_DESK, Road, make_road, officer
from tests.domain.shelter.scene import ADDRESS, Shelter, build
from tests.people import NOW, Cast

from rangkul.foundation import outgoing
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs import way_home
from rangkul.network.models import Desk
from rangkul.referrals.models import Request
from rangkul.repatriation import operations, queries
from rangkul.repatriation.models import Leg
from rangkul.repatriation.operations import Asking, Decision, receiving
from rangkul.repatriation.policy import ShelterDecides
from rangkul.repatriation.queries import LegWords
from rangkul.shelter import operations as shelters
from rangkul.shelter.models import Stay
from rangkul.shelter.operations import GroupMember, Person


@pytest.fixture
def shelter(db: None, cast: Cast) -> Shelter:
    """A house of four women's beds in Kupang."""
    return build(cast, rooms=[("P", "adult", 4, 0)])


@pytest.fixture
def road(shelter: Shelter, cast: Cast) -> Iterator[Road]:
    """Three women whom Semarang brings to that house."""
    yield make_road(cast)


@pytest.fixture
def leg(road: Road) -> Leg:
    """Asked for, with the ground that fits by itself."""
    made = road.leg(service="hunian")
    road.ask(made)
    return made


def _requests(shelter: Shelter) -> list[Request]:
    with acting(shelter.officer):
        return list(Request.objects.filter(service="hunian", state="sent").order_by("id"))


def _refuses(road: Road, leg: Leg) -> None:
    first = road.travellers(leg)[0].id
    for by in (road.transit, officer(9393)):
        with acting(by), pytest.raises(ShelterDecides):
            operations.answer_leg(
                leg_id=leg.id, decisions={first: Decision("accept")}, by=by, at=NOW
            )
        with acting(by), pytest.raises(ShelterDecides):
            operations.read_leg(leg_id=leg.id, by=by, at=NOW)
        with acting(by):
            assert queries.labels_for(by, leg, queries.list_travellers(leg)) == {}
    assert {t.state for t in road.travellers(leg)} == {"asked"}


def test_the_leg_tells_a_shelter_no_name_and_takes_no_answer(road: Road, leg: Leg) -> None:
    _refuses(road, leg)
    with acting(road.organiser):
        known = queries.labels_for(road.organiser, leg, queries.list_travellers(leg))
    assert {label.called for label in known.values()} == {"Nara", "Sari", "Wati"}


def test_without_the_rule_the_refusal_is_gone(
    road: Road, leg: Leg, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: the test above is not blind, and a second net holds below it."""

    def never(_leg: Any) -> bool:
        return False

    monkeypatch.setattr(receiving, "by_admission", never)
    first = road.travellers(leg)[0].id
    with acting(road.transit):
        assert len(operations.read_leg(leg_id=leg.id, by=road.transit, at=NOW)) == 3
    # The yes is stopped once more, by the house's own trigger.
    with acting(road.transit), pytest.raises(DatabaseError, match="by its own admission"):
        operations.answer_leg(
            leg_id=leg.id, decisions={first: Decision("accept")}, by=road.transit, at=NOW
        )


def _beds_for_all(shelter: Shelter, leg: Leg) -> None:
    asked = {r.id: "none" for r in _requests(shelter)}
    assert len(asked) == 3
    with acting(shelter.officer):
        checked = shelters.check_conflicts(found=asked, by=shelter.officer, at=NOW)
        found = shelters.suggest_group(house=shelter.house, admissions=checked)
        shelters.place_group(
            house_id=shelter.house.id, criteria=["korban_tppo"], by=shelter.officer, at=NOW,
            arrives_at=leg.arrives_at, words="Dijemput di pintu barat",
            members=[
                GroupMember(a.id, (Person("P", "adult", found[a.id][0].bed_id),)) for a in checked
            ],
        )  # fmt: skip


def test_who_is_taken_off_the_leg_keeps_no_bed(shelter: Shelter, road: Road, leg: Leg) -> None:
    _beds_for_all(shelter, leg)
    with acting(shelter.officer):
        assert Desk.objects.get(id=TRANSIT_DESK).free_places == 1
    with acting(road.organiser):
        operations.leave_leg(
            leg_id=leg.id, returnee_ids=road.people[:1], reason="own_wish", by=road.organiser,
            at=NOW,
        )  # fmt: skip
    with acting(shelter.officer):
        assert sorted(Stay.objects.values_list("ending", flat=True)) == ["", "", "taken_back"]
        assert Desk.objects.get(id=TRANSIT_DESK).free_places == 2


def test_a_bed_is_the_answer_and_then_they_are_known(
    shelter: Shelter, road: Road, leg: Leg
) -> None:
    _beds_for_all(shelter, leg)
    assert {t.state for t in road.travellers(leg)} == {"accepted"}
    by = officer(9393)
    with acting(by):
        known = queries.labels_for(by, leg, queries.list_travellers(leg))
    assert {label.called for label in known.values()} == {"Nara", "Sari", "Wati"}
    road.sign(road.minutes(leg, road.organiser), by)
    assert set(road.seen_holders().values()) == {KUPANG}


@pytest.mark.parametrize(
    ("how", "state"), [("own_wish", "left"), ("missing", "missing"), ("died", "died")]
)
def test_who_is_lost_in_the_shelter_is_lost_on_the_road(
    shelter: Shelter, road: Road, leg: Leg, how: str, state: str
) -> None:
    _beds_for_all(shelter, leg)
    road.sign(road.minutes(leg, road.organiser), officer(9393))
    with acting(shelter.officer):
        stay = Stay.objects.select_related("admission").order_by("id")[0]
        if stay.state == "expected":
            shelters.arrive(
                admission_id=stay.admission_id, stay_ids=[stay.id],
                expected_version=stay.admission.version, by=shelter.officer, at=NOW,
            )  # fmt: skip
            stay.admission.refresh_from_db()
        shelters.lose(
            admission_id=stay.admission_id, stay_ids=[stay.id], how=how,
            expected_version=stay.admission.version, by=shelter.officer, at=NOW,
        )  # fmt: skip
    event = Event("shelter.stay_lost", "admission", str(stay.admission_id), KUPANG)
    for _again in range(2):
        way_home.follow_shelter(event)
    assert sorted(road.person(p).state for p in road.people) == sorted(["waiting"] * 2 + [state])


@pytest.mark.parametrize(
    ("service", "first"),
    [
        ("hunian", "uu21_2007_51"), ("pemulangan", "pp9_2008_17"), ("layanan_asal", "pp9_2008_19"),
    ],
)  # fmt: skip
def test_each_service_of_the_road_has_its_article(service: str, first: str) -> None:
    assert operations.articles_of(service)[0] == first


def test_an_article_of_another_service_is_refused_and_none_chosen_fits(
    shelter: Shelter, road: Road
) -> None:
    from rangkul.consent.models import Basis
    from rangkul.repatriation.policy import SomeRefused

    leg = road.leg(service="hunian", desk=TRANSIT_DESK)
    with pytest.raises((SomeRefused, InvalidInput)):
        road.ask(leg, article="pp9_2008_17")
    road.ask(leg, article="")
    with acting(road.organiser):
        assert set(Basis.objects.values_list("article", flat=True)) == {"uu21_2007_51"}
    assert Asking("", "").article == ""


@pytest.mark.parametrize("field", ["place", "luggage"])
def test_the_minutes_never_tell_where_the_house_is(
    road: Road, shelter: Shelter, field: str
) -> None:
    """Both ends read them: whoever keeps the house writes where one met instead."""
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    told = {"place": "Dermaga", "luggage": "satu tas"} | {field: f"di {ADDRESS}"}
    with acting(road.transit), pytest.raises(InvalidInput) as fault:
        items = [operations.Item(t.id, True, "well", told["luggage"]) for t in road.travellers(leg)]
        operations.write_minutes(
            leg_id=leg.id, token=uuid4(), by=road.transit, at=NOW,
            minutes=operations.Minutes(told["place"], NOW, items),
        )  # fmt: skip
    assert fault.value.errors == {field: "tells_place"}


def test_nor_does_any_other_word_of_the_road(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a keeper that knows one street. What is planned and what is asked go by it."""
    keeper = "tells_place"
    monkeypatch.setattr(outgoing, "_KEEPERS", [lambda words, by: keeper * ("Kenanga" in words)])
    for field in ("meeting_point", "drop_point"):
        words = LegWords(**({"meeting_point": "Dermaga", "drop_point": ""} | {field: "Kenanga 3"}))
        with pytest.raises(InvalidInput) as fault:
            road.leg(words=words)
        assert fault.value.errors == {field: "tells_place"}
    with acting(road.organiser), pytest.raises(InvalidInput) as fault:
        operations.ask_clearance(
            returnee_ids=road.people, agency_id=KUPANG, by=road.organiser, at=NOW,
            words="LP 3, Kenanga",
        )  # fmt: skip
    assert fault.value.errors == {"words": "tells_place"}
