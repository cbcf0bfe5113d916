"""Groups of alike reports: gathered as they come, looked at, closed and opened again as one.

A flood says the same thing many times; whoever is in danger says it in her own words. So what is
alike becomes one line with one clock, and everything else stands by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.alerts import operations as alerts
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.reports import events, flocks, policy, talk, workflow
from rangkul.reports.models import DoorReport, Flock, FlockMark, Report
from rangkul.reports.operations.taking import follow_up, lock, start_clocks
from rangkul.trail.operations import record

# [local] A flood of last week is no ground to gather what comes today.
_REMEMBERED: Final = timedelta(days=2)
MARKS_KEPT: Final = timedelta(days=7)
# [local] A group speaks again after so long: one more clock, one more call.
_SPEAKS_EVERY: Final = timedelta(minutes=10)
# As many as one press closes; a larger group takes another.
AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new report stands; ``speaks`` when it has a clock and a call of its own."""

    speaks: bool


def one_at_a_time(number: int, *, kind: int) -> None:
    """Wait for whoever does the same with this number, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [kind, number])


def gather(row: DoorReport, words: str, *, desk_id: int, at: datetime) -> Place:
    """Put a new report beside those that say the same; from `flocks.LEAST` on they are one line."""
    marks = flocks.marks_of(words, agency_id=row.agency_id)
    if not marks:
        return Place(speaks=True)
    one_at_a_time(row.agency_id, kind=4)
    known = (
        FlockMark.objects.filter(
            agency_id=row.agency_id, mark__in=marks, flock__desk_id=desk_id,
            flock__latest_at__gt=at - _REMEMBERED,
        )
        .values_list("flock_id", flat=True)
        .order_by("flock_id")
        .first()
    )  # fmt: skip
    if known is None:
        flock = Flock.objects.create(
            agency_id=row.agency_id, desk_id=desk_id, begun_at=at, latest_at=at, called_at=at,
        )  # fmt: skip
        FlockMark.objects.bulk_create(
            FlockMark(agency_id=row.agency_id, flock=flock, mark=mark, made_at=at)
            for mark in set(marks)
        )
    else:
        flock = Flock.objects.get(id=known)
    return _join(row, flock, words, at=at)


def _join(row: DoorReport, flock: Flock, words: str, *, at: datetime) -> Place:
    flock.many += 1
    flock.dangers += row.danger
    flock.latest_at = max(flock.latest_at, at)
    least = flocks.LEAST_OF_SHORT if flocks.is_short(words) else flocks.LEAST
    row.flock, row.held = flock, flock.many >= least
    speaks = not row.held or at - flock.called_at >= _SPEAKS_EVERY
    if row.held and speaks:
        flock.called_at = at
    flock.save(update_fields=["many", "dangers", "latest_at", "called_at"])
    row.save(update_fields=["flock", "held"])
    if row.held and flock.many <= 2 * flocks.LEAST_OF_SHORT:
        # Those before it come under the line with it; later there are none.
        DoorReport.objects.filter(flock=flock, held=False).filter(
            report__state=workflow.RECEIVED
        ).update(held=True)
    return Place(speaks)


@transaction.atomic
def read_flock(*, flock_id: int, by: Actor, at: datetime) -> talk.OpenFlock:
    """A group with some of its words: the newest, the first, and each that speaks of danger.

    The reading is recorded, once for the group. Raises ``NotReachable``.
    """
    flock = talk.get_flock(by, flock_id)
    opened = talk.open_flock(by, flock)
    record(
        by=by, at=at, name=events.FLOCK_READ, subject_kind="flock", subject_id=flock.id,
        detail={"reports": [each.report.id for each in opened.samples]},
    )  # fmt: skip
    return opened


@transaction.atomic
def close_flock(*, flock_id: int, outcome: str, by: Actor, at: datetime) -> int:
    """Close what stands under a group, `AT_ONCE` at most, with one reason; how many.

    Each report's closing stands in the trail. Raises ``NotReachable``, ``InvalidInput``.
    """
    require(by.roles, Permission.TRIAGE)
    flock = talk.get_flock(by, flock_id)
    if outcome not in talk.FLOCK_OUTCOMES:
        raise InvalidInput({"outcome": "required"})
    one_at_a_time(by.agency_id, kind=4)
    waiting = _of(flock, by).filter(state__in=(workflow.RECEIVED, workflow.IN_HAND))
    found = list(waiting.select_for_update(of=("self",)).order_by("id")[:AT_ONCE])
    ids = [report.id for report in found]
    Report.objects.filter(id__in=ids).update(
        state=workflow.CLOSED, outcome=outcome, handled_by=by.user_id, version=F("version") + 1
    )
    for report in found:
        record(
            by=by, at=at, name=events.REPORT_CLOSED, subject_kind="report", subject_id=report.id,
            reason=outcome, detail={"flock": flock.id},
        )  # fmt: skip
    for report_id in talk.with_clocks(by, ids):
        clocks.meet(subject_kind="report", subject_id=report_id, by=by, at=at)
    alerts.end_alerts(subject_kind="report", subject_ids=[str(id_) for id_ in ids], at=at)
    record(
        by=by, at=at, name=events.FLOCK_CLOSED, subject_kind="flock", subject_id=flock.id,
        reason=outcome, detail={"many": len(found)},
    )  # fmt: skip
    return len(found)


@transaction.atomic
def reopen_flock(*, flock_id: int, by: Actor, at: datetime) -> int:
    """Undo a closing: the group's reports are in hand again, under one clock; how many."""
    require(by.roles, Permission.TRIAGE)
    flock = talk.get_flock(by, flock_id)
    one_at_a_time(by.agency_id, kind=4)
    closed = _of(flock, by).filter(state=workflow.CLOSED, outcome__in=talk.FLOCK_OUTCOMES)
    found = list(closed.select_for_update(of=("self",)).order_by("id")[:AT_ONCE])
    Report.objects.filter(id__in=[report.id for report in found]).update(
        state=workflow.IN_HAND, outcome="", version=F("version") + 1
    )
    for report in found:
        record(
            by=by, at=at, name=events.REPORT_TAKEN_UP, subject_kind="report",
            subject_id=report.id, detail={"flock": flock.id},
        )  # fmt: skip
    if found:
        follow_up(found[0], since=at, by=by, at=at)
    record(
        by=by, at=at, name=events.FLOCK_REOPENED, subject_kind="flock", subject_id=flock.id,
        detail={"many": len(found)},
    )  # fmt: skip
    return len(found)


@transaction.atomic
def take_out(*, report_id: int, by: Actor, at: datetime) -> None:
    """This one is none of them: it stands by itself again, with clocks from when it came.

    Raises ``NotReachable`` for a report that stands under no group.
    """
    require(by.roles, Permission.TAKE_REPORT)
    report = lock(by, report_id)
    changed = DoorReport.objects.filter(report_id=report.id, held=True).update(held=False)
    if not changed:
        raise NotReachable("stands under no group")
    if report.state == workflow.RECEIVED:
        start_clocks(report, by=by, at=at)
    record(
        by=by, at=at, name=events.FLOCK_LEFT, subject_kind="report", subject_id=report.id
    )  # fmt: skip


def forget_marks(*, at: datetime) -> int:
    """Let go of marks of a week ago; how many. Under the purpose *tick*."""
    count, _ = FlockMark.objects.filter(made_at__lt=at - MARKS_KEPT).delete()
    return count


def _of(flock: Flock, by: Actor) -> QuerySet[Report]:
    return Report.objects.filter(policy.visible_to(by), Q(door__flock=flock))
