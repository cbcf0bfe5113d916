"""A deadline of a case rests: for a coded reason, to a last day, never where the law forbids it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from tests.people import NOW, Cast

from rangkul.access.policy import Forbidden
from rangkul.clocks import operations, queries, resting
from rangkul.clocks.models import Clock
from rangkul.custody import operations as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.scope import acting, system
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs.ladder import climb
from rangkul.trail.models import Act

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AREA = "33.74"
TODAY = date(NOW.year, NOW.month, NOW.day)


@pytest.fixture
def case_id(cast: Cast, db: None) -> int:
    """A case that Ratih carries."""
    with acting(cast.wahyuni):
        case = custody.open_case(subject=uuid4(), by=cast.wahyuni, at=NOW)
        custody.assign(case_id=case.id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW)
    return case.id


def _start(
    by: Actor, case_id: int, procedure: str = "assessment_completed", *, due: datetime | None = None
) -> Clock:
    with acting(by):
        return operations.start(
            procedure=procedure, subject_kind="case", subject_id=case_id, area=AREA, by=by,
            at=NOW, due_at=due or NOW + 2 * DAY, case_id=case_id,
        )  # fmt: skip


def _rest(by: Actor, clock: Clock, *, until: date = TODAY, at: datetime = NOW + HOUR) -> Clock:
    with acting(by):
        return resting.rest(
            clock_id=clock.id, case_id=clock.case_id or 0, reason="own_wish", until=until,
            area=AREA, expected_version=_now(by, clock).version, by=by, at=at,
        )  # fmt: skip


def _now(by: Actor, clock: Clock) -> Clock:
    with acting(by):
        return Clock.objects.get(id=clock.id)


def _acts(name: str) -> list[Act]:
    with system("tick"):
        return list(Act.objects.filter(name=name).order_by("id"))


def _midnight(after: date) -> datetime:
    """The end of the last day, in the west of Indonesia."""
    return datetime(after.year, after.month, after.day, 17, tzinfo=UTC)


def test_a_companion_lets_her_deadline_rest_and_the_trail_says_why(
    cast: Cast, case_id: int
) -> None:
    clock = _start(cast.ratih, case_id)
    rested = _rest(cast.ratih, clock, until=TODAY + 3 * DAY)
    assert (rested.state, rested.pause_reason) == ("paused", "own_wish")
    assert rested.pause_until == _midnight(TODAY + 3 * DAY)
    with acting(cast.ratih):
        assert clock not in queries.list_due(cast.ratih, until=NOW + 30 * DAY)
        assert queries.list_paused(cast.ratih) == [rested]
        (act,) = Act.objects.filter(name="clock.paused")
    assert (act.reason, act.case_id, act.actor_id) == ("own_wish", case_id, cast.ratih.user_id)


def test_after_the_last_day_it_runs_on_by_itself_from_that_hour(cast: Cast, case_id: int) -> None:
    clock = _start(cast.ratih, case_id)
    _rest(cast.ratih, clock, until=TODAY + DAY)
    end = _midnight(TODAY + DAY)
    climb(end - timedelta(seconds=1))
    assert _now(cast.ratih, clock).state == "paused"
    # The worker stood still for hours: the deadline moves by the pause alone.
    climb(end + 5 * HOUR)
    runs = _now(cast.ratih, clock)
    assert (runs.state, runs.pause_reason, runs.pause_until) == ("running", "", None)
    assert runs.due_at == NOW + 2 * DAY + (end - (NOW + HOUR))
    climb(end + 6 * HOUR)
    (act,) = _acts("clock.resumed")
    assert (act.actor_id, act.case_id, act.purpose) == (None, case_id, "tick")


def test_after_a_long_outage_it_ran_on_and_was_missed_in_that_order(
    cast: Cast, case_id: int
) -> None:
    clock = _start(cast.ratih, case_id)
    _rest(cast.ratih, clock)
    climb(NOW + 60 * DAY)
    assert _now(cast.ratih, clock).state == "missed"
    (ran_on,), (missed,) = _acts("clock.resumed"), _acts("clock.missed")
    assert ran_on.id < missed.id


def test_a_small_batch_lets_all_of_them_run_on(cast: Cast, case_id: int) -> None:
    first = _start(cast.ratih, case_id)
    second = _start(cast.ratih, case_id, "assessment_begun")
    for clock in (first, second):
        _rest(cast.ratih, clock)
    climb(_midnight(TODAY), batch=1)
    assert {_now(cast.ratih, clock).state for clock in (first, second)} == {"running"}


def test_it_runs_on_early_by_hand(cast: Cast, case_id: int) -> None:
    clock = _start(cast.ratih, case_id)
    rested = _rest(cast.ratih, clock, until=TODAY + 9 * DAY)
    with acting(cast.wahyuni):
        resting.run_on(
            clock_id=clock.id, case_id=case_id, expected_version=rested.version, by=cast.wahyuni,
            at=NOW + 5 * HOUR,
        )  # fmt: skip
    runs = _now(cast.wahyuni, clock)
    assert (runs.state, runs.pause_until) == ("running", None)
    assert runs.due_at == NOW + 2 * DAY + 4 * HOUR


@pytest.mark.parametrize(
    ("procedure", "why"),
    [
        ("police_report_tpks", "by_law"),
        ("medical_window", "protects_life"),
        ("search_after_loss", "protects_life"),
        ("lower_risk_review", "not_ours"),
        ("investigator_clearance", "not_ours"),
        ("shelter_stay", "an_end"),
        ("shelter_stay_review", "an_end"),
    ],
)
def test_what_may_not_rest_is_refused_with_the_reason(
    procedure: str, why: str, cast: Cast, case_id: int
) -> None:
    clock = _start(cast.wahyuni, case_id, procedure)
    assert resting.never(clock) == why
    with pytest.raises(InvalidInput) as refused:
        _rest(cast.wahyuni, clock)
    assert refused.value.errors == {"clock": why}
    assert _now(cast.wahyuni, clock).state == "running"


@pytest.mark.parametrize(
    ("reason", "until", "errors"),
    [
        ("", TODAY + DAY, {"reason": "required"}),
        ("because", TODAY + DAY, {"reason": "unknown"}),
        ("ill", TODAY - DAY, {"until": "past"}),
        ("ill", TODAY + timedelta(days=31), {"until": "too_far"}),
    ],
)
def test_a_reason_and_a_near_day_are_asked(
    reason: str, until: date, errors: dict[str, str], cast: Cast, case_id: int
) -> None:
    clock = _start(cast.ratih, case_id)
    with acting(cast.ratih), pytest.raises(InvalidInput) as refused:
        resting.rest(
            clock_id=clock.id, case_id=case_id, reason=reason, until=until, area=AREA,
            expected_version=clock.version, by=cast.ratih, at=NOW,
        )  # fmt: skip
    assert refused.value.errors == errors


def test_neither_an_intake_officer_nor_a_colleague_pauses_it(cast: Cast, case_id: int) -> None:
    clock = _start(cast.ratih, case_id)
    with pytest.raises(Forbidden):
        _rest(cast.joko, clock)
    with pytest.raises(NotReachable):
        _rest(cast.nining, clock)


def test_another_case_s_number_does_not_lead_to_it(cast: Cast, case_id: int) -> None:
    clock = _start(cast.ratih, case_id)
    with acting(cast.wahyuni):
        other = custody.open_case(subject=uuid4(), by=cast.wahyuni, at=NOW)
        with pytest.raises(NotReachable):
            resting.get_clock(cast.wahyuni, case_id=other.id, clock_id=clock.id)


def test_a_form_of_yesterday_neither_pauses_nor_ends_a_newer_pause(
    cast: Cast, case_id: int
) -> None:
    clock = _start(cast.ratih, case_id)
    first = _rest(cast.ratih, clock)
    with pytest.raises(IllegalMove):
        _rest(cast.wahyuni, clock)
    with acting(cast.ratih):
        resting.run_on(
            clock_id=clock.id, case_id=case_id, expected_version=first.version, by=cast.ratih,
            at=NOW + 2 * HOUR,
        )  # fmt: skip
    _rest(cast.wahyuni, clock, at=NOW + 3 * HOUR)
    with acting(cast.ratih), pytest.raises(StaleForm):
        resting.run_on(
            clock_id=clock.id, case_id=case_id, expected_version=first.version, by=cast.ratih,
            at=NOW + 4 * HOUR,
        )  # fmt: skip
    assert _now(cast.ratih, clock).state == "paused"


def test_what_is_past_its_time_already_is_late_and_no_pause_hides_it(
    cast: Cast, case_id: int
) -> None:
    clock = _start(cast.ratih, case_id, due=NOW + HOUR)
    with pytest.raises(IllegalMove):
        _rest(cast.ratih, clock, at=NOW + 2 * HOUR)


def test_a_paused_service_goes_on_at_its_own_desk_not_here(cast: Cast, case_id: int) -> None:
    clock = _start(cast.ratih, case_id, "referral_outcome")
    with acting(cast.ratih):
        paused = operations.pause(clock_id=clock.id, reason="ill", by=cast.ratih, at=NOW)
        with pytest.raises(IllegalMove):
            resting.run_on(
                clock_id=clock.id, case_id=case_id, expected_version=paused.version,
                by=cast.ratih, at=NOW + HOUR,
            )  # fmt: skip
    climb(NOW + 30 * DAY)
    assert _now(cast.ratih, clock).state == "paused"


def test_a_deadline_met_while_it_rests_waits_no_longer(cast: Cast, case_id: int) -> None:
    clock = _start(cast.ratih, case_id)
    _rest(cast.ratih, clock)
    with acting(cast.ratih):
        assert operations.meet(
            subject_kind="case", subject_id=case_id, by=cast.ratih, at=NOW + 2 * HOUR
        )
    climb(NOW + 30 * DAY)
    met = _now(cast.ratih, clock)
    assert (met.state, met.pause_until, met.due_at) == ("met", None, NOW + 2 * DAY)
