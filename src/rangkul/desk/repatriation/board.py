"""The board, a group's page, the list without names, and the acts on chosen people."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.repatriation import wording
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.repatriation import board as boards
from rangkul.repatriation import operations, queries, workflow
from rangkul.repatriation.board import Row
from rangkul.repatriation.events import LIST_PRINTED
from rangkul.repatriation.models import Group
from rangkul.repatriation.policy import SomeRefused
from rangkul.trail.operations import record

_ACTS = (
    "clearance-not_needed", "clearance-given", "clearance-refused", "match-confirmed",
    "match-not_found", "means-able", "means-poor",
    "payer-self", "payer-origin", "payer-organiser", "payer-state", "payer-bp3mi",
)  # fmt: skip

_PAGES: Final = {"leg": "repatriation-leg-new", "origin": "repatriation-origins"}
"""Acts that ask for more than one word: each has a page of its own for the chosen people."""
_MISSIONS: Final = ("kemlu", "imigrasi", "organisasi_internasional", "kementerian")


def line(row: Row) -> dict[str, Any]:
    """One person of the board, in words."""
    person, file = row.returnee, row.file
    marks = [str(workflow.MARKS[mark]) for mark in person.marks if mark in workflow.MARKS]
    who = [] if file is None else [wording.band(file.age_band)]
    return {
        "row": row, "person": person, "file": file, "marks": marks,
        "who": [each for each in who if each],
        "origin": row.origin,
        "payer": str(workflow.PAYERS.get(person.payer, "")),
        "foreign": person.nationality not in ("", "ID"),
        "state": wording.state_words(person.state),
        "stations": [
            {"station": s, "icon": wording.MODE_ICONS.get(s.mode, "")} for s in row.stations
        ],
        "missing": [(wording.missing_words(m), m in wording.LOUD) for m in row.missing],
        "visits": list(row.visits.items()),
    }  # fmt: skip


@staff(Permission.ORGANISE_RETURNS)
def show(request: StaffRequest) -> HttpResponse:
    """Everybody on the way, whoever's group they are of."""
    return _page(request, None)


