"""What was asked, what is held, what is being erased: one page for whoever answers for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.rights import wording
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.retention import policy, queries
from rangkul.retention.models import Request
from rangkul.retention.operations.erasing import HOLDS
from rangkul.retention.operations.receiving import SUBJECT


def lines(request: StaffRequest, rows: Iterable[Request]) -> list[dict[str, Any]]:
    """Rows of a list: number, what, state, deadline; the case by its number only."""
    found = list(rows)
    soonest = clocks.soonest_of(request.actor, SUBJECT, [row.id for row in found])
    return [
        {
            "row": row, "number": queries.request_number(row.id), "kind": wording.kind(row.kind),
            "state": wording.state(row), "case": custody.case_number(row.case_id),
            "clock": soonest.get(str(row.id)),
        }
        for row in found
    ]  # fmt: skip


@staff(one_of=(policy.HANDLES, policy.RECEIVES))
def show_all(request: StaffRequest) -> HttpResponse:
    """Open requests first; for those who handle them also holds, erasures and breach packs."""
    actor = request.actor
    handles = may(actor.roles, policy.HANDLES)
    context: dict[str, Any] = {
        "open": lines(request, queries.list_requests(actor)),
        "ended": lines(request, queries.list_requests(actor, ended=True, limit=30)),
        "handles": handles, "may_receive": may(actor.roles, policy.RECEIVES),
        "zone": zone_of(request.membership.area_code), "now": request.now,
    }  # fmt: skip
    if handles:
        context |= _kept(request)
    return render(request, "desk/rights/list.html", context)


def _kept(request: StaffRequest) -> dict[str, Any]:
    actor = request.actor
    holds, erasures = queries.list_holds(actor), queries.list_erasures(actor)
    names = accounts.names_of(
        {hold.since_by for hold in holds} | {erasure.proposed_by for erasure in erasures}
    )
    return {
        "holds": [
            {
                "hold": hold, "case": custody.case_number(hold.case_id),
                "reason": reference.label(HOLDS, hold.reason), "by": names.get(hold.since_by, ""),
                "may_lift": hold.since_by != actor.user_id,
            }
            for hold in holds
        ],
        "erasures": [
            {
                "erasure": erasure, "case": custody.case_number(erasure.case_id),
                "state": wording.erasure_state(erasure), "by": names.get(erasure.proposed_by, ""),
                "may_erase": erasure.proposed_by != actor.user_id,
            }
            for erasure in erasures
        ],
        "hold_reasons": reference.choices(HOLDS),
        "ripe": len(queries.list_ripe(actor, at=request.now)),
        "packs": [{"at": pack.at, "window": window(pack.detail)} for pack in
                  queries.list_packs(actor)],
    }  # fmt: skip


def window(detail: dict[str, object]) -> tuple[datetime | None, datetime | None, int]:
    """Since, until, and how many cases a breach pack found."""
    since, until = (
        datetime.fromisoformat(str(detail[name])) if detail.get(name) else None
        for name in ("since", "until")
    )
    return since, until, int(str(detail.get("cases", 0)))


@staff(one_of=(Permission.SEE_OWN_CASES, Permission.SEE_UNIT_CASES))
def of_case(request: StaffRequest, number: str) -> HttpResponse:
    """The requests about one file, for whoever carries it."""
    file = get_file(request, number)
    found = queries.list_of_case(request.actor, file.case_id)
    context = frame(file, request, section="rights-case", counts={"rights-case": len(found)}) | {
        "lines": lines(request, found),
        "leads": queries.leads(file.case_id),
        "may_receive": may(request.actor.roles, policy.RECEIVES),
        "handles": may(request.actor.roles, policy.HANDLES),
    }
    return render(request, "desk/rights/case.html", context)


urlpatterns = [
    path("hak/", show_all, name="rights-list"),
    path("kasus/<str:number>/hak/", of_case, name="rights-case"),
]
