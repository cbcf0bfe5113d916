"""The desk's own view: whom it is asked to receive, who is with it now, the visits that are due."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.clocks import queries as clocks
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.repatriation import wording
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference.zones import zone_of
from rangkul.repatriation import operations, policy, queries, workflow

FATES = ("left", "missing", "died", "found")


@staff(Permission.ANSWER_PACKETS)
def page(request: StaffRequest) -> HttpResponse:
    """Legs that begin or end at the own desks, and everybody who is held there."""
    legs = queries.list_desk_legs(request.actor)
    words = queries.open_words(legs)
    people = queries.list_with_us(request.actor)
    due = clocks.soonest_of(request.actor, "hold", [each.hold.id for each in people])
    context = {
        "legs": [
            (leg, queries.leg_number(leg.id), words[leg.id],
             wording.MODE_ICONS.get(leg.mode, "route"),
             workflow.RECEIVER in policy.sides(request.actor, leg))
            for leg in legs
        ],
        "people": [
            {
                "each": each, "state": wording.state_words(each.hold.state),
                "arrived": each.hold.state == workflow.ARRIVED,
                "waiting": each.hold.state == workflow.WAITING,
                "missing": each.hold.state == workflow.MISSING,
                "clock": due.get(str(each.hold.id)),
                "number": queries.leg_number(each.leg.id) if each.leg else "",
                "visits": [
                    (month, next((v for v in each.visits
                                  if v.month == month and v.result != "not_found"), None))
                    for month in workflow.VISIT_MONTHS
                ],
            }
            for each in people
        ],
        "any_waiting": any(each.hold.state == workflow.WAITING for each in people),
        "results": list(workflow.VISIT_RESULTS.items()), "zone": zone_of(
            request.membership.area_code
        ),
        "today": request.now.date().isoformat(),
    }  # fmt: skip
    return render(request, "desk/repatriation/with_us.html", context)


@staff(Permission.ANSWER_PACKETS)
@require_POST
def arrived(request: StaffRequest) -> HttpResponse:
    """Confirm that the chosen people have arrived."""
    chosen = [int(e) for e in request.POST.getlist("hold") if e.isdecimal() and len(e) < 18]
    if not chosen:
        messages.warning(request, _("Nobody is chosen."))
        return redirect("repatriation-with-us")
    try:
        count = operations.confirm_arrival(hold_ids=chosen, by=request.actor, at=request.now)
    except IllegalMove:
        messages.error(
            request, _("For one of them a leg is still ahead, or a colleague was faster.")
        )
    else:
        messages.success(
            request, _("Arrival confirmed for %(count)d people. Visits follow in months 1, 3 and "
                       "6.") % {"count": count}
        )  # fmt: skip
    return redirect("repatriation-with-us")


@staff(Permission.ANSWER_PACKETS)
@require_POST
def visited(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Write down a follow-up visit."""
    hold = queries.get_hold(request.actor, hold_id)
    month = request.POST.get("month", "")
    try:
        operations.record_visit(
            hold_id=hold.id, month=int(month) if month in ("1", "3", "6") else 0,
            result=text(request, "result", 12), visited_on=_day(request), by=request.actor,
            at=request.now, words=text(request, "words", 600),
        )  # fmt: skip
    except (InvalidInput, IllegalMove) as fault:
        told = wording.faults_of(fault) if isinstance(fault, InvalidInput) else []
        for sentence in told or [_("A visit follows the arrival.")]:
            messages.error(request, sentence)
    else:
        messages.success(request, _("Visit written down. The organiser reads the result."))
    return redirect("repatriation-with-us")


@staff(one_of=(Permission.ANSWER_PACKETS, Permission.ORGANISE_RETURNS))
@require_POST
def fate(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Left by own wish, missing, died, found again."""
    wanted = text(request, "fate", 12)
    try:
        operations.set_fate(hold_id=hold_id, fate=wanted, by=request.actor, at=request.now)
    except (IllegalMove, InvalidInput):
        messages.error(request, _("That cannot be said from here, or a colleague was faster."))
    else:
        told = {
            "left": _("Written down: left by own wish."),
            "missing": _("Written down. The search begins now; you go on holding."),
            "died": _("Written down. May the person rest in peace."),
            "found": _("Written down: found again."),
        }
        messages.success(request, told[wanted])
    onward = text(request, "person", 12)
    if onward.isdecimal():
        return redirect("repatriation-person", returnee_id=int(onward))
    return redirect("repatriation-with-us")


def _day(request: StaffRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("visited_on", ""))
    except ValueError:
        return request.now.date()


urlpatterns = [
    path("pemulangan/bersama-kami/", page, name="repatriation-with-us"),
    path("pemulangan/bersama-kami/tiba/", arrived, name="repatriation-arrived"),
    path("pemulangan/bersama-kami/<int:hold_id>/kabar/", visited, name="repatriation-visit"),
    path("pemulangan/bersama-kami/<int:hold_id>/keadaan/", fate, name="repatriation-fate"),
]
