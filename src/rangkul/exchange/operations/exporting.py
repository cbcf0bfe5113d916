"""An export from its person's side: asked for, let through by another, fetched once, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from rangkul.access.policy import require, require_second_person
from rangkul.exchange import events, policy, queries, workflow
from rangkul.exchange.columns import COLUMNS
from rangkul.exchange.models import Export, ExportFile
from rangkul.exchange.queries import Narrowed
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail.operations import record

SUBJECT = "export"


@dataclass(frozen=True, slots=True)
class Asking:
    """What table is wanted, for whom and why."""

    form: str
    columns: tuple[str, ...]
    narrowed: Narrowed
    recipient_id: int
    reason: str
    language: str
    token: UUID


@transaction.atomic
def ask_export(*, asking: Asking, by: Actor, at: datetime) -> Export:
    """Ask for a table; a form sent twice is one. Beyond a thousand rows another person lets it go.

    Raises ``Forbidden``, ``ReadingStopped``, ``InvalidInput``; ``ExportBarred`` with ``too_many``
    (today), ``too_large`` or ``empty``.
    """
    require(by.roles, policy.EXPORTS)
    policy.require_calm(by)
    with connection.cursor() as cursor:
        # Two tabs of one person come one after the other, so that the second counts the first.
        cursor.execute("select pg_advisory_xact_lock(5, %s)", [by.user_id])
    known = Export.objects.filter(agency_id=by.agency_id, token=asking.token).first()
    if known is not None:
        return known
    _check(asking, by)
    if queries.count_lately(by, at=at) >= workflow.MOST_IN_A_DAY:
        raise policy.ExportBarred("too_many")
    weighed = queries.weigh(by, asking.narrowed)
    if weighed.is_too_large:
        raise policy.ExportBarred("too_large")
    if not weighed.case_ids:
        raise policy.ExportBarred("empty")
    expected, narrowed = len(weighed.case_ids), asking.narrowed
    alone = expected <= workflow.MOST_ROWS_ALONE
    made = Export.objects.create(
        agency_id=by.agency_id, recipient_id=asking.recipient_id, form=asking.form,
        columns=[name for name in COLUMNS if name in asking.columns], case_state=narrowed.state,
        risk=narrowed.risk, category=narrowed.category, desk_id=narrowed.desk_id,
        since=narrowed.since, until=narrowed.until, reason=asking.reason,
        language=asking.language, state=workflow.QUEUED if alone else workflow.WAITING,
        expected=expected, asked_at=at, asked_by=by.user_id, token=asking.token,
    )  # fmt: skip
    note_act(made, events.EXPORT_ASKED, by=by, at=at, detail={"expected": expected})
    name = events.EXPORT_ASKED if alone else events.EXPORT_WAITS
    post(Event(name, SUBJECT, str(made.id), by.agency_id, by.user_id))
    return made


def _check(asking: Asking, by: Actor) -> None:
    errors = {}
    if asking.form not in workflow.FORMS:
        errors["form"] = "unknown"
    if asking.reason not in workflow.REASONS:
        errors["reason"] = "unknown" if asking.reason else "required"
    if not asking.columns or not set(asking.columns) <= COLUMNS.keys():
        errors["columns"] = "unknown" if asking.columns else "required"
    if asking.recipient_id not in {row.id for row in queries.list_usable(by)}:
        errors["recipient"] = "unknown"
    since, until = asking.narrowed.since, asking.narrowed.until
    if since and until and since > until:
        errors["until"] = "before_since"
    if errors:
        raise InvalidInput(errors)


@transaction.atomic
def approve_export(*, export_id: int, by: Actor, at: datetime) -> Export:
    """Another supervisor lets a large export go. Raises ``OwnException``, ``IllegalMove``."""
    require(by.roles, policy.EXPORTS)
    row = queries.lock_export(by, export_id)
    row.state = workflow.EXPORT.check("approve", row.state).target
    require_second_person(requested_by=row.asked_by, approved_by=by.user_id)
    row.approved_at, row.approved_by = at, by.user_id
    row.save(update_fields=["state", "approved_at", "approved_by"])
    note_act(row, events.EXPORT_APPROVED, by=by, at=at)
    post(Event(events.EXPORT_APPROVED, SUBJECT, str(row.id), row.agency_id, row.asked_by))
    return row


@transaction.atomic
def fetch_export(*, export_id: int, by: Actor, at: datetime) -> bytes | None:
    """The ciphertext, once, to whoever asked for it; then it is gone here.

    ``None``: its ground was gone, and it was destroyed instead; the row says why. Looked at in this
    transaction, with the row locked: a withdrawal comes before or after, never between. Raises
    ``Forbidden``, ``ReadingStopped``, ``IllegalMove``; ``NotReachable`` for anybody else's.
    """
    require(by.roles, policy.EXPORTS)
    policy.require_calm(by)
    row = queries.lock_export(by, export_id)
    if row.asked_by != by.user_id:
        raise NotReachable("fetched by whoever asked for it")
    why = queries.obstacle(row.id)
    if row.state == workflow.READY and not why and row.expires_at and row.expires_at <= at:
        why = workflow.EXPIRED
    if why and row.state in workflow.LIVE:
        destroy(row, why, by=by, at=at)
        return None
    target = workflow.EXPORT.check("fetch", row.state).target
    content = bytes(ExportFile.objects.get(export_id=row.id).content_sealed)
    row.state, row.fetched_at, row.ended_at, row.noted_at = target, at, at, at
    row.save(update_fields=["state", "fetched_at", "ended_at", "noted_at"])
    ExportFile.objects.filter(export_id=row.id).delete()
    note_act(row, events.EXPORT_FETCHED, by=by, at=at, detail={"rows": row.rows})
    return content


@transaction.atomic
def take_back_export(*, export_id: int, by: Actor, at: datetime) -> None:
    """Destroy an export before it is fetched; any supervisor of the agency may."""
    require(by.roles, policy.EXPORTS)
    row = queries.lock_export(by, export_id)
    if row.state not in workflow.LIVE:
        raise IllegalMove("destroy", row.state)
    destroy(row, workflow.TAKEN_BACK, by=by, at=at)


def destroy(row: Export, why: str, *, by: Actor, at: datetime) -> None:
    """End a live export and its file; part of the caller's transaction, which holds the row."""
    row.state = workflow.EXPORT.check("destroy", row.state).target
    row.why, row.ended_at, row.noted_at = why, at, at
    row.save(update_fields=["state", "why", "ended_at", "noted_at"])
    ExportFile.objects.filter(export_id=row.id).delete()
    note_act(row, events.EXPORT_DESTROYED, by=by, at=at, reason=why)
    post(Event(events.EXPORT_DESTROYED, SUBJECT, str(row.id), row.agency_id))


def note_act(
    row: Export, name: str, *, by: Actor, at: datetime, reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    """One act on an export, in the trail."""
    record(
        by=by, at=at, name=name, subject_kind=SUBJECT, subject_id=row.id,
        reason=reason or row.reason, detail={"recipient": row.recipient_id, **(detail or {})},
    )  # fmt: skip
