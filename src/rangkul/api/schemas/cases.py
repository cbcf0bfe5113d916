"""Case files: the cover, the people, the notes and the plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from rangkul.api.schemas.strict import (
    AGENCY,
    CASE,
    DESK,
    SOME_ID,
    Account,
    Asked,
    ClockSaid,
    Code,
    Day,
    Keepable,
    Moment,
    Number,
    Said,
    Version,
    example,
)

_COVER: dict[str, Any] = {
    "number": CASE, "pseudonym": "Kenanga", "state": "open", "risk": "sedang",
    "categories": ["ktk"], "flags": [], "is_child": False,
    "opened_at": "2026-03-02T02:20:00Z", "next_due_at": "2026-03-03T02:20:00Z",
}  # fmt: skip


class CaseLine(Said):
    """One line of the caseload: a call word, never a name."""

    model_config = ConfigDict(json_schema_extra=example(**_COVER))

    number: str
    pseudonym: str
    state: str
    risk: str
    categories: list[str]
    flags: list[str]
    is_child: bool
    opened_at: datetime
    next_due_at: datetime | None


class CasePage(Said):
    """A page of the caseload, newest first; ``next_before`` opens the next one, "" on the last."""

    model_config = ConfigDict(json_schema_extra=example(cases=[_COVER], next_before=""))

    cases: list[CaseLine]
    next_before: str


_NEED: dict[str, Any] = {
    "id": str(SOME_ID), "service": "medis", "urgency": "mendesak", "state": "planned",
    "desk": DESK, "due_on": "2026-03-05", "outcome": "", "stated_at": "2026-03-02T03:00:00Z",
    "ended_at": None, "version": 1, "words": "Ingin lukanya diperiksa.",
}  # fmt: skip


class NeedSaid(Said):
    """A need of the plan. ``words`` are the survivor's, null for who does not plan with her."""

    model_config = ConfigDict(json_schema_extra=example(**_NEED))

    id: UUID
    service: str
    urgency: str
    state: str
    desk: str
    due_on: date | None
    outcome: str
    stated_at: datetime
    ended_at: datetime | None
    version: int
    words: str | None


class NeedKept(Said):
    """A need without its words: what an answer may be kept of."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=str(SOME_ID), service="medis", urgency="mendesak", state="planned", version=1
        )
    )

    id: UUID
    service: str
    urgency: str
    state: str
    version: int


_CASE_EXTRA: dict[str, Any] = {
    "risk_at": "2026-03-02T02:20:00Z", "violence_kinds": ["fisik"], "work_label": "",
    "sex": "P", "age_band": "25_59", "languages": ["jav"], "worker_sex": "P", "area": "33.74",
    "desk": DESK, "legal_determination": "", "lead_agency": AGENCY, "closed_at": None,
    "close_reason": "", "version": 1, "needs": [_NEED],
    "clocks": [
        {
            "procedure": "assessment_begun", "state": "running",
            "started_at": "2026-03-02T02:20:00Z", "due_at": "2026-03-03T02:20:00Z",
        }
    ],
}  # fmt: skip


class CaseSaid(CaseLine):
    """A file's cover, its deadlines and its plan. Who the person is stands elsewhere."""

    model_config = ConfigDict(json_schema_extra=example(**_COVER, **_CASE_EXTRA))

    risk_at: datetime
    violence_kinds: list[str]
    work_label: str
    sex: str
    age_band: str
    languages: list[str]
    worker_sex: str
    area: str
    desk: str
    legal_determination: str
    lead_agency: str
    closed_at: datetime | None
    close_reason: str
    version: int
    needs: list[NeedSaid]
    clocks: list[ClockSaid]


class IdentityAsked(Asked):
    """Why the identity is opened: a code of *alasan_buka_identitas*; ``lain`` with words."""

    model_config = ConfigDict(json_schema_extra=example(reason="menghubungi", words=""))

    reason: Code
    words: Annotated[str, Field(max_length=500), Keepable] = ""


class PersonSaid(Said):
    """Somebody of the case, opened."""

    part: str
    full_name: str
    called_name: str
    aliases: list[str]
    birth_date: date | None
    birth_year: int | None
    nik: str
    passport: str
    sex: str
    relation: str
    phone: str
    how: str
    code_word: str
    contact_bans: list[str]
    address: str


class IdentitySaid(Said):
    """The people of the case, the survivor first. The reading is recorded with its reason."""

    model_config = ConfigDict(
        json_schema_extra=example(
            number=CASE,
            people=[
                {
                    "part": "survivor", "full_name": "Nara Uji Kenanga", "called_name": "Nara",
                    "aliases": [], "birth_date": None, "birth_year": 1994, "nik": "",
                    "passport": "", "sex": "P", "relation": "", "phone": "+6281200000000",
                    "how": "Pesan, sore hari", "code_word": "melati", "contact_bans": ["telepon"],
                    "address": "",
                }
            ],
        )
    )  # fmt: skip

    number: str
    people: list[PersonSaid]


class NoteAsked(Asked):
    """A dated note; without ``happened_at`` it is of now."""

    model_config = ConfigDict(
        json_schema_extra=example(body="Bertemu di kantor. Ia merasa lebih tenang.", kind="meeting")
    )

    body: Account
    kind: Code = "note"
    happened_at: Moment | None = None


class NoteKept(Said):
    """A note without its words."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=str(SOME_ID), kind="meeting", happened_at="2026-03-02T03:00:00Z",
            written_at="2026-03-02T03:05:00Z", withdrawn_at=None, withdraw_reason="",
            replaces=None,
        )
    )  # fmt: skip

    id: UUID
    kind: str
    happened_at: datetime
    written_at: datetime
    withdrawn_at: datetime | None
    withdraw_reason: str
    replaces: UUID | None


class NoteSaid(NoteKept):
    """A note. A withdrawn one stays, marked."""

    body: str


class NotesSaid(Said):
    """The notes of a case, newest first. The reading is recorded."""

    model_config = ConfigDict(json_schema_extra=example(number=CASE, notes=[]))

    number: str
    notes: list[NoteSaid]


class WithdrawNoteAsked(Asked):
    """Why a note is taken back, as a code."""

    model_config = ConfigDict(json_schema_extra=example(reason="keliru"))

    reason: Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[a-z_]+$")]


class NeedAsked(Asked):
    """A need in the survivor's own words, and the service that answers it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            words="Ingin lukanya diperiksa.", service="medis", urgency="mendesak",
            due_on=None,
        )
    )  # fmt: skip

    words: Annotated[str, Field(max_length=500), Keepable]
    service: Code
    urgency: Code = "perlu"
    due_on: Day | None = None


class ChangeNeedAsked(Asked):
    """How a need is answered from now on; ``version`` is the one that was read."""

    model_config = ConfigDict(
        json_schema_extra=example(version=1, service="medis", urgency="perlu", due_on=None)
    )

    version: Version
    service: Code
    urgency: Code
    due_on: Day | None = None


class MoveNeedAsked(Asked):
    """One legal move of a need: refer, run, return, meet, fail, drop, take_up."""

    model_config = ConfigDict(json_schema_extra=example(move="meet", outcome="", desk=None))

    move: Code
    outcome: Annotated[str, Field(max_length=24, pattern=r"^[a-z_]*$")] = ""
    desk: Number | None = None
