"""How many data keys may be opened in a minute, by one person and by one process.

A stolen session, a bug in a list, a script on a colleague's screen: none of them may drain the key
store. The vault asks here before it unwraps a key. Who draws is known from the running scope; work
of the house (an import, a batch of jobs) says its name and has a measure of its own.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from django.conf import settings

from rangkul.foundation.errors import RangkulError

_MINUTE: Final = 60.0

# [local] Keys in a minute. A caseload brought in, or tokens made for a new team, come to thousands.
# What a person and a process may is a setting: a page of names takes 75, a file with its people 30.
NAMED: Final = {
    "import": 6_000,
    "intake": 6_000,
    "jobs": 6_000,
    "matching": 3_000,
    "tick": 600,
}


class TooManyKeys(RangkulError):
    """More keys were asked for than a minute has (429); ``wait`` is in seconds."""

    code = "too_many_keys"

    def __init__(self, wait: int) -> None:
        super().__init__(f"too many keys were opened; again in {wait} seconds")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Drawer:
    """Who opens keys: a person (the user's number as text) or work of the house by its name."""

    name: str

    @property
    def most(self) -> int:
        """Keys in a minute."""
        return NAMED.get(self.name, settings.KEYS_PER_PERSON)


_drawing: ContextVar[Drawer | None] = ContextVar("drawing", default=None)
_named: ContextVar[Drawer | None] = ContextVar("named", default=None)


def known_as(name: str) -> None:
    """Who draws from now on; a scope that is set says so (nobody opens a key without one)."""
    _drawing.set(Drawer(name))


@contextmanager
def nested() -> Iterator[None]:
    """Whoever draws inside, the one around draws on afterwards."""
    token = _drawing.set(_drawing.get())
    try:
        yield
    finally:
        _drawing.reset(token)


@contextmanager
def work(name: str) -> Iterator[None]:
    """Work of the house, in whoever's name it acts. Raises ``ValueError`` for an unknown name."""
    if name not in NAMED:
        raise ValueError(f"no work of the house is called {name}")
    token = _named.set(Drawer(name))
    try:
        yield
    finally:
        _named.reset(token)


@dataclass(slots=True)
class _Measure:
    """The seconds of the last minute in which keys were opened, and how many in each."""

    counts: deque[tuple[int, int]] = field(default_factory=deque)
    total: int = 0

    def drop_old(self, now: float) -> None:
        while self.counts and self.counts[0][0] <= now - _MINUTE:
            self.total -= self.counts.popleft()[1]

    def add(self, now: float) -> None:
        second = math.floor(now)
        if self.counts and self.counts[-1][0] == second:
            self.counts[-1] = (second, self.counts[-1][1] + 1)
        else:
            self.counts.append((second, 1))
        self.total += 1

    def wait(self, now: float) -> int:
        oldest = self.counts[0][0] if self.counts else now
        return max(1, math.ceil(oldest + _MINUTE - now))


class Tap:
    """What one process has opened in the last minute: by each person, and by all together."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._all = _Measure()
        self._each: dict[str, _Measure] = {}

    def take(self, drawer: Drawer | None, *, most: int) -> None:
        """Count one key. Raises ``TooManyKeys``; ``most`` is the process's own measure."""
        name = drawer.name if drawer else ""
        allowed = drawer.most if drawer else most
        with self._lock:
            now = self._clock()
            mine = self._measure(name, now)
            self._all.drop_old(now)
            if mine.total >= allowed:
                raise TooManyKeys(mine.wait(now))
            # Work of the house has its own measure and is not stopped by a busy afternoon.
            if self._all.total >= most and name not in NAMED:
                raise TooManyKeys(self._all.wait(now))
            mine.add(now)
            self._all.add(now)

    def _measure(self, name: str, now: float) -> _Measure:
        mine = self._each.setdefault(name, _Measure())
        mine.drop_old(now)
        if len(self._each) > 4_096:
            for other in [key for key, each in self._each.items() if key != name]:
                self._each[other].drop_old(now)
                if not self._each[other].total:
                    del self._each[other]
        return mine


_tap = Tap()


def take() -> None:
    """One key is about to be opened by whoever draws now. Raises ``TooManyKeys``."""
    drawer = _named.get() or _drawing.get()
    _tap.take(drawer, most=settings.KEYS_PER_PROCESS)


def forget() -> None:
    """Begin a new minute, as a process that has just started."""
    global _tap
    _tap = Tap()
