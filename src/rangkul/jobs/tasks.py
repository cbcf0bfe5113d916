"""The jobs that procrastinate runs: each checks who it acts for, then calls one operation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from procrastinate import App

from rangkul.foundation.outbox import DELIVER, Event

log = logging.getLogger("rangkul.jobs")

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


def deliver(**arguments: object) -> None:
    """Hand one event to its subscribers. Raising makes procrastinate try the job again."""
    event = Event(**arguments)  # type: ignore[arg-type]
    for subscriber in SUBSCRIBERS.get(event.name, []):
        subscriber(event)


def register(app: App) -> None:
    """Called by procrastinate once Django is ready: every module here may have subscribers."""
    import rangkul.jobs

    for module in iter_modules(rangkul.jobs.__path__):
        import_module(f"rangkul.jobs.{module.name}")
    app.task(name=DELIVER, queue="events", retry=5)(deliver)
