"""Cari unit lain: desks beyond the few that are offered, found by name or place for one service."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.cases.models import CaseFile
from rangkul.desk.cases.frame import get_file
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.network import queries as network
from rangkul.network.queries import Suggestion
from rangkul.reference.services import ServiceCode
from rangkul.referrals import operations

FEWEST_SIGNS: Final = 2


def words_of(request: StaffRequest) -> str:
    """What was typed into the search; fewer signs than two are none."""
    typed = text(request, "find", 80)
    return typed if len(typed) >= FEWEST_SIGNS else ""


def found(
    request: StaffRequest, file: CaseFile, *, service: str, near: str, chosen: int | None
) -> tuple[Suggestion, ...]:
    """Desks that bear the words typed, with a desk that was found and chosen before."""
    return network.search_desks(
        request.actor, words=words_of(request), service=service, at=request.now,
        survivor=operations.survivor_of(file), near_area=near or file.area, chosen=chosen,
    ).ranked  # fmt: skip


@staff(Permission.DRAFT_REFERRAL)
@require_POST
def other_desks(request: StaffRequest, number: str) -> HttpResponse:
    """The answer while one types: the found desks as choices of the referral's form."""
    file = get_file(request, number)
    service, desk = request.POST.get("service", ""), request.POST.get("desk", "")
    chosen = int(desk) if desk.isdecimal() and len(desk) < 10 else None
    shown = {each for each in request.POST.getlist("offered") if each.isdecimal()}
    desks: tuple[Suggestion, ...] = ()
    if service in set(ServiceCode):
        desks = tuple(
            each
            for each in found(
                request, file, service=service, near=text(request, "near", 16), chosen=chosen
            )
            if str(each.desk_id) not in shown
        )
    return render(
        request, "desk/referrals/found_desks.html",
        {"number": number, "found": desks, "chosen_desk": chosen, "find": words_of(request)},
    )  # fmt: skip


urlpatterns = [
    path("kasus/<str:number>/rujukan/unit/", other_desks, name="referral-other-desks"),
]
