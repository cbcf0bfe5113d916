"""What a line holds, seen from the file, and what its holder is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.tidings import policy, workflow
from rangkul.tidings.models import Appointment, Line, Word


@dataclass(frozen=True, slots=True)
class OpenWord:
    """One message, opened; ``hers`` when the holder of the code wrote it."""

    hers: bool
    text: str
    at: datetime
    by_user: int | None
    pressed: bool


@dataclass(frozen=True, slots=True)
class Meeting:
    """One appointment, opened; ``detail`` empty where none was written, or none is to be shown."""

    id: UUID
    starts_at: datetime
    detail: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """A line with all that was written on it, oldest first."""

    line: Line
    words: tuple[OpenWord, ...]
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """All that the holder of a code is shown. Behind the code for pressure: nothing at all."""

    words: tuple[OpenWord, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    tells_times: bool = False


def list_lines(actor: Actor, case_id: int) -> list[Line]:
    """The lines of a visible case, the live one first, then by the day they were given."""
    found = Line.objects.filter(policy.visible_to(actor), case_id=case_id)
    return sorted(found, key=lambda each: (each.state != workflow.LIVE, -each.given_at.timestamp()))


def get_line(actor: Actor, line_id: UUID) -> Line:
    """A visible line. Raises ``NotReachable``."""
    found = Line.objects.filter(policy.visible_to(actor), id=line_id).first()
    if found is None:
        raise NotReachable("no such line")
    return found


def count_unread(actor: Actor, case_id: int) -> int:
    """How many of her messages in a visible case nobody has opened yet."""
    found = Line.objects.filter(policy.visible_to(actor), case_id=case_id, unread__gt=0)
    return sum(found.values_list("unread", flat=True))


def open_talk(line: Line) -> Talk:
    """Everything of a line; whoever asks has been asked about before."""
    return Talk(line, _words(line.id), _meetings(line.id))


def told(line: Line, *, at: datetime) -> Told:
    """What her page shows, as she asked for it. Under the purpose *intake*."""
    meetings: tuple[Meeting, ...] = ()
    if line.shows != workflow.MESSAGES:
        meetings = tuple(
            each if line.shows == workflow.DETAILS
            else Meeting(each.id, each.starts_at, "", cancelled=False)
            for each in _meetings(line.id)
            if not each.cancelled and each.starts_at.date() >= at.date()
        )  # fmt: skip
    return Told(_words(line.id), meetings, line.shows != workflow.MESSAGES)


def word_place(word_id: UUID) -> vault.Place:
    """Where a message's seal belongs."""
    return vault.Place("tidings_word", "body_sealed", word_id)


def detail_place(appointment_id: UUID) -> vault.Place:
    """Where an appointment's seal belongs."""
    return vault.Place("tidings_appointment", "detail_sealed", appointment_id)


def _words(line_id: UUID) -> tuple[OpenWord, ...]:
    rows: Sequence[Word] = list(Word.objects.filter(line_id=line_id).order_by("at", "id"))
    texts = vault.open_texts([(bytes(row.body_sealed), word_place(row.id)) for row in rows])
    return tuple(
        OpenWord(row.by_user is None, text, row.at, row.by_user, row.pressed)
        for row, text in zip(rows, texts, strict=True)
    )


def _meetings(line_id: UUID) -> tuple[Meeting, ...]:
    rows = list(Appointment.objects.filter(line_id=line_id).order_by("starts_at", "id"))
    sealed = [
        (bytes(row.detail_sealed), detail_place(row.id))
        for row in rows
        if row.detail_sealed is not None
    ]
    texts = iter(vault.open_texts(sealed))
    return tuple(
        Meeting(
            row.id, row.starts_at, next(texts) if row.detail_sealed is not None else "",
            row.cancelled_at is not None,
        )
        for row in rows
    )  # fmt: skip