@staff(Permission.ORGANISE_RETURNS)
def group(request: StaffRequest, number: str) -> HttpResponse:
    """One group: its people, its journeys, and a new journey."""
    found = queries.get_group(request.actor, number)
    errors: list[str] = []
    if request.method == "POST":
        try:
            operations.plan_journey(
                group_id=found.id, label=text(request, "label", 90), by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = wording.faults_of(fault)
        else:
            messages.success(
                request, _("The journey stands. Now choose its people and plan a leg.")
            )
            return redirect("repatriation-group", number=number)
    return _page(request, found, errors=errors)


@staff(Permission.ORGANISE_RETURNS)
def printed(request: StaffRequest) -> HttpResponse:
    """The list without names, for paper; printing it is recorded."""
    found = boards.board(request.actor, now=request.now, lane="moving")
    record(
        by=request.actor, at=request.now, name=LIST_PRINTED, subject_kind="agency",
        subject_id=request.actor.agency_id, detail={"people": len(found.rows)},
    )  # fmt: skip
    context = {"lines": [line(row) for row in found.rows], "zone": _zone(request)}
    return render(request, "desk/repatriation/list.html", context)


@staff(Permission.ORGANISE_RETURNS)
@require_POST
def act(request: StaffRequest) -> HttpResponse:
    """One act on all the chosen people, or on none of them."""
    chosen = [
        int(each) for each in request.POST.getlist("person") if each.isdecimal() and len(each) < 18
    ]
    wanted = text(request, "act", 40)
    back = _back(request)
    if not chosen:
        messages.warning(request, _("Nobody is chosen."))
        return back
    if wanted in _PAGES:
        ids = ",".join(str(each) for each in chosen)
        return redirect(f"{reverse(_PAGES[wanted])}?orang={ids}")
    if wanted not in _ACTS:
        messages.warning(request, _("Please choose what to do."))
        return back
    field, _dash, value = wanted.partition("-")
    try:
        if field == "clearance":
            operations.answer_clearance(
                returnee_ids=chosen, answer=value, by=request.actor, at=request.now
            )
        else:
            operations.describe(
                returnee_ids=chosen, values={field: value}, by=request.actor, at=request.now
            )
    except InvalidInput as fault:
        for sentence in wording.faults_of(fault):
            messages.error(request, sentence)
        return back
    except SomeRefused as fault:
        for sentence in wording.refused(request.actor, fault):
            messages.error(request, sentence)
        return back
    messages.success(request, _("Written down for %(count)d people.") % {"count": len(chosen)})
    return back


def act_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be done with chosen people, by kind."""
    return [
        (_("Investigators' clearance"), [
            ("clearance-not_needed", str(workflow.CLEARANCES["not_needed"])),
            ("clearance-given", str(workflow.CLEARANCES["given"])),
            ("clearance-refused", str(workflow.CLEARANCES["refused"])),
        ]),
        (_("Identity"), [
            ("match-confirmed", str(workflow.MATCHES["confirmed"])),
            ("match-not_found", str(workflow.MATCHES["not_found"])),
        ]),
        (_("Able or poor"), [
            (f"means-{code}", str(label)) for code, label in workflow.MEANS.items()
        ]),
        (_("Who pays"), [
            (f"payer-{code}", str(label)) for code, label in workflow.PAYERS.items()
            if f"payer-{code}" in _ACTS
        ]),
    ]  # fmt: skip


def _page(
    request: StaffRequest, found: Group | None, *, errors: list[str] | None = None
) -> HttpResponse:
    lane, origin = request.GET.get("tahap", ""), request.GET.get("asal", "")
    lane = lane if lane in boards.LANES else ("" if found else "moving")
    told = boards.board(request.actor, now=request.now, group=found, lane=lane, origin=origin)
    journeys = queries.list_journeys(request.actor, found.id) if found else []
    legs = queries.list_legs(request.actor, journey_ids=[j.id for j in journeys])
    words = queries.open_words(legs)
    ways = queries.journey_labels(journeys)
    groups = queries.list_groups(request.actor)
    called = queries.group_labels([*groups, found] if found else groups)
    context = {
        "lines": [line(row) for row in told.rows], "zone": _zone(request), "group": found,
        "number": queries.group_number(found.id) if found else "",
        "lanes": [(key, wording.lane_words(key), told.counts.get(key, 0)) for key in boards.LANES],
        "lane": lane, "origin": origin, "origins": told.origins, "acts": act_choices(),
        "groups": [(queries.group_number(g.id), called[g.id]) for g in groups],
        "label": called[found.id] if found else "",
        "journeys": [
            (ways[j.id], j.id, [(leg, queries.leg_number(leg.id), words[leg.id],
                  wording.MODE_ICONS.get(leg.mode, "route"))
                 for leg in legs if leg.journey_id == j.id])
            for j in journeys
        ],
        "source": str(workflow.SOURCES.get(found.source, "")) if found else "",
        "area": boards.area_name(found.area) if found else "",
        "errors": errors or [], "token": uuid4(),
    }  # fmt: skip
    return render(request, "desk/repatriation/board.html", context, status=422 if errors else 200)


def _back(request: StaffRequest) -> HttpResponse:
    number = text(request, "group", 16)
    if re.fullmatch(r"RB-[0-9A-Z]{4}-[0-9A-Z]{4}", number):
        return redirect("repatriation-group", number=number)
    return redirect("repatriation-board")


def _zone(request: StaffRequest) -> str:
    return zone_of(request.membership.area_code)


def desk_choices(
    request: StaffRequest, service: str, *, area: str = "", kind: str = ""
) -> list[tuple[int, str]]:
    """Desks that offer a service, of all agencies, within an area or of a kind, by name."""
    page = network.search_directory(at=request.now, service=service, area=area, kind=kind, limit=60)
    cards = network.list_desks_of([row.id for row in page.rows], at=request.now)
    return [
        (card.desk.id, f"{card.desk.agency.short_name} · {card.desk.name}")
        for card in cards
        if service in card.services
    ]


def mission_choices(request: StaffRequest) -> list[tuple[int, str]]:
    """Desks through which a foreign person goes home: who speaks with the embassies."""
    found: dict[int, str] = {}
    for kind in _MISSIONS:
        for service in ("pemulangan", "layanan_asal"):
            found |= dict(desk_choices(request, service, kind=kind))
    return list(found.items())


urlpatterns = [
    path("pemulangan/", show, name="repatriation-board"),
    path("pemulangan/daftar/", printed, name="repatriation-list"),
    path("pemulangan/tindakan/", act, name="repatriation-act"),
    path("pemulangan/rombongan/<str:number>/", group, name="repatriation-group"),
]
