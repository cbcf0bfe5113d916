"""The board's three weeks: each bed a row, each stay a bar of days used and days left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rangkul.shelter import queries, workflow
from rangkul.shelter.models import Bed, Extension, Room, Stay

BEFORE: Final = 8
DAYS: Final = 21


@dataclass(frozen=True, slots=True)
class Day:
    """One column."""

    on: date
    today: bool
    rest: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: how it looks, in which column it begins (from 1), how many it spans."""

    look: str
    start: int
    span: int


@dataclass(frozen=True, slots=True)
class BedRow:
    """A bed on the board. ``left`` is days to the end of the stay, negative once it is over."""

    bed: Bed
    stay: Stay | None = None
    number: str = ""
    parts: tuple[Part, ...] = ()
    label_at: int = 1
    left: int | None = None
    tone: str = ""
    extension: Extension | None = None

    @property
    def over(self) -> int:
        """Days since the stay should have ended."""
        return -(self.left or 0)


@dataclass(frozen=True, slots=True)
class RoomRows:
    """A room with its beds."""

    room: Room
    beds: Sequence[BedRow]


def days(now: datetime, zone: str) -> list[Day]:
    """The board's columns; Sundays are set apart."""
    today = now.astimezone(ZoneInfo(zone)).date()
    first = today - timedelta(days=BEFORE)
    dates = [first + timedelta(days=n) for n in range(DAYS)]
    return [Day(on, on == today, on.isoweekday() == 7) for on in dates]


def rows(
    rooms: Sequence[Room], asked: dict[int, Extension], *, now: datetime, zone: str
) -> list[RoomRows]:
    """The rooms with their beds; ``asked`` is admission id → the extension that waits."""
    return [
        RoomRows(
            room,
            [
                _row(bed, asked, now=now, zone=zone)
                for bed in room.beds.all()
                if bed.closed_reason != "retired"
            ],
        )
        for room in rooms
    ]


def _row(bed: Bed, asked: dict[int, Extension], *, now: datetime, zone: str) -> BedRow:
    if not bed.live:
        return BedRow(bed)
    stay, place = bed.live[0], ZoneInfo(zone)
    admission = stay.admission
    today = now.astimezone(place).date()
    extension = asked.get(admission.id)
    began = (stay.arrived_at or admission.arrives_at or now).astimezone(place).date()
    ends = admission.due_at.astimezone(place).date() if admission.due_at else began
    left = (ends - today).days if admission.due_at else None
    pieces: list[tuple[str, date, date]] = []
    tone = ""
    if stay.state == workflow.EXPECTED:
        pieces.append(("expected", began, max(began, ends)))
    else:
        tone = "high" if ends < today else "soon" if (ends - today).days <= 1 else ""
        pieces.append((f"used {tone}".strip(), began, today))
        if ends > today:
            pieces.append((f"left {tone}".strip(), today + timedelta(days=1), ends))
    if extension is not None:
        after = max(ends, today) + timedelta(days=1)
        pieces.append(("asked", after, after + timedelta(days=extension.days - 1)))
    parts = tuple(part for part in (_part(*piece, today=today) for piece in pieces) if part)
    return BedRow(
        bed, stay, queries.admission_number(admission.id), parts,
        parts[0].start if parts else 1, left, tone, extension,
    )  # fmt: skip


def _part(look: str, first: date, last: date, *, today: date) -> Part | None:
    """The piece as far as it lies within the three weeks."""
    start = max((first - today).days + BEFORE, 0)
    end = min((last - today).days + BEFORE, DAYS - 1)
    return Part(look, start + 1, end - start + 1) if start <= end else None
