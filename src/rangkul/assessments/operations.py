"""Keeping a filled instrument: ordinary answers in the row, the others sealed class by class."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments import events, queries
from rangkul.assessments.answers import Answers
from rangkul.assessments.instrument import Instrument, by_class
from rangkul.assessments.models import Draft, SealedAnswers, Submission
from rangkul.custody import queries as custody
from rangkul.custody.models import Case
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.trail.operations import record

_MOST_DRAFT = 200_000


@transaction.atomic
def record_submission(
    *,
    case: Case,
    instrument: Instrument,
    answers: Answers,
    result: Mapping[str, object],
    by: Actor,
    at: datetime,
    happened_at: datetime | None = None,
    previous: UUID | None = None,
) -> Submission:
    """Keep one filling of ``instrument``; ``result`` holds codes, computed on the server."""
    apart = by_class(instrument, answers)
    ordinary = apart.pop(None, {})
    submission = Submission.objects.create(
        id=new_id(), case=case, instrument=instrument.code, version=instrument.version,
        answers=ordinary, result=dict(result), previous=previous,
        happened_at=happened_at or at, entered_at=at, assessed_by=by.user_id,
    )  # fmt: skip
    owner = Owner("case", case.id)
    for sealed, values in apart.items():
        row_id, data_class = new_id(), DataClass(str(sealed))
        key = vault.key_for(owner, case.subject, data_class)
        SealedAnswers.objects.create(
            id=row_id, case=case, submission_id=submission.id, data_class=data_class,
            values_sealed=vault.seal(
                key, queries.place(row_id), json.dumps(values, ensure_ascii=False)
            ),
        )  # fmt: skip
    drop_draft(case_id=case.id, instrument=instrument.code, by=by)
    record(
        by=by, at=at, name=events.ASSESSED, subject_kind="submission", subject_id=submission.id,
        case_id=case.id, detail={"instrument": instrument.code, "version": instrument.version},
    )  # fmt: skip
    return submission


@transaction.atomic
def keep_draft(
    *, case_id: int, instrument: str, values: Mapping[str, Sequence[str]], by: Actor, at: datetime
) -> None:
    """Keep what is typed so far for this person alone, so that no break of the line loses it.

    Raises ``InvalidInput`` for more than any form can hold.
    """
    require(by.roles, Permission.TRIAGE)
    case = custody.lock_case(by, case_id)
    text = json.dumps({name: list(sent) for name, sent in values.items()}, ensure_ascii=False)
    if len(text) > _MOST_DRAFT:
        raise InvalidInput({"draft": "too_long"})
    known = Draft.objects.filter(case_id=case_id, user_id=by.user_id, instrument=instrument).first()
    draft = known or Draft(
        id=new_id(), case=case, user_id=by.user_id, instrument=instrument,
        audience="service", audience_agency_id=by.agency_id,
    )  # fmt: skip
    key = vault.key_for(Owner("case", case_id), case.subject, DataClass.ACCOUNT)
    draft.values_sealed = vault.seal(key, queries.draft_place(draft.id), text)
    draft.saved_at = at
    if known is None:
        draft.save(force_insert=True)
    else:
        draft.save(update_fields=["values_sealed", "saved_at"])


@transaction.atomic
def drop_draft(*, case_id: int, instrument: str, by: Actor) -> None:
    """Forget the person's own unsaved filling: it is kept for good now, or not wanted."""
    Draft.objects.filter(case_id=case_id, user_id=by.user_id, instrument=instrument).delete()


@transaction.atomic
def read_answers(*, submission_id: UUID, by: Actor, at: datetime) -> tuple[Submission, Answers]:
    """Open a filling's answers; the reading is recorded."""
    submission = queries.get_submission(by, submission_id)
    record(
        by=by, at=at, name=events.ASSESSMENT_READ, subject_kind="submission",
        subject_id=submission.id, case_id=submission.case_id,
    )  # fmt: skip
    return submission, queries.unseal_answers(submission)
