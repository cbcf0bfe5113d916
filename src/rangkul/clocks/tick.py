"""The tick: deadlines that have passed are marked as missed, and the ladder calls the next people.

It runs under the system scope of the same name, every minute, and looks at nothing but the clocks
whose moment has come. What a stopped worker left undone is done at the next tick, once each and in
order; two ticks at the same time take different clocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rangkul.access.roles import NationalCoordinator, ProvinceCoordinator
from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.clocks import events, ladder, queries, workflow
from rangkul.clocks.models import Clock
from rangkul.clocks.operations import RUN_AGAIN, SUBJECT, run_again
from rangkul.custody import queries as custody
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.trail.operations import record

BATCH = 1_000
URGENT = frozenset({"tinggi"})
# What a clock may be about that others than its own agency can be told by number.
_TOLD_OUTSIDE = frozenset({"request"})


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did; ``more`` when it stopped at its batch and others wait."""

    missed: int
    climbed: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Rung:
    """One rung of one clock, with the moment at which it was due."""

    clock: Clock
    rung: int
    moment: datetime


@transaction.atomic
def tick(*, at: datetime, batch: int = BATCH) -> Ticked:
    """Climb every rung whose moment has come by ``at``, for up to ``batch`` clocks.

    Called inside ``scope.system("tick")``. Trail: ``clock.missed``, ``clock.escalated``.
    """
    clocks = _due(at, batch)
    rungs = sorted(
        (rung for clock in clocks for rung in _rungs(clock, at)),
        key=lambda each: (each.moment, str(each.clock.id), each.rung),
    )
    people = _People.around(clocks)
    calls: list[Call] = []
    climbed: dict[Clock, int] = {}
    for each in rungs:
        # A rung on which nobody stands is climbed past at once: no call goes into the void.
        rung, found = each.rung, people.called(each.clock, each.rung)
        if rung <= climbed.get(each.clock, each.clock.step):
            continue
        while not found and rung < each.clock.top:
            rung += 1
            found = people.called(each.clock, rung)
        calls += found
        climbed[each.clock] = rung
        _note(each, rung, len(found), at)
    alerts.raise_alerts(calls=calls, at=at)
    missed = _save(climbed)
    return Ticked(missed, len(climbed), more=len(clocks) == batch)


@transaction.atomic
def run_on(*, at: datetime, batch: int = BATCH) -> int:
    """End up to ``batch`` pauses whose last day is over, each at its own hour; the count ended.

    Called inside ``scope.system("tick")``, before ``tick``. Trail: ``clock.resumed``.
    """
    clocks = list(queries.rested(at).select_for_update(skip_locked=True)[:batch])
    for clock in clocks:
        ended = clock.pause_until or at
        run_again(clock, at=ended)
        record(
            by=None, at=at, name=events.CLOCK_RESUMED, subject_kind=clock.subject_kind,
            subject_id=clock.subject_id, case_id=clock.case_id, purpose="tick",
            detail={
                "clock": str(clock.id), "procedure": clock.procedure, "since": ended.isoformat(),
                "agency": clock.agency_id,
            },
        )  # fmt: skip
    Clock.objects.bulk_update(clocks, RUN_AGAIN, batch_size=250)
    return len(clocks)


def _due(at: datetime, batch: int) -> list[Clock]:
    return list(queries.falling_due(at).select_for_update(skip_locked=True)[:batch])


def _rungs(clock: Clock, at: datetime) -> Iterator[_Rung]:
    due = ladder.due_rungs(
        clock.step, last=clock.top, started_at=clock.started_at, due_at=clock.due_at, at=at
    )
    return (_Rung(clock, rung, moment) for rung, moment in due)


def _note(each: _Rung, rung: int, called: int, at: datetime) -> None:
    """The trail's record, and for those who wait for it the event that a deadline was missed."""
    clock = each.clock
    first = each.rung == ladder.DESK
    record(
        by=None, at=at, name=events.CLOCK_MISSED if first else events.CLOCK_ESCALATED,
        subject_kind=clock.subject_kind, subject_id=clock.subject_id, case_id=clock.case_id,
        purpose="tick",
        detail={
            "clock": str(clock.id), "procedure": clock.procedure, "rung": rung, "called": called,
            "due": each.moment.isoformat(), "agency": clock.agency_id,
        },
    )  # fmt: skip
    if first:
        post(Event(events.CLOCK_MISSED, SUBJECT, str(clock.id), clock.agency_id))


