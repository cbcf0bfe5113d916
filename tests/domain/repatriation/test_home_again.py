"""Arrived, visited, put off, not safe, onward; what one side says reaches the other's house."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
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

from rangkul.alerts.models import Alert
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks.models import Clock
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs import way_home
from rangkul.referrals.models import Request
from rangkul.repatriation import board as boards
from rangkul.repatriation import events, operations
from rangkul.repatriation.models import Hold, Leg, Returnee, Visit
from rangkul.repatriation.operations import Mark

MAKASSAR_TIME = ZoneInfo("Asia/Makassar")


@pytest.fixture
def road(db: None, cast: Cast) -> Road:
    """Three women of Makassar, held by Semarang."""
    return make_road(cast)


def _held(by: Actor) -> Hold:
    with acting(by):
        found = Hold.objects.filter(until__isnull=True, agency_id=by.agency_id).order_by("id")
        return found[0]


def _brought_home(road: Road) -> Leg:
    road.ready()
    leg = road.leg(desk=HOME_DESK, homeward=True)
    road.ask(leg)
    road.carry(leg, road.organiser, road.home)
    return leg


def _arrived(road: Road, at: datetime = NOW) -> Hold:
    _brought_home(road)
    hold = _held(road.home)
    with acting(road.home):
        operations.confirm_arrival(hold_ids=[hold.id], by=road.home, at=at)
    return hold


def _clocks(by: Actor, hold: Hold, *states: str) -> dict[str, datetime]:
    with acting(by):
        rows = Clock.objects.filter(subject_kind="hold", subject_id=str(hold.id))
        return {c.procedure: c.due_at for c in rows if c.state in (states or ("running",))}


def _visit(road: Road, hold: Hold, month: int, days: int, result: str, **changes: Any) -> Visit:
    at = NOW + timedelta(days=days)
    values = {"visited_on": at.astimezone(MAKASSAR_TIME).date()} | changes
    with acting(road.home):
        return operations.record_visit(
            hold_id=hold.id, month=month, result=result, by=road.home, at=at, **values
        )


def _row(road: Road, hold: Hold, days: int) -> boards.Row:
    with acting(road.organiser):
        at = NOW + timedelta(days=days)
        rows = boards.board(road.organiser, now=at, only=[hold.returnee_id]).rows
    return rows[0]


# -- arrival -----------------------------------------------------------------------------------


def test_no_arrival_is_confirmed_on_the_way(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.carry(leg, road.organiser, road.transit)
    hold = _held(road.transit)
    with pytest.raises(IllegalMove), acting(road.transit):
        operations.confirm_arrival(hold_ids=[hold.id], by=road.transit, at=NOW)
    assert {road.person(p).state for p in road.people} == {"waiting"}
    # Nothing stands in the way of the next leg.
    road.leg(desk=HOME_DESK, homeward=True)


def test_who_forgot_to_say_towards_home_strands_nobody(road: Road) -> None:
    leg = road.leg(desk=HOME_DESK)
    road.ask(leg)
    road.carry(leg, road.organiser, road.home)
    with acting(road.home):
        operations.confirm_arrival(hold_ids=[_held(road.home).id], by=road.home, at=NOW)


def test_care_at_home_is_always_towards_home(road: Road) -> None:
    leg = road.leg(desk=HOME_DESK, service="layanan_asal", homeward=False)
    assert leg.homeward
    assert {t.hold_back for t in road.travellers(leg)} == {"safety"}


@pytest.mark.parametrize("who", ["home", "organiser"])
def test_who_cannot_stay_sets_out_again_from_the_same_hands(road: Road, who: str) -> None:
    hold = _arrived(road)
    by: Actor = getattr(road, who)
    with acting(by):
        operations.set_fate(hold_id=hold.id, fate="onward", by=by, at=NOW)
    if who == "organiser":
        way_home.take_up_fate(Event(events.ONWARD, "hold", str(hold.id), MAKASSAR))
    assert road.person(hold.returnee_id).state == "waiting"
    assert road.seen_holders()[hold.returnee_id] == MAKASSAR
    assert _clocks(road.home, hold) == {}
    onward = road.leg(hold.returnee_id)
    assert onward.giver_agency_id == MAKASSAR
    road.ask(onward)
    road.carry(onward, road.home, road.transit)
    assert road.seen_holders()[hold.returnee_id] == KUPANG


# -- visits ------------------------------------------------------------------------------------


def test_a_visit_is_dated_by_the_day_at_home(road: Road) -> None:
    # 17:30 UTC is half past one of the next day in Makassar.
    at = datetime(2026, 2, 11, 17, 30, tzinfo=UTC)
    hold = _arrived(road, at)
    with acting(road.home):
        with pytest.raises(InvalidInput) as fault:
            operations.record_visit(
                hold_id=hold.id, month=1, result="safe", visited_on=date(2026, 2, 11),
                by=road.home, at=at,
            )  # fmt: skip
        assert fault.value.errors == {"visited_on": "before_arrival"}
        operations.record_visit(
            hold_id=hold.id, month=1, result="safe", visited_on=date(2026, 2, 12), by=road.home,
            at=at,
        )  # fmt: skip


def test_the_sixth_month_is_not_closed_on_the_first_day(road: Road) -> None:
    hold = _arrived(road)
    for month in (3, 6):
        with pytest.raises(InvalidInput) as fault:
            _visit(road, hold, month, 5, "safe")
        assert fault.value.errors == {"visited_on": "too_early"}
    assert road.person(hold.returnee_id).state == "arrived"
    _visit(road, hold, 6, 95, "safe")
    assert road.person(hold.returnee_id).state == "home"


def test_a_visit_is_put_off_with_a_reason_and_its_clock_with_it(road: Road) -> None:
    hold = _arrived(road)
    at = NOW + timedelta(days=25)
    until = (at + timedelta(days=20)).astimezone(MAKASSAR_TIME).date()
    with acting(road.home):
        for bad in ({"reason": ""}, {"until": until + timedelta(days=40)}):
            with pytest.raises(InvalidInput):
                operations.postpone_visit(
                    **{"hold_id": hold.id, "month": 1, "until": until, "reason": "own_wish",
                       "by": road.home, "at": at} | bad
                )  # fmt: skip
        operations.postpone_visit(
            hold_id=hold.id, month=1, until=until, reason="own_wish", by=road.home, at=at
        )
    due = _clocks(road.home, hold)["follow_up_month_1"]
    assert due.astimezone(MAKASSAR_TIME).date() == until + timedelta(days=1)
    # The organiser reads the same day, and no visit is overdue before it.
    row = _row(road, hold, 40)
    assert row.clock is not None
    assert (row.clock.due_at, "visit" in row.missing) == (due, False)
    assert row.visits[1] == "postponed"
    assert "visit" in _row(road, hold, 50).missing
    _visit(road, hold, 1, 44, "safe")
    assert sorted(_clocks(road.home, hold)) == ["follow_up_month_3", "follow_up_month_6"]


def test_not_safe_in_the_last_month_is_visited_again_and_can_end(road: Road) -> None:
    hold = _arrived(road)
    _visit(road, hold, 1, 31, "not_safe")
    assert "home" in _row(road, hold, 32).missing
    _visit(road, hold, 3, 92, "safe")
    assert "home" not in _row(road, hold, 93).missing
    _visit(road, hold, 6, 184, "not_safe")
    row = _row(road, hold, 185)
    assert "home" in row.missing
    assert row.clock is not None
    assert _clocks(road.home, hold) == {"follow_up_month_6": row.clock.due_at}
    _visit(road, hold, 6, 205, "safe")
    assert road.person(hold.returnee_id).state == "home"
    assert _clocks(road.home, hold) == {}


def test_the_organiser_is_called_when_home_is_not_safe(road: Road) -> None:
    hold = _arrived(road)
    _visit(road, hold, 1, 31, "not_safe")
    way_home.tell_organiser(Event(events.NOT_SAFE, "hold", str(hold.id), SEMARANG))
    with acting(road.organiser):
        found = Alert.objects.filter(kind=events.NOT_SAFE)
        assert {a.user_id for a in found} == {None, road.organiser.user_id}
        assert {a.about_kind for a in found} == {"case"}


# -- what one side says reaches the other ------------------------------------------------------


def test_the_holder_searches_whoever_said_missing(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.carry(leg, road.organiser, road.transit)
    hold = _held(road.transit)
    with acting(road.organiser):
        operations.set_fate(hold_id=hold.id, fate="missing", by=road.organiser, at=NOW)
    assert _clocks(road.transit, hold) == {}
    for _again in range(2):
        way_home.take_up_fate(Event(events.MISSING, "hold", str(hold.id), KUPANG))
    assert list(_clocks(road.transit, hold)) == ["search_after_loss"]
    with acting(road.organiser):
        operations.set_fate(hold_id=hold.id, fate="found", by=road.organiser, at=NOW)
    way_home.take_up_fate(Event(events.FOUND, "hold", str(hold.id), KUPANG))
    assert _clocks(road.transit, hold) == {}
    assert list(_clocks(road.transit, hold, "met")) == ["search_after_loss"]


def test_no_visit_falls_due_for_who_left_by_the_organiser_s_word(road: Road) -> None:
    hold = _arrived(road)
    assert len(_clocks(road.home, hold)) == 3
    with acting(road.organiser):
        operations.set_fate(hold_id=hold.id, fate="left", by=road.organiser, at=NOW)
    way_home.take_up_fate(Event(events.LEFT, "hold", str(hold.id), MAKASSAR))
    assert _clocks(road.home, hold) == {}


@pytest.mark.parametrize(("fate", "name"), [("missing", events.MISSING), ("died", events.DIED)])
def test_the_organiser_s_file_says_what_the_holder_said(road: Road, fate: str, name: str) -> None:
    leg = road.leg()
    road.ask(leg)
    road.carry(leg, road.organiser, road.transit)
    hold = _held(road.transit)
    with acting(road.transit):
        operations.set_fate(hold_id=hold.id, fate=fate, by=road.transit, at=NOW)
    for _again in range(2):
        way_home.take_up_fate(Event(name, "hold", str(hold.id), SEMARANG))
    with acting(road.organiser):
        case_id = Returnee.objects.get(id=hold.returnee_id).case_id
        assert CaseFile.objects.get(case_id=case_id).state == fate


def test_the_desk_s_contact_is_noted_where_its_escort_signed_by_number(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    with acting(road.transit):
        number = operations.make_pin(leg_id=leg.id, side="receiver", by=road.transit, at=NOW)
    minutes = road.minutes(leg, road.organiser)
    with acting(road.organiser):
        moved = operations.sign_by_pin(
            handover_id=minutes.id, side="receiver", number=number, name="Kapten Uji",
            mark=Mark("drawn", NOW, STROKES), by=road.organiser, at=NOW,
        )  # fmt: skip
        assert moved == 3
        assert set(Request.objects.values_list("state", flat=True)) == {"accepted"}
    event = Event(events.SIGNED_BY_NUMBER, "handover", str(minutes.id), KUPANG)
    for _again in range(2):
        way_home.note_contact(event)
    with acting(road.organiser):
        assert set(Request.objects.values_list("state", flat=True)) == {"done"}
        # Who made the number stands for it.
        assert UUID(str(minutes.id)) and road.transit.user_id == officer(9393).user_id


# -- facts that follow -------------------------------------------------------------------------


def test_another_place_has_not_been_judged(road: Road) -> None:
    person = road.people[0]
    road.ready(person)
    with acting(road.organiser):
        operations.describe(
            returnee_ids=[person], values={"match": "confirmed"}, by=road.organiser, at=NOW
        )
        operations.describe(
            returnee_ids=[person], values={"origin_area": "53.71", "match": "confirmed"},
            by=road.organiser, at=NOW,
        )  # fmt: skip
    moved = road.person(person)
    assert (moved.safety, moved.match, moved.obstacle) == ("", "", "safety")


def test_a_choice_falls_with_what_it_did_not_know(road: Road) -> None:
    person = road.people[0]
    with acting(road.organiser):
        operations.judge_origin(
            returnee_ids=[person], result="unknown", who="Dinsos", words="", by=road.organiser,
            at=NOW,
        )  # fmt: skip
        operations.record_choice(
            returnee_ids=[person], kind="origin", words="Ia ingin pulang.",
            safety_plan="Bibinya menjemput.", by=road.organiser, at=NOW,
        )  # fmt: skip
        assert road.person(person).obstacle == ""
        operations.judge_origin(
            returnee_ids=[person], result="unsafe", who="Dinsos", words="Terduga di sana",
            by=road.organiser, at=NOW, suspect_there=True,
        )  # fmt: skip
    fallen = road.person(person)
    assert (fallen.chose_origin, fallen.obstacle) == (False, "safety")


def test_who_turns_out_to_be_a_child_is_one_on_the_road(road: Road) -> None:
    person = road.people[0]
    road.ready()
    with acting(road.organiser):
        operations.judge_origin(
            returnee_ids=[person], result="unsafe", who="Dinsos", words="", by=road.organiser,
            at=NOW,
        )  # fmt: skip
        operations.record_choice(
            returnee_ids=[person], kind="origin", words="Ia ingin pulang.",
            safety_plan="Bibinya menjemput.", by=road.organiser, at=NOW,
        )  # fmt: skip
    leg = road.leg(desk=HOME_DESK, homeward=True)
    with acting(road.organiser):
        case_id = Returnee.objects.get(id=person).case_id
        file = cases.get_file(road.organiser, case_id)
        case_operations.change_cover(
            case_id=case_id, expected_version=file.version, values={"is_child": True},
            by=road.organiser, at=NOW,
        )  # fmt: skip
    child = road.person(person)
    assert (child.is_child, child.chose_origin, child.obstacle) == (True, False, "safety")
    assert (child.marks, child.priority) == (["child"], 38)
    assert [t.hold_back for t in road.travellers(leg) if t.is_child] == ["safety"]
    with acting(road.organiser):
        file = cases.get_file(road.organiser, case_id)
        case_operations.change_cover(
            case_id=case_id, expected_version=file.version, values={"is_child": False},
            by=road.organiser, at=NOW,
        )  # fmt: skip
    grown = road.person(person)
    assert (grown.marks, grown.priority, grown.is_child) == (["woman"], 48, False)
