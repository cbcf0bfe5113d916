"""The beat that starts recurring work: no leap of a clock stops it, none lets it run twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate import App, testing
from procrastinate.periodic import PeriodicDeferrer

from rangkul.foundation import hour
from rangkul.foundation.beat import Beat, Patience

MINUTE, HOUR, DAY = 60, 3_600, 86_400
START = datetime(2028, 2, 29, 2, 0, 30, tzinfo=UTC).timestamp()


@pytest.fixture
def beat() -> Beat:
    """Something every minute, and something at 01:17."""
    app = App(connector=testing.InMemoryConnector())
    for name, cron in (("minutely", "* * * * *"), ("nightly", "17 1 * * *")):
        app.periodic(cron=cron)(app.task(name=name)(lambda timestamp: None))
    return Beat(app.periodic_registry, app)


def _names(found: list[Any]) -> list[str]:
    return [task.task.name for task, _at in found]


def test_every_minute_once(beat: Beat) -> None:
    assert _names(beat.due(START)) == ["minutely", "nightly"]
    assert _names(beat.due(START + 20)) == []
    assert _names(beat.due(START + MINUTE)) == ["minutely"]
    # A round that took long leaves no minute out.
    assert _names(beat.due(START + 4 * MINUTE)) == ["minutely"] * 3


@pytest.mark.parametrize("leap", [-25 * HOUR, 25 * HOUR, -7 * DAY, 7 * DAY])
def test_a_clock_that_leaps_stops_nothing(beat: Beat, leap: int) -> None:
    beat.due(START)
    assert _names(beat.due(START + leap)).count("minutely") == 1
    after = [beat.due(START + leap + n * MINUTE) for n in range(1, 61)]
    assert [_names(found).count("minutely") for found in after] == [1] * 60


def test_the_library_s_own_beat_would_stand_still(beat: Beat) -> None:
    """The planted fault: why this beat is ours."""
    theirs = PeriodicDeferrer(beat.registry)
    assert list(theirs.get_previous_tasks(at=START))
    assert not list(theirs.get_previous_tasks(at=START - 25 * HOUR))
    assert not list(theirs.get_previous_tasks(at=START - 1 * HOUR))


def test_what_should_have_run_tonight_runs_at_the_start(beat: Beat) -> None:
    found = beat.due(START + 7 * DAY + 5 * HOUR)
    at = {task.task.name: datetime.fromtimestamp(at, UTC) for task, at in found}
    assert at["nightly"] == datetime(2028, 3, 7, 1, 17, tzinfo=UTC)


def test_an_event_is_never_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2028, 2, 29, tzinfo=UTC)
    monkeypatch.setattr(hour, "reckoned", lambda: now)
    waits = []
    for attempts in (0, 1, 2, 11, 119, 120, 10_000):
        job: Any = SimpleNamespace(id=1, attempts=attempts)
        made = Patience().get_retry_decision(exception=OSError(), job=job)
        assert made.retry_at is not None
        waits.append(made.retry_at - now)
    seconds = [wait / timedelta(seconds=1) for wait in waits]
    assert seconds == [30, 30, 60, 330, 3_570, 3_600, 3_600]
