"""The desk's own view: whom it is asked to receive, who is with it now, the visits that are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from rangkul.repatriation import follow_up, operations, policy, queries, workflow
from rangkul.repatriation.models import Visit

FINAL = ("left", "died")
"""What ends a road at once is said twice: a slip of the finger must not."""


@staff(Permission.ANSWER_PACKETS)
def page(request: StaffRequest) -> HttpResponse:
    """Legs that begin or end at the own desks, and everybody who is held there."""
    return _show(request)


def _show(
    request: StaffRequest, *, faults: Sequence[str] = (), opened: int = 0, act: str = ""
) -> HttpResponse:
    """The page; after a refused ``act`` with the form of that hold open, as it was typed."""
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
                "waiting": each.hold.state == workflow.WAITING and each.may_end,
                "clock": due.get(str(each.hold.id)),
                "number": queries.leg_number(each.leg.id),
                "visits": _months(each.visits), "open": follow_up.open_months(each.visits),
                "fates": fates_from(each.hold.state),
            }
            for each in people
        ],
        "any_waiting": any(e.hold.state == workflow.WAITING and e.may_end for e in people),
        "results": list(workflow.VISIT_RESULTS.items()),
        "reasons": list(workflow.PUT_OFF.items()), "zone": zone_of(request.membership.area_code),
        "today": _today(request).isoformat(),
        "furthest": (_today(request) + workflow.FURTHEST_PUT_OFF).isoformat(),
    }  # fmt: skip
    context |= {"faults": faults, "opened": opened, "act": act, "typed": request.POST}
    status = 422 if faults else 200
    return render(request, "desk/repatriation/with_us.html", context, status=status)


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
            request,
            _(
                "For one of them a leg is still ahead, the road does not end here, or a "
                "colleague was faster."
            ),
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
            result=text(request, "result", 12), visited_on=_day(request, "visited_on"),
            by=request.actor, at=request.now, words=text(request, "words", 600),
        )  # fmt: skip
    except InvalidInput as fault:
        return _show(request, faults=wording.faults_of(fault), opened=hold.id, act="visit")
    except IllegalMove:
        return _show(request, faults=[_("A visit follows the arrival.")])
    messages.success(request, _("Visit written down. The organiser reads the result."))
    return redirect("repatriation-with-us")


@staff(Permission.ANSWER_PACKETS)
@require_POST
def postponed(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Put a follow-up visit off to another day, for a reason that the organiser reads."""
    hold = queries.get_hold(request.actor, hold_id)
    month = request.POST.get("month", "")
    try:
        if not request.POST.get("until"):
            raise InvalidInput({"until": "required"})
        operations.postpone_visit(
            hold_id=hold.id, month=int(month) if month in ("1", "3", "6") else 0,
            until=_day(request, "until"), reason=text(request, "reason", 12), by=request.actor,
            at=request.now, words=text(request, "words", 600),
        )  # fmt: skip
    except InvalidInput as fault:
        return _show(request, faults=wording.faults_of(fault), opened=hold.id, act="postpone")
    except IllegalMove:
        return _show(request, faults=[_("A visit follows the arrival.")])
    messages.success(request, _("The visit is put off. It falls due on the day you chose."))
    return redirect("repatriation-with-us")


@staff(one_of=(Permission.ANSWER_PACKETS, Permission.ORGANISE_RETURNS))
@require_POST
def fate(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Left by own wish, missing, died, found again, sets out again; the final ones said twice."""
    wanted = text(request, "fate", 12)
    onward = text(request, "person", 12)
    back = (
        redirect("repatriation-person", returnee_id=int(onward)) if onward.isdecimal()
        else redirect("repatriation-with-us")
    )  # fmt: skip
    if wanted in FINAL and request.POST.get("sure") != wanted:
        messages.error(request, _("Nothing was written down: tick that it is certain."))
        return back
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
            "onward": _("Written down: the road goes on from here. The organiser plans it."),
        }
        messages.success(request, told[wanted])
    return back


def fates_from(state: str) -> list[tuple[str, str]]:
    """What can be said of somebody who stands so, in words."""
    words = {
        "found": _("Found again"), "onward": _("Cannot stay: the road goes on"),
        "missing": _("Missing"), "left": _("Left by own wish"), "died": _("Died"),
    }  # fmt: skip
    legal = {move.name for move in workflow.FATES.open_from(state)}
    return [(fate, said) for fate, said in words.items() if fate in legal]


def _months(visits: Iterable[Visit]) -> list[tuple[int, Visit | None]]:
    """Each month with its newest visit."""
    made = {visit.month: visit for visit in sorted(visits, key=lambda each: each.recorded_at)}
    return [(month, made.get(month)) for month in workflow.VISIT_MONTHS]


def _today(request: StaffRequest) -> date:
    return follow_up.day_of(request.now, request.membership.area_code)


def _day(request: StaffRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        return _today(request)


urlpatterns = [
    path("pemulangan/bersama-kami/", page, name="repatriation-with-us"),
    path("pemulangan/bersama-kami/tiba/", arrived, name="repatriation-arrived"),
    path("pemulangan/bersama-kami/<int:hold_id>/kabar/", visited, name="repatriation-visit"),
    path("pemulangan/bersama-kami/<int:hold_id>/tunda/", postponed, name="repatriation-postpone"),
    path("pemulangan/bersama-kami/<int:hold_id>/keadaan/", fate, name="repatriation-fate"),
]
