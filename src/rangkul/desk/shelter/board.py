"""The board of a house: beds by number, who comes, who waits, what is due; and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.referrals.clockwork import running_clock
from rangkul.desk.shelter import timeline, wording
from rangkul.foundation.errors import NotReachable
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as requests
from rangkul.shelter import fitting, operations, queries, workflow
from rangkul.shelter.models import Admission, House, Room
from rangkul.shelter.queries import HouseView, Share, Waiting

SEES_BOARD = (Permission.KEEP_STAYS, Permission.EXTEND_STAY)


@staff(one_of=SEES_BOARD)
def board(request: StaffRequest) -> HttpResponse:
    """The house that was chosen, or the first."""
    houses = queries.list_houses(request.actor)
    context: dict[str, Any] = {
        "houses": houses, "zone": zone_of(request.membership.area_code), "now": request.now,
        "keeps": may(request.actor.roles, Permission.KEEP_STAYS),
        "may_manage": may(request.actor.roles, Permission.KEEP_HOUSES),
    }  # fmt: skip
    if not houses:
        return render(request, "desk/shelter/board.html", context)
    chosen = _chosen(houses, request.GET.get("rumah", ""))
    return render(request, "desk/shelter/board.html", context | _house(request, chosen, context))


def _chosen(houses: Sequence[HouseView], asked: str) -> HouseView:
    if not asked:
        return houses[0]
    for view in houses:
        if str(view.house.id) == asked:
            return view
    raise NotReachable("no such house for this person")


def _house(request: StaffRequest, view: HouseView, shown: dict[str, Any]) -> dict[str, Any]:
    rooms, actor = queries.list_rooms(view.house), request.actor
    due = queries.list_due(actor, house_id=view.house.id, now=request.now)
    asked = {a.id: e for a in due if (e := queries.asked_extension(a)) is not None}
    berths = queries.list_berths(view.house)
    return {
        "view": view, "kind": workflow.HOUSE_KINDS[view.house.kind],
        "rows": timeline.rows(rooms, asked, now=request.now, zone=shown["zone"]),
        "days": timeline.days(request.now, shown["zone"]),
        "tiles": _tiles(rooms),
        "waiting": [_waiting(each, berths) for each in queries.list_undecided(actor)],
        "arriving": [line(a) for a in queries.list_arriving(actor, house_id=view.house.id)],
        "due": [line(a) | {"extension": asked.get(a.id)} for a in due],
        "searched": [line(a) for a in queries.list_searched(actor)],
        "trail": [],
    }  # fmt: skip


def _tiles(rooms: Sequence[Room]) -> list[dict[str, Any]]:
    """The sums over the board: all beds first, then each kind of room."""
    shares = queries.shares(rooms)
    total = Share(
        "", "", sum(s.beds for s in shares), sum(s.taken for s in shares),
        sum(s.closed for s in shares),
    )  # fmt: skip
    named = [(_("Taken"), total)]
    named += [(wording.for_whom(share.sex, share.group), share) for share in shares]
    return [
        {
            "label": label, "share": share, "taken": range(share.taken),
            "free": range(share.free), "closed": range(share.closed),
        }
        for label, share in named
    ]  # fmt: skip


def line(admission: Admission) -> dict[str, Any]:
    """An admission on a list: by its number."""
    words, tone = wording.admission_state(admission)
    return {
        "admission": admission, "number": queries.admission_number(admission.id),
        "who": wording.asked_words(admission), "state": words, "tone": tone,
        "reason": wording.reason_words(admission),
    }  # fmt: skip


def _waiting(each: Waiting, berths: Sequence[fitting.Berth]) -> dict[str, Any]:
    """Somebody who waits for a decision, with where to decide it and whether a bed would suit."""
    if each.admission is None:
        packet = requests.packet_number(each.request.id) if each.request else ""
        return {
            "each": each, "number": packet, "url": reverse("shelter-request", args=[packet]),
            "who": _("Child") if each.request and each.request.is_child else "",
            "clock": _clock(each),
        }  # fmt: skip
    number = queries.admission_number(each.admission.id)
    suits = fitting.suggest(operations.party_of(each.admission), berths) is not None
    return line(each.admission) | {
        "each": each, "url": reverse("shelter-stay", args=[number]), "suits": suits,
        "clock": _clock(each),
    }  # fmt: skip


def _clock(each: Waiting) -> Any:
    """The deadline of the answer, where another desk waits for it."""
    return running_clock(each.request) if each.request is not None and not each.gone else None


@staff(one_of=SEES_BOARD)
def past(request: StaffRequest) -> HttpResponse:
    """What was decided and what ended in the last thirty days."""
    context = {
        "lines": [line(a) for a in queries.list_past(request.actor, now=request.now)],
        "zone": zone_of(request.membership.area_code),
        "trail": [(reverse("shelter-board"), _("Shelter board")), ("", _("Last 30 days"))],
    }
    return render(request, "desk/shelter/past.html", context)


@staff(one_of=SEES_BOARD)
def bed_list(request: StaffRequest, house_id: int) -> HttpResponse:
    """The beds on paper: numbers, no name, not even the house's."""
    house: House = queries.get_house(request.actor, house_id).house
    zone = zone_of(request.membership.area_code)
    context = {
        "house": house, "rows": timeline.rows(queries.list_rooms(house), {}, now=request.now,
                                              zone=zone),
        "zone": zone, "now": request.now,
        "trail": [(reverse("shelter-board"), _("Shelter board")), ("", _("Bed list"))],
    }  # fmt: skip
    return render(request, "desk/shelter/bed_list.html", context)


urlpatterns = [
    path("hunian/", board, name="shelter-board"),
    path("hunian/riwayat/", past, name="shelter-past"),
    path("hunian/cetak/<int:house_id>/", bed_list, name="shelter-print"),
]
