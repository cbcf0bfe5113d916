"""What stood in the way of assessing: from the opening and closing of every form, and from rk12.

It is about services and never about persons: a kind, a stage, a desk, a place, an effect. What is
sealed is not opened for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments.models import Submission
from rangkul.assessments.workflow import IN_FILE
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor

LOG: Final = "rk12_hambatan"
SEEN: Final[tuple[tuple[str, frozenset[str], str], ...]] = (
    ("h_privat", frozenset({"tidak"}), "ruang"),
    ("h_aman", frozenset({"tidak"}), "tidak_aman"),
    ("h_jurubahasa", frozenset({"keluarga", "pihak_pelaku"}), "bahasa"),
    ("h_berhenti", frozenset({"tidak_aman", "darurat"}), "tidak_aman"),
    ("h_berhenti", frozenset({"lelah"}), "lelah"),
    ("h_berhenti", frozenset({"diminta"}), "diminta"),
)
"""The item of block H, the answers that tell of an obstacle, and its kind."""
STRETCHES: Final = (30, 90, 365)
"""The days over which obstacles are counted; the database answers coordinators for no others."""
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


@dataclass(frozen=True, slots=True)
class Cell:
    """In how many cases a kind was met; ``place`` an agency's id, a province's code, or "" for all.

    Never of fewer than five cases.
    """

    place: str
    kind: str
    cases: int


def list_cells(actor: Actor, *, days: int) -> list[Cell]:
    """What coordinators learn: kinds by agency in a province, by province for the nation's.

    ``days`` is one of ``STRETCHES``. Empty for everybody else, and of what is too small to be told
    without telling of a person; one query.
    """
    require(actor.roles, Permission.SEE_PROVINCE)
    with connection.cursor() as cursor:
        cursor.execute("select * from house.obstacle_cells(%s)", [days])
        found = [Cell(place or "", kind, cases) for place, kind, cases in cursor.fetchall()]
    return sorted(found, key=lambda cell: (-cell.cases, cell.kind, cell.place))


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
    kinds = {kind: None for item, codes, kind in SEEN if one(item) in codes}
    for kind in kinds:
        yield Obstacle(kind, "asesmen", "", "", "", case_id, at)
