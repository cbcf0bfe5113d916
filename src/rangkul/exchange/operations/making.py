"""An export from the worker's side: begun, made in memory, sealed, and ended when it is over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from rangkul.access.policy import may
from rangkul.custody import reading
from rangkul.exchange import events, marks, policy, queries, tables, workflow
from rangkul.exchange.columns import Cell, Facts, headings, row_of
from rangkul.exchange.models import Export, ExportCase, ExportFile
from rangkul.exchange.operations.exporting import SUBJECT, destroy, note_act
from rangkul.foundation import agekeys
from rangkul.foundation.actor import Actor
from rangkul.foundation.cells import defused
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.trail.operations import record


@dataclass(frozen=True, slots=True)
class Begun:
    """What the worker has to make: the cases, and who stays out."""

    export_id: int
    weighed: queries.Weighed


@transaction.atomic
def begin_export(*, export_id: int, by: Actor, at: datetime) -> Begun | None:
    """Begin, or begin anew after a worker that died; ``None``: there is nothing (left) to make.

    Membership, permission, recipient and every case are asked again. Raises ``NotReachable``.
    """
    row = _held(by, export_id)
    if row is None or row.state not in (workflow.QUEUED, workflow.MAKING):
        return None
    why = queries.obstacle(row.id) or _stopped(by)
    weighed = queries.weigh(by, narrowed_of(row)) if not why else queries.Weighed((), 0, 0)
    if not why:
        why = _size_fault(row, len(weighed.case_ids))
    if why:
        destroy(row, why, by=by, at=at)
        return None
    row.state, row.done = workflow.EXPORT.check("begin", row.state).target, 0
    row.expected = len(weighed.case_ids)
    row.save(update_fields=["state", "done", "expected"])
    return Begun(row.id, weighed)


def _held(by: Actor, export_id: int) -> Export | None:
    """The export, locked, for whoever asked for it; a role that was lost does not hide its end."""
    return (
        Export.objects.select_for_update(of=("self",))
        .filter(id=export_id, agency_id=by.agency_id, asked_by=by.user_id)
        .first()
    )


def _stopped(by: Actor) -> str:
    return workflow.LEFT if not may(by.roles, policy.EXPORTS) or reading.own_stop(by) else ""


def _size_fault(row: Export, count: int) -> str:
    if count == 0:
        return workflow.EMPTY
    alone = row.approved_by is None
    most = workflow.MOST_ROWS_ALONE if alone else workflow.MOST_ROWS
    return workflow.GROWN if count > most else ""


def narrowed_of(row: Export) -> queries.Narrowed:
    """What an export was narrowed by."""
    return queries.Narrowed(
        row.case_state, row.risk, row.category, row.desk_id, row.since, row.until
    )


@transaction.atomic
def note_progress(*, export_id: int, done: int, by: Actor) -> None:
    """So many rows are described; shown on the export's page."""
    Export.objects.filter(
        id=export_id, agency_id=by.agency_id, asked_by=by.user_id, state=workflow.MAKING
    ).update(done=done)


@transaction.atomic
def finish_export(
    *, begun: Begun, facts: Sequence[Facts], by: Actor, at: datetime
) -> Export | None:
    """Make the table in memory, seal it to its one recipient, keep the ciphertext alone.

    What lost its ground since it was described is left out. ``None``: nothing was left to make, or
    another worker was first.
    """
    row = _held(by, begun.export_id)
    if row is None or row.state != workflow.MAKING:
        return None
    still = queries.still_open(by, [each.case_id for each in facts])
    kept = [each for each in facts if each.case_id in still]
    why = queries.obstacle(row.id) or _stopped(by) or _size_fault(row, len(kept))
    if why:
        destroy(row, why, by=by, at=at)
        return None
    row.rows, row.done = len(kept), len(kept)
    row.left_children = begun.weighed.children
    row.left_barred = begun.weighed.barred + len(facts) - len(kept)
    row.made_at, row.expires_at = at, at + workflow.FETCHED_WITHIN
    sealed = agekeys.seal(_content(row, kept, by=by, at=at), row.recipient.key)
    row.size, row.sha256 = len(sealed), hashlib.sha256(sealed).hexdigest()
    row.state = workflow.EXPORT.check("finish", row.state).target
    ExportCase.objects.bulk_create(
        [
            ExportCase(export_id=row.id, case_id=each.case_id, line=line)
            for line, each in enumerate(kept, start=1)
        ],
        batch_size=2_000,
    )
    ExportFile.objects.create(export_id=row.id, agency_id=by.agency_id, content_sealed=sealed)
    row.save(
        update_fields=["rows", "done", "left_children", "left_barred", "made_at", "expires_at",
                       "size", "sha256", "state"],
    )  # fmt: skip
    note_act(row, events.EXPORT_MADE, by=by, at=at, detail={"rows": row.rows, "sha256": row.sha256})
    return row


