"""Legal holds, what is ripe by the schedule, and erasing by a second person with a fresh factor."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.custody import queries as custody
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.rights import wording
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.retention import operations, policy, queries, workflow
from rangkul.retention.operations.erasing import MOST_REFERENCE
from rangkul.retention.policy import ErasureBarred


@staff(policy.HANDLES)
def schedule(request: StaffRequest) -> HttpResponse:
    """What the schedule no longer keeps: numbers and dates; nothing is erased by itself."""
    ripe = queries.list_ripe(request.actor, at=request.now)
    rules = [
        {
            "label": code.label(), "years": code.mappings["years"], "source": code.source,
            "mark": code.mark,
        }
        for code in reference.codes(queries.SCHEDULE)
    ]  # fmt: skip
    context = {
        "ripe": [(row, reference.label(queries.SCHEDULE, row.schedule)) for row in ripe],
        "rules": rules, "zone": zone_of(request.membership.area_code),
    }  # fmt: skip
    return render(request, "desk/rights/schedule.html", context)


@staff(policy.HANDLES)
@require_POST
def propose(request: StaffRequest) -> HttpResponse:
    """Propose to erase one ripe file."""
    case_id = _case(request)
    found = {row.case_id: row for row in queries.list_ripe(request.actor, at=request.now)}
    if case_id not in found:
        raise NotReachable("not ripe")
    try:
        operations.propose_erasure(
            case_id=case_id, schedule=found[case_id].schedule, by=request.actor, at=request.now
        )
    except ErasureBarred as fault:
        messages.error(request, wording.obstacle(fault.why))
    else:
        messages.success(request, _("Proposed. A second person erases."))
    return redirect("rights-schedule")


def _case(request: StaffRequest) -> int:
    try:
        return custody.case_id_of(request.POST.get("case", ""))
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault


@staff(policy.HANDLES, fresh=True)
@require_POST
def erase(request: StaffRequest, erasure_id: UUID) -> HttpResponse:
    """Done by the second person: keys gone now, *erased* on the day that is said."""
    try:
        done = operations.destroy_keys(erasure_id=erasure_id, by=request.actor, at=request.now)
    except ErasureBarred as fault:
        messages.error(request, wording.obstacle(fault.why))
        return redirect("rights-list")
    day = date_format((request.now + workflow.KEYS_KEPT).date(), "j F Y")
    messages.success(
        request,
        _("%(count)s keys are destroyed: nobody can read this case any more. It is erased on "
          "%(day)s, when the last backup of the keys is over. Tell the survivor that day.")
        % {"count": done.keys, "day": day},
    )  # fmt: skip
    return redirect("rights-list")


@staff(policy.HANDLES)
@require_POST
def take_back(request: StaffRequest, erasure_id: UUID) -> HttpResponse:
    """The proposal is taken back."""
    operations.drop_erasure(erasure_id=erasure_id, by=request.actor, at=request.now)
    messages.success(request, _("Taken back. Nothing was erased."))
    return redirect("rights-list")


@staff(policy.HANDLES)
@require_POST
def hold(request: StaffRequest) -> HttpResponse:
    """Nothing of this case is erased until somebody else lifts it."""
    try:
        case_id = custody.case_id_of(request.POST.get("case", ""))
        if not queries.leads(case_id):
            raise NotReachable("not led here")
        operations.set_hold(
            case_id=case_id, reason=request.POST.get("reason", ""),
            reference_number=text(request, "reference", MOST_REFERENCE), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except (MistypedNumber, NotReachable):
        messages.error(request, _("No case of this number is led by your agency."))
    except InvalidInput as fault:
        messages.error(request, wording.fault(fault))
    else:
        messages.success(request, _("Held. Nothing of this case is erased until it is lifted."))
    return redirect("rights-list")


@staff(policy.HANDLES)
@require_POST
def lift(request: StaffRequest, legal_hold_id: UUID) -> HttpResponse:
    """Lifted by another person than who set it."""
    operations.lift_hold(hold_id=legal_hold_id, by=request.actor, at=request.now)
    messages.success(request, _("Lifted."))
    return redirect("rights-list")


@staff(policy.HANDLES)
@require_POST
def unrestrict(request: StaffRequest, number: str) -> HttpResponse:
    """The file takes acts again."""
    try:
        case_id = custody.case_id_of(number)
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault
    operations.lift_restriction(case_id=case_id, by=request.actor, at=request.now)
    messages.success(request, _("The file takes new acts again. Tell the survivor."))
    return redirect("rights-list")


urlpatterns = [
    path("hak/jadwal/", schedule, name="rights-schedule"),
    path("hak/jadwal/usulkan/", propose, name="rights-schedule-propose"),
    path("hak/penghapusan/<uuid:erasure_id>/laksanakan/", erase, name="rights-erase"),
    path("hak/penghapusan/<uuid:erasure_id>/batal/", take_back, name="rights-erasure-drop"),
    path("hak/tahan/", hold, name="rights-hold"),
    path("hak/tahan/<uuid:legal_hold_id>/lepas/", lift, name="rights-hold-lift"),
    path("kasus/<str:number>/hak/buka/", unrestrict, name="rights-unrestrict"),
]
