"""Notes of the day: sealed, written once, withdrawn with a reason, never erased."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass
from rangkul.foundation.workflow import IllegalMove
from rangkul.shelter import events, queries, sealed, workflow
from rangkul.shelter.models import DayNote
from rangkul.shelter.operations.ours import record_act
from rangkul.shelter.queries import NoteView, Words

MOST_WORDS: Final = 4000


@transaction.atomic
def write_note(*, admission_id: int, body: str, by: Actor, at: datetime) -> DayNote:
    """Write a note of the day, also after the leaving for what was left unwritten."""
    require(by.roles, Permission.KEEP_SERVICE_RECORD)
    admission = queries.get_own_admission(by, admission_id)
    if admission.state not in (workflow.PLACED, workflow.OVER):
        raise IllegalMove("write_note", admission.state)
    if not body.strip():
        raise InvalidInput({"body": "required"})
    if len(body) > MOST_WORDS:
        raise InvalidInput({"body": "too_long"})
    note = DayNote(
        id=new_id(), agency_id=by.agency_id, admission=admission, written_at=at,
        written_by=by.user_id,
    )  # fmt: skip
    note.body_sealed = sealed.seal(
        by.agency_id, admission.subject, DataClass.ACCOUNT, sealed.note_place(note), body.strip()
    )
    note.save(force_insert=True)
    record_act(events.NOTE_WRITTEN, admission, by=by, at=at, detail={"note": str(note.id)})
    return note


@transaction.atomic
def withdraw_note(*, note_id: UUID, reason: str, by: Actor, at: datetime) -> DayNote:
    """Take the own note back; it remains to be read, struck through, with the reason."""
    require(by.roles, Permission.KEEP_SERVICE_RECORD)
    known = queries.get_note(by, note_id)
    if known.written_by != by.user_id:
        raise NotReachable("a colleague's note")
    note = DayNote.objects.select_for_update().get(id=known.id)
    if note.withdrawn_at is not None:
        raise IllegalMove("withdraw_note", "withdrawn")
    if reason not in workflow.WITHDRAW_NOTE:
        raise InvalidInput({"reason": "unknown" if reason else "required"})
    note.withdrawn_at, note.withdrawn_by, note.withdraw_reason = at, by.user_id, reason
    note.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    admission = queries.get_own_admission(by, note.admission_id)
    record_act(
        events.NOTE_WITHDRAWN, admission, by=by, at=at, reason=reason,
        detail={"note": str(note.id)},
    )  # fmt: skip
    return note


@transaction.atomic
def read_notes(*, admission_id: int, by: Actor, at: datetime) -> list[NoteView]:
    """The notes, opened for an officer of the house; reading is recorded where there is any."""
    require(by.roles, Permission.KEEP_STAYS)
    admission = queries.get_own_admission(by, admission_id)
    notes = queries.open_notes(admission)
    if notes:
        record_act(events.NOTES_READ, admission, by=by, at=at)
    return notes


@transaction.atomic
def read_words(*, admission_id: int, by: Actor, at: datetime) -> Words:
    """What was said with a refusal or a leaving, opened; reading is recorded where there is any."""
    require(by.roles, Permission.KEEP_STAYS)
    admission = queries.get_own_admission(by, admission_id)
    words = queries.open_words(admission, queries.list_stays(admission))
    if words.note or words.whereto:
        record_act(events.WORDS_READ, admission, by=by, at=at)
    return words