def _content(row: Export, facts: Sequence[Facts], *, by: Actor, at: datetime) -> bytes:
    with override(row.language):
        setting = queries.setting_of(by, facts, at=at)
        columns = tuple(row.columns)
        rows: list[tuple[Cell, ...]] = [
            (marks.mark_of(row.id, line), *row_of(columns, each, setting))
            for line, each in enumerate(facts, start=1)
        ]
        table = tables.Table(
            title=_("Cases"), headings=(_("mark"), *headings(columns)), rows=rows,
            stamp=_stamp(row, by, at), about_title=_("About"), about=_about(row, by, at),
        )  # fmt: skip
    if row.form == workflow.XLSX:
        return tables.xlsx_bytes(table)
    return tables.csv_bytes(table, for_excel=row.form == workflow.CSV_EXCEL)


def _stamp(row: Export, by: Actor, at: datetime) -> str:
    agency = network.agency_names([by.agency_id])[by.agency_id]
    return _("%(number)s · %(agency)s · for %(recipient)s · %(day)s") % {
        "number": queries.export_number(row.id), "agency": agency,
        "recipient": row.recipient.name,
        "day": at.astimezone(queries.zone_of(by)).date().isoformat(),
    }  # fmt: skip


def _about(row: Export, by: Actor, at: datetime) -> list[tuple[str, Cell]]:
    agency = network.agency_names([by.agency_id])[by.agency_id]
    told: list[tuple[str, Cell]] = [
        (_("Export"), queries.export_number(row.id)),
        (_("Agency"), agency),
        (_("Recipient"), row.recipient.name),
        (_("Purpose"), row.recipient.purpose),
        (_("Ground"), " · ".join(
            part for part in (str(workflow.GROUNDS[row.recipient.ground]), row.recipient.article)
            if part
        )),
        (_("Reason"), str(workflow.REASONS[row.reason])),
        (_("Made"), at.astimezone(queries.zone_of(by)).isoformat(timespec="minutes")),
        (_("Rows"), row.rows),
        (_("Left out: children's files"), row.left_children),
        (_("Left out: restricted, or consent withdrawn"), row.left_barred),
        (_("Each row bears a mark"), _("A single copied row tells which export it came from.")),
        (_("For this recipient and purpose only"),
         _("Do not try to find out who somebody is. To disclose an identity is a crime "
           "(UU 21/2007 art. 24). Delete the file when its purpose is fulfilled.")),
    ]  # fmt: skip
    return [(name, cell if isinstance(cell, int) else defused(cell)) for name, cell in told]


def end_exports(*, at: datetime) -> int:
    """Destroy what was not fetched in time or lost its ground, and put each end in the trail.

    Called inside ``scope.system("retention")``; how many.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select * from house.end_exports(%s)", [at])
        ended = cursor.fetchall()
        for export_id, agency_id, why in ended:
            record(
                by=None, at=at, name=events.EXPORT_DESTROYED, subject_kind=SUBJECT,
                subject_id=export_id, reason=why, purpose="retention",
                detail={"agency": agency_id},
            )  # fmt: skip
            post(Event(events.EXPORT_DESTROYED, SUBJECT, str(export_id), agency_id))
    return len(ended)
