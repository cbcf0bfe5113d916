"""When an instrument is filled again: one clock for each, met by the next filling."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from rangkul.assessments.models import Submission
from rangkul.cases.models import CaseFile
from rangkul.clocks import operations as clocks
from rangkul.clocks import queries as clock_queries
from rangkul.foundation.actor import Actor

AGAIN: Final = "reassessment"
SUBJECT, FILLING = "instrument", "submission"
"""What these clocks are about: an instrument of a case, or one filling."""


def repeat(
    file: CaseFile, submission: Submission, *, days: int | None, by: Actor, at: datetime
) -> None:
    """End the clock of the instrument as met; start it anew where its form names the days."""
    code = submission.instrument
    met(file.case_id, code, by=by, at=at)
    if days is None:
        return
    since = min(submission.happened_at, at)
    clocks.start(
        procedure=AGAIN, subject_kind=SUBJECT, subject_id=subject(file.case_id, code),
        area=file.area, by=by, at=at, since=since, due_at=since + timedelta(days=days),
        case_id=file.case_id, risk=file.risk,
    )  # fmt: skip


def met(case_id: int, instrument: str, *, by: Actor, at: datetime) -> None:
    """The instrument was filled again."""
    clocks.meet(
        subject_kind=SUBJECT, subject_id=subject(case_id, instrument), by=by, at=at,
        procedures=[AGAIN],
    )  # fmt: skip


def end_all(case_id: int, *, by: Actor, at: datetime) -> None:
    """End what still waits about a case's instruments and their fillings."""
    for clock in clock_queries.list_case(by, case_id):
        if clock.subject_kind in (SUBJECT, FILLING):
            clocks.void(subject_kind=clock.subject_kind, subject_id=clock.subject_id, by=by, at=at)


def subject(case_id: int, instrument: str) -> str:
    """What the clock of one instrument of one case is about."""
    return f"{case_id}/{instrument}"
