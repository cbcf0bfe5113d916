"""Case conferences by a machine: what one is invited to, its answer, what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from ninja.params import functions as parameter

from rangkul.alerts import queries as alerts
from rangkul.api.calls import (
    GONE,
    READ,
    WRITE,
    CaseNumber,
    RowId,
    case_id_in_path,
    place_said,
)
from rangkul.api.door import caller_of
from rangkul.api.schemas.conferences import (
    CONFERENCE,
    AgendaSaid,
    AlertCount,
    ConferenceLine,
    ConferenceList,
    ConferenceSaid,
    DecisionEndAsked,
    DecisionList,
    DecisionSaid,
    SeatAnswerAsked,
    SeatSaid,
)
from rangkul.conferences import operations as writing
from rangkul.conferences import queries as conferences
from rangkul.conferences.queries import ConferenceView, DecisionView, Entry, SeatView
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable

router = Router(tags=["conferences"])

ConferenceNumber = Annotated[
    str, parameter.Path(description="The conference's number.", examples=[CONFERENCE])
]


@router.get("/conferences", response={200: ConferenceList, **READ}, summary="Case conferences")
def list_conferences(request: HttpRequest) -> ConferenceList:
    """Those that the caller leads or is invited to: the coming ones first, soonest on top."""
    caller = caller_of(request)
    return _list(conferences.list_conferences(caller.actor, now=caller.at))


@router.get(
    "/cases/{number}/conferences",
    response={200: ConferenceList, **READ},
    summary="Conferences about a case",
)
def of_case(request: HttpRequest, number: CaseNumber) -> ConferenceList:
    """The conferences about a visible case, newest first."""
    return _list(conferences.list_of_case(caller_of(request).actor, case_id_in_path(number)))


@router.get(
    "/conferences/{number}",
    response={200: ConferenceSaid, **READ, **GONE},
    summary="One conference",
)
def read_conference(request: HttpRequest, number: ConferenceNumber) -> ConferenceSaid:
    """What stands on its table; the reading is recorded. A guest learns of no case."""
    caller = caller_of(request)
    view = writing.open_conference(
        conference_id=conferences.conference_id_of(number), by=caller.actor, at=caller.at
    )
    return _view(caller.actor, view)


@router.post(
    "/conferences/{number}/seats/{seat_id}",
    response={200: ConferenceSaid, **WRITE, **GONE},
    summary="Answer an invitation",
)
def answer_seat(
    request: HttpRequest, number: ConferenceNumber, seat_id: RowId, body: SeatAnswerAsked
) -> ConferenceSaid:
    """Come, or say why not."""
    caller = caller_of(request)
    conference_id = conferences.conference_id_of(number)
    if conferences.get_seat(caller.actor, seat_id).conference_id != conference_id:
        raise NotReachable("another conference's seat")
    writing.answer_seat(
        seat_id=seat_id, decision=body.decision, reason=body.reason, by=caller.actor, at=caller.at
    )
    return _view(caller.actor, conferences.view(caller.actor, conference_id))


@router.get("/decisions", response={200: DecisionList, **READ}, summary="What we owe")
def list_owed(request: HttpRequest) -> DecisionList:
    """Open decisions that wait for the caller or a desk of hers, whenever they fall due."""
    caller = caller_of(request)
    return DecisionList(decisions=_decisions(conferences.list_owed(caller.actor, until=None)))


@router.get(
    "/conferences/{number}/decisions",
    response={200: DecisionList, **READ, **GONE},
    summary="What a conference decided",
)
def list_decisions(request: HttpRequest, number: ConferenceNumber) -> DecisionList:
    """In the order in which it was decided; the reading is recorded."""
    return DecisionList(decisions=read_conference(request, number).decisions)


@router.post(
    "/decisions/{decision_id}/end",
    response={200: DecisionSaid, **WRITE, **GONE},
    summary="Say how a decision ended",
)
def end_decision(request: HttpRequest, decision_id: RowId, body: DecisionEndAsked) -> DecisionSaid:
    """Its owner's word, or the owner's supervisor's; everybody at the table reads it."""
    caller = caller_of(request)
    made = writing.end_decision(
        decision_id=decision_id, move=body.move, reason=body.reason, by=caller.actor, at=caller.at
    )
    return _decisions(conferences.read_decisions(caller.actor, [made.id]))[0]


@router.get("/alerts/count", response={200: AlertCount, **READ}, summary="How much calls")
def count_alerts(request: HttpRequest) -> AlertCount:
    """How many things call the account unseen; what they are stands where they happened."""
    caller = caller_of(request)
    return AlertCount(waiting=alerts.count_unseen(caller.actor, now=caller.at))


# -- answers ----------------------------------------------------------------------------------


def _list(entries: Iterable[Entry]) -> ConferenceList:
    return ConferenceList(conferences=[ConferenceLine(**_line(entry)) for entry in entries])


def _line(entry: Entry) -> dict[str, Any]:
    row = entry.conference
    return {
        "number": entry.number, "title": entry.title, "state": row.state,
        "starts_at": row.starts_at, "lasts_minutes": row.lasts_minutes, "manner": row.manner,
        "lead": row.lead_agency.short_name, "seat": entry.seat.state if entry.seat else "",
        "version": row.version,
    }  # fmt: skip


def _view(actor: Actor, view: ConferenceView) -> ConferenceSaid:
    row = view.conference
    own = conferences.seat_of(actor, row.id)
    entry = Entry(row, view.number, view.details.title, own)
    return ConferenceSaid(
        **_line(entry), place=view.details.place, link=view.details.link,
        cases=[custody.case_number(case_id) for case_id in view.case_ids],
        seats=[_seat(each) for each in view.seats],
        agenda=[AgendaSaid(kind=item.kind, words=words) for item, words in view.agenda],
        decisions=_decisions(view.decisions),
    )  # fmt: skip


def _seat(each: SeatView) -> SeatSaid:
    seat = each.seat
    return SeatSaid(
        id=seat.id, name=each.name, state=seat.state, reason=seat.reason, attended=seat.attended,
        left_at=seat.left_at,
        place=place_said(
            seat.agency_id, seat.agency.short_name, seat.desk_id,
            seat.desk.name if seat.desk else "",
        ),
    )  # fmt: skip


def _decisions(views: Iterable[DecisionView]) -> list[DecisionSaid]:
    return [
        DecisionSaid(
            id=view.decision.id, words=view.words, owner_name=view.owner,
            conference=conferences.conference_number(view.decision.conference_id),
            owner=place_said(
                view.decision.owner_agency_id, view.decision.owner_agency.short_name,
                view.decision.owner_desk_id,
                view.decision.owner_desk.name if view.decision.owner_desk else "",
            ),
            state=view.decision.state, decided_at=view.decision.decided_at,
            due_at=view.decision.due_at, ended_at=view.decision.ended_at,
            reason=view.decision.reason,
        )
        for view in views
    ]  # fmt: skip
