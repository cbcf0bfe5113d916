"""Reading filled instruments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.assessments import rk01_triase, rk02_tppo, rk11_tutup
from rangkul.assessments.answers import Answers
from rangkul.assessments.instrument import Instrument
from rangkul.assessments.models import Draft, SealedAnswers, Submission
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable

INSTRUMENTS: dict[str, Instrument] = {
    instrument.code: instrument
    for instrument in (rk01_triase.INSTRUMENT, rk02_tppo.INSTRUMENT, rk11_tutup.INSTRUMENT)
}


def list_submissions(actor: Actor, case_id: int) -> list[Submission]:
    """A case's filled instruments, newest first; answers stay sealed."""
    custody.get_access(actor, case_id)
    return list(Submission.objects.filter(case_id=case_id).order_by("-entered_at"))


def latest(actor: Actor, case_id: int, instrument: str) -> Submission | None:
    """The newest filling of one instrument in a case, or ``None``."""
    custody.get_access(actor, case_id)
    return (
        Submission.objects.filter(case_id=case_id, instrument=instrument)
        .order_by("-entered_at")
        .first()
    )


def get_submission(actor: Actor, submission_id: UUID) -> Submission:
    """One filled instrument of a visible case. Raises ``NotReachable``."""
    found = Submission.objects.filter(id=submission_id).first()
    if found is None:
        raise NotReachable("no such assessment")
    custody.get_access(actor, found.case_id)
    return found


def unseal_answers(submission: Submission) -> Answers:
    """All answers of a filling. Reading them is an act: callers record it."""
    values: dict[str, Any] = dict(submission.answers)
    rows = list(SealedAnswers.objects.filter(submission_id=submission.id))
    texts = vault.open_texts([(bytes(row.values_sealed), place(row.id)) for row in rows])
    for text in texts:
        values.update(json.loads(text))
    return Answers.of(values)


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What a person typed and has not saved: the values as sent, and when they were kept."""

    values: dict[str, list[str]]
    saved_at: datetime


def get_draft(actor: Actor, case_id: int, instrument: str) -> KeptDraft | None:
    """The person's own unsaved filling of a form, or ``None``; nobody else's is ever shown."""
    visible = custody.accesses(actor).order_by().values("case_id")
    found = Draft.objects.filter(
        case_id=case_id, case_id__in=visible, user_id=actor.user_id, instrument=instrument
    ).first()
    if found is None:
        return None
    text = vault.open_text(bytes(found.values_sealed), draft_place(found.id))
    return KeptDraft(json.loads(text), found.saved_at)


def draft_place(row_id: UUID) -> vault.Place:
    """Where a draft stands."""
    return vault.Place("assessments_draft", "values_sealed", row_id)


def place(row_id: UUID) -> vault.Place:
    """Where one class's sealed answers stand."""
    return vault.Place("assessments_sealedanswers", "values_sealed", row_id)
