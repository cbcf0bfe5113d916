"""From hand to hand: who holds whom after each act, and what no act can do."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from tests.domain.repatriation.scene import (
    HOME_DESK,
    KUPANG,
    MAKASSAR,
    SEMARANG,
    STROKES,
    Road,
    make_road,
    officer,
)
from tests.people import NOW, Cast

from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals.models import Request
from rangkul.repatriation import board as boards
from rangkul.repatriation import operations
from rangkul.repatriation.models import Hold, Returnee, Traveller, Visit
from rangkul.repatriation.operations import Decision, Mark
from rangkul.repatriation.policy import SomeRefused
from rangkul.trail.models import Act


@pytest.fixture
def road(db: None, cast: Cast) -> Road:
    """Three women of Makassar, held by Semarang."""
    return make_road(cast)


def _only(road: Road) -> set[int]:
    return set(road.seen_holders().values())


def test_the_organiser_holds_from_the_first_moment(road: Road) -> None:
    assert road.seen_holders() == dict.fromkeys(road.people, SEMARANG)


def test_both_signatures_and_only_both_move_the_hold(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    assert _only(road) == {SEMARANG}
    minutes = road.minutes(leg, road.organiser)
    assert _only(road) == {SEMARANG}
    assert road.sign(minutes, road.transit) == 3
    assert _only(road) == {KUPANG}
    assert {t.state for t in road.travellers(leg)} == {"handed"}
    # Pressed again: nothing more happens.
    assert road.sign(minutes, road.transit) == 0


def test_nobody_can_be_handed_to_who_has_not_accepted(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    with pytest.raises(InvalidInput) as fault:
        road.minutes(leg, road.organiser)
    assert fault.value.errors == {"items": "unknown"}
    with acting(road.organiser), pytest.raises(InvalidInput) as fault:
        operations.write_minutes(
            leg_id=leg.id, token=uuid4(), by=road.organiser, at=NOW,
            minutes=operations.Minutes(
                "Dermaga", NOW, [operations.Item(road.travellers(leg)[0].id, True)]
            ),
        )  # fmt: skip
    assert fault.value.errors == {"present": "not_accepted"}


def test_one_is_refused_the_others_go_on(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    first, *rest = road.travellers(leg)
    road.answer(leg, road.transit, "decline", first.id)
    road.answer(leg, road.transit, "accept", *[t.id for t in rest])
    road.sign(road.minutes(leg, road.organiser), road.transit)
    assert sorted(road.seen_holders().values()) == sorted([SEMARANG, KUPANG, KUPANG])


def test_an_answer_for_a_group_is_one_act(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    one, two, three = [t.id for t in road.travellers(leg)]
    with acting(road.transit), pytest.raises(SomeRefused) as fault:
        operations.answer_leg(
            leg_id=leg.id, by=road.transit, at=NOW,
            decisions={
                one: Decision("accept"), two: Decision("decline"), three: Decision("accept"),
            },
        )  # fmt: skip
    assert fault.value.faults == {str(two): {"reason": "required"}}


def test_the_packet_s_answer_by_the_inbox_counts_too(road: Road) -> None:
    from rangkul.referrals import operations as referrals

    leg = road.leg(road.people[0])
    road.ask(leg)
    with acting(road.transit):
        request = Request.objects.get(receiver_desk_id=leg.receiver_desk_id, service="pemulangan")
        referrals.answer(
            request_id=request.id, decision="accept", expected_version=request.version,
            by=road.transit, at=NOW,
        )  # fmt: skip
    assert [t.state for t in road.travellers(leg)] == ["accepted"]


def test_a_silent_desk_is_left_for_another_one(road: Road) -> None:
    road.ready()
    leg = road.leg(desk=HOME_DESK, homeward=True)
    road.ask(leg)
    with acting(road.organiser):
        other = operations.choose_other_desk(leg_id=leg.id, desk_id=9302, by=road.organiser, at=NOW)
    assert {t.state for t in road.travellers(leg)} == {"withdrawn"}
    assert {t.state for t in road.travellers(other)} == {"planned"}
    road.ask(other)
    road.carry(other, road.organiser, officer(9394))
    assert _only(road) == {MAKASSAR}


def test_minutes_that_came_out_of_order_wait_and_then_both_count(road: Road) -> None:
    road.ready()
    first, second = road.leg(), road.leg(desk=HOME_DESK, homeward=True)
    for leg, by in ((first, road.transit), (second, road.home)):
        road.ask(leg)
        road.answer(leg, by)
    early = road.minutes(first, road.organiser)
    late = road.minutes(second, road.transit, signed_at=NOW)
    assert road.sign(late, road.home) == 0
    assert _only(road) == {SEMARANG}
    # The dock's telephone finds a line again: the earlier signature arrives last.
    road.sign(early, road.transit, signed_at=NOW - timedelta(hours=5))
    assert _only(road) == {MAKASSAR}
    with acting(road.organiser):
        chain = list(Hold.objects.filter(returnee_id=road.people[0]).order_by("position"))
    assert [h.agency_id for h in chain] == [SEMARANG, KUPANG, MAKASSAR]
    assert all(a.until == b.since for a, b in itertools.pairwise(chain))


def test_who_did_not_come_stays_with_the_giver(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    missing = road.travellers(leg)[0].id
    road.sign(road.minutes(leg, road.organiser, absent=(missing,)), road.transit)
    assert sorted(road.seen_holders().values()) == sorted([SEMARANG, KUPANG, KUPANG])


def test_the_same_minutes_sent_twice_count_once(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    token = uuid4()
    first = road.minutes(leg, road.organiser, token=token)
    again = road.minutes(leg, road.organiser, token=token)
    assert first.id == again.id


def test_a_leg_shows_its_ends_their_stretch_and_nothing_else(road: Road) -> None:
    road.ready()
    first, second = road.leg(), road.leg(desk=HOME_DESK, homeward=True)
    road.ask(first)
    road.ask(second)
    with acting(road.home):
        assert {t.leg_id for t in Traveller.objects.all()} == {second.id}
        assert not Returnee.objects.exists()
        assert not Hold.objects.exists()
    with acting(road.transit):
        assert {t.leg_id for t in Traveller.objects.all()} == {first.id, second.id}
        assert not Returnee.objects.exists()
    with acting(road.cast.yohana):
        from rangkul.repatriation import queries

        with pytest.raises(NotReachable):
            queries.get_leg_by_id(road.cast.yohana, second.id)


def test_a_child_does_not_go_to_an_unsafe_place_and_chooses_no_danger(road: Road) -> None:
    child = road.add("Bunga", born=2014)
    with acting(road.organiser):
        operations.judge_origin(
            returnee_ids=[child], result="unsafe", who="UPTD", words="", suspect_there=True,
            by=road.organiser, at=NOW,
        )  # fmt: skip
        with pytest.raises(SomeRefused):
            operations.record_choice(
                returnee_ids=[child], kind="origin", words="ingin pulang", safety_plan="ada",
                by=road.organiser, at=NOW,
            )  # fmt: skip
    leg = road.leg(child, desk=HOME_DESK, homeward=True)
    road.ask(leg)
    road.answer(leg, road.home)
    with pytest.raises(InvalidInput) as fault:
        road.minutes(leg, road.organiser)
    assert fault.value.errors == {"present": "held_back"}


def test_an_adult_is_not_held_by_a_missing_clearance(road: Road) -> None:
    adult = road.add("Ningsih", clearance="")
    road.ready(adult)
    with acting(road.organiser):
        operations.ask_clearance(
            returnee_ids=[adult], agency_id=SEMARANG, by=road.organiser, at=NOW
        )
    assert road.person(adult).obstacle == "clearance"
    leg = road.leg(adult, desk=HOME_DESK, homeward=True)
    assert road.travellers(leg)[0].hold_back == "clearance"
    with acting(road.organiser):
        operations.record_choice(
            returnee_ids=[adult], kind="clearance", words="Ia ingin pulang sekarang.",
            by=road.organiser, at=NOW,
        )  # fmt: skip
    assert road.person(adult).obstacle == ""
    assert road.travellers(leg)[0].hold_back == ""


def test_what_the_desk_at_home_found_is_known_at_once(road: Road) -> None:
    leg = road.leg(road.people[0], desk=HOME_DESK, homeward=True)
    road.ask(leg)
    with acting(road.home):
        operations.note_findings(
            leg_id=leg.id, traveller_ids=[road.travellers(leg)[0].id], match="confirmed",
            safety="safe", by=road.home, at=NOW,
        )  # fmt: skip
    person = road.person(road.people[0])
    assert (person.match, person.safety, person.obstacle) == ("confirmed", "safe", "")


def test_what_was_found_of_several_is_one_act_with_a_record_each(road: Road) -> None:
    leg = road.leg(desk=HOME_DESK, homeward=True)
    road.ask(leg)
    everybody = [t.id for t in road.travellers(leg)]
    with acting(road.home):
        with pytest.raises(NotReachable):
            operations.note_findings(
                leg_id=leg.id, traveller_ids=[*everybody, uuid4()], safety="safe", by=road.home,
                at=NOW,
            )  # fmt: skip
        assert operations.note_findings(
            leg_id=leg.id, traveller_ids=everybody, safety="unsafe", by=road.home, at=NOW
        ) == 3  # fmt: skip
        found = Act.objects.filter(name="leg.matched").values_list("subject_id", flat=True)
        assert sorted(found) == sorted(map(str, everybody))
    assert {road.person(p).safety for p in road.people} == {"unsafe"}


def _at_home(road: Road) -> list[Hold]:
    road.ready()
    leg = road.leg(desk=HOME_DESK, homeward=True)
    road.ask(leg)
    road.carry(leg, road.organiser, road.home)
    with acting(road.home):
        return list(Hold.objects.filter(until__isnull=True).order_by("id"))


def test_home_is_confirmed_visited_and_closed_by_the_sixth_month(road: Road) -> None:
    holds = _at_home(road)
    with acting(road.home):
        operations.confirm_arrival(hold_ids=[h.id for h in holds], by=road.home, at=NOW)
    assert {road.person(p).state for p in road.people} == {"arrived"}
    with acting(road.home):
        for month, days in ((1, 31), (3, 92), (6, 184)):
            later = NOW + timedelta(days=days)
            operations.record_visit(
                hold_id=holds[0].id, month=month, result="safe", visited_on=later.date(),
                by=road.home, at=later, words="Ia sudah bekerja di kebun." if month == 1 else "",
            )  # fmt: skip
    first = road.person(holds[0].returnee_id)
    assert first.state == "home"
    assert first.id not in road.seen_holders()
    with acting(road.organiser):
        assert Visit.objects.count() == 3
        assert Hold.objects.get(id=holds[0].id).how == "home"


def test_home_is_not_said_without_the_sixth_visit(road: Road) -> None:
    holds = _at_home(road)
    with acting(road.home):
        operations.confirm_arrival(hold_ids=[holds[0].id], by=road.home, at=NOW)
    with (
        pytest.raises(DatabaseError, match="not a move from here"),
        acting(road.home),
        connection.cursor() as cursor,
    ):
        cursor.execute("select house.set_fate(%s, 'home', %s)", [holds[0].id, NOW])


def test_arrival_waits_for_the_last_leg(road: Road) -> None:
    first = road.leg()
    road.leg(desk=HOME_DESK, homeward=True)
    road.ask(first)
    road.carry(first, road.organiser, road.transit)
    with acting(road.transit):
        held = Hold.objects.filter(until__isnull=True).first()
        assert held is not None
        with pytest.raises(IllegalMove):
            operations.confirm_arrival(hold_ids=[held.id], by=road.transit, at=NOW)


@pytest.mark.parametrize(("fate", "holders"), [("left", 2), ("died", 2), ("missing", 3)])
def test_people_fall_off_the_road_in_any_hands(road: Road, fate: str, holders: int) -> None:
    leg = road.leg()
    road.ask(leg)
    road.carry(leg, road.organiser, road.transit)
    with acting(road.transit):
        held = Hold.objects.filter(until__isnull=True).order_by("id").first()
        assert held is not None
        operations.set_fate(hold_id=held.id, fate=fate, by=road.transit, at=NOW)
    assert len(road.seen_holders()) == holders
    assert [road.person(p).state for p in road.people].count(fate) == 1


def test_the_last_holder_searches_and_may_find(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.carry(leg, road.organiser, road.transit)
    from rangkul.clocks.models import Clock

    with acting(road.transit):
        held = Hold.objects.filter(until__isnull=True).order_by("id").first()
        assert held is not None
        operations.set_fate(hold_id=held.id, fate="missing", by=road.transit, at=NOW)
        clock = Clock.objects.get(procedure="search_after_loss", subject_id=str(held.id))
        assert (clock.agency_id, clock.due_at - clock.started_at) == (KUPANG, timedelta(days=3))
        operations.set_fate(hold_id=held.id, fate="found", by=road.transit, at=NOW)
    assert {road.person(p).state for p in road.people} == {"waiting"}


def test_the_app_writes_no_hold_by_itself(road: Road) -> None:
    with acting(road.organiser):
        person = Returnee.objects.get(id=road.people[0])
    with pytest.raises(DatabaseError, match="permission denied"), acting(road.organiser):
        Hold.objects.filter(returnee=person).update(agency_id=KUPANG)
    with pytest.raises(DatabaseError, match="permission denied"), acting(road.organiser):
        Returnee.objects.filter(id=person.id).update(state="home")


def test_a_desk_moves_no_traveller_of_itself(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    for actor, values in (
        (road.transit, {"state": "accepted"}),
        (road.organiser, {"state": "accepted"}),
        (road.organiser, {"safety": "safe"}),
        (road.transit, {"safety": "safe"}),
    ):
        with pytest.raises(DatabaseError, match="not this side's move"), acting(actor):
            Traveller.objects.filter(leg=leg).update(**values)


def test_nobody_signs_for_the_other_end(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    minutes = road.minutes(leg, road.organiser)
    for column in ("receiver_user_id", "giver_user_id"):
        with pytest.raises(DatabaseError, match="not this side's move"), acting(road.organiser):
            type(minutes).objects.filter(id=minutes.id).update(**{column: road.cast.nining.user_id})
    # The one who gave does not receive: her signature stands, another one is not made.
    assert road.sign(minutes, road.organiser) == 0
    assert _only(road) == {SEMARANG}


def test_a_signature_is_a_drawing_and_nothing_else(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    minutes = road.minutes(leg, road.organiser)
    for strokes in ("", "<script>", "M1 1L2 2Z url(x)", "M" + "9" * 30_000):
        with acting(road.transit), pytest.raises(InvalidInput):
            operations.sign_minutes(
                handover_id=minutes.id, mark=Mark("drawn", NOW, strokes), by=road.transit, at=NOW
            )
    assert STROKES


def test_each_person_has_a_trail_of_her_own(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    with acting(road.organiser):
        acts = Act.objects.filter(name="repatriation.desk_asked")
        assert sorted(acts.values_list("subject_id", flat=True)) == sorted(map(str, road.people))


def test_the_board_asks_as_often_for_six_as_for_three(road: Road) -> None:
    """Nothing is asked person by person: a group of three hundred costs what one costs."""
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    road.minutes(leg, road.organiser)

    def cost() -> int:
        with acting(road.organiser), CaptureQueriesContext(connection) as asked:
            boards.board(road.organiser, now=NOW)
        return len(asked)

    three = cost()
    for name in ("Ayu", "Dian", "Eka"):
        road.add(name)
    road.ask(road.leg(*road.people[3:]))
    assert cost() == three


def test_different_holders_make_no_common_leg(road: Road) -> None:
    leg = road.leg(road.people[0])
    road.ask(leg)
    road.carry(leg, road.organiser, road.transit)
    with pytest.raises(InvalidInput) as fault:
        road.leg(*road.people, desk=HOME_DESK)
    assert fault.value.errors == {"people": "different_holders"}
