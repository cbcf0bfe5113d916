"""Where a report leads: into a new file, into one that is open, to an end; and back again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import operations as cases
from rangkul.cases.models import CaseFile
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.reports import events, policy, queries, workflow
from rangkul.reports.operations.taking import answered, follow_up, lock
from rangkul.trail.operations import record

OUTCOMES = frozenset(
    {
        "saran_diberikan", "disalurkan", "tidak_dapat_dihubungi", "ganda", "uji", "bukan_laporan",
    }
)  # fmt: skip
WRONG_FILE = "salah_berkas"


@transaction.atomic
def open_case(*, report_id: int, opening: cases.Opening, by: Actor, at: datetime) -> CaseFile:
    """Make a case of the report; its account becomes the file's first note.

    Two people pressing at once: the second finds it opened (``IllegalMove``).
    """
    require(by.roles, Permission.OPEN_CASE)
    report = lock(by, report_id)
    move = workflow.MOVES.check("open_case", report.state)
    file = cases.open_file(opening=opening, by=by, at=at)
    report.state, report.case_id, report.handled_by = move.target, file.case_id, by.user_id
    report.version += 1
    report.save(update_fields=["state", "case_id", "handled_by", "version"])
    answered(report, by=by, at=at)
    record(
        by=by, at=at, name=events.CASE_OPENED, subject_kind="report", subject_id=report.id,
        case_id=file.case_id,
    )  # fmt: skip
    return file


@transaction.atomic
def join_case(*, report_id: int, case_id: int, by: Actor, at: datetime) -> None:
    """The report speaks of a person whose file is open: its account becomes a note there."""
    report = lock(by, report_id)
    move = workflow.MOVES.check("join_case", report.state)
    opened = queries.unseal(report)
    cases.write_note(
        case_id=case_id, body=opened.content.account, kind="report", by=by, at=at,
        happened_at=report.reported_at or report.entered_at,
    )  # fmt: skip
    report.state, report.case_id, report.handled_by = move.target, case_id, by.user_id
    report.version += 1
    report.save(update_fields=["state", "case_id", "handled_by", "version"])
    answered(report, by=by, at=at)
    record(
        by=by, at=at, name=events.CASE_JOINED, subject_kind="report", subject_id=report.id,
        case_id=case_id,
    )  # fmt: skip


@transaction.atomic
def unjoin_case(*, report_id: int, by: Actor, at: datetime) -> None:
    """Take a report off the wrong file: its note there is withdrawn, it is in hand again.

    Whoever joined it may, and a supervisor of the unit. Its follow-up has a clock again. Raises
    ``IllegalMove`` when it stands in no file (any more).
    """
    report = lock(by, report_id)
    move = workflow.MOVES.check("unjoin_case", report.state)
    policy.require_may_unjoin(by, report)
    wrong = report.case_id or 0
    cases.withdraw_report(
        case_id=wrong, body=queries.unseal(report).content.account,
        happened_at=report.reported_at or report.entered_at, reason=WRONG_FILE, by=by, at=at,
    )  # fmt: skip
    report.state, report.case_id, report.handled_by = move.target, None, by.user_id
    report.version += 1
    report.save(update_fields=["state", "case_id", "handled_by", "version"])
    if report.area:
        follow_up(report, since=at, by=by, at=at)
    record(
        by=by, at=at, name=events.CASE_UNJOINED, subject_kind="report", subject_id=report.id,
        case_id=wrong, reason=WRONG_FILE,
    )  # fmt: skip


@transaction.atomic
def close_report(*, report_id: int, outcome: str, by: Actor, at: datetime) -> None:
    """End a report that needs no case: advice given, passed on, a duplicate … and why."""
    require(by.roles, Permission.TRIAGE)
    report = lock(by, report_id)
    if outcome not in OUTCOMES:
        raise InvalidInput({"outcome": "required"})
    was_draft = report.state == workflow.DRAFT
    report.state = workflow.MOVES.check("close", report.state).target
    report.outcome, report.handled_by = outcome, by.user_id
    report.version += 1
    if was_draft:
        # A draft that is let go was never received; the table wants its three values all the same.
        report.reported_at = report.reported_at or at
        report.risk, report.channel = report.risk or "rendah", report.channel or "lainnya"
    report.save(
        update_fields=[
            "state", "outcome", "handled_by", "version", "reported_at", "risk", "channel",
        ]
    )  # fmt: skip
    answered(report, by=by, at=at)
    record(
        by=by, at=at, name=events.REPORT_CLOSED, subject_kind="report", subject_id=report.id,
        reason=outcome,
    )  # fmt: skip


@transaction.atomic
def take_up_again(*, report_id: int, by: Actor, at: datetime) -> None:
    """Undo a closing: the report is in hand again, and its follow-up has a clock again."""
    require(by.roles, Permission.TRIAGE)
    report = lock(by, report_id)
    report.state = workflow.MOVES.check("take_up", report.state).target
    report.outcome = ""
    report.version += 1
    report.save(update_fields=["state", "outcome", "version"])
    if report.area:
        follow_up(report, since=at, by=by, at=at)
    record(by=by, at=at, name=events.REPORT_TAKEN_UP, subject_kind="report", subject_id=report.id)
