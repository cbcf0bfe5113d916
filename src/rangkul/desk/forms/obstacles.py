"""Hambatan: what stood in the way of the unit's assessments, counted; no names and no stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.form import Form, said
from rangkul.assessments.obstacles import (
    FRESH_DAYS,
    LOG,
    MEETING_FROM,
    STRETCHES,
    Obstacle,
    list_cells,
    list_obstacles,
)
from rangkul.cases import queries as cases
from rangkul.desk.forms.telling import language
from rangkul.desk.page import StaffRequest, staff
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of


@dataclass(frozen=True, slots=True)
class Row:
    """One kind, stage or desk with its count; ``fresh`` of the last thirty days."""

    label: str
    count: int
    fresh: int
    to_meeting: bool = False


@staff(Permission.SEE_UNIT_CASES)
def obstacles(request: StaffRequest) -> HttpResponse:
    """By kind, by stage, by effect and by desk, over a stretch of days (``?hari=``)."""
    days = _days(request)
    found = list_obstacles(request.actor, since=request.now - timedelta(days=days))
    fresh = [each for each in found if each.at >= request.now - timedelta(days=FRESH_DAYS)]
    labels = _labels()
    context = {
        "days": days,
        "stretches": [(each, each == days) for each in STRETCHES],
        "kinds": _rows((o.kind for o in found), (o.kind for o in fresh), labels, meeting=True),
        "stages": _rows((o.stage for o in found), (o.stage for o in fresh), labels),
        "effects": _rows((o.effect for o in found), (o.effect for o in fresh), labels),
        "desks": _desks(request, found, fresh),
        "places": _rows((o.place for o in found), (o.place for o in fresh), {}),
        "count": len(found),
        "zone": zone_of(request.membership.area_code),
    }
    return render(request, "desk/forms/obstacles.html", context)


def _days(request: StaffRequest) -> int:
    asked = request.GET.get("hari", "")
    return int(asked) if asked in {str(each) for each in STRETCHES} else STRETCHES[1]


@staff(Permission.SEE_PROVINCE)
def area_obstacles(request: StaffRequest) -> HttpResponse:
    """For coordinators: in how many cases each kind was met and where, small numbers kept back."""
    days = _days(request)
    cells = list_cells(request.actor, days=days)
    nation = may(request.actor.roles, Permission.SEE_NATION)
    names = _places({cell.place for cell in cells if cell.place}, nation=nation)
    labels, totals = _labels(), {cell.kind: cell.cases for cell in cells if not cell.place}
    kinds = dict.fromkeys([*totals, *(cell.kind for cell in cells)])
    context = {
        "days": days,
        "stretches": [(each, each == days) for each in STRETCHES],
        "nation": nation,
        "rows": [
            {
                "kind": labels.get(kind, kind), "cases": totals.get(kind),
                "places": [(names.get(c.place, ""), c.cases) for c in cells
                           if c.place and c.kind == kind],
            }
            for kind in kinds
        ],
    }  # fmt: skip
    return render(request, "desk/forms/area_obstacles.html", context)


def _places(codes: Collection[str], *, nation: bool) -> dict[str, str]:
    """Provinces by their code, or agencies by their id, in words."""
    if nation:
        return {code: area.name for code, area in reference.get_areas(codes).items()}
    names = network.agency_names({int(code) for code in codes})
    return {str(agency_id): name for agency_id, name in names.items()}


def _rows(
    codes: Iterable[str], fresh: Iterable[str], labels: dict[str, str], *, meeting: bool = False
) -> list[Row]:
    counts, lately = Counter(code for code in codes if code), Counter(fresh)
    return [
        Row(
            labels.get(code, code), count, lately[code],
            meeting and lately[code] >= MEETING_FROM,
        )
        for code, count in counts.most_common()
    ]  # fmt: skip


def _desks(request: StaffRequest, found: list[Obstacle], fresh: list[Obstacle]) -> list[Row]:
    """The desk that was named; else the one at which the case stands."""
    stands = cases.desks_of(request.actor, {each.case_id for each in found})
    names = network.desk_names({desk for desk in stands.values() if desk})

    def desk(each: Obstacle) -> str:
        return each.desk or names.get(stands.get(each.case_id) or 0, "") or _("Without a desk")

    return _rows((desk(each) for each in found), (desk(each) for each in fresh), {})


def _labels() -> dict[str, str]:
    """The words of the log's own choices; block H tells of three kinds more."""
    row = assessment_queries.get_published(LOG)
    form: Form = assessment_queries.read_form(row).form
    found = {
        choice.code: said(choice.words, language(), form.default_language)
        for item in form.items.values()
        if item.name in ("macam", "tahap", "akibat")
        for choice in form.choices(item)
    }
    return found | {
        "tidak_aman": _("Not safe to talk"), "lelah": _("The person was tired or unwell"),
        "diminta": _("The person asked to stop"),
    }  # fmt: skip


urlpatterns = [
    path("asesmen/hambatan/", obstacles, name="form-obstacles"),
    path("asesmen/hambatan/wilayah/", area_obstacles, name="form-obstacles-area"),
]
