"""The kinds of values that calls bring, and the two bases of all schemas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def _in_our_time(value: date) -> date:
    """Years of which a calendar can say anything; others break the arithmetic of time zones."""
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise PydanticCustomError("impossible", "out of our time", {"code": "impossible"})
    return value


def _keepable(value: str) -> str:
    """No sign that no keyboard means and the database cannot keep."""
    if any(sign < " " and sign not in "\t\n\r" for sign in value):
        raise PydanticCustomError(
            "control_character", "control character", {"code": "control_character"}
        )
    return value


Keepable: Final = AfterValidator(_keepable)
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_time)]
Code = Annotated[str, Field(max_length=48, pattern=r"^[a-z0-9_]*$")]
Codes = Annotated[list[Annotated[str, Field(max_length=48), Keepable]], Field(max_length=60)]
AreaCode = Annotated[str, Field(max_length=16, pattern=r"^[0-9.]*$")]
Line = Annotated[str, Field(max_length=300), Keepable]
Words = Annotated[str, Field(max_length=1000), Keepable]
Account = Annotated[str, Field(max_length=20_000), Keepable]
Version = Annotated[int, Field(ge=0, le=2_000_000_000)]
Number = Annotated[str, Field(max_length=16), Keepable]


class Asked(BaseModel):
    """What a call brings: a field that nobody knows is refused, not overlooked."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Said(BaseModel):
    """What a call is answered."""


class Fault(Said):
    """Why a call was not carried out. ``code`` is stable; the sentences are for people."""

    code: str
    message_id: str
    message_en: str
    fields: list[FieldFault] = []
    why: str | None = None


class FieldFault(Said):
    """What one field needs. ``field`` is its path, such as ``about.age``."""

    field: str
    code: str
    message_id: str
    message_en: str


Fault.model_rebuild()


class Labelled(Said):
    """A code with its names."""

    code: str
    label_id: str
    label_en: str


class Place(Said):
    """A desk and its agency by their public numbers; the desk may be unknown."""

    agency: str
    agency_name: str
    desk: str
    desk_name: str


class ClockSaid(Said):
    """A deadline of the own agency."""

    procedure: str
    state: str
    started_at: datetime
    due_at: datetime


DESK: Final = "MJ-5T0W-8XQ2"
CASE: Final = "RK-7F3K-9QXT"
REPORT: Final = "LP-2K5W-07G8"
PACKET: Final = "PK-8RDM-3TXW"
AGENCY: Final = "LB-1C9D-44KM"
COLLEAGUE: Final = "PG-6H2N-QW7E"
SOME_ID: Final = UUID("0195f3a2-7c1e-7d43-9a55-3f0b6c2e1d84")
"""Numbers and an id for the examples; none of them is in use."""


def example(**values: Any) -> dict[str, Any]:
    """A schema's example, where the description looks for it."""
    return {"examples": [values]}


def example_of(schema: type[BaseModel]) -> dict[str, Any]:
    """The example that a schema bears, for one that widens it."""
    extra: Any = schema.model_config["json_schema_extra"]
    found: dict[str, Any] = extra["examples"][0]
    return found
