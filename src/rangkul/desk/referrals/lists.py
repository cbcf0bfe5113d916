"""The sender's lists: all requests on their way, and those of one case."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.clockwork import running_clock
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries, sheet
from rangkul.referrals.models import Request


def line(request: Request, number: str) -> dict[str, Any]:
    """One request on any list."""
    return {
        "entry": request, "number": number, "service": sheet.service_name(request.service),
        "state": wording.state_words(request.state), "tone": wording.TONES[request.state],
        "reason": wording.reason_words(request.state, request.reason),
        "clock": running_clock(request),
    }  # fmt: skip


@staff()
def outbox(request: StaffRequest) -> HttpResponse:
    """Everything that was asked of other desks, questions and refusals first."""
    entries = queries.outbox(request.actor, now=request.now)
    covers = {
        file.case_id: file
        for file in cases.list_covers(request.actor, sorted({e.case_id for e in entries}))
    }
    context = {
        "lines": [
            line(entry.request, entry.number)
            | {
                "case_number": custody.case_number(entry.case_id) if entry.case_id else "",
                "cover": covers.get(entry.case_id),
            }
            for entry in entries
        ],
        "zone": zone_of(request.membership.area_code),
    }
    return render(request, "desk/referrals/outbox.html", context)


@staff()
def of_case(request: StaffRequest, number: str) -> HttpResponse:
    """The referrals that this case's file knows of."""
    file = get_file(request, number)
    found = queries.list_case(request.actor, file.case_id)
    context = frame(
        file, request, section="referral-list", counts={"referral-list": len(found)}
    ) | {
        "lines": [line(sent, queries.packet_number(sent.id)) for _referral, sent in found],
        "may_refer": may(request.actor.roles, Permission.DRAFT_REFERRAL),
    }
    return render(request, "desk/referrals/case.html", context)


urlpatterns = [
    path("rujukan/keluar/", outbox, name="outbox-list"),
    path("kasus/<str:number>/rujukan/", of_case, name="referral-list"),
]
