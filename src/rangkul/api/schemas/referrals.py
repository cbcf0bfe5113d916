"""Referrals: what is asked of a desk, what it answers, and the packet between them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from rangkul.api.schemas.strict import (
    CASE,
    DESK,
    PACKET,
    SOME_ID,
    Asked,
    Code,
    Codes,
    Day,
    Keepable,
    Moment,
    Number,
    Place,
    Said,
    Version,
    Words,
    example,
)

PacketWords = Annotated[str, Field(max_length=600), Keepable]
_PLACE = {
    "agency": "LB-1C9D-44KM", "agency_name": "Puskesmas Uji", "desk": DESK,
    "desk_name": "Layanan PKPR",
}  # fmt: skip


class DeadlinesAsked(Asked):
    """By when the desk answers, makes contact and reports, in that order."""

    accept_by: Moment
    first_contact_by: Moment
    outcome_by: Moment


class DraftAsked(Asked):
    """What is asked of a desk, on which basis; ``words`` maps facts that may travel to words."""

    model_config = ConfigDict(
        json_schema_extra=example(
            basis=str(SOME_ID), need=str(SOME_ID), to_desk=DESK, asked="Periksa luka tangan.",
            reach="Pendamping, lewat aplikasi", languages=["ind"], interpreter=False,
        )
    )  # fmt: skip

    basis: UUID
    need: UUID | None = None
    to_desk: Number
    from_desk: Number | None = None
    asked: PacketWords
    reach: PacketWords
    words: Annotated[
        dict[Annotated[str, Field(max_length=32), Keepable], PacketWords], Field(max_length=40)
    ] = {}
    left_out: Codes = []
    risk_note: PacketWords = ""
    bans: Codes = []
    ban_note: PacketWords = ""
    languages: Codes = []
    interpreter: bool = False
    access_note: PacketWords = ""
    worker_sex: Annotated[str, Field(pattern=r"^[PL]?$")] = ""


class ReferralAsked(DraftAsked):
    """The same, sent. ``seen`` is the preview's digest: a file that changed since is not sent."""

    model_config = ConfigDict(
        json_schema_extra=example(
            basis=str(SOME_ID), need=str(SOME_ID), to_desk=DESK, asked="Periksa luka tangan.",
            reach="Pendamping, lewat aplikasi", seen="", uncovered_ok=False,
        )
    )  # fmt: skip

    seen: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    deadlines: DeadlinesAsked | None = None
    uncovered_ok: bool = False


class FactSaid(Said):
    """One fact of a packet."""

    code: str
    value: str


class PacketSaid(Said):
    """What the receiver may read; ``withheld`` are codes of what stays behind."""

    model_config = ConfigDict(
        json_schema_extra=example(
            service="medis", to_agency="Puskesmas Uji", to_desk="Layanan PKPR",
            from_agency="UPTD Uji Semarang", from_desk="", reach="Pendamping, lewat aplikasi",
            asked="Periksa luka tangan.", risk="sedang", risk_note="", is_child=False, bans=[],
            ban_note="", languages=["ind"], interpreter=False, access_note="", worker_sex="P",
            basis_letter="a", basis_article="", basis_until="2026-05-31T17:00:00+00:00",
            facts=[{"code": "pseudonym", "value": "Kenanga"}], withheld=["H2"], not_known=[],
            digest="0" * 64,
        )
    )  # fmt: skip

    service: str
    to_agency: str
    to_desk: str
    from_agency: str
    from_desk: str
    reach: str
    asked: str
    risk: str
    risk_note: str
    is_child: bool
    bans: list[str]
    ban_note: str
    languages: list[str]
    interpreter: bool
    access_note: str
    worker_sex: str
    basis_letter: str
    basis_article: str
    basis_until: str
    facts: list[FactSaid]
    withheld: list[str]
    not_known: list[str]
    digest: str


_REFERRAL: dict[str, Any] = {
    "number": PACKET, "service": "medis", "state": "sent", "sides": ["sender"],
    "moves": ["cancel"], "case": CASE, "sender": _PLACE, "receiver": _PLACE, "risk": "sedang",
    "is_child": False, "basis_letter": "a", "sent_at": "2026-03-02T04:00:00Z",
    "accept_by": "2026-03-02T05:00:00Z", "first_contact_by": "2026-03-02T08:00:00Z",
    "outcome_by": "2026-03-05T04:00:00Z", "due_at": "2026-03-02T05:00:00Z", "answered_at": None,
    "first_contact_at": None, "ended_at": None, "reason": "", "outcome": "", "risk_change": "",
    "next_on": None, "limits": [], "paused_until": None, "version": 1,
}  # fmt: skip


