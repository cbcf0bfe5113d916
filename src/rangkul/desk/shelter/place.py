"""Where a house stands: for its officers with a click, for others with a second person's yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.permissions import Permission
from rangkul.accounts import queries as accounts
from rangkul.desk import watching
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of
from rangkul.shelter import operations, queries
from rangkul.shelter.sealed import HousePlace


@staff(one_of=(Permission.SEE_HOUSE_ADDRESS, Permission.EXTEND_STAY))
@require_http_methods(["GET", "POST"])
def house_place(request: StaffRequest, house_id: int) -> HttpResponse:
    """Covered until it is opened; opening and asking are posts, and recorded."""
    queries.get_house_to_look(request.actor, house_id)
    place, error = None, ""
    if request.method == "POST" and request.POST.get("act") == "ask":
        try:
            operations.ask_place(
                house_id=house_id, reason=text(request, "reason", 16), by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput:
            error = _("Please choose why you need it.")
        else:
            messages.success(request, _("Asked. An officer of the house decides."))
            return redirect("shelter-place", house_id)
    elif request.method == "POST":
        _house, place = operations.open_house_place(
            house_id=house_id, by=request.actor, at=request.now
        )
    context = _page(request, house_id, place) | {"error": error}
    return render(request, "desk/shelter/place.html", context, status=422 if error else 200)


@staff(Permission.SEE_HOUSE_ADDRESS)
@require_POST
def decide_look(request: StaffRequest, house_id: int, look_id: UUID) -> HttpResponse:
    """Let a colleague see the address for a quarter of an hour, or not."""
    queries.get_house_to_place(request.actor, house_id)
    try:
        operations.decide_look(
            look_id=look_id, verdict=text(request, "verdict", 8), by=request.actor, at=request.now
        )
    except InvalidInput:
        messages.error(request, _("Somebody has answered this already, or nothing was chosen."))
    else:
        messages.success(request, _("Written down."))
    return redirect("shelter-place", house_id)


def _page(request: StaffRequest, house_id: int, place: HousePlace | None) -> dict[str, Any]:
    actor = request.actor
    view = queries.get_house_to_look(actor, house_id)
    looks = queries.list_looks(actor, house_id)
    names = accounts.names_of({look.asked_by for look in looks})
    live = queries.live_look(actor, house_id, at=request.now)
    return {
        "view": view, "place": place, "known": view.house.place_sealed is not None,
        "works_there": queries.is_officer_of(actor, house_id), "may_open": live is not None,
        "look": live or queries.own_look(actor, house_id), "waits": _("Waits for an officer"),
        "reasons": list(watching.LOOKS.items()),
        "asked": [
            {
                "look": look, "who": names.get(look.asked_by, ""),
                "reason": watching.LOOKS.get(look.reason, look.reason),
            }
            for look in looks
        ],
        "zone": zone_of(request.membership.area_code),
        "trail": [(reverse("shelter-board"), _("Shelter board")), ("", _("Address"))],
    }  # fmt: skip


urlpatterns = [
    path("hunian/rumah/<int:house_id>/alamat/", house_place, name="shelter-place"),
    path("hunian/rumah/<int:house_id>/alamat/<uuid:look_id>/", decide_look, name="shelter-look"),
]
