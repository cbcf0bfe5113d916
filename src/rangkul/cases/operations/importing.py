"""Taking over an open caseload: one whole file for each row, and never twice for the same row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments.answers import Answers
from rangkul.cases import events
from rangkul.cases.imports.rows import ImportRow
from rangkul.cases.models import CaseFile
from rangkul.cases.operations.opening import IncidentFacts, Opening, open_file
from rangkul.foundation import draw
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, RangkulError
from rangkul.people.identity import Contact, Identity, Location
from rangkul.trail.operations import record


class RowRefused(RangkulError):
    """One row cannot become a file; none of those sent with it has."""

    code = "row_refused"

    def __init__(self, line: int, fault: InvalidInput) -> None:
        super().__init__(f"line {line}: {', '.join(sorted(fault.errors))}")
        self.line = line
        self.errors = fault.errors


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of the rows: (line, case) for each opened now, and the lines opened before."""

    opened: tuple[tuple[int, int], ...]
    known: tuple[tuple[int, int], ...]


@draw.work("import")
@transaction.atomic
def import_rows(
    *, rows: Sequence[ImportRow], list_id: UUID, zone: tzinfo, by: Actor, at: datetime
) -> ImportOutcome:
    """Open a file for each row, all of them or none; dates are read in ``zone``.

    A row's file bears a key made of ``list_id`` and its line, so that a row sent again, by a
    second press or after a broken line, finds its file. Each file has its own acts in the trail.
    Raises ``RowRefused``.
    """
    require(by.roles, Permission.IMPORT_CASELOAD)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(2, hashtext(%s))", [str(list_id)])
    keys = {row.line: uuid5(list_id, str(row.line)) for row in rows}
    before = dict(
        CaseFile.objects.filter(incident_key__in=keys.values()).values_list(
            "incident_key", "case_id"
        )
    )
    opened, known = [], []
    for row in rows:
        key = keys[row.line]
        if key in before:
            known.append((row.line, before[key]))
            continue
        try:
            file = open_file(opening=_opening(row, key, zone), by=by, at=at)
        except InvalidInput as fault:
            raise RowRefused(row.line, fault) from fault
        record(
            by=by, at=at, name=events.LIST_IMPORTED, subject_kind="case",
            subject_id=file.case_id, case_id=file.case_id,
            detail={"list": str(list_id), "line": row.line, "since": row.since},
        )  # fmt: skip
        opened.append((row.line, file.case_id))
    return ImportOutcome(tuple(opened), tuple(known))


def _opening(row: ImportRow, key: UUID, zone: tzinfo) -> Opening:
    """The file that a row opens; a risk that it states is the office's judgement.

    Nothing of the core was asked anew, so the rule's own level is *sedang* at least: a list that
    says *rendah* is believed once somebody has asked.
    """
    answers: dict[str, Any] = {
        "h_sumber": "berkas", "h_cara": "berkas", "nilai_petugas": row.risk, "jenis": row.kinds,
        "larangan_kontak": row.bans,
    }  # fmt: skip
    since = _day(row.since)
    return Opening(
        area=row.area, categories=row.categories, triage=Answers.of(answers),
        violence_kinds=row.kinds, flags=row.flags, sex=row.sex, birth_year=row.birth_year,
        age=row.age, languages=row.languages, work_label=row.label, incident_key=key,
        incident=IncidentFacts(happened_from=_day(row.happened), place_kinds=row.places),
        identity=Identity(
            full_name=row.name, called_name=row.called, nik=row.nik, passport=row.passport,
            birth_date=_day(row.born),
        ),
        contact=Contact(phone=row.phone, how=row.how), location=Location(address=row.address),
        contact_bans=row.bans, companion_id=row.companion_id, account=row.note,
        reported_at=datetime.combine(since, time(), tzinfo=zone) if since else None,
        carried_over=True,
    )  # fmt: skip


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
