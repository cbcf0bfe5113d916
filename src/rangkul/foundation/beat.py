"""The worker's beat: recurring work by the database's hour, also after a clock was set back.

The deferrer that comes with the job library reads the machine's clock and remembers the last
minute it has seen. A clock set back by a day would then stop every recurring job for a day: no
deadline would be missed in that time, because none would be looked at.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from procrastinate import App
from procrastinate.jobs import Job
from procrastinate.periodic import PeriodicDeferrer, PeriodicRegistry
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker

from rangkul.foundation import hour

log = logging.getLogger("rangkul.jobs")

# Seconds: what should have run while nobody worked runs at the start, once, if it is of this day.
CATCH_UP: Final = 24 * 60 * 60
# Seconds: a greater step between two beats is an outage or a clock that was set, not a long round.
_LEAP: Final = 10 * 60


class Beat(PeriodicDeferrer):
    """Defers what recurs; a leap of the clock in either direction begins anew."""

    def __init__(self, registry: PeriodicRegistry, app: App) -> None:
        super().__init__(registry, max_delay=CATCH_UP)
        self._app = app
        self._last: float | None = None

    async def worker(self) -> None:
        """For ever: what is due by the database's hour, then sleep until the next."""
        while True:
            at = (await self._hour()).timestamp()
            await self.defer_jobs(self.due(at))
            await self.wait(self.get_next_tick(at=at))

    def due(self, at: float) -> list[Any]:
        """What has become due since the beat before; after a leap the last of each alone."""
        if self._last is not None and not 0 <= at - self._last <= _LEAP:
            log.warning("the clock leapt by %s", timedelta(seconds=round(at - self._last)))
            self.last_defers.clear()
        self._last = at
        return list(self.get_previous_tasks(at=at))

    async def _hour(self) -> datetime:
        row = await self._app.connector.execute_query_one_async(
            "select extract(epoch from clock_timestamp())::float8 as hour"
        )
        hour.note(datetime.fromtimestamp(row["hour"], UTC))
        return hour.reckoned()


class SteadyWorker(Worker):
    """The library's worker with our beat."""

    async def _periodic_deferrer(self) -> None:
        await Beat(self.app.periodic_registry, self.app).worker()


class Patience(BaseRetryStrategy):
    """An event is tried until it is through: half a minute more each time, at most an hour.

    A hand-off's events may outlast a key server that is away for a night. None is ever given up,
    since what it carries would vanish; from the twelfth try on each one is an error in the log.
    """

    longest = timedelta(hours=1)
    step = timedelta(seconds=30)
    loud_from = 12

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """When the next try is, by the database's hour."""
        level = logging.ERROR if job.attempts >= self.loud_from else logging.WARNING
        log.log(level, "job %s failed %s times: %s", job.id, job.attempts + 1, type(exception))
        wait = min(self.step * max(job.attempts, 1), self.longest)
        return RetryDecision(retry_at=hour.reckoned() + wait)
