"""What fillings propose, and what people answer: each proposal once, each answer once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.assessments import events
from rangkul.assessments.declared import LEVELS
from rangkul.assessments.models import Proposal, Submission
from rangkul.assessments.workflow import ACCEPTED, LOWER, PAST, RAISED
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable, StaleForm
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.trail.operations import record


def propose(submission: Submission, *, field: str = "", wanted: Any, at: datetime) -> Proposal:
    """Put one thing that a filling says before a person."""
    return Proposal.objects.create(
        id=new_id(), case_id=submission.case_id, submission_id=submission.id, field=field,
        wanted=wanted, made_at=at,
    )  # fmt: skip


def answer(
    proposal: Proposal, *, answer: str, level: str, why: str, by: Actor, at: datetime
) -> Proposal:
    """Keep what a person made of it, and why, sealed. Raises ``StaleForm`` where it is answered."""
    row = (
        Proposal.objects.select_for_update(of=("self",)).select_related("case").get(id=proposal.id)
    )
    if row.answer:
        raise StaleForm(expected=0, found=1)
    row.answer, row.level, row.answered_at, row.answered_by = answer, level, at, by.user_id
    if why:
        key = vault.key_for(Owner("case", row.case_id), row.case.subject, DataClass.ACCOUNT)
        row.why_sealed = vault.seal(key, place(row.id), why)
    row.save(update_fields=["answer", "level", "answered_at", "answered_by", "why_sealed"])
    record(
        by=by, at=at, name=events.PROPOSAL_ANSWERED, subject_kind="submission",
        subject_id=row.submission_id, case_id=row.case_id,
        detail={"field": row.field, "answer": answer, "level": level},
    )  # fmt: skip
    return row


def overtake(newer: Submission, *, at: datetime) -> list[Proposal]:
    """What former fillings of the same instrument proposed and nobody answered: past by now."""
    former = Submission.objects.filter(case_id=newer.case_id, instrument=newer.instrument).exclude(
        id=newer.id
    )
    rows = list(
        Proposal.objects.select_for_update().filter(
            case_id=newer.case_id, answer="", submission_id__in=former.values("id")
        )
    )
    for row in rows:
        row.answer, row.answered_at = PAST, at
        row.save(update_fields=["answer", "answered_at"])
    return rows


def meaning_of(level: str, *, against: str) -> str:
    """What choosing ``level`` means where ``against`` was recommended."""
    chosen, said = LEVELS.index(level), LEVELS.index(against)
    if chosen == said:
        return ACCEPTED
    return RAISED if chosen > said else LOWER


def list_open(actor: Actor, case_id: int) -> list[Proposal]:
    """What waits for an answer in a case, oldest first."""
    custody.get_access(actor, case_id)
    return list(Proposal.objects.filter(case_id=case_id, answer="").order_by("made_at", "id"))


def list_of(actor: Actor, submission: Submission) -> list[Proposal]:
    """What one filling proposed, the recommendation first."""
    custody.get_access(actor, submission.case_id)
    return list(Proposal.objects.filter(submission_id=submission.id).order_by("field"))


def get(actor: Actor, proposal_id: UUID) -> Proposal:
    """One proposal of a visible case. Raises ``NotReachable``."""
    found = Proposal.objects.filter(id=proposal_id).first()
    if found is None:
        raise NotReachable("no such proposal")
    custody.get_access(actor, found.case_id)
    return found


def why_of(proposal: Proposal) -> str:
    """The reason that was given, opened; callers record the reading of its filling."""
    if proposal.why_sealed is None:
        return ""
    return vault.open_text(bytes(proposal.why_sealed), place(proposal.id))


def place(row_id: UUID) -> vault.Place:
    """Where a proposal's reason stands."""
    return vault.Place("assessments_proposal", "why_sealed", row_id)
