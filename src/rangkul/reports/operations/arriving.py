"""Reports that were written without a line and arrive later, each counted once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.reports import events, queries
from rangkul.reports.content import ReportContent
from rangkul.reports.models import Report
from rangkul.reports.operations import taking
from rangkul.trail import queries as trail


@transaction.atomic
def arrive_report(*, content: ReportContent, item: UUID, by: Actor, at: datetime) -> Report:
    """What a colleague wrote without a line, received and in her hands as if written at the desk.

    What cannot be received as it is stays as her draft, whole, and waits there to be mended. The
    same ``item`` again returns the report that it made. Raises ``Forbidden``.
    """
    require(by.roles, Permission.TAKE_REPORT)
    taking.one_form_at_a_time(by)
    act_id = uuid5(item, str(by.user_id))
    before = trail.subject_of_own(by, act_id=act_id, name=events.REPORT_BEGUN)
    if before is not None:
        return queries.get_report(by, int(before))
    report = taking.new_draft(by=by, at=at, act_id=act_id)
    try:
        return taking.begin_helping(
            report_id=report.id, expected_version=report.version, content=content, by=by, at=at
        )
    except InvalidInput:
        taking.write_draft(report, content)
        return report