def _save(climbed: dict[Clock, int]) -> int:
    missed = 0
    for clock, rung in climbed.items():
        missed += clock.state == workflow.RUNNING
        if clock.state == workflow.RUNNING:
            clock.state = workflow.MOVES.check("miss", clock.state).target
        clock.step = rung
        clock.next_at = ladder.next_at(
            rung, last=clock.top, started_at=clock.started_at, due_at=clock.due_at
        )
    Clock.objects.bulk_update(climbed, ["state", "step", "next_at"], batch_size=250)
    return missed


class _People:
    """Who stands on each rung around these clocks, read once for the whole batch."""

    def __init__(
        self,
        carriers: dict[tuple[int, int], list[int]],
        coordinators: Sequence[network.Coordinator],
        provinces: dict[int, str],
    ) -> None:
        self._carriers, self._provinces = carriers, provinces
        self._of_province: dict[str, list[int]] = defaultdict(list)
        self._of_nation: list[int] = []
        for each in coordinators:
            if ProvinceCoordinator.code in each.roles:
                self._of_province[each.province].append(each.agency_id)
            if NationalCoordinator.code in each.roles:
                self._of_nation.append(each.agency_id)

    @classmethod
    def around(cls, clocks: Sequence[Clock]) -> _People:
        """Read what these clocks need; four queries whatever their number."""
        if not clocks:
            return cls({}, (), {})
        agencies = {c.agency_id for c in clocks} | {
            c.against_agency_id for c in clocks if c.against_agency_id
        }
        cases = {c.case_id for c in clocks if c.case_id}
        return cls(
            custody.carriers(cases), network.list_coordinators(), network.provinces_of(agencies)
        )

    def called(self, clock: Clock, rung: int) -> list[Call]:
        """The calls of this rung: on the side that holds the clock, and on the side that owes."""
        if rung == ladder.DESK:
            return self._desks(clock)
        if rung == ladder.SUPERVISOR:
            sides = [clock.agency_id, clock.against_agency_id]
            return [self._role(clock, rung, agency, Alert.SUPERVISOR) for agency in sides if agency]
        owing = clock.against_agency_id or clock.agency_id
        province = self._provinces.get(owing, "")
        if rung == ladder.PROVINCE:
            return [
                self._role(clock, rung, agency, Alert.PROVINCE)
                for agency in dict.fromkeys(self._of_province.get(province, ()))
            ]
        return [
            self._role(clock, rung, agency, Alert.NATION)
            for agency in dict.fromkeys(self._of_nation)
        ]

    def _desks(self, clock: Clock) -> list[Call]:
        made = [
            self._call(clock, ladder.DESK, clock.agency_id, Alert.PERSON, user_id=user)
            for user in self._holders(clock)
        ]
        if not made and clock.desk_id:
            made.append(
                self._call(clock, ladder.DESK, clock.agency_id, Alert.DESK, desk_id=clock.desk_id)
            )
        if not made:
            made.append(self._role(clock, ladder.DESK, clock.agency_id, Alert.SUPERVISOR))
        if clock.against_agency_id and clock.against_desk_id:
            made.append(
                self._call(
                    clock, ladder.DESK, clock.against_agency_id, Alert.DESK,
                    desk_id=clock.against_desk_id,
                )
            )  # fmt: skip
        return made

    def _holders(self, clock: Clock) -> Iterable[int]:
        if clock.user_id:
            return [clock.user_id]
        return self._carriers.get((clock.agency_id, clock.case_id or 0), ())

    def _role(self, clock: Clock, rung: int, agency_id: int, audience: str) -> Call:
        return self._call(clock, rung, agency_id, audience)

    @staticmethod
    def _call(
        clock: Clock, rung: int, agency_id: int, audience: str, *,
        user_id: int | None = None, desk_id: int | None = None,
    ) -> Call:  # fmt: skip
        ours = agency_id == clock.agency_id
        told = ours or clock.subject_kind in _TOLD_OUTSIDE
        about = (clock.subject_kind, clock.subject_id) if told else ("", "")
        if ours and clock.case_id:
            about = ("case", str(clock.case_id))
        late = clock.against_agency_id or clock.agency_id
        return Call(
            token=f"clock:{clock.id}:{rung}", agency_id=agency_id, audience=audience,
            kind="clock_late", code=clock.procedure, subject_kind=SUBJECT,
            subject_id=str(clock.id), about=about, user_id=user_id, desk_id=desk_id,
            about_agency_id=late if late != agency_id else None, step=rung,
            urgent=clock.risk in URGENT or rung > ladder.DESK, due_at=clock.due_at,
        )  # fmt: skip
