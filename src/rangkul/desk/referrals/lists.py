"""The sender's lists: all requests on their way, and those of one case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import SEES_CASES, StaffRequest, staff
from rangkul.desk.paging import page_asked
from rangkul.desk.referrals import turns, wording
from rangkul.desk.referrals.clockwork import delays, running_clock
from rangkul.foundation.errors import NotReachable
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.referrals import drafts, operations, queries, sheet, workflow
from rangkul.referrals.models import Referral, ReferralDraft, Request

# How far back the middle values of hand-offs look.
_WINDOW: Final = timedelta(days=90)


def line(request: Request, number: str, *, side: str = workflow.SENDER) -> dict[str, Any]:
    """One request on any list, in the words of the side that looks."""
    return {
        "entry": request, "number": number, "service": sheet.service_name(request.service),
        "state": wording.state_words(request.state, side=side),
        "tone": wording.state_tone(request.state, side=side),
        "reason": wording.reason_words(request.state, request.reason),
        "clock": running_clock(request),
    }  # fmt: skip


@staff(one_of=SEES_CASES)
def outbox(request: StaffRequest) -> HttpResponse:
    """Everything that was asked of other desks, questions and refusals first."""
    lanes = queries.outbox_lanes(request.actor, now=request.now)
    page = page_asked(request, lanes.all, queries.PAGE)
    entries = queries.outbox(request.actor, now=request.now, offset=page.offset)
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
        "lanes": lanes, "page": page, "zone": zone_of(request.membership.area_code),
    } | _how_long(request)  # fmt: skip
    return render(request, "desk/referrals/outbox.html", context)


def _how_long(request: StaffRequest) -> dict[str, Any]:
    """For a supervisor: how long her agency's hand-offs take, each way, agency by agency."""
    if not may(request.actor.roles, Permission.SEE_UNIT_CASES):
        return {}
    found = queries.delays_of_agency(request.actor, since=request.now - _WINDOW, until=request.now)
    own = request.actor.agency_id
    names = network.agency_names({n for row in found for n in (row.sender_id, row.receiver_id)})

    def lines(rows: Iterable[queries.Delays], other: Callable[[queries.Delays], int]) -> Any:
        return [
            {
                "agency": names.get(other(row), ""), "requests": row.requests,
                "answered": wording.delay_words(row.answered),
                "contacted": wording.delay_words(row.contacted),
                "ended": wording.delay_words(row.ended),
            }
            for row in rows
        ]  # fmt: skip

    return {
        "asked_of": lines((r for r in found if r.sender_id == own), lambda r: r.receiver_id),
        "asked_by": lines(
            (r for r in found if r.receiver_id == own and r.sender_id != own),
            lambda r: r.sender_id,
        ),
    }


@staff()
def of_case(request: StaffRequest, number: str) -> HttpResponse:
    """The referrals that this case's file knows of."""
    file = get_file(request, number)
    found = queries.list_case(request.actor, file.case_id)
    context = frame(
        file, request, section="referral-list", counts={"referral-list": len(found)}
    ) | {
        "lines": [line(sent, queries.packet_number(sent.id)) for _referral, sent in found],
        "overview": _overview(found),
        "in_line": turns.lines(request, file.case_id, found),
        "may_send": may(request.actor.roles, Permission.SEND_REFERRAL),
        "drafts": _drafts(request, file.case_id),
        "may_refer": may(request.actor.roles, Permission.DRAFT_REFERRAL),
    }
    return render(request, "desk/referrals/case.html", context)


def _overview(found: list[tuple[Referral, Request]]) -> list[dict[str, Any]]:
    """The hand-offs of the case side by side: how long each step took, and what should come first.

    What was sent in one act stands together.
    """
    names = {row.id: sheet.service_name(request.service) for row, request in found}
    together = sorted(found, key=lambda pair: (str(pair[0].plan or ""), pair[1].sent_at))
    return [
        {
            "number": queries.packet_number(request.id), "service": names[row.id],
            "desk": request.receiver_desk.name,
            "steps": [value for _label, value in delays(request)],
            "after": names.get(row.after, "") if row.after else "",
        }
        for row, request in together
    ]  # fmt: skip


def _drafts(request: StaffRequest, case_id: int) -> list[tuple[ReferralDraft, str, str]]:
    """What is being prepared, with its service and who kept it."""
    rows = drafts.list_drafts(request.actor, case_id)
    who = accounts.names_of({row.kept_by for row in rows}) if rows else {}
    return [(row, sheet.service_name(row.service), who.get(row.kept_by, "")) for row in rows]


@staff(Permission.DRAFT_REFERRAL)
@require_POST
def discard_draft(request: StaffRequest, number: str, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    file = get_file(request, number)
    if drafts.get_draft(request.actor, draft_id).case_id != file.case_id:
        raise NotReachable("the draft is another case's")
    operations.discard_draft(draft_id=draft_id, by=request.actor, at=request.now)
    messages.success(request, _("The draft is discarded."))
    return redirect("referral-list", number=number)


urlpatterns = [
    path("rujukan/keluar/", outbox, name="outbox-list"),
    path("kasus/<str:number>/rujukan/", of_case, name="referral-list"),
    path(
        "kasus/<str:number>/rujukan/konsep/<uuid:draft_id>/buang/",
        discard_draft,
        name="referral-draft-discard",
    ),
]
