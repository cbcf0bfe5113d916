"""What nobody answers in a province: its coordinator has another desk called, by number alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.clockwork import RequestClock
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.referrals import operations, queries, sheet
from rangkul.referrals.queries import Unanswered

_FOUND: Final = 12
_WINDOW: Final = timedelta(days=90)


@staff(Permission.SEE_PROVINCE)
def list_page(request: StaffRequest) -> HttpResponse:
    """Overdue requests by number and age, and how long hand-offs took; no identity."""
    rows = queries.unanswered(request.actor, request.now)
    delays = queries.delays_between(request.actor, since=request.now - _WINDOW, until=request.now)
    pairs = [(row.sender_id, row.receiver_id) for row in rows]
    pairs += [(row.sender_id, row.receiver_id) for row in delays]
    agencies = network.agency_names({agency for pair in pairs for agency in pair})
    desks = network.desk_names({row.desk_id for row in rows})
    context = {
        "lines": [
            _line(row) | {
                "sender": agencies.get(row.sender_id, ""), "desk": desks.get(row.desk_id, ""),
                "receiver": agencies.get(row.receiver_id, ""),
            }
            for row in rows
        ],
        "delays": [
            {
                "sender": agencies.get(row.sender_id, ""), "requests": row.requests,
                "receiver": agencies.get(row.receiver_id, ""),
                "answered": wording.delay_words(row.answered),
                "contacted": wording.delay_words(row.contacted),
                "ended": wording.delay_words(row.ended),
            }
            for row in delays
        ],
        "may_reassign": may(request.actor.roles, Permission.REASSIGN_UNANSWERED),
        "zone": zone_of(request.membership.area_code), "now": request.now,
    }  # fmt: skip
    return render(request, "desk/referrals/unanswered.html", context)


def _line(row: Unanswered) -> dict[str, Any]:
    return {
        "row": row, "service": sheet.service_name(row.service),
        "clock": RequestClock(row.sent_at, row.accept_by, "missed"),
    }  # fmt: skip


@staff(Permission.REASSIGN_UNANSWERED)
def reassign(request: StaffRequest, number: str) -> HttpResponse:
    """Find a desk that offers the service and have it called."""
    row = next((u for u in queries.unanswered(request.actor, request.now) if u.number == number),
               None)  # fmt: skip
    if row is None:
        raise NotReachable("no overdue request of this number")
    if request.method == "POST":
        sent = text(request, "unit", 9)
        try:
            operations.reassign_unanswered(
                number=number, desk_id=int(sent) if sent.isdecimal() else 0, by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput:
            messages.error(request, _("This desk does not offer the service, or is asked already."))
            return redirect("unanswered-page", number=number)
        messages.success(request, _("The desk is called, without a packet. The sender is told."))
        return redirect("unanswered-list")
    words = " ".join(request.GET.get("cari", "").split())[:80]
    context = _line(row) | {
        "number": number, "words": words, "desks": _desks(request, row, words),
        "zone": zone_of(request.membership.area_code), "now": request.now,
        "trail": [(reverse("unanswered-list"), _("Unanswered")), ("", number)],
    }  # fmt: skip
    return render(request, "desk/referrals/reassign.html", context)


def _desks(request: StaffRequest, row: Unanswered, words: str) -> list[tuple[int, str, str]]:
    """Desks of other agencies that offer the service: those that bear the words, else the own
    province's.
    """
    own = request.membership.area_code.split(".")[0]
    rows = network.search_directory(
        at=request.now, words=words, service=row.service, area="" if words else own, limit=_FOUND
    ).rows
    names = {each.id: each.name for each in rows}
    cards = network.list_desks_of(names.keys() - {row.sender_id, row.receiver_id}, at=request.now)
    return [
        (card.desk.id, card.desk.name, names[card.desk.agency_id])
        for card in cards
        if row.service in card.services
    ]


urlpatterns = [
    path("tak-terjawab/", list_page, name="unanswered-list"),
    path("tak-terjawab/<str:number>/", reassign, name="unanswered-page"),
]
