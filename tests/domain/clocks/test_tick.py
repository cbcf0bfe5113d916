"""The tick: nothing late is overlooked, nothing is told twice, and the right people are called."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests.people import JATENG, KUPANG, NASIONAL, NOW, NTT, SEMARANG, Cast

from rangkul.alerts import queries as alerts
from rangkul.alerts.models import Alert
from rangkul.clocks import ladder, operations, queries
from rangkul.clocks.models import Clock
from rangkul.clocks.tick import Ticked, tick
from rangkul.custody import operations as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting, system
from rangkul.trail.models import Act

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _start(by: Actor, *, due: datetime = NOW + DAY, **more: object) -> Clock:
    with acting(by):
        return operations.start(
            procedure="first_response_low", subject_kind="report", subject_id=uuid4().int % 10**9,
            area="33.74", by=by, at=NOW, due_at=due, **more,
        )  # fmt: skip


def _tick(at: datetime, **more: int) -> Ticked:
    with system("tick"):
        return tick(at=at, **more)


def _calls() -> list[tuple[int, str, int]]:
    with system("tick"):
        return sorted(Alert.objects.values_list("step", "audience", "agency_id"))


def _of(by: Actor, clock: Clock) -> Clock:
    with acting(by):
        return Clock.objects.get(id=clock.id)


def test_before_its_moment_nothing_happens(db: None, cast: Cast) -> None:
    clock = _start(cast.joko, desk_id=9101)
    assert _tick(NOW + DAY - timedelta(seconds=1)) == Ticked(0, 0, more=False)
    assert (_of(cast.joko, clock).state, _calls()) == ("running", [])


def test_a_missed_deadline_calls_the_desk_and_stays_on_the_list(db: None, cast: Cast) -> None:
    clock = _start(cast.joko, desk_id=9101)
    assert _tick(NOW + DAY) == Ticked(1, 1, more=False)
    assert _calls() == [(1, "desk", SEMARANG)]
    missed = _of(cast.joko, clock)
    assert (missed.state, missed.step, missed.next_at) == ("missed", 1, NOW + DAY + 6 * HOUR)
    with acting(cast.joko):
        assert clock in queries.list_due(cast.joko, until=NOW + 3 * DAY)
        assert alerts.count_unseen(cast.joko, now=NOW + DAY) == 1
    with acting(cast.laras):
        assert alerts.count_unseen(cast.laras, now=NOW + DAY) == 0


def test_after_an_outage_every_rung_comes_once_and_in_order(db: None, cast: Cast) -> None:
    clock = _start(cast.joko, desk_id=9101)
    late = NOW + 30 * DAY
    assert _tick(late) == Ticked(1, 1, more=False)
    assert _tick(late) == Ticked(0, 0, more=False)
    assert _calls() == [
        (1, "desk", SEMARANG),
        (2, "penyelia", SEMARANG),
        (3, "koordinator_provinsi", JATENG),
        (4, "koordinator_nasional", NASIONAL),
    ]
    with acting(cast.joko):
        assert Clock.objects.get(id=clock.id).step == ladder.NATION
    rungs = [
        (act.name, act.detail["rung"])
        for act in _trail()
        if act.detail.get("clock") == str(clock.id)
    ]
    assert rungs == [
        ("clock.missed", 1), ("clock.escalated", 2), ("clock.escalated", 3),
        ("clock.escalated", 4),
    ]  # fmt: skip


def _trail() -> list[Act]:
    with system("tick"):
        return list(Act.objects.filter(purpose="tick").order_by("id"))


def test_looking_often_tells_no_more_than_looking_late(db: None, cast: Cast) -> None:
    _start(cast.joko, desk_id=9101)
    for hours in range(0, 24 * 8, 3):
        _tick(NOW + DAY + hours * HOUR)
    assert [step for step, _who, _where in _calls()] == [1, 2, 3, 4]


def test_whoever_carries_the_case_is_called_and_a_pause_calls_nobody(db: None, cast: Cast) -> None:
    with acting(cast.wahyuni):
        case = custody.open_case(subject=uuid4(), by=cast.wahyuni, at=NOW)
        custody.assign(case_id=case.id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW)
    clock = _start(cast.ratih, case_id=case.id)
    paused = _start(cast.ratih, case_id=case.id)
    with acting(cast.ratih):
        operations.pause(clock_id=paused.id, reason="menunggu_orangnya", by=cast.ratih, at=NOW)
    _tick(NOW + DAY)
    with system("tick"):
        assert [(a.audience, a.user_id, a.about_kind) for a in Alert.objects.all()] == [
            ("person", cast.ratih.user_id, "case")
        ]
    assert (_of(cast.ratih, clock).state, _of(cast.ratih, paused).state) == ("missed", "paused")
    with acting(cast.nining):
        assert alerts.list_alerts(cast.nining, now=NOW + DAY) == []


def test_a_resumed_clock_is_missed_at_its_new_end(db: None, cast: Cast) -> None:
    clock = _start(cast.joko, desk_id=9101)
    with acting(cast.joko):
        operations.pause(clock_id=clock.id, reason="menunggu", by=cast.joko, at=NOW + HOUR)
        operations.resume(clock_id=clock.id, by=cast.joko, at=NOW + 6 * HOUR)
    assert _tick(NOW + DAY + 4 * HOUR).missed == 0
    assert _tick(NOW + DAY + 5 * HOUR).missed == 1


def test_the_desk_that_owes_is_called_and_its_province_above_it(db: None, cast: Cast) -> None:
    clock = _start(cast.ratih, user_id=cast.ratih.user_id, against=(KUPANG, 9202))
    _tick(NOW + 30 * DAY)
    assert _calls() == [
        (1, "desk", KUPANG),
        (1, "person", SEMARANG),
        (2, "penyelia", SEMARANG),
        (2, "penyelia", KUPANG),
        (3, "koordinator_provinsi", NTT),
        (4, "koordinator_nasional", NASIONAL),
    ]
    with acting(cast.filmon):
        (heard,) = alerts.list_alerts(cast.filmon, now=NOW + 30 * DAY)
    call = heard.alert
    # A coordinator learns who is late with what; of the thing itself nothing, for a report.
    assert (call.about_agency_id, call.about_kind, call.about_id) == (KUPANG, "", "")
    assert call.code == clock.procedure


def test_meeting_it_late_lets_everyone_rest(db: None, cast: Cast) -> None:
    from rangkul.foundation.outbox import Event
    from rangkul.jobs.ladder import let_others_rest

    clock = _start(cast.joko, desk_id=9101)
    _tick(NOW + 30 * DAY)
    with acting(cast.joko):
        operations.meet(
            subject_kind="report", subject_id=clock.subject_id, by=cast.joko, at=NOW + 31 * DAY
        )
        assert alerts.count_unseen(cast.joko, now=NOW + 31 * DAY) == 0
    with acting(cast.hendra):
        assert alerts.count_unseen(cast.hendra, now=NOW + 31 * DAY) == 1
    let_others_rest(Event("clock.ended_late", "clock", str(clock.id), SEMARANG))
    with acting(cast.hendra):
        assert alerts.count_unseen(cast.hendra, now=NOW + 31 * DAY) == 0
    assert _tick(NOW + 60 * DAY) == Ticked(0, 0, more=False)


def test_a_small_batch_says_that_more_waits(db: None, cast: Cast) -> None:
    for _ in range(5):
        _start(cast.joko, desk_id=9101)
    done = [_tick(NOW + 30 * DAY, batch=2) for _ in range(3)]
    assert [(each.missed, each.more) for each in done] == [(2, True), (2, True), (1, False)]
    assert len(_calls()) == 5 * 4


def test_a_province_without_a_coordinator_goes_straight_to_the_nation(db: None, cast: Cast) -> None:
    with acting(cast.andi):
        clock = operations.start(
            procedure="first_response_low", subject_kind="report", subject_id=7, area="73.71",
            by=cast.andi, at=NOW, due_at=NOW + DAY, desk_id=9301,
        )  # fmt: skip
    province = ladder.rung_at(ladder.PROVINCE, started_at=NOW, due_at=NOW + DAY)
    _tick(province)
    assert [step for step, _who, _where in _calls()] == [1, 2, 4]
    assert _of(cast.besse, clock).step == ladder.NATION


@pytest.mark.parametrize("login", ["ratih", "andi", "sinta", "bagas"])
def test_no_call_reaches_anyone_else(db: None, cast: Cast, login: str) -> None:
    _start(cast.joko, desk_id=9101)
    _tick(NOW + 30 * DAY)
    actor = cast.everyone()[login]
    with acting(actor):
        assert alerts.list_alerts(actor, now=NOW + 30 * DAY) == []
