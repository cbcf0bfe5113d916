"""The directory by a machine: agencies, desks, the code lists, and which desks fit a need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from django.http import HttpRequest
from django.utils import translation
from ninja import Router
from ninja.params import functions as parameter

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.api import numbers
from rangkul.api.calls import (
    READ,
    AgencyNumber,
    case_id_in_field,
    desk_number,
    place_said,
)
from rangkul.api.door import caller_of
from rangkul.api.queries import Caller
from rangkul.api.schemas.directory import (
    AgenciesWanted,
    AgencyPage,
    AgencyRow,
    CodesSaid,
    ColleagueSaid,
    ColleaguesSaid,
    DeskPage,
    DeskSaid,
    DesksWanted,
    HiddenSaid,
    OfferSaid,
    ReasonSaid,
    SuggestionSaid,
    SuggestionsSaid,
    SuggestionsWanted,
)
from rangkul.api.schemas.strict import Labelled, Place
from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import queries as network
from rangkul.network.ranking import Candidate
from rangkul.network.reasons import Reason
from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES

if TYPE_CHECKING:
    from rangkul.cases.models import CaseFile

router = Router(tags=["directory"])

_SERVICES = frozenset(str(code) for code in SERVICES)
# A page of desks opens the desks of so many agencies.
_AGENCIES_OF_A_PAGE = 10


@router.get("/directory/agencies", response={200: AgencyPage, **READ}, summary="Search agencies")
def list_agencies(
    request: HttpRequest, wanted: Annotated[AgenciesWanted, parameter.Query()]
) -> AgencyPage:
    """Agencies by words that begin a name, by kind, area (with all in it) and service."""
    caller = _may_look(request)
    page = network.search_directory(
        at=caller.at, words=wanted.q, kind=wanted.kind, area=wanted.area,
        service=_service(wanted.service), after=_cursor_in(wanted.after),
    )  # fmt: skip
    return AgencyPage(
        agencies=[_agency(row) for row in page.rows], next_after=_cursor_out(page.after)
    )


@router.get(
    "/directory/agencies/{number}/desks",
    response={200: DeskPage, **READ},
    summary="Desks of an agency",
)
def list_desks_of_agency(request: HttpRequest, number: AgencyNumber) -> DeskPage:
    """The desks of one agency that are in service, and how they stand now."""
    caller = _may_look(request)
    agency = network.get_agency(numbers.id_in_path(numbers.AGENCY, number))
    cards = network.list_desks(agency.id, at=caller.at)
    return DeskPage(desks=[_desk(card) for card in cards], next_after="")


@router.get("/directory/desks", response={200: DeskPage, **READ}, summary="Search desks")
def list_desks(request: HttpRequest, wanted: Annotated[DesksWanted, parameter.Query()]) -> DeskPage:
    """Desks by service, area and words, agency after agency, and how each stands now."""
    caller = _may_look(request)
    service = _service(wanted.service)
    page = network.search_directory(
        at=caller.at, words=wanted.q, area=wanted.area, service=service,
        after=_cursor_in(wanted.after), limit=_AGENCIES_OF_A_PAGE,
    )  # fmt: skip
    cards = network.list_desks_of((row.id for row in page.rows), at=caller.at)
    return DeskPage(
        desks=[_desk(card) for card in cards if not service or service in card.services],
        next_after=_cursor_out(page.after),
    )


@router.get(
    "/directory/suggestions",
    response={200: SuggestionsSaid, **READ},
    summary="Which desks fit a need",
)
def suggest(
    request: HttpRequest, wanted: Annotated[SuggestionsWanted, parameter.Query()]
) -> SuggestionsSaid:
    """Desks for one service and one visible case, the most fitting first, each with its reasons."""
    caller = _may_look(request)
    case_id = case_id_in_field(wanted.case, "case")
    file = cases.get_file(caller.actor, case_id)
    if not wanted.service:
        raise InvalidInput({"service": "required"})
    found = network.suggest_desks(
        caller.actor, service=_service(wanted.service), at=caller.at, survivor=_facts(file),
        near_area=wanted.area or file.area,
    )  # fmt: skip
    return SuggestionsSaid(
        case=custody.case_number(case_id), service=wanted.service,
        suggestions=[
            SuggestionSaid(
                place=each.place, desk=_candidate(each.candidate), reasons=_reasons(each.reasons),
                behind_by=str(each.behind_by or ""), covered=each.cover.is_covered,
                opens_at=each.opens_at, distance_km=each.distance_km,
            )
            for each in found.ranked
        ],
        hidden=[
            HiddenSaid(desk=_candidate(each.candidate), reasons=_reasons(each.reasons))
            for each in found.hidden
        ],
    )  # fmt: skip


@router.get(
    "/directory/colleagues", response={200: ColleaguesSaid, **READ}, summary="Who can carry cases"
)
def list_colleagues(request: HttpRequest) -> ColleaguesSaid:
    """Those of the own agency who can carry a case, for opening one in their name."""
    caller = caller_of(request)
    require(caller.actor.roles, Permission.OPEN_CASE)
    return ColleaguesSaid(
        colleagues=[
            ColleagueSaid(number=numbers.number_of(numbers.COLLEAGUE, member.id), name=member.name)
            for member in network.list_companions(caller.actor.agency_id, at=caller.at)
        ]
    )


@router.get("/directory/codes/{name}", response={200: CodesSaid, **READ}, summary="A code list")
def read_codes(
    request: HttpRequest,
    name: Annotated[
        str, parameter.Path(description="The list's name.", examples=["saluran_laporan"])
    ],
) -> CodesSaid:
    """One of the lists whose codes the calls take, in its order."""
    _may_look(request)
    try:
        found = reference.codes(name)
    except reference.UnknownCode as fault:
        raise NotReachable("no such list") from fault
    return CodesSaid(
        name=name,
        codes=[
            Labelled(code=each.code, label_id=each.label_id, label_en=each.label_en)
            for each in found
        ],
    )


# -- between the call and the query -----------------------------------------------------------


def _may_look(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    require(caller.actor.roles, Permission.SEE_DIRECTORY)
    return caller


def _service(code: str) -> str:
    if code and code not in _SERVICES:
        raise InvalidInput({"service": "unknown"})
    return code


def _cursor_in(after: str) -> str:
    """The directory's own cursor; what nobody gave out is refused."""
    if not after:
        return ""
    met, _, number = after.partition(".")
    if met not in ("0", "1"):
        raise InvalidInput({"after": "unknown"})
    return f"{met}.{numbers.id_in_field(numbers.AGENCY, number, 'after')}"


