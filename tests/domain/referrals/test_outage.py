"""The worker stands still for a week while desks work on: what was done in time stays in time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene
from tests.people import NOW, SEMARANG
from tests.rows import as_owner

from rangkul.alerts.models import Alert
from rangkul.clocks import queries as clocks
from rangkul.foundation import hour
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs import ladder, referral_answers, silent_desks, tasks
from rangkul.referrals import events, operations
from rangkul.referrals.models import Request
from rangkul.trail.models import Act

HOUR = timedelta(hours=1)
WEEK_LATER = NOW + timedelta(days=7)
TIGHT = timedelta(minutes=1)


@pytest.fixture
def back_at_work(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The worker is started again after a week."""
    monkeypatch.setattr(hour, "now", lambda: WEEK_LATER)
    return WEEK_LATER


def _answered(scene: Scene, at: datetime, *, until: str = "accept") -> Request:
    """A request that its desk answered, contacted and finished; nobody followed."""
    request = scene.send()
    with acting(scene.receiver):
        operations.answer(
            request_id=request.id, decision="accept", expected_version=1, by=scene.receiver, at=at,
        )  # fmt: skip
        if until != "accept":
            operations.first_contact(
                request_id=request.id, expected_version=2, by=scene.receiver, at=at + TIGHT
            )
        if until == "done":
            operations.report_outcome(
                request_id=request.id, result="done", expected_version=3, outcome="served",
                by=scene.receiver, at=at + 2 * TIGHT,
            )  # fmt: skip
    return request


def _states(scene: Scene, request: Request) -> dict[str, tuple[str, datetime | None]]:
    with acting(scene.sender):
        found = clocks.list_subject(scene.sender, "request", request.id)
    return {clock.procedure: (clock.state, clock.ended_at) for clock in found}


def _called(scene: Scene, procedure: str) -> list[int]:
    with system("tick"):
        found = Alert.objects.filter(kind="clock_late", code=procedure)
        return sorted(found.values_list("step", flat=True))


def test_an_answer_in_time_is_never_called_late(scene: Scene, back_at_work: datetime) -> None:
    answered = NOW + 10 * TIGHT
    request = _answered(scene, answered)
    ladder.climb(back_at_work)
    states = _states(scene, request)
    assert states["referral_accept"] == ("met", answered)
    assert _called(scene, "referral_accept") == []
    # What was owed after it and not done is late: once on each rung, in order.
    assert states["referral_first_contact"] == ("missed", None)
    assert len(set(_called(scene, "referral_first_contact"))) >= 3
    assert _late_in_the_trail(scene, "referral_accept") == [False]


def test_a_hand_off_that_was_done_calls_nobody(scene: Scene, back_at_work: datetime) -> None:
    request = _answered(scene, NOW + 10 * TIGHT, until="done")
    ladder.climb(back_at_work)
    states = _states(scene, request)
    assert {state for state, _at in states.values()} == {"met"}
    assert states["referral_outcome"] == ("met", NOW + 12 * TIGHT)
    with system("tick"):
        assert not Alert.objects.filter(code__startswith="referral_").exists()


def _late_in_the_trail(scene: Scene, procedure: str) -> list[Any]:
    with acting(scene.sender):
        acts = Act.objects.filter(name="clock.met", case_id=scene.case_id)
        return [act.detail["late"] for act in acts if act.detail["procedure"] == procedure]


def test_what_nobody_answered_goes_on_and_calls_once(scene: Scene, back_at_work: datetime) -> None:
    basis = scene.consent(recipient_desk_id=DESK, fallback_desk_ids=(SECOND_DESK,))
    request = scene.send(basis)
    for _ in range(3):
        ladder.climb(back_at_work)
        with acting(scene.sender):
            _deliver_all()
    with acting(scene.sender):
        chain = Request.objects.filter(sender_agency_id=SEMARANG).order_by("id")
        assert [(each.state, each.receiver_desk_id) for each in chain] == [
            ("moved", DESK), ("sent", SECOND_DESK),
        ]  # fmt: skip
    rungs = _called(scene, "referral_accept")
    assert sorted(set(rungs)) == [1, 2, 3, 4]
    assert _states(scene, request)["referral_accept"][0] == "void"


def _deliver_all() -> None:
    """What a worker does with the line, as often as it stands there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select args from procrastinate_jobs where queue_name = 'events' order by id"
        )
        found = [row[0] for row in cursor.fetchall()]
    for args in found:
        tasks.deliver(**(json.loads(args) if isinstance(args, str) else args))


def test_an_event_that_cannot_be_delivered_holds_up_no_tick(
    scene: Scene, back_at_work: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _answered(scene, NOW + 10 * TIGHT)

    def broken(event: Event) -> None:
        raise RangkulError("the key server is away")

    monkeypatch.setitem(tasks.SUBSCRIBERS, events.REQUEST_ACCEPTED, [broken])
    ladder.climb(back_at_work)
    assert _states(scene, request)["referral_accept"][0] == "missed"
    monkeypatch.undo()
    monkeypatch.setattr(hour, "now", lambda: WEEK_LATER)
    with acting(scene.sender):
        operations.take_up_answer(request_id=request.id, by=scene.sender, at=back_at_work)
    assert _states(scene, request)["referral_accept"] == ("met", NOW + 10 * TIGHT)


def test_events_about_other_things_are_left_in_line(scene: Scene, back_at_work: datetime) -> None:
    from rangkul.foundation.outbox import list_undelivered

    mine, other = _answered(scene, NOW + 10 * TIGHT), _answered(scene, NOW + 11 * TIGHT)
    found = list_undelivered([(SEMARANG, "request", str(mine.id))])
    assert [(e.name, e.subject_id) for e in found] == [(events.REQUEST_ACCEPTED, str(mine.id))]
    assert list_undelivered([(SEMARANG + 99, "request", str(mine.id))]) == []
    assert list_undelivered([(SEMARANG, "case", str(other.id))]) == []


def test_without_a_supervisor_the_hand_off_still_goes_on(
    scene: Scene, back_at_work: datetime
) -> None:
    basis = scene.consent(recipient_desk_id=DESK, fallback_desk_ids=(SECOND_DESK,))
    request = scene.send(basis)
    with acting(scene.sender):
        (clock,) = clocks.list_subject(scene.sender, "request", request.id)
    with _nobody_leads():
        silent_desks.pass_on(Event("clock.missed", "clock", str(clock.id), SEMARANG))
    request.refresh_from_db()
    assert request.state == "moved"


def test_without_a_supervisor_packets_still_end(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = scene.send()
    monkeypatch.setattr(hour, "now", lambda: NOW + timedelta(days=400))
    with _nobody_leads():
        referral_answers.end_old_packets()
    request.refresh_from_db()
    assert request.state == "expired"


@contextmanager
def _nobody_leads() -> Iterator[None]:
    """Every agency is without a supervisor for a while."""
    with connection.cursor() as cursor:
        cursor.execute("select id from network_membership where 'penyelia' = any(roles)")
        supervisors = [row[0] for row in cursor.fetchall()]
    with as_owner() as owner:
        owner.execute(
            "update network_membership set roles = array_remove(roles, 'penyelia') "
            "where id = any(%s)", [supervisors],
        )  # fmt: skip
    try:
        yield
    finally:
        with as_owner() as owner:
            owner.execute(
                "update network_membership set roles = array_append(roles, 'penyelia') "
                "where id = any(%s)", [supervisors],
            )  # fmt: skip
