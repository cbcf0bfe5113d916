"""From the departure somebody owes the word of the arrival: a deadline, met by who gives it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.domain.repatriation.scene import HOME_DESK, KUPANG, MAKASSAR, SEMARANG, Road, make_road
from tests.people import NOW, Cast

from rangkul.clocks.models import Clock
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs import way_home
from rangkul.repatriation import events, operations
from rangkul.repatriation.models import Hold, Leg
from rangkul.repatriation.operations import awaiting, handovers, homecoming, taking_off
from rangkul.trail.models import Act


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What the way home posts, in order, to be delivered by hand; our clock stands at NOW."""
    found: list[Event] = []
    for module in (awaiting, handovers, homecoming, taking_off):
        monkeypatch.setattr(module, "post", found.append)
    monkeypatch.setattr(hour, "now", lambda: NOW)
    return found


@pytest.fixture
def road(db: None, cast: Cast, posted: list[Event]) -> Road:
    """Two women of Makassar, held by Semarang."""
    return make_road(cast, ("Nara", "Sari"))


_DELIVERED = {
    events.SET_OUT: way_home.await_leg, events.TAKEN_OVER: way_home.follow_hands,
    events.ARRIVAL_AWAITED: way_home.await_arrival,
}  # fmt: skip


def _deliver(posted: list[Event]) -> None:
    """Everything that waits, each twice: a worker that was killed does it again."""
    while posted:
        event = posted.pop(0)
        if event.name in _DELIVERED:
            _DELIVERED[event.name](event)
            again = list(posted)
            _DELIVERED[event.name](event)
            posted[:] = again


def _clocks(by: Actor, **which: Any) -> list[tuple[str, str, datetime]]:
    with acting(by):
        rows = Clock.objects.filter(procedure="arrival_confirmed", agency_id=by.agency_id, **which)
        return list(rows.order_by("id").values_list("subject_kind", "state", "due_at"))


def _states(by: Actor) -> list[tuple[str, str]]:
    return sorted((kind, state) for kind, state, _due in _clocks(by))


def _homeward(road: Road) -> Leg:
    road.ready()
    leg = road.leg(desk=HOME_DESK, homeward=True)
    road.ask(leg)
    road.answer(leg, road.home)
    return leg


def test_who_has_set_out_is_awaited_by_the_receiving_desk(road: Road, posted: list[Event]) -> None:
    leg = _homeward(road)
    _deliver(posted)
    assert _clocks(road.home) == []
    minutes = road.minutes(leg, road.organiser)
    _deliver(posted)
    due = leg.arrives_at + timedelta(hours=24)
    assert _clocks(road.home) == [("leg", "running", due)]
    with acting(road.home):
        clock = Clock.objects.get(procedure="arrival_confirmed")
        assert (clock.desk_id, clock.subject_id) == (HOME_DESK, str(leg.id))
        assert Act.objects.filter(name="clock.started", subject_kind="leg").count() == 1
    road.sign(minutes, road.home)
    _deliver(posted)
    # The leg's deadline is met; now the holder owes the word for each of them.
    assert _states(road.home) == [("hold", "running")] * 2 + [("leg", "met")]
    assert {d for kind, _s, d in _clocks(road.home) if kind == "hold"} == {due}
    with acting(road.home):
        ids = list(Hold.objects.filter(until__isnull=True).values_list("id", flat=True))
        operations.confirm_arrival(hold_ids=ids, by=road.home, at=NOW)
    _deliver(posted)
    assert _states(road.home) == [("hold", "met")] * 2 + [("leg", "met")]


def test_a_transit_desk_owes_its_signature_and_no_arrival(road: Road, posted: list[Event]) -> None:
    leg = road.leg()
    road.ask(leg)
    road.carry(leg, road.organiser, road.transit)
    _deliver(posted)
    # Both had signed before anybody heard: nothing is owed, and the road does not end here.
    assert _clocks(road.transit) == []


def test_who_is_handed_on_is_awaited_by_the_next(road: Road, posted: list[Event]) -> None:
    first = _homeward(road)
    road.sign(road.minutes(first, road.organiser), road.home)
    _deliver(posted)
    second = road.leg(desk=9302, homeward=True, service="layanan_asal")
    road.ask(second)
    other = _other_home()
    road.answer(second, other)
    road.sign(road.minutes(second, road.home), other)
    _deliver(posted)
    assert [s for k, s in _states(road.home) if k == "hold"] == ["met", "met", "running", "running"]


def _other_home() -> Actor:
    from tests.domain.repatriation.scene import officer

    return officer(9394)


def test_who_is_missing_is_searched_for_and_awaited_again_when_found(
    road: Road, posted: list[Event]
) -> None:
    leg = _homeward(road)
    road.sign(road.minutes(leg, road.organiser), road.home)
    _deliver(posted)
    with acting(road.home):
        hold = Hold.objects.filter(until__isnull=True).order_by("id")[0]
        operations.set_fate(hold_id=hold.id, fate="missing", by=road.home, at=NOW)
    _deliver(posted)
    assert [s for _k, s, _d in _clocks(road.home, subject_id=str(hold.id))] == ["void"]
    with acting(road.home):
        operations.set_fate(hold_id=hold.id, fate="found", by=road.home, at=NOW)
    _deliver(posted)
    found = sorted(s for _k, s, _d in _clocks(road.home, subject_id=str(hold.id)))
    assert found == ["running", "void"]


def test_nobody_is_awaited_who_left_between_the_hands(road: Road, posted: list[Event]) -> None:
    leg = _homeward(road)
    road.minutes(leg, road.organiser)
    _deliver(posted)
    assert _states(road.home) == [("leg", "running")]
    with acting(road.organiser):
        for hold in Hold.objects.filter(until__isnull=True):
            operations.set_fate(hold_id=hold.id, fate="left", by=road.organiser, at=NOW)
    _deliver(posted)
    assert _states(road.home) == [("leg", "void")]


def test_every_signature_and_fate_says_so_by_the_outbox(road: Road, posted: list[Event]) -> None:
    leg = _homeward(road)
    minutes = road.minutes(leg, road.organiser)
    assert [(e.name, e.agency_id) for e in posted if e.name == events.SET_OUT] == [
        (events.SET_OUT, MAKASSAR)
    ]
    road.sign(minutes, road.home)
    told = {e.agency_id for e in posted if e.name == events.TAKEN_OVER}
    assert told == {SEMARANG}
    posted.clear()
    with acting(road.organiser):
        hold = Hold.objects.filter(until__isnull=True)[0]
        operations.set_fate(hold_id=hold.id, fate="left", by=road.organiser, at=NOW)
    [said] = [e for e in posted if e.name == events.FATE_SAID]
    assert (said.subject_id, said.agency_id) == (str(hold.id), MAKASSAR)
    assert KUPANG not in {e.agency_id for e in posted}
