"""What a filling proposes, shown line by line, and the answer that a person gives to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.assessments import proposing
from rangkul.assessments.mapping import LISTED, SINGLE
from rangkul.assessments.models import Proposal, Submission
from rangkul.assessments.rk01_triase import LEVEL_LABELS, LEVELS
from rangkul.cases import workflow
from rangkul.cases.models import CaseFile
from rangkul.cases.operations.fillings import standing
from rangkul.desk import wording
from rangkul.desk.page import StaffRequest
from rangkul.reference import queries as reference

# The most urgent first: what decided a level is told, and not what lies below it.
_TONES: Final = ("high", "soon", "low", "quiet")


class Cause(Protocol):
    """A line of the result: its words, its tone, and whether it caused or only advises."""

    @property
    def text(self) -> str: ...

    @property
    def tone(self) -> str: ...

    @property
    def is_cause(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Recommended:
    """The recommendation as a sentence, and what somebody made of it."""

    proposal_id: UUID
    sentence: str
    level: str
    is_open: bool
    outcome: str
    why: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Differing:
    """A field of the case in which the filling says something else."""

    proposal_id: UUID
    field: str
    stands: str
    said: str
    is_open: bool
    outcome: str


def shown(
    request: StaffRequest, file: CaseFile, submission: Submission, reasons: Sequence[Cause]
) -> dict[str, Any]:
    """The recommendation and the differing fields, for the page of one filling."""
    found = proposing.list_of(request.actor, submission)
    names = accounts.names_of({row.answered_by for row in found if row.answered_by})
    is_running = file.state != workflow.CLOSED
    return {
        "recommended": next(
            (_recommended(row, reasons, names) for row in found if not row.field), None
        ),
        "differing": [_differing(row, file, request) for row in found if row.field],
        "levels": [(code, level_label(code)) for code in LEVELS],
        "may_answer": is_running and may(request.actor.roles, Permission.ASSESS),
        "may_choose": is_running and may(request.actor.roles, Permission.PLAN),
    }


def level_label(code: str) -> str:
    """A level of risk in words."""
    return next((wording.in_language(*LEVEL_LABELS[each]) for each in LEVELS if each == code), "")


def sentence_of(level: str, reasons: Sequence[Cause]) -> str:
    """*High, because: has been choked; a weapon.* The most urgent lines alone, none for low."""
    told = level_label(level) or _("Services are recommended")
    by_tone = {
        tone: [each.text for each in reasons if each.tone == tone and each.is_cause]
        for tone in _TONES
    }
    causes = next((texts for texts in by_tone.values() if texts), [])
    if not causes or level == "rendah":
        return f"{told}."
    return _("%(level)s, because: %(causes)s.") % {"level": told, "causes": "; ".join(causes)}


def _recommended(row: Proposal, reasons: Sequence[Cause], names: Mapping[int, str]) -> Recommended:
    level = str(row.wanted or "")
    return Recommended(
        row.id, sentence_of(level, reasons), level, not row.answer, _outcome(row),
        proposing.why_of(row), names.get(row.answered_by or 0, ""), row.answered_at,
    )  # fmt: skip


def _outcome(row: Proposal) -> str:
    if row.answer in ("raised", "lower"):
        told = (
            _("Raised to: %(level)s")
            if row.answer == "raised"
            else _("A lower level was asked for: %(level)s; the supervisor decides")
        )
        return told % {"level": level_label(row.level)}
    return {
        "accepted": _("Followed"),
        "declined": _("What stood was kept") if row.field else _("Not followed"),
        "taken": _("The filling's value was taken"),
        "past": _("Not answered; a newer filling took its place"),
    }.get(row.answer, "")


def _differing(row: Proposal, file: CaseFile, request: StaffRequest) -> Differing:
    now = standing(file, request.actor)[row.field]
    return Differing(
        row.id, field_label(row.field), value_words(row.field, now),
        value_words(row.field, row.wanted), not row.answer, _outcome(row),
    )  # fmt: skip


def field_label(name: str) -> str:
    """What a field of a case is called."""
    return {
        "process": _("Act"), "means": _("Means"), "purpose": _("Purpose"),
        "violence_kinds": _("Kind of violence"), "flags": _("Marks"),
        "languages": _("Languages"), "place_kinds": _("Place"), "categories": _("Category"),
        "legal_determination": _("Legal determination"),
        "destination_country": _("Country of destination"), "sex": _("Sex"),
        "worker_sex": _("Prefers to speak with"),
    }[name]  # fmt: skip


_LISTS: Final[Mapping[str, str]] = {**LISTED, **SINGLE}


def value_words(name: str, value: Any) -> str:
    """A field's value in words; a dash for none."""
    codes = [value] if isinstance(value, str) else list(value or ())
    own = {
        "ktk": _("Violence"), "kpo": _("Trafficking"), "P": _("Female"), "L": _("Male"),
        "X": _("Other"), "sama_saja": _("Either"),
    }  # fmt: skip
    told = [
        reference.label(_LISTS[name], code) if _LISTS[name] else own.get(code, code)
        for code in codes
        if code
    ]
    return ", ".join(told) or "–"
