"""What the public's door adds to a report, read from both its sides; and the groups of alike ones.

The side of the code is told two things about its report, ever: received, and in hand. Whoever holds
a code may be the one whom the report is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from rangkul.clocks import queries as clocks
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.reports import policy, queries, workflow
from rangkul.reports.door import SafeContact
from rangkul.reports.models import DoorReport, Flock, Message, Report, ReportFile

# Reasons with which a whole group may be closed.
FLOCK_OUTCOMES = frozenset({"bukan_laporan", "ganda", "uji"})

_MOST_FLOCKS = 20
_SAMPLES = 4
_DANGER_SAMPLES = 12
_SHOWN_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Line:
    """One message; ``outside`` when the holder of the code wrote it. No minute is told to her."""

    outside: bool
    text: str
    at: datetime
    by_user: int | None

    @property
    def day(self) -> date:
        """The day on which it was written."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Told:
    """All that the holder of a code is told. ``in_hand`` is true of everything after *received*."""

    in_hand: bool
    contact: SafeContact
    lines: tuple[Line, ...]
    files: int


@dataclass(frozen=True, slots=True)
class Talk:
    """What staff see of the door's side of a report."""

    row: DoorReport
    contact: SafeContact
    lines: tuple[Line, ...]
    files: tuple[ReportFile, ...]

    @property
    def may_answer(self) -> bool:
        """Whether an answer can reach her at all."""
        return not self.contact.silent and self.row.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class OpenFlock:
    """A group with some of its words opened, and what still waits in it."""

    flock: Flock
    samples: tuple[queries.OpenReport, ...]
    waiting: int
    dangers: int
    closed: int
    areas: int


@dataclass(frozen=True, slots=True)
class FlockLine:
    """One line for many alike reports: how many of them wait, and how many speak of danger."""

    flock: Flock
    waiting: int
    dangers: int
    newest: datetime


def told(report_id: int) -> Told:
    """What is told of a report, whatever became of it. Under the purpose *intake*."""
    row = DoorReport.objects.select_related("report").get(report_id=report_id)
    contact, lines = _opened(row)
    return Told(
        in_hand=row.report.state != workflow.RECEIVED, contact=contact, lines=lines,
        files=ReportFile.objects.filter(report_id=report_id).count(),
    )  # fmt: skip


def talk_of(report: Report) -> Talk | None:
    """The door's side of a visible report; ``None`` for one that came in by another way."""
    row = DoorReport.objects.filter(report=report).first()
    if row is None:
        return None
    contact, lines = _opened(row)
    return Talk(row, contact, lines, tuple(ReportFile.objects.filter(report=report).order_by("at")))


def _opened(row: DoorReport) -> tuple[SafeContact, tuple[Line, ...]]:
    """The choice and the messages; after an erasure nothing of either, and nobody writes."""
    found = Message.objects.filter(report_id=row.report_id).exclude(body_sealed=b"")
    messages = list(found.order_by("at", "id"))
    sealed = [(bytes(m.body_sealed), queries.message_place(m.id)) for m in messages]
    if row.contact_sealed is not None:
        sealed.append((bytes(row.contact_sealed), queries.contact_place(row.report_id)))
    try:
        texts = vault.open_texts(sealed)
    except vault.KeyDestroyed:
        return SafeContact(way="jangan"), ()
    contact = (
        SafeContact.from_json(texts.pop()) if row.contact_sealed is not None else SafeContact()
    )
    lines = (
        Line(message.by_user is None, text, message.at, message.by_user)
        for message, text in zip(messages, texts, strict=True)
    )
    return contact, tuple(lines)


def list_flocks(actor: Actor, *, at: datetime) -> list[FlockLine]:
    """The groups in which something waits, those with the newest danger first."""
    waiting = _waiting(actor)
    counted = (
        waiting.filter(door__flock__latest_at__gt=at - _SHOWN_FOR)
        .values("door__flock")
        .annotate(
            many=Count("id"), newest=Max("entered_at"),
            dangers=Count("id", filter=Q(door__danger=True)),
        )
        .order_by("-newest")[:_MOST_FLOCKS]
    )  # fmt: skip
    rows = {row["door__flock"]: row for row in counted}
    flocks = Flock.objects.in_bulk(list(rows))
    lines = [
        FlockLine(flocks[id_], row["many"], row["dangers"], row["newest"])
        for id_, row in rows.items()
    ]
    return sorted(lines, key=lambda line: (line.dangers == 0, -line.newest.timestamp()))


def get_flock(actor: Actor, flock_id: int) -> Flock:
    """A group of which something can be seen. Raises ``NotReachable``."""
    seen = Report.objects.filter(policy.visible_to(actor), door__flock_id=flock_id).exists()
    found = Flock.objects.filter(id=flock_id, agency_id=actor.agency_id).first() if seen else None
    if found is None:
        raise NotReachable("no such group")
    return found


def open_flock(actor: Actor, flock: Flock) -> OpenFlock:
    """The first and the newest of a group, and the newest that speak of danger, opened."""
    mine = Report.objects.filter(policy.visible_to(actor), door__flock=flock)
    waiting = mine.filter(state__in=(workflow.RECEIVED, workflow.IN_HAND))
    chosen = [
        *waiting.filter(door__danger=True).order_by("-id")[:_DANGER_SAMPLES],
        *waiting.order_by("id")[:_SAMPLES],
        *waiting.order_by("-id")[:_SAMPLES],
    ]
    samples = {report.id: report for report in chosen}
    counted = waiting.aggregate(
        many=Count("id"), dangers=Count("id", filter=Q(door__danger=True)),
        areas=Count("area", distinct=True),
    )  # fmt: skip
    return OpenFlock(
        flock, tuple(queries.unseal(report) for report in samples.values()),
        counted["many"], counted["dangers"],
        mine.filter(state=workflow.CLOSED, outcome__in=FLOCK_OUTCOMES).count(), counted["areas"],
    )  # fmt: skip


def with_clocks(actor: Actor, report_ids: Sequence[int]) -> list[int]:
    """Those of these reports about which a clock runs."""
    running = clocks.soonest_of(actor, "report", list(report_ids))
    return [report_id for report_id in report_ids if str(report_id) in running]


def get_file(actor: Actor, report: Report, file_id: UUID) -> ReportFile:
    """A file of a visible report. Raises ``NotReachable``."""
    found = ReportFile.objects.filter(report=report, id=file_id, agency_id=actor.agency_id).first()
    if found is None:
        raise NotReachable("no such file")
    return found


def _waiting(actor: Actor) -> QuerySet[Report]:
    return Report.objects.filter(
        policy.visible_to(actor), door__held=True,
        state__in=(workflow.RECEIVED, workflow.IN_HAND),
    )  # fmt: skip
