"""A machine whose clock is wrong: nothing is missed too early, nothing overlooked, nobody shut out.

The database's hour is the true one; the machine's is moved by a day and an hour to either side.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene, make_scene, seed_desks
from tests.people import SEMARANG, Cast

from rangkul.clocks import operations as clocks
from rangkul.clocks import queries
from rangkul.clocks.models import Clock
from rangkul.foundation import hour
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.jobs import ladder, silent_desks
from rangkul.jobs.referral_answers import end_old_packets
from rangkul.referrals import operations
from rangkul.referrals.models import Packet, Request
from rangkul.referrals.packet import Deadlines

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ASTRAY = [-25 * HOUR, timedelta(0), 25 * HOUR]


@pytest.fixture(params=ASTRAY, ids=["a day behind", "right", "a day ahead"])
def true_hour(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The database's hour, on a machine that believes another."""
    away: timedelta = request.param
    real, seconds = timezone.now(), time.time
    monkeypatch.setattr("time.time", lambda: seconds() + away.total_seconds())
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + away)
    # A worker that has just begun: it knows no hour but what it is told.
    hour.forget()
    return real


def _clock(cast: Cast, due: datetime, number: int) -> Clock:
    with acting(cast.joko):
        return clocks.start(
            procedure="first_response_low", subject_kind="report", subject_id=number, area="33.74",
            by=cast.joko, at=due - 24 * HOUR, due_at=due, desk_id=9101,
        )  # fmt: skip


def test_what_is_late_is_late_and_what_is_not_is_not(
    db: None, cast: Cast, true_hour: datetime
) -> None:
    late = _clock(cast, true_hour - timedelta(seconds=30), 1)
    early = _clock(cast, true_hour + timedelta(minutes=10), 2)
    ladder.climb_the_ladder()
    with acting(cast.joko):
        assert Clock.objects.get(id=late.id).state == "missed"
        assert Clock.objects.get(id=early.id).state == "running"


def _sent(scene: Scene, at: datetime, **ends: datetime) -> Request:
    ground = scene.ground(
        recipient_desk_id=DESK, fallback_desk_ids=(SECOND_DESK,),
        valid_until=ends.get("valid_until", at + 30 * DAY),
    )  # fmt: skip
    basis = operations.record_ground(case_id=scene.case_id, ground=ground, by=scene.sender, at=at)
    return operations.send_referral(
        asked=scene.asked(basis), token=uuid4(), by=scene.sender, at=at, uncovered_ok=True,
        deadlines=Deadlines(at + 2 * HOUR, at + 3 * HOUR, at + 2 * DAY),
    )  # fmt: skip


@pytest.mark.parametrize("answer_due", [-timedelta(minutes=1), timedelta(minutes=5)])
def test_a_silent_desk_is_passed_over_at_its_hour(
    db: None, cast: Cast, true_hour: datetime, answer_due: timedelta
) -> None:
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        first = _sent(scene, true_hour + answer_due - 2 * HOUR)
        (clock,) = queries.list_subject(cast.ratih, "request", first.id)
    silent_desks.pass_on(Event("clock.missed", "clock", str(clock.id), SEMARANG))
    with acting(cast.ratih):
        first.refresh_from_db()
        if answer_due > timedelta(0):
            assert first.state == "sent"
            return
        assert first.state == "moved"
        moved = Request.objects.exclude(id=first.id).get()
        assert abs(moved.sent_at - true_hour) < timedelta(minutes=2)


def test_no_packet_ends_a_day_early(db: None, cast: Cast, true_hour: datetime) -> None:
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        sent = true_hour - 5 * DAY
        _sent(scene, sent, valid_until=true_hour + timedelta(minutes=5))
        over = _sent(scene, sent, valid_until=true_hour - timedelta(seconds=1))
    end_old_packets()
    with acting(cast.ratih):
        ended = Packet.objects.filter(destroyed_at__isnull=False).values_list("request", flat=True)
        assert list(ended) == [over.id]


def test_an_hour_that_is_a_day_behind_signs_what_is_refused(db: None, cast: Cast) -> None:
    """The planted fault: the database refuses it, whoever asks."""
    with acting(cast.joko):
        hour.note(datetime.now(UTC) - 25 * HOUR)
        with pytest.raises(DatabaseError, match="scope refused"), transaction.atomic():
            set_scope(Scope.of(cast.joko))
            connection.cursor().execute("select house.current_agency()")
    hour.forget()
    with acting(cast.joko), connection.cursor() as cursor:
        cursor.execute("select house.current_agency()")
        assert cursor.fetchone() == (SEMARANG,)