class ReferralLine(Said):
    """A request on a list. ``case`` is the sender's own; the receiver knows of no case."""

    number: str
    service: str
    state: str
    case: str
    sender: Place
    receiver: Place
    risk: str
    is_child: bool
    basis_letter: str
    sent_at: datetime
    accept_by: datetime
    first_contact_by: datetime
    outcome_by: datetime
    due_at: datetime | None
    answered_at: datetime | None
    first_contact_at: datetime | None
    ended_at: datetime | None
    reason: str
    outcome: str
    risk_change: str
    next_on: date | None
    limits: list[str]
    paused_until: date | None
    version: int


class ReferralSaid(ReferralLine):
    """One request; ``sides`` on which the caller stands, ``moves`` that start from its state."""

    model_config = ConfigDict(json_schema_extra=example(**_REFERRAL))

    sides: list[str]
    moves: list[str]


class ReferralList(Said):
    """Requests, those that wait for this side first."""

    model_config = ConfigDict(
        json_schema_extra=example(
            referrals=[{k: v for k, v in _REFERRAL.items() if k not in ("sides", "moves")}]
        )
    )

    referrals: list[ReferralLine]


class ReferralPage(Said):
    """A page of requests, those that wait for this side first; ``next_page`` is 0 on the last."""

    model_config = ConfigDict(
        json_schema_extra=example(
            referrals=[{k: v for k, v in _REFERRAL.items() if k not in ("sides", "moves")}],
            count=1,
            next_page=0,
        )
    )

    referrals: list[ReferralLine]
    count: int
    next_page: int


class ReferralSent(Said):
    """The request is on its way."""

    model_config = ConfigDict(
        json_schema_extra=example(
            number=PACKET, state="sent", version=1, accept_by="2026-03-02T05:00:00Z",
            first_contact_by="2026-03-02T08:00:00Z", outcome_by="2026-03-05T04:00:00Z",
        )
    )  # fmt: skip

    number: str
    state: str
    version: int
    accept_by: datetime
    first_contact_by: datetime
    outcome_by: datetime


class AnswerAsked(Asked):
    """Yes (``accept``), a question (``ask`` and words) or no (``decline`` and a reason).

    ``accept_partly`` is a yes to a part; ``limits`` are codes of what stays open.
    """

    model_config = ConfigDict(
        json_schema_extra=example(version=1, decision="accept", reason="", limits=[], words="")
    )

    version: Version
    decision: Code
    reason: Code = ""
    limits: Codes = []
    words: Words = ""


class PauseAsked(Asked):
    """Why the service rests (a code), and the day on which it goes on."""

    model_config = ConfigDict(
        json_schema_extra=example(version=2, reason="ill", until="2026-03-12", words="")
    )

    version: Version
    reason: Code
    until: Day
    words: Words = ""


class VersionAsked(Asked):
    """The version that was read."""

    model_config = ConfigDict(json_schema_extra=example(version=2))

    version: Version


class OutcomeAsked(Asked):
    """``done`` with an outcome (served, served_partly) or ``not_done`` with a reason code."""

    model_config = ConfigDict(
        json_schema_extra=example(
            version=3, result="done", outcome="served", next_on="2026-03-10", risk_change="same",
            words="",
        )
    )  # fmt: skip

    version: Version
    result: Code
    outcome: Code = ""
    reason: Code = ""
    next_on: Day | None = None
    risk_change: Code = ""
    words: Words = ""


class ReplyAsked(Asked):
    """The answer to the receiver's question."""

    model_config = ConfigDict(
        json_schema_extra=example(version=2, words="Besok pagi, pukul sembilan.")
    )

    version: Version
    words: Words


class MessageAsked(Asked):
    """A line between the two desks."""

    model_config = ConfigDict(json_schema_extra=example(words="Sudah bertemu, terima kasih."))

    words: Words


class MessageKept(Said):
    """A message without its words."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=str(SOME_ID), kind="feedback", written_at="2026-03-02T06:00:00Z", ours=True
        )
    )

    id: UUID
    kind: str
    written_at: datetime
    ours: bool


class MessageSaid(MessageKept):
    """A message; ``words`` is "" once its key is gone."""

    words: str


class MessagesSaid(Said):
    """The thread of a request, oldest first. The reading is recorded."""

    model_config = ConfigDict(json_schema_extra=example(number=PACKET, messages=[]))

    number: str
    messages: list[MessageSaid]
