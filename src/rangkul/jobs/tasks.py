"""The jobs that procrastinate runs: each checks who it acts for, then calls one operation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from procrastinate import App, JobContext

from rangkul.foundation import draw
from rangkul.foundation.beat import Patience
from rangkul.foundation.outbox import DELIVER, Event

log = logging.getLogger("rangkul.jobs")

TAKE_UP_STALLED = "rangkul.take_up_stalled"

Subscriber = Callable[[Event], None]

# Event name → what follows it. Filled by the modules of this package.
SUBSCRIBERS: dict[str, list[Subscriber]] = {}


def subscribe(*names: str) -> Callable[[Subscriber], Subscriber]:
    """Call the decorated function for each event of these names."""

    def register_one(function: Subscriber) -> Subscriber:
        for name in names:
            SUBSCRIBERS.setdefault(name, []).append(function)
        return function

    return register_one


# Cron line and function of the work that returns every day or hour.
RECURRING: list[tuple[str, Callable[[], None]]] = []


def recurring(cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run the decorated function by this cron line (UTC)."""

    def register_one(function: Callable[[], None]) -> Callable[[], None]:
        RECURRING.append((cron, function))
        return function

    return register_one


def deliver(
    *, name: str, subject_kind: str, subject_id: str, agency_id: int,
    actor_id: int | None = None, membership_id: int | None = None,
) -> None:  # fmt: skip
    """Hand one event to its subscribers. Raising makes procrastinate try the job again."""
    deliver_event(Event(name, subject_kind, subject_id, agency_id, actor_id, membership_id))


def deliver_event(event: Event) -> None:
    """The same for what is at hand; every subscriber stands being called again."""
    with draw.work("jobs"):
        for subscriber in SUBSCRIBERS.get(event.name, []):
            subscriber(event)


async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Every minute: what a worker that died had in hand is run again.

    Its transaction died with it, so that nothing of the first try remains; subscribers that use
    more than one transaction stand being called twice.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        log.warning("job %s was left by a worker that died (seen at %s)", job.id, timestamp)
        await manager.retry_job(job)


def register(app: App) -> None:
    """Called by procrastinate once Django is ready: every module here may have subscribers."""
    import rangkul.jobs

    for module in iter_modules(rangkul.jobs.__path__):
        import_module(f"rangkul.jobs.{module.name}")
    app.task(name=DELIVER, queue="events", retry=Patience())(deliver)
    minutely = app.task(name=TAKE_UP_STALLED, queueing_lock=TAKE_UP_STALLED, pass_context=True)
    app.periodic(cron="* * * * *")(minutely(take_up_stalled))
    for cron, function in RECURRING:
        name = f"rangkul.{function.__name__}"
        task = app.task(name=name, queue="daily", queueing_lock=name)(_timed(function))
        app.periodic(cron=cron)(task)


def _timed(function: Callable[[], None]) -> Callable[[int], None]:
    """Procrastinate hands a periodic task its hour; ours look at the clock themselves."""

    def at(timestamp: int) -> None:
        function()

    return at
