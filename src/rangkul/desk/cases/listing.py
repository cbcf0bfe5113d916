"""The caseload: covers without names, narrowed by a click, names shown for a minute on request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.desk import wording
from rangkul.desk.page import SEES_CASES, StaffRequest, staff
from rangkul.people import operations as people
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of

_FILTERS = {"risk": ("tinggi", "sedang", "rendah"), "state": ("open", "closed", "missing", "left"),
            "category": ("ktk", "kpo")}  # fmt: skip


@staff(one_of=SEES_CASES)
def case_list(request: StaffRequest) -> HttpResponse:
    """One page of the caseload."""
    narrowed, chosen = _narrowed(request)
    page = cases.list_files(request.actor, narrowed=narrowed, before=_before(request))
    context = _rows(request, page.covers) | {
        "chosen": chosen,
        "narrowed": bool(chosen),
        "risks": _FILTERS["risk"],
        "states": _FILTERS["state"],
        "older_url": f"?{urlencode({**chosen, 'sebelum': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode(chosen)}" if page.newer else "",
        "may_see_unit": may(request.actor.roles, Permission.SEE_UNIT_CASES),
        "may_import": may(request.actor.roles, Permission.IMPORT_CASELOAD),
        "export_url": _export_url(request, chosen),
        "may_open_identity": may(request.actor.roles, Permission.OPEN_IDENTITY),
        "may_report": may(request.actor.roles, Permission.TAKE_REPORT),
    }
    return render(request, "desk/cases/list.html", context)


def _export_url(request: StaffRequest, chosen: dict[str, str]) -> str:
    """The way to an export of what is chosen now; "" for who makes none."""
    if not may(request.actor.roles, Permission.EXPORT_CASES):
        return ""
    narrowed = {name: value for name, value in chosen.items() if name in _FILTERS}
    return f"{reverse('export-new')}?{urlencode(narrowed)}" if narrowed else reverse("export-list")


@staff(Permission.OPEN_IDENTITY)
@require_POST
def show_names(request: StaffRequest) -> HttpResponse:
    """The called names of this page's rows, for a minute, recorded as one act."""
    ids = [cid for raw in request.POST.getlist("case")[: cases.PAGE] if (cid := _case_id(raw))]
    names = people.show_names(case_ids=ids, by=request.actor, at=request.now)
    context = _rows(request, cases.list_covers(request.actor, ids), names) | {"uncovered": True}
    return render(request, "desk/cases/rows.html", context)


def _rows(
    request: StaffRequest, covers: Any, names: dict[int, str] | None = None
) -> dict[str, Any]:
    due = clocks.next_due(request.actor, [cover.case_id for cover in covers])
    today = localdate(request.now)
    rows = [
        {
            "number": custody.case_number(cover.case_id),
            "cover": cover,
            "name": (names or {}).get(cover.case_id, ""),
            "kinds": _kinds(cover),
            "age": reference.label("kelompok_usia", cover.age_band) if cover.age_band else "",
            "clock": (clock := due.get(cover.case_id)),
            "task": wording.procedure_title(clock.procedure, today) if clock else "",
        }
        for cover in covers
    ]
    return {"rows": rows, "zone": zone_of(request.membership.area_code), "now": request.now}


def _kinds(cover: CaseFile) -> str:
    return " · ".join(code.upper() for code in cover.categories)


def _narrowed(request: StaffRequest) -> tuple[cases.Filter, dict[str, str]]:
    chosen = {
        name: value
        for name, allowed in _FILTERS.items()
        if (value := request.GET.get(name, "")) in allowed
    }
    mine = request.GET.get("siapa") == "saya"
    if mine:
        chosen["siapa"] = "saya"
    return (
        cases.Filter(
            mine=mine,
            risk=chosen.get("risk", ""),
            state=chosen.get("state", ""),
            category=chosen.get("category", ""),
        ),
        chosen,
    )


def _before(request: StaffRequest) -> tuple[datetime, int] | None:
    """The keyset mark of the page before; a damaged one means the first page."""
    stamp, _, case_id = request.GET.get("sebelum", "").partition("-")
    try:
        return datetime.fromtimestamp(float(stamp), tz=UTC), int(case_id)
    except (ValueError, OverflowError, OSError):
        return None


def _case_id(number: str) -> int | None:
    try:
        return custody.case_id_of(number)
    except ValueError:
        return None


urlpatterns = [
    path("kasus/", case_list, name="case-list"),
    path("kasus/nama/", show_names, name="case-names"),
]
