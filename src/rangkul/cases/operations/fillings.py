"""What a filled form changes in the file, in the transaction in which it is received.

The form's own sheets say what: which risk a line recommends, which clocks it starts and ends, which
fields of the case an answer belongs to. What would put another value in the place of one that
stands is proposed to a person; nothing is overwritten by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.assessments import operations as assessments
from rangkul.assessments import proposing
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.advice import Advice, advise
from rangkul.assessments.mapping import LISTED, SINGLE, Value, wanted
from rangkul.assessments.models import FormVersion, Submission
from rangkul.assessments.operations import Received
from rangkul.assessments.workflow import KEPT
from rangkul.cases import policy, queries, workflow
from rangkul.cases.models import CaseFile
from rangkul.cases.operations import repeating
from rangkul.cases.operations.cover import (
    COVER,
    INCIDENT,
    change_cover,
    change_incident,
    lock,
    set_risk,
)
from rangkul.cases.operations.opening import start_clock, start_medical_window
from rangkul.clocks import operations as clocks
from rangkul.custody.models import Case
from rangkul.foundation.actor import Actor

REVIEW: Final = "lower_risk_review"
ANSWER: Final = "recommendation_answered"
_MEDICAL: Final = "medical_window"


@transaction.atomic
def receive_filling(
    *, form: FormVersion, instance_xml: bytes, case: Case, by: Actor, at: datetime, source: str,
    assessed_by: int | None = None,
) -> Submission:  # fmt: skip
    """Keep a filling of ``form`` for ``case``, counted once, and take up what it says.

    The one door for the desk, the phone and the page without a network (``source``). What it
    raises is what ``assessments.operations.receive_submission`` raises.
    """
    received = assessments.receive(
        form=form, instance_xml=instance_xml, case=case, by=by, at=at, source=source,
        assessed_by=assessed_by,
    )  # fmt: skip
    if received.is_new and received.submission.standing == KEPT:
        take_up(received=received, by=by, at=at)
    return received.submission


@transaction.atomic
def take_up(*, received: Received, by: Actor, at: datetime) -> None:
    """Carry a kept filling into its case: fields, risk, clocks, and what a person has to answer.

    A closed file, or somebody who may not assess it, changes nothing: the filling is kept. What
    comes after a newer filling of the same instrument was there still starts its clocks and adds
    what it adds; it ends no clock and moves no risk.
    """
    submission = received.submission
    file = lock(by, submission.case_id)
    if file.state == workflow.CLOSED or not may(by.roles, Permission.ASSESS):
        return
    advice = advise(received.read.declared, received.checked)
    _fill(file, received, by=by, at=at)
    is_newest = not assessment_queries.is_overtaken(submission)
    if is_newest:
        overtake(submission, by=by, at=at)
        if advice.meets:
            clocks.meet(
                subject_kind="case", subject_id=file.case_id, by=by, at=at,
                procedures=advice.meets,
            )  # fmt: skip
        repeating.repeat(file, submission, days=advice.again_days, by=by, at=at)
        _weigh(file, advice, by=by, at=at)
    _start(queries.get_file(by, file.case_id), submission, advice, by=by, at=at)
    _recommend(file, received, advice, by=by, at=at)


def _weigh(file: CaseFile, advice: Advice, *, by: Actor, at: datetime) -> None:
    """The higher of rule and judgement holds at once; a wish below the rule asks the supervisor."""
    level = advice.in_force
    if level and policy.LEVELS.index(level) > policy.LEVELS.index(file.risk):
        set_risk(case_id=file.case_id, risk=level, reason="triase", by=by, at=at)
    if advice.is_lowering:
        start_clock(file, REVIEW, by=by, at=at)


def _start(
    file: CaseFile, submission: Submission, advice: Advice, *, by: Actor, at: datetime
) -> None:
    """The clocks that the lines name, counted from the hour of the filling."""
    since = min(submission.happened_at, at)
    for procedure in advice.clocks:
        if procedure == _MEDICAL:
            start_medical_window(file, by=by, at=at, heard_at=since)
        else:
            start_clock(file, procedure, by=by, at=at, since=since)


def _recommend(
    file: CaseFile, received: Received, advice: Advice, *, by: Actor, at: datetime
) -> None:
    """Put the recommendation before a person; who judged in the form itself has answered it."""
    if not (advice.level or advice.services or advice.within is not None):
        return
    submission = received.submission
    made = proposing.propose(submission, wanted=advice.level or None, at=at)
    if advice.level and advice.asked:
        proposing.answer(
            made, answer=proposing.meaning_of(advice.asked, against=advice.level),
            level=advice.asked, why="", by=by, at=at,
        )  # fmt: skip
    elif advice.within is not None and not received.read.declared.use.judgement:
        since = min(submission.happened_at, at)
        clocks.start(
            procedure=ANSWER, subject_kind=repeating.FILLING, subject_id=submission.id,
            area=file.area, by=by, at=at, since=since,
            due_at=since + timedelta(hours=advice.within), case_id=file.case_id, risk=file.risk,
        )  # fmt: skip


def overtake(submission: Submission, *, by: Actor, at: datetime) -> None:
    """What former fillings of the instrument still asked is asked by the newer one, if at all."""
    for row in proposing.overtake(submission, at=at):
        clocks.void(
            subject_kind=repeating.FILLING, subject_id=row.submission_id, by=by, at=at,
            procedures=[ANSWER],
        )  # fmt: skip


# -- fields of the case -----------------------------------------------------------------------


def _fill(file: CaseFile, received: Received, *, by: Actor, at: datetime) -> None:
    """Write what may be written at once; propose what would change what stands."""
    fills = received.read.declared.fills
    if not fills:
        return
    now = standing(file, by)
    found = wanted(fills, received.checked.setting, now)
    write_fields(
        file, {each.field: each.at_once for each in found if each.at_once != now[each.field]},
        by=by, at=at,
    )  # fmt: skip
    for each in found:
        if not each.is_whole:
            proposing.propose(
                received.submission, field=each.field, wanted=to_json(each.value), at=at
            )


def write_fields(file: CaseFile, values: Mapping[str, Value], *, by: Actor, at: datetime) -> None:
    """Write coded fields of a locked file where they stand: on its cover, or on its incident."""
    cover = {name: to_json(value) for name, value in values.items() if name in COVER}
    if cover:
        change_cover(
            case_id=file.case_id, expected_version=file.version, values=cover, by=by, at=at
        )
    incident = {name: to_json(value) for name, value in values.items() if name in INCIDENT}
    if incident:
        held = queries.get_incident(by, file.case_id)
        change_incident(
            case_id=file.case_id, expected_version=held.version, values=incident, account=None,
            by=by, at=at,
        )  # fmt: skip


def to_json(value: Value) -> Any:
    """A field's value as its column and a proposal keep it."""
    return value if isinstance(value, str) else list(value)


def standing(file: CaseFile, by: Actor) -> dict[str, Value]:
    """What the fields that a form may fill hold now; several codes in order."""
    incident = queries.get_incident(by, file.case_id)
    found: dict[str, Value] = {}
    for name in (*LISTED, *SINGLE):
        value = getattr(file if name in COVER else incident, name)
        found[name] = value if isinstance(value, str) else tuple(sorted(value))
    return found
