"""Case conferences, what they decided, and how much calls an account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from rangkul.api.schemas.strict import (
    CASE,
    DESK,
    SOME_ID,
    Asked,
    Code,
    Place,
    Said,
    example,
)

CONFERENCE = "RT-8RDM-3TXW"
_PLACE = {
    "agency": "LB-1C9D-44KM", "agency_name": "Puskesmas Uji", "desk": DESK,
    "desk_name": "Layanan PKPR",
}  # fmt: skip
_LINE: dict[str, Any] = {
    "number": CONFERENCE, "title": "Rencana aman bersama", "state": "called",
    "starts_at": "2026-03-04T02:00:00Z", "lasts_minutes": 60, "manner": "place",
    "lead": "UPTD Uji Semarang", "seat": "invited", "version": 1,
}  # fmt: skip
_DECISION: dict[str, Any] = {
    "id": str(SOME_ID), "conference": CONFERENCE, "words": "Visum dijadwalkan", "owner": _PLACE,
    "owner_name": "", "state": "open", "decided_at": "2026-03-04T04:00:00Z",
    "due_at": "2026-03-07T16:59:59Z", "ended_at": None, "reason": "",
}  # fmt: skip
_SEAT: dict[str, Any] = {
    "id": str(SOME_ID), "place": _PLACE, "name": "", "state": "invited", "reason": "",
    "attended": None, "left_at": None,
}  # fmt: skip


class ConferenceLine(Said):
    """A conference on a list; ``seat`` is how the caller's own seat stands, "" without one."""

    number: str
    title: str
    state: str
    starts_at: datetime
    lasts_minutes: int
    manner: str
    lead: str
    seat: str
    version: int


class ConferenceList(Said):
    """Conferences that the caller leads or is invited to, the coming ones first."""

    model_config = ConfigDict(json_schema_extra=example(conferences=[_LINE]))

    conferences: list[ConferenceLine]


class SeatSaid(Said):
    """A place at the table."""

    id: UUID
    place: Place
    name: str
    state: str
    reason: str
    attended: bool | None
    left_at: datetime | None


class AgendaSaid(Said):
    """One thing to speak about."""

    kind: str
    words: str


class DecisionSaid(Said):
    """What was decided, whose it is and until when."""

    model_config = ConfigDict(json_schema_extra=example(**_DECISION))

    id: UUID
    conference: str
    words: str
    owner: Place
    owner_name: str
    state: str
    decided_at: datetime
    due_at: datetime
    ended_at: datetime | None
    reason: str


class DecisionList(Said):
    """Decisions, the soonest due first."""

    model_config = ConfigDict(json_schema_extra=example(decisions=[_DECISION]))

    decisions: list[DecisionSaid]


class ConferenceSaid(ConferenceLine):
    """What stands on the table for everybody there; ``cases`` are the lead's alone to know."""

    model_config = ConfigDict(
        json_schema_extra=example(
            **_LINE, place="Ruang 2", link="", cases=[CASE], seats=[_SEAT],
            agenda=[{"kind": "danger", "words": "Siapa menjemput"}], decisions=[_DECISION],
        )
    )  # fmt: skip

    place: str
    link: str
    cases: list[str]
    seats: list[SeatSaid]
    agenda: list[AgendaSaid]
    decisions: list[DecisionSaid]


class SeatAnswerAsked(Asked):
    """``accept``, or ``decline`` with a reason."""

    model_config = ConfigDict(json_schema_extra=example(decision="accept", reason=""))

    decision: Annotated[str, Field(pattern=r"^(accept|decline)$")]
    reason: Code = ""


class DecisionEndAsked(Asked):
    """``finish`` where it was done, ``give_up`` with a reason where it was not."""

    model_config = ConfigDict(json_schema_extra=example(move="finish", reason=""))

    move: Annotated[str, Field(pattern=r"^(finish|give_up)$")]
    reason: Code = ""


class AlertCount(Said):
    """How many things call the account unseen; never what they are."""

    model_config = ConfigDict(json_schema_extra=example(waiting=2))

    waiting: int
