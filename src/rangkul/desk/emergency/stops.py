"""Reading that was stopped: who read how much, and whether that was justified."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rangkul.access.permissions import Permission
from rangkul.accounts import queries as accounts
from rangkul.custody import queries as custody
from rangkul.custody import reading
from rangkul.desk import watching as wording
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of

_SEES = (Permission.REVIEW_EMERGENCY_ACCESS, Permission.MANAGE_STAFF)
_MOST_NUMBERS = 60


@staff(one_of=_SEES)
@require_safe
def stop_list(request: StaffRequest) -> HttpResponse:
    """The stops of the last thirty days; one's own is for somebody else."""
    stops = reading.list_stops(request.actor, at=request.now)
    names = accounts.names_of({stop.user_id for stop in stops})
    context = {
        "stops": [
            {
                "stop": stop, "who": names.get(stop.user_id, ""),
                "measure": wording.MEASURES.get(stop.measure, stop.measure),
                "verdict": wording.VERDICTS.get(stop.verdict, ""),
            }
            for stop in stops
        ],
        "zone": zone_of(request.membership.area_code),
    }  # fmt: skip
    return render(request, "desk/emergency/stops.html", context)


@staff(one_of=_SEES)
@require_http_methods(["GET", "POST"])
def stop_page(request: StaffRequest, stop_id: UUID) -> HttpResponse:
    """What was read before the stop, in numbers, and the verdict."""
    error = ""
    if request.method == "POST":
        try:
            reading.decide_stop(
                stop_id=stop_id, verdict=text(request, "verdict", 12), by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput:
            error = _("Please choose; a stop that was lifted is not decided again.")
        else:
            messages.success(request, _("Written down."))
            return redirect("reading-stops")
    stop = reading.get_stop(request.actor, stop_id)
    seen = reading.seen_before(request.actor, stop)
    who = accounts.names_of([stop.user_id, *([stop.decided_by] if stop.decided_by else [])])
    context = {
        "stop": stop, "seen": seen, "who": who.get(stop.user_id, ""),
        "decided_by": who.get(stop.decided_by or 0, ""), "error": error,
        "measure": wording.MEASURES.get(stop.measure, stop.measure),
        "verdict": wording.VERDICTS.get(stop.verdict, ""),
        "numbers": [custody.case_number(each) for each in seen.case_ids[:_MOST_NUMBERS]],
        "zone": zone_of(request.membership.area_code),
        "trail": [(reverse("reading-stops"), _("Stopped reading")),
                  ("", who.get(stop.user_id, ""))],
    }  # fmt: skip
    return render(request, "desk/emergency/stop.html", context, status=422 if error else 200)


urlpatterns = [
    path("pembukaan/", stop_list, name="reading-stops"),
    path("pembukaan/<uuid:stop_id>/", stop_page, name="reading-stop"),
]
