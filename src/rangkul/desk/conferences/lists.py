"""Lists: what one leads or is invited to, and the conferences of one case."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.conferences import queries, workflow
from rangkul.conferences.queries import Entry
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.conferences import wording
from rangkul.desk.page import StaffRequest, staff
from rangkul.reference.zones import zone_of


def line(entry: Entry) -> dict[str, Any]:
    """One conference on a list."""
    row = entry.conference
    return {
        "entry": entry, "row": row, "number": entry.number, "title": entry.title,
        "state": wording.state_words(row.state), "tone": wording.STATE_TONES[row.state],
        "seat": wording.seat_words(entry.seat.state, attended=entry.seat.attended)
        if entry.seat
        else "",
        "seat_tone": wording.SEAT_TONES[entry.seat.state] if entry.seat else "",
        "unanswered": entry.seat is not None
        and entry.seat.state == "invited"
        and row.state == "called",
    }  # fmt: skip


@require_safe
@staff(Permission.JOIN_CONFERENCE)
def conference_list(request: StaffRequest) -> HttpResponse:
    """What waits for an answer first, then what comes, then what was."""
    lines = [line(entry) for entry in queries.list_conferences(request.actor, now=request.now)]
    context = {
        "waiting": [each for each in lines if each["unanswered"]],
        "coming": [
            each
            for each in lines
            if not each["unanswered"] and each["row"].state in ("called", "held")
        ],
        "ended": [each for each in lines if each["row"].state in ("minuted", "cancelled")],
        "zone": zone_of(request.membership.area_code),
        "may_propose": may(request.actor.roles, Permission.PROPOSE_CONFERENCE),
    }
    return render(request, "desk/conferences/list.html", context)


@require_safe
@staff()
def of_case(request: StaffRequest, number: str) -> HttpResponse:
    """The conferences about this case."""
    file = get_file(request, number)
    lines = [line(entry) for entry in queries.list_of_case(request.actor, file.case_id)]
    context = frame(
        file, request, section="conference-case", counts={"conference-case": len(lines)}
    ) | {
        "lines": lines, "may_call": may(request.actor.roles, Permission.CALL_CONFERENCE),
        "proposals": [
            (each, workflow.PROPOSAL_REASONS.get(each.reason, ""))
            for each in queries.list_proposals(request.actor, file.case_id)
        ],
    }  # fmt: skip
    return render(request, "desk/conferences/case.html", context)


urlpatterns = [
    path("rapat/", conference_list, name="conference-list"),
    path("kasus/<str:number>/rapat/", of_case, name="conference-case"),
]
