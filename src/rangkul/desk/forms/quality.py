"""How good a filling is: the assessor's training, what of the core is open, what clashes."""

from __future__ import annotations

from typing import Any

from rangkul.assessments import training
from rangkul.assessments.answers import Answers
from rangkul.assessments.form import said
from rangkul.assessments.models import Submission
from rangkul.assessments.queries import ReadForm
from rangkul.cases.models import CaseFile
from rangkul.desk.forms.telling import language
from rangkul.desk.instruments.training import training_label


def shown(
    file: CaseFile, submission: Submission, known: ReadForm, answers: Answers
) -> dict[str, Any]:
    """What the page of a filling says of its quality."""
    form, asked = known.form, known.declared.use.training
    core = [item for item in form.items.values() if item.own.get("core") and item.is_asked]
    held = training.held_by([submission.assessed_by]) if asked else {}
    items = {form.key(item.path) for item in form.items.values() if item.control}
    return {
        "asked_training": training_label(asked) if asked else "",
        "trained_on": held.get(submission.assessed_by, {}).get(asked),
        "answered": sum(key in items for key in answers.values),
        "core_open": [
            form.label(item, language()) for item in core if not answers.given(form.key(item.path))
        ],
        "contradictions": contradictions(file, submission, known),
    }


def contradictions(file: CaseFile, submission: Submission, known: ReadForm) -> list[str]:
    """What does not fit each other, or does not fit the file as it is now."""
    held = set(submission.result.get("contradictions", ()))
    facts = {"risk": file.risk, "is_child": "ya" if file.is_child else "tidak"}
    return [
        said(line.words, language(), "id")
        for line in known.declared.contradictions
        if line.name in held and line.fits(facts)
    ]


def missing_training(user_id: int, known: ReadForm) -> str:
    """The training that a form asks for and this person has not noted, in words, if any."""
    asked = known.declared.use.training
    if not asked or asked in training.held_by([user_id]).get(user_id, {}):
        return ""
    return training_label(asked)