def _cursor_out(after: str) -> str:
    """The same with the agency's number in the place of its id."""
    met, _, agency_id = after.partition(".")
    return f"{met}.{numbers.number_of(numbers.AGENCY, int(agency_id))}" if after else ""


def _facts(file: CaseFile) -> network.SurvivorFacts:
    """What the cover alone knows; where she is registered stays behind the identity."""
    return network.SurvivorFacts(
        age_years=None, is_child=file.is_child, sex=file.sex if file.sex in ("P", "L") else "",
        area_code="", needs_access="disabilitas" in file.flags, languages=tuple(file.languages),
        worker_sex=file.worker_sex if file.worker_sex in ("P", "L") else "",
    )  # fmt: skip


# -- answers ----------------------------------------------------------------------------------


def _agency(row: network.AgencyRow) -> AgencyRow:
    return AgencyRow(
        number=numbers.number_of(numbers.AGENCY, row.id), name=row.name,
        short_name=row.short_name, kind=row.kind, area_name=row.area_name,
        confirmed=row.confirmed, desk_count=row.desk_count, services=list(row.services),
    )  # fmt: skip


def _desk(card: network.DeskCard) -> DeskSaid:
    desk, opening = card.desk, card.opening
    return DeskSaid(
        number=desk_number(desk.id), code=desk.code, name=desk.name,
        place=place_said(desk.agency_id, desk.agency.short_name, desk.id, desk.name),
        area=desk.agency.area_id,
        offers=[
            OfferSaid(
                service=offer.service, sex=offer.sex, age_min=offer.age_min,
                age_max=offer.age_max, residents_only=offer.residents_only,
            )
            for offer in card.offers
        ],
        is_open=opening.is_open, open_until=opening.until, opens_at=opening.opens_at,
        phone=desk.phone, languages=list(desk.languages), accessible=desk.accessible,
        takes_reports=desk.takes_reports, capacity=desk.capacity, free_places=desk.free_places,
        free_places_at=desk.free_places_at,
    )  # fmt: skip


def _candidate(found: Candidate) -> Place:
    return place_said(found.agency_id, found.agency_name, found.desk_id, found.desk_name)


def _reasons(found: Iterable[Reason]) -> list[ReasonSaid]:
    said = []
    for reason in found:
        with translation.override("id"):
            text_id = reason.text
        with translation.override("en"):
            text_en = reason.text
        said.append(
            ReasonSaid(
                code=str(reason.code), is_for=reason.is_for, text_id=text_id, text_en=text_en
            )
        )
    return said
