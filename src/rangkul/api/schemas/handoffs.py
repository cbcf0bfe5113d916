"""What lies around a referral: open calls, packet versions, drafts, transfers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from rangkul.api.schemas.consent import BasisAsked
from rangkul.api.schemas.referrals import PacketSaid
from rangkul.api.schemas.strict import (
    CASE,
    COLLEAGUE,
    DESK,
    SOME_ID,
    Asked,
    Code,
    Day,
    Keepable,
    Moment,
    Number,
    Place,
    Said,
    Version,
    example,
    example_of,
)

_PLACE = {
    "agency": "LB-1C9D-44KM", "agency_name": "Puskesmas Uji", "desk": DESK,
    "desk_name": "Layanan PKPR",
}  # fmt: skip
TRANSFER = "PL-7F3K-9QXT"


# -- open calls -------------------------------------------------------------------------------

_CALL: dict[str, Any] = {
    "id": str(SOME_ID), "service": "medis", "area": "33.74", "state": "called",
    "caller": _PLACE, "called": _PLACE, "offered_at": "2026-03-02T05:00:00Z",
    "answer_by": "2026-03-02T07:00:00Z", "answered_at": None,
}  # fmt: skip


class CallSaid(Said):
    """An open call as it stands at one desk: service, regency and hour, and of nobody anything."""

    model_config = ConfigDict(json_schema_extra=example(**_CALL))

    id: UUID
    service: str
    area: str
    state: str
    caller: Place
    called: Place
    offered_at: datetime
    answer_by: datetime
    answered_at: datetime | None


class CallList(Said):
    """Open calls, those that wait first."""

    model_config = ConfigDict(json_schema_extra=example(calls=[_CALL]))

    calls: list[CallSaid]


class CallAnswerAsked(Asked):
    """Whether the desk could take it."""

    model_config = ConfigDict(json_schema_extra=example(can=True))

    can: bool


class CallAnswered(CallSaid):
    """The call after the answer; ``first`` is false where another desk was there before."""

    model_config = ConfigDict(json_schema_extra=example(**_CALL, first=True))

    first: bool


class CallDesksAsked(Asked):
    """Desks to call; none named: the best placed."""

    model_config = ConfigDict(json_schema_extra=example(desks=[DESK]))

    desks: Annotated[list[Number], Field(max_length=5)] = []


# -- packet versions --------------------------------------------------------------------------

_VERSION: dict[str, Any] = {
    "version": 1, "sealed_at": "2026-03-02T04:00:00Z", "expires_at": "2026-04-01T04:00:00Z",
    "opened_at": None, "destroyed_at": None, "destroy_reason": "", "facts": ["pseudonym"],
    "withheld": ["H2"], "changed": [],
}  # fmt: skip


class VersionSaid(Said):
    """One version of a packet, without its content; ``changed``: facts other than in the last."""

    version: int
    sealed_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    destroyed_at: datetime | None
    destroy_reason: str
    facts: list[str]
    withheld: list[str]
    changed: list[str]


class VersionList(Said):
    """The versions of a packet, newest first; only the newest can be opened."""

    model_config = ConfigDict(json_schema_extra=example(versions=[_VERSION]))

    versions: list[VersionSaid]


class RenewalSaid(PacketSaid):
    """What the next version would hold, and which facts are other than in the last."""

    model_config = ConfigDict(
        json_schema_extra=example(
            **example_of(PacketSaid), changed=["complaint"]
        )
    )  # fmt: skip

    changed: list[str]


class RenewAsked(Asked):
    """The digest of the previewed next version; without it nothing is sent unseen."""

    model_config = ConfigDict(json_schema_extra=example(seen="0" * 64))

    seen: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ExtendAsked(Asked):
    """Until when the packet can be opened, no longer than its ground stands."""

    model_config = ConfigDict(json_schema_extra=example(until="2026-05-01T00:00:00+07:00"))

    until: Moment


# -- drafts -----------------------------------------------------------------------------------

Values = Annotated[
    dict[
        Annotated[str, Field(max_length=64), Keepable],
        Annotated[list[Annotated[str, Field(max_length=2000), Keepable]], Field(max_length=60)],
    ],
    Field(max_length=60),
]
_DRAFT: dict[str, Any] = {
    "id": str(SOME_ID), "case": CASE, "service": "medis", "need": str(SOME_ID), "desk": DESK,
    "begun_at": "2026-03-02T04:00:00Z", "kept_at": "2026-03-02T04:10:00Z",
}  # fmt: skip


class DraftKeptAsked(Asked):
    """A referral that is not ready: what stands on its form, field by field; nothing is checked.

    ``draft`` is one that was kept before and is replaced.
    """

    model_config = ConfigDict(
        json_schema_extra=example(service="medis", values={"asked": ["Periksa luka"]}, desk=DESK)
    )

    service: Code
    values: Values
    need: UUID | None = None
    desk: Number | None = None
    draft: UUID | None = None


class DraftSaid(Said):
    """A kept draft without its words."""

    model_config = ConfigDict(json_schema_extra=example(**_DRAFT))

    id: UUID
    case: str
    service: str
    need: UUID | None
    desk: str
    begun_at: datetime
    kept_at: datetime


class DraftOpened(DraftSaid):
    """A draft with what stood on its form. The reading is recorded."""

    model_config = ConfigDict(
        json_schema_extra=example(**_DRAFT, values={"asked": ["Periksa luka"]})
    )

    values: dict[str, list[str]]


class DraftList(Said):
    """The drafts of a case, newest first."""

    model_config = ConfigDict(json_schema_extra=example(drafts=[_DRAFT]))

    drafts: list[DraftSaid]


class Discarded(Said):
    """The draft is gone."""

    model_config = ConfigDict(json_schema_extra=example(id=str(SOME_ID)))

    id: UUID


# -- transfers --------------------------------------------------------------------------------

_TRANSFER: dict[str, Any] = {
    "number": TRANSFER, "state": "offered", "reason": "lives_there", "case": "",
    "giver": _PLACE, "receiver": _PLACE, "risk": "sedang", "is_child": False,
    "cover": {"sex": "P", "age_band": "18-24", "area": "33.74"}, "basis_letter": "a",
    "offered_at": "2026-03-02T04:00:00Z", "answer_by": "2026-03-05T04:00:00Z",
    "stays_until": None, "answered_at": None, "answer_reason": "", "version": 1,
}  # fmt: skip


class TransferSaid(Said):
    """The offer to take a case over. ``case`` only for an agency that holds it."""

    model_config = ConfigDict(json_schema_extra=example(**_TRANSFER))

    number: str
    state: str
    reason: str
    case: str
    giver: Place
    receiver: Place
    risk: str
    is_child: bool
    cover: dict[str, Any]
    basis_letter: str
    offered_at: datetime
    answer_by: datetime
    stays_until: date | None
    answered_at: datetime | None
    answer_reason: str
    version: int


class TransferOpened(TransferSaid):
    """The offer with its words. The reading is recorded."""

    model_config = ConfigDict(json_schema_extra=example(**_TRANSFER, words="Pindah bulan ini."))

    words: str


class TransferList(Said):
    """Offers to and from the own agency, those that wait first."""

    model_config = ConfigDict(json_schema_extra=example(transfers=[_TRANSFER]))

    transfers: list[TransferSaid]


class TransferAsked(Asked):
    """To which desk the case is offered, why, in words that name nobody, on which ground.

    The ground's ``service`` is ``pelimpahan`` and its ``desk`` the same desk.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            to_desk=DESK, reason="lives_there", words="Pindah bulan ini.",
            basis=example_of(BasisAsked)
            | {"service": "pelimpahan", "levels": {}},
            stays_until="2026-04-01",
        )
    )  # fmt: skip

    to_desk: Number
    reason: Code
    words: Annotated[str, Field(max_length=2000), Keepable]
    basis: BasisAsked
    stays_until: Day | None = None


class TakeOverAsked(Asked):
    """Who of the own agency carries the case from now on, and the version that was read."""

    model_config = ConfigDict(json_schema_extra=example(companion=COLLEAGUE, version=1))

    companion: Number
    version: Version


class RefuseAsked(Asked):
    """Why the case stays where it is, and the version that was read."""

    model_config = ConfigDict(json_schema_extra=example(reason="no_capacity", version=1))

    reason: Code
    version: Version


class TakenOver(Said):
    """The case is the own agency's now."""

    model_config = ConfigDict(json_schema_extra=example(number=TRANSFER, case=CASE))

    number: str
    case: str
