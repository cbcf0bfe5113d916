"""How calls declare themselves: their numbers, their key, and what they may be answered instead."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from ninja.params import functions as parameter

from rangkul.api import numbers
from rangkul.api.schemas.strict import (
    AGENCY,
    CASE,
    PACKET,
    REPORT,
    SOME_ID,
    ClockSaid,
    Fault,
    Place,
)
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.reports import queries as reports

READ: Final[dict[int, Any]] = dict.fromkeys((400, 401, 403, 404, 413, 422, 429, 500, 503), Fault)
"""What any call may be answered instead."""

WRITE: Final[dict[int, Any]] = READ | dict.fromkeys((409, 415), Fault)
"""What a call that writes may be answered instead."""

GONE: Final[dict[int, Any]] = {410: Fault}
"""What a call that opens something sealed may be answered besides."""

IdempotencyKey = Annotated[
    str,
    parameter.Header(
        alias="Idempotency-Key", min_length=8, max_length=80, pattern=r"^[!-~]+$",
        description="A key of your choice for this one act; the same call again counts once.",
        examples=["7f0c2a64-1c0e-4d6e-9a0b-5d0c3a1b2e4f"],
    ),
]  # fmt: skip
CaseNumber = Annotated[str, parameter.Path(description="The case's number.", examples=[CASE])]
ReportNumber = Annotated[str, parameter.Path(description="The report's number.", examples=[REPORT])]
PacketNumber = Annotated[str, parameter.Path(description="The packet's number.", examples=[PACKET])]
AgencyNumber = Annotated[str, parameter.Path(description="The agency's number.", examples=[AGENCY])]
RowId = Annotated[
    UUID, parameter.Path(description="The id that the list gave.", examples=[str(SOME_ID)])
]


def case_id_in_path(number: str) -> int:
    """The case that a number in an address names. Raises ``NotReachable``."""
    try:
        return custody.case_id_of(number)
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault


def report_id_in_path(number: str) -> int:
    """The report that a number in an address names. Raises ``NotReachable``."""
    try:
        return reports.report_id_of(number)
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault


def case_id_in_field(number: str, field: str) -> int:
    """The case that a number in a field names. Raises ``InvalidInput`` beside that field."""
    try:
        return custody.case_id_of(number)
    except MistypedNumber as fault:
        raise InvalidInput({field: "unknown"}) from fault


def report_id_in_field(number: str, field: str) -> int:
    """The report that a number in a field names. Raises ``InvalidInput`` beside that field."""
    try:
        return reports.report_id_of(number)
    except MistypedNumber as fault:
        raise InvalidInput({field: "unknown"}) from fault


def desk_number(desk_id: int | None) -> str:
    """A desk's public number; "" for none."""
    return numbers.number_of(numbers.DESK, desk_id)


def place_said(agency_id: int, agency: str, desk_id: int | None, desk: str) -> Place:
    """An agency and a desk of it, by number and name."""
    return Place(
        agency=numbers.number_of(numbers.AGENCY, agency_id), agency_name=agency,
        desk=desk_number(desk_id), desk_name=desk,
    )  # fmt: skip


def clocks_of_case(actor: Actor, case_id: int) -> list[ClockSaid]:
    """The open deadlines of a case in the own agency."""
    return [_clock(clock) for clock in clocks.list_case(actor, case_id)]


def clocks_of_report(actor: Actor, report_id: int) -> list[ClockSaid]:
    """All deadlines of a report in the own agency."""
    return [_clock(clock) for clock in clocks.list_subject(actor, "report", report_id)]


def _clock(clock: Any) -> ClockSaid:
    return ClockSaid(
        procedure=clock.procedure, state=clock.state, started_at=clock.started_at,
        due_at=clock.due_at,
    )  # fmt: skip
