"""A person answers what a filling proposes: follows it, goes higher, asks for lower, or chooses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments import proposing, settling
from rangkul.assessments.mapping import Value
from rangkul.assessments.models import Proposal, Submission
from rangkul.assessments.workflow import ACCEPTED, DECLINED, IN_FILE, LOWER, TAKEN
from rangkul.cases import policy
from rangkul.cases.operations import repeating
from rangkul.cases.operations.cover import lock, set_risk
from rangkul.cases.operations.fillings import ANSWER, REVIEW, take_up, write_fields
from rangkul.cases.operations.opening import start_clock
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable

MOST_WHY = 2_000


@transaction.atomic
def answer_recommendation(
    *, proposal_id: UUID, level: str, follows: bool, why: str, by: Actor, at: datetime
) -> Proposal:
    """Say what is made of a recommendation, and why.

    Where it names a risk, ``level`` is the person's own: the same follows it, a higher one holds at
    once, a lower one asks the supervisor (``lower_risk_review``). Where it names none, ``follows``
    tells. Whoever does not follow it says why. Raises ``InvalidInput``, ``StaleForm``.
    """
    require(by.roles, Permission.ASSESS)
    proposal = _open(proposal_id, by, of_field=False)
    said = str(proposal.wanted or "")
    why = why.strip()
    if said and level not in policy.LEVELS:
        raise InvalidInput({"level": "required"})
    answer = proposing.meaning_of(level, against=said) if said else ""
    answer = answer or (ACCEPTED if follows else DECLINED)
    if answer != ACCEPTED and not why:
        raise InvalidInput({"why": "required"})
    if len(why) > MOST_WHY:
        raise InvalidInput({"why": "too_long"})
    file = lock(by, proposal.case_id)
    row = proposing.answer(
        proposal, answer=answer, level=level if said else "", why=why, by=by, at=at
    )
    clocks.meet(
        subject_kind=repeating.FILLING, subject_id=proposal.submission_id, by=by, at=at,
        procedures=[ANSWER],
    )  # fmt: skip
    if said and policy.LEVELS.index(level) > policy.LEVELS.index(file.risk):
        set_risk(case_id=file.case_id, risk=level, reason="triase", by=by, at=at)
    elif answer == LOWER and policy.LEVELS.index(level) < policy.LEVELS.index(file.risk):
        start_clock(file, REVIEW, by=by, at=at)
    return row


@transaction.atomic
def answer_difference(*, proposal_id: UUID, take: bool, by: Actor, at: datetime) -> Proposal:
    """Take the filling's value for a field, or leave what stands. Raises ``StaleForm``."""
    require(by.roles, Permission.PLAN)
    proposal = _open(proposal_id, by, of_field=True)
    file = lock(by, proposal.case_id)
    row = proposing.answer(
        proposal, answer=TAKEN if take else DECLINED, level="", why="", by=by, at=at
    )
    if take:
        value: Value = tuple(row.wanted) if isinstance(row.wanted, list) else str(row.wanted or "")
        write_fields(file, {row.field: value}, by=by, at=at)
    return row


@transaction.atomic
def settle_conflict(*, submission_id: UUID, choice: str, by: Actor, at: datetime) -> Submission:
    """Choose between two fillings under one number: ``former``, ``newer``, or ``both``.

    ``submission_id`` is the one that waits. What comes into the file by this is taken up as it
    would have been when it came. Raises ``StaleForm`` where somebody chose already.
    """
    require(by.roles, Permission.ASSESS)
    settled = settling.settle_conflict(submission_id=submission_id, choice=choice, by=by, at=at)
    if settled.standing in IN_FILE:
        take_up(received=settling.read_again(settled, by=by), by=by, at=at)
    return settled


def _open(proposal_id: UUID, by: Actor, *, of_field: bool) -> Proposal:
    proposal = proposing.get(by, proposal_id)
    if bool(proposal.field) is not of_field:
        raise NotReachable("another kind of proposal")
    return proposal
