"""Grounds: consent or another basis, on which something may leave the agency."""

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
    Moment,
    Number,
    Said,
    Words,
    example,
)

Levels = Annotated[
    dict[Annotated[str, Field(pattern=r"^[ICLAHG]$")], Annotated[int, Field(ge=0, le=9)]],
    Field(max_length=6),
]


class BasisWordsAsked(Asked):
    """The words kept with a basis."""

    why: Words = ""
    best_interest: Words = ""
    child_view: Words = ""
    substitute: Words = ""
    supporter: Words = ""
    court_order: Words = ""


class DecidingAsked(Asked):
    """Who decided besides ``given_by``: a guardian's relation, a child's age and view, support.

    ``stand_in`` decides in the place of a guardian who is left out, by ``article``.
    """

    relation: Code = ""
    child_age: Annotated[int, Field(ge=0, le=17)] | None = None
    child_says: Code = ""
    stand_in: Code = ""
    article: Code = ""
    support: Annotated[list[Code], Field(max_length=8)] = []


class BasisAsked(Asked):
    """A ground: letter a is consent; c, d, e name the article and the reason (UU 27/2022 ps 20).

    ``levels`` maps the class letters I C L A H G to the highest level that may go.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            letter="a", service="medis", levels={"I": 1, "L": 1, "A": 1, "H": 1},
            given_by="penyintas", manner="lisan", language="ind",
            valid_until="2026-06-01T00:00:00+07:00", desk=DESK, other_desks=[],
        )
    )  # fmt: skip

    letter: Annotated[str, Field(pattern=r"^[acde]$")]
    service: Code
    levels: Levels = {}
    given_by: Code
    valid_until: Moment
    manner: Code = ""
    language: Annotated[str, Field(max_length=8, pattern=r"^[a-z]*$")] = ""
    article: Code = ""
    why: Code = ""
    words: BasisWordsAsked = BasisWordsAsked()
    desk: Number | None = None
    other_desks: Annotated[list[Number], Field(max_length=10)] = []
    told_at: Moment | None = None
    purposes: Annotated[list[Code], Field(min_length=1, max_length=2)] = ["layanan"]
    deciding: DecidingAsked = DecidingAsked()
    told_how: Code = ""
    understood: Annotated[list[Code], Field(max_length=8)] = []
    notice_language: Annotated[str, Field(max_length=8, pattern=r"^[a-z]+$")] = "id"


_BASIS: dict[str, Any] = {
    "id": str(SOME_ID), "letter": "a", "article": "", "service": "medis",
    "levels": {"I": 1, "C": 0, "L": 1, "A": 1, "H": 1, "G": 0}, "given_by": "penyintas",
    "manner": "lisan", "why": "", "purposes": ["layanan"], "notice_version": "2026-2",
    "notice_language": "id", "notice_hash": "9f" * 32, "told_how": "dibacakan",
    "understood": ["siapa", "cabut"], "desk": DESK, "other_desks": [],
    "recorded_at": "2026-03-02T03:00:00Z", "valid_until": "2026-05-31T17:00:00Z",
    "told_at": None, "approved_at": None, "withdrawn_at": None, "obstacle": "",
}  # fmt: skip


class BasisSaid(Said):
    """A basis. ``obstacle`` is why nothing may go out on it now, as a code; "" when it stands."""

    model_config = ConfigDict(json_schema_extra=example(**_BASIS))

    id: UUID
    letter: str
    article: str
    service: str
    levels: dict[str, int]
    given_by: str
    manner: str
    why: str
    purposes: list[str]
    notice_version: str
    notice_language: str
    notice_hash: str
    told_how: str
    understood: list[str]
    desk: str
    other_desks: list[str]
    recorded_at: datetime
    valid_until: datetime
    told_at: datetime | None
    approved_at: datetime | None
    withdrawn_at: datetime | None
    obstacle: str


class BasesSaid(Said):
    """Every basis of a case, newest first, the withdrawn and the ended ones included."""

    model_config = ConfigDict(json_schema_extra=example(number=CASE, bases=[_BASIS]))

    number: str
    bases: list[BasisSaid]


class BasisWithdrawn(Said):
    """The basis is taken back; ``ended`` are the packets whose requests ended with it."""

    model_config = ConfigDict(json_schema_extra=example(id=str(SOME_ID), ended=["PK-8RDM-3TXW"]))

    id: UUID
    ended: list[str]
