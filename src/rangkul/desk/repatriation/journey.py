"""One journey: its legs in order, who is on each, whose hands hold them now, the minutes so far."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.board import line
from rangkul.desk.wording import service_label
from rangkul.reference.zones import zone_of
from rangkul.repatriation import board as boards
from rangkul.repatriation import queries
from rangkul.repatriation.models import Leg


@staff(Permission.ORGANISE_RETURNS)
def page(request: StaffRequest, journey_id: int) -> HttpResponse:
    """The journey on a page of its own, to be read and printed."""
    journey = queries.get_journey(request.actor, journey_id)
    legs = queries.list_legs(request.actor, journey_ids=[journey.id])
    words = queries.open_words(legs)
    people: set[int] = set()
    lines = []
    for leg in legs:
        said, aboard = _leg(request, leg)
        people |= aboard
        lines.append(said | {"words": words[leg.id]})
    board = boards.board(request.actor, now=request.now, only=sorted(people)) if people else None
    rows = [line(row) for row in board.rows] if board else []
    group = queries.get_group(request.actor, queries.group_number(journey.group_id))
    label = queries.journey_labels([journey])[journey.id]
    context = {
        "label": label, "legs": lines, "lines": rows,
        "holders": Counter(
            row["row"].holder or str(row["state"]) for row in rows
        ).most_common(),
        "zone": zone_of(request.membership.area_code),
        "trail": [
            (reverse("repatriation-board"), _("Way home")),
            (reverse("repatriation-group", args=[queries.group_number(group.id)]),
             queries.group_labels([group])[group.id]),
            ("", label),
        ],
    }  # fmt: skip
    return render(request, "desk/repatriation/journey.html", context)


def _leg(request: StaffRequest, leg: Leg) -> tuple[dict[str, Any], set[int]]:
    """A leg in words, and the own people on it."""
    travellers = queries.list_travellers(leg)
    found = queries.returnees_of(request.actor, travellers)
    states = Counter(wording.traveller_words(each.state) for each in travellers)
    return {
        "leg": leg, "number": queries.leg_number(leg.id), "service": service_label(leg.service),
        "icon": wording.MODE_ICONS.get(leg.mode, "route"),
        "states": [(label, tone, count) for (label, tone), count in states.most_common()],
        "minutes": [
            (each, int(each.giver_signed_at is not None) + int(each.receiver_signed_at is not None))
            for each in queries.list_handovers(leg)
        ],
    }, set(found.values())  # fmt: skip


urlpatterns = [
    path("pemulangan/perjalanan/<int:journey_id>/", page, name="repatriation-journey"),
]
