"""What stood in the way of assessing: from the opening and closing of every form, and from rk12.

It is about services and never about persons: a kind, a stage, a desk, a place, an effect. What is
sealed is not opened for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from rangkul.assessments.models import Submission
from rangkul.assessments.workflow import IN_FILE
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor

LOG: Final = "rk12_hambatan"
_SEEN: Final[tuple[tuple[str, frozenset[str], str], ...]] = (
    ("h_privat", frozenset({"tidak"}), "ruang"),
    ("h_aman", frozenset({"tidak"}), "tidak_aman"),
    ("h_jurubahasa", frozenset({"keluarga", "pihak_pelaku"}), "bahasa"),
    ("h_berhenti", frozenset({"tidak_aman", "darurat"}), "tidak_aman"),
    ("h_berhenti", frozenset({"lelah"}), "lelah"),
    ("h_berhenti", frozenset({"diminta"}), "diminta"),
)
"""The item of block H, the answers that tell of an obstacle, and its kind."""
FRESH_DAYS: Final = 30
MEETING_FROM: Final = 3
"""As many of one kind in thirty days are taken to the coordination meeting [local]."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stood in the way; ``desk`` and ``place`` as they were written, if at all."""

    kind: str
    stage: str
    effect: str
    desk: str
    place: str
    case_id: int
    at: datetime


def list_obstacles(actor: Actor, *, since: datetime) -> list[Obstacle]:
    """Every obstacle since then in the cases that the person may see, newest first; one query."""
    visible = custody.accesses(actor).order_by().values("case_id")
    rows = Submission.objects.filter(
        case_id__in=visible, standing__in=IN_FILE, entered_at__gte=since
    )
    found = rows.order_by("-entered_at", "-id").values_list(
        "instrument", "answers", "case_id", "entered_at"
    )
    return [
        each
        for instrument, answers, case_id, at in found
        for each in _told(instrument, answers, case_id, at)
    ]


def _told(
    instrument: str, answers: Mapping[str, Any], case_id: int, at: datetime
) -> Iterator[Obstacle]:
    said = {key.rpartition("/")[2]: codes for key, codes in answers.items()}

    def one(name: str) -> str:
        return str(next(iter(said.get(name, ())), ""))

    if instrument == LOG:
        for kind in said.get("macam", ()):
            yield Obstacle(
                kind, one("tahap"), one("akibat"), one("desk"), one("wilayah"), case_id, at
            )
        return
    kinds = {kind: None for item, codes, kind in _SEEN if one(item) in codes}
    for kind in kinds:
        yield Obstacle(kind, "asesmen", "", "", "", case_id, at)
