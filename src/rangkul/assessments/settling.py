"""Two fillings under one number: which stands; and a kept filling read once more."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from rangkul.assessments import baseline, events, queries
from rangkul.assessments.checking import check
from rangkul.assessments.models import Submission
from rangkul.assessments.operations import Received
from rangkul.assessments.workflow import ASIDE, BOTH, CONFLICT, KEPT
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, StaleForm
from rangkul.trail.operations import record

_SETTLED: Final = {"former": ASIDE, "newer": KEPT, "both": BOTH}


@transaction.atomic
def settle_conflict(*, submission_id: UUID, choice: str, by: Actor, at: datetime) -> Submission:
    """Let the one that stands stay (``former``), give way (``newer``), or keep ``both``.

    Neither row is lost: the one not chosen is set aside. Raises ``NotReachable``, ``StaleForm``
    where it is settled already, ``InvalidInput`` for another choice.
    """
    waiting = queries.get_submission(by, submission_id)
    custody.lock_case(by, waiting.case_id)
    waiting.refresh_from_db()
    if waiting.standing != CONFLICT:
        raise StaleForm(expected=0, found=1)
    if choice not in _SETTLED:
        raise InvalidInput({"choice": "required"})
    if choice == "newer" and not Submission.objects.filter(
        agency_id=waiting.agency_id, instance_id=waiting.instance_id, standing=KEPT
    ).update(standing=ASIDE):  # fmt: skip
        # It stands in a file that this person does not reach, and is not theirs to set aside.
        raise InvalidInput({"choice": "unreachable"})
    waiting.standing = _SETTLED[choice]
    waiting.save(update_fields=["standing"])
    record(
        by=by, at=at, name=events.CONFLICT_SETTLED, subject_kind="submission",
        subject_id=waiting.id, case_id=waiting.case_id, detail={"choice": choice},
    )  # fmt: skip
    return waiting


def read_again(submission: Submission, *, by: Actor) -> Received:
    """A filling that is kept, read once more from its own letters as it was received."""
    form = queries.form_of(submission)
    read = queries.read_form(form)
    moment = localtime(submission.happened_at)
    checked = check(
        read.form, queries.received_xml(submission), today=moment.date(), now=moment,
        fresh=submission.instance_id,
        given=baseline.of_case(by, submission.case_id, form, without=submission.id),
    )  # fmt: skip
    return Received(submission, checked, read, is_new=False)
