"""How often job offers are checked and which signs are met: counted with noise, exactly nowhere.

A web process keeps a day's exact counts in its memory. When the day is over, or the process stops,
noise is added to every count and the exact ones are gone; only then is anything written down, and
it is written whether anybody came or not. What is stored is ε-differentially private for one
check of one offer: with ``EPSILON`` ½, whoever reads every stored row, and knows everything else,
can tell no better whether one given check took place than by odds of e^½ (1.65) to one.
"""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from multiprocessing.util import Finalize
from threading import Event, Lock, Thread
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import Error, connections

from rangkul.assessments import job_offer
from rangkul.assessments.job_offer import MOST, Finding, Road
from rangkul.assessments.models import OfferCount
from rangkul.foundation import hour
from rangkul.foundation.noise import Below, discrete_laplace
from rangkul.reference.zones import WIB

log = logging.getLogger("rangkul.offers")

EPSILON: Final = Fraction(1, 2)
"""[local] What one check may cost its maker; two checks of one person cost twice as much."""
SENSITIVITY: Final = 1 + MOST
"""What one check changes at most, all counts together: that it was made, and each of its signs."""
SCALE: Final = SENSITIVITY / EPSILON
CHECKED: Final = "checked"

# Seconds between two looks at the calendar. What is written depends on the day alone.
_LOOK: Final = 15 * 60.0


@dataclass(frozen=True, slots=True)
class Noisy:
    """A finished day of one process, as it may be stored: no exact count can be had from it."""

    id: UUID
    day: date
    rules: str
    counts: Mapping[str, int]


def cells() -> tuple[str, ...]:
    """Everything that is counted: for each road that one was checked, and each sign."""
    return tuple(
        f"{road}/{name}"
        for road in Road
        for name in (CHECKED, *(question.code for question in job_offer.questions(road)))
    )


def cells_of(finding: Finding) -> tuple[str, ...]:
    """What one check counts in: ``SENSITIVITY`` cells at most, each once."""
    names = (CHECKED, *(sign.code for sign in finding.signs))
    return tuple(f"{finding.road}/{name}" for name in names)


@dataclass(slots=True)
class Tally:
    """One process's counts of the running day, and the finished days that wait to be stored."""

    below: Below = secrets.randbelow
    scale: Fraction = SCALE
    _day: date | None = None
    _exact: dict[str, int] = field(default_factory=dict)
    _waiting: list[Noisy] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, finding: Finding, day: date) -> None:
        """Count one check."""
        with self._lock:
            self._turn_to(day)
            for cell in cells_of(finding):
                self._exact[cell] = self._exact.get(cell, 0) + 1

    def turn_to(self, day: date) -> None:
        """It is ``day``: a day before it is finished, whether anything was counted or not."""
        with self._lock:
            self._turn_to(day)

    def finish(self) -> None:
        """No more is counted: the running day too gets its noise."""
        with self._lock:
            self._close()

    def waiting(self) -> tuple[Noisy, ...]:
        """Finished days that are not stored yet."""
        with self._lock:
            return tuple(self._waiting)

    def stored(self, kept: Iterable[Noisy]) -> None:
        """These need not wait any longer."""
        gone = {one.id for one in kept}
        with self._lock:
            self._waiting = [one for one in self._waiting if one.id not in gone]

    def _turn_to(self, day: date) -> None:
        # A clock that was set back begins no day twice.
        if self._day is not None and day > self._day:
            self._close()
        if self._day is None:
            self._day = day

    def _close(self) -> None:
        if self._day is None:
            return
        counts = {
            cell: self._exact.get(cell, 0) + discrete_laplace(self.scale, self.below)
            for cell in cells()
        }
        # The noise is drawn once for each day: a second draw over the same counts would tell more.
        self._waiting.append(Noisy(uuid4(), self._day, job_offer.rules(), counts))
        self._exact.clear()
        self._day = None


# -- one for each web process -------------------------------------------------------------------

_tally = Tally()


def count(finding: Finding, *, at: datetime) -> None:
    """Count one check in this process's memory."""
    _tally.add(finding, _day_of(at))


def begin() -> None:
    """Keep counts from now on until this process stops; called once, by a web process."""
    Keeper(_tally).start()


def _day_of(at: datetime) -> date:
    return at.astimezone(ZoneInfo(WIB)).date()


class Keeper(Thread):
    """Stores what a tally has finished: at the turn of the day, and when the process ends."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(name="offer-counts", daemon=True)
        self._tally = tally
        self._over = Event()

    def run(self) -> None:
        """For ever: look at the calendar, store what is finished."""
        Finalize(None, self.stop, exitpriority=1)
        while not self._over.is_set():
            self.look()
            connections.close_all()
            self._over.wait(_LOOK)

    def look(self) -> None:
        """Turn to the day it is, and store. Without the database the days wait."""
        try:
            self._tally.turn_to(_day_of(hour.now()))
            store(self._tally)
        except Error as fault:
            log.warning("counts of checked offers wait: %s", type(fault).__name__)

    def stop(self) -> None:
        """The process ends: what stands in its memory gets its noise and is stored."""
        self._over.set()
        self._tally.finish()
        try:
            store(self._tally)
        except Error as fault:
            log.warning("counts of checked offers are lost: %s", type(fault).__name__)
        connections.close_all()


def store(tally: Tally) -> None:
    """Write down what is finished; what was stored before, its answer lost, is not stored twice."""
    found = tally.waiting()
    if not found:
        return
    OfferCount.objects.bulk_create(
        [
            OfferCount(
                id=one.id, counted_on=one.day, rules=one.rules, epsilon=str(EPSILON),
                noisy=dict(one.counts),
            )
            for one in found
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    tally.stored(found)


# -- reading ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """Sums over some days: a cell's noisy sum, and how far it may be off.

    ``spread`` is the standard deviation of the noise in each sum; a sum below it says nothing.
    """

    sums: Mapping[str, int]
    spread: float


def counted(*, since: date, until: date) -> Counted:
    """The sums of the days from ``since`` to ``until``, under the rules of today.

    Nothing of it is of anybody: whoever may sign in may read it.
    """
    rows = OfferCount.objects.filter(
        counted_on__range=(since, until), rules=job_offer.rules(), epsilon=str(EPSILON)
    ).values_list("noisy", flat=True)
    found = list(rows)
    sums = {cell: max(0, sum(int(row.get(cell, 0)) for row in found)) for cell in cells()}
    q = math.exp(-1 / float(SCALE))
    return Counted(sums, math.sqrt(len(found) * 2 * q) / (1 - q))


def last_days(days: int, *, at: datetime) -> Counted:
    """The sums of the last days that are stored."""
    today = _day_of(at)
    return counted(since=today - timedelta(days=days), until=today)
