"""Notes: written, withdrawn with a reason, refiled; never edited, never gone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import events, policy, queries
from rangkul.cases.models import Note
from rangkul.cases.operations import once
from rangkul.custody import queries as custody
from rangkul.custody import reading
from rangkul.custody.models import Case
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.vault import DataClass, Owner
from rangkul.trail.operations import record

KINDS = frozenset({"note", "visit", "call", "message", "report", "meeting"})
_MOST_TEXT = 20_000


@transaction.atomic
def write_note(
    *, case_id: int, body: str, by: Actor, at: datetime, kind: str = "note",
    happened_at: datetime | None = None, token: UUID | None = None,
) -> Note:  # fmt: skip
    """Write a note. The same words under the same ``token`` again return the note they made.

    Raises ``InvalidInput`` for an empty or over-long text, a time to come, and words that must not
    leave the agency (``foundation.outgoing``): each agency of the case reads it. What a report says
    is taken as it came.
    """
    require(by.roles, Permission.WRITE_NOTE)
    case = custody.lock_case(by, case_id)
    key = once.key_of(token, kind, body)
    before = Note.objects.filter(case=case, token=key).first() if key else None
    if before is not None:
        return before
    if kind != "report":
        _keep_inside(body, by)
    note = file_note(
        case=case, body=body, kind=kind, by=by, at=at, happened_at=happened_at or at, token=key
    )
    record(
        by=by, at=at, name=events.NOTE_WRITTEN, subject_kind="note", subject_id=note.id,
        case_id=case_id, detail={"kind": kind},
    )  # fmt: skip
    return note


@transaction.atomic
def withdraw_note(*, note_id: UUID, reason: str, by: Actor, at: datetime) -> Note:
    """Withdraw one's own note. It stays, marked, with who, when and why."""
    note = _withdraw(note_id, reason, by=by, at=at)
    record(
        by=by, at=at, name=events.NOTE_WITHDRAWN, subject_kind="note", subject_id=note.id,
        case_id=note.case_id, reason=reason,
    )  # fmt: skip
    return note


@transaction.atomic
def withdraw_report(
    *, case_id: int, body: str, happened_at: datetime, reason: str, by: Actor, at: datetime
) -> None:
    """Mark the note that a report left in the wrong file; the caller has asked who may.

    A note that somebody has withdrawn already stays as it is. Raises ``NotReachable``.
    """
    custody.lock_case(by, case_id)
    standing = Note.objects.filter(
        case_id=case_id, kind="report", happened_at=happened_at, withdrawn_at__isnull=True
    )
    words = body.strip()
    for note in standing.select_for_update():
        if vault.open_text(bytes(note.body_sealed), queries.note_place(note.id)) == words:
            _mark(note, reason, by=by, at=at)
            record(
                by=by, at=at, name=events.NOTE_WITHDRAWN, subject_kind="note", subject_id=note.id,
                case_id=case_id, reason=reason,
            )  # fmt: skip
            return


@transaction.atomic
def refile_note(*, note_id: UUID, body: str, reason: str, by: Actor, at: datetime) -> Note:
    """Withdraw one's own note and file its correction in its place; both remain."""
    old = _withdraw(note_id, reason, by=by, at=at)
    case = custody.get_access(by, old.case_id).case
    _keep_inside(body, by)
    note = file_note(
        case=case, body=body, kind=old.kind, by=by, at=at, happened_at=old.happened_at,
        replaces=old.id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.NOTE_REFILED, subject_kind="note", subject_id=note.id,
        case_id=note.case_id, reason=reason, detail={"replaces": str(old.id)},
    )  # fmt: skip
    return note


def _keep_inside(body: str, by: Actor) -> None:
    if kept := outgoing.leaving({"body": body}, by):
        raise InvalidInput(kept)


@transaction.atomic
def read_notes(
    *, case_id: int, by: Actor, at: datetime, limit: int = queries.MOST_NOTES
) -> list[queries.NoteView]:
    """The newest notes of a case, opened; the reading is recorded."""
    custody.get_access(by, case_id)
    reading.note_reading(refs=[case_id], by=by, at=at)
    notes = queries.list_notes(by, case_id, limit=limit)
    if notes:
        record(
            by=by, at=at, name=events.NOTES_READ, subject_kind="case", subject_id=case_id,
            case_id=case_id, detail={"count": len(notes)},
        )  # fmt: skip
    return notes


def file_note(
    *, case: Case, body: str, kind: str, by: Actor, at: datetime, happened_at: datetime,
    replaces: UUID | None = None, token: UUID | None = None,
) -> Note:  # fmt: skip
    """Put a note into a file; the caller has asked who may and records the act."""
    errors = {}
    if not body.strip():
        errors["body"] = "required"
    elif len(body) > _MOST_TEXT:
        errors["body"] = "too_long"
    if kind not in KINDS:
        errors["kind"] = "unknown"
    if happened_at > at:
        errors["happened_at"] = "future"
    if errors:
        raise InvalidInput(errors)
    note_id = new_id()
    key = vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)
    return Note.objects.create(
        id=note_id, case=case, kind=kind, agency_id=by.agency_id, happened_at=happened_at,
        written_at=at, written_by=by.user_id, replaces=replaces, token=token,
        body_sealed=vault.seal(key, queries.note_place(note_id), body.strip()),
    )  # fmt: skip


def _withdraw(note_id: UUID, reason: str, *, by: Actor, at: datetime) -> Note:
    if not reason:
        raise InvalidInput({"reason": "required"})
    note = Note.objects.select_for_update().filter(id=note_id).first()
    if note is None:
        raise NotReachable("no such note")
    custody.get_access(by, note.case_id)
    policy.require_may_withdraw(by, note)
    # A note that somebody withdrew a moment ago is at "version 2".
    check_version(expected=1, found=1 if note.withdrawn_at is None else 2)
    _mark(note, reason, by=by, at=at)
    return note


def _mark(note: Note, reason: str, *, by: Actor, at: datetime) -> None:
    note.withdrawn_at, note.withdrawn_by, note.withdraw_reason = at, by.user_id, reason
    note.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
