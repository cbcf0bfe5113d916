"""The agency's exports, one export while it is made, and its one fetching."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.desk.documents import grouped, size_label
from rangkul.desk.exports import wording
from rangkul.desk.page import StaffRequest, staff
from rangkul.exchange import operations, policy, queries, workflow
from rangkul.exchange.columns import COLUMNS, RISKS, STATES
from rangkul.exchange.models import Export
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of

_ENDING = {workflow.XLSX: "xlsx", workflow.CSV: "csv", workflow.CSV_EXCEL: "csv"}


@staff(policy.EXPORTS)
@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    """Every export of the agency, whoever made it: colleagues see what leaves."""
    rows = queries.list_exports(request.actor)
    names = accounts.names_of({row.asked_by for row in rows})
    context = {
        "lines": [
            {"row": row, "number": queries.export_number(row.id), "state": wording.state(row),
             "rows": row.rows or row.expected, "by": names.get(row.asked_by, ""),
             "reason": workflow.REASONS[row.reason]}
            for row in rows
        ],
        "usable": bool(queries.list_usable(request.actor)),
        "zone": zone_of(request.membership.area_code),
        "may_keep": may(request.actor.roles, Permission.KEEP_RECIPIENTS),
    }  # fmt: skip
    return render(request, "desk/exports/list.html", context)


@staff(policy.EXPORTS)
@require_safe
def show(request: StaffRequest, number: str) -> HttpResponse:
    """Where an export stands; refreshed by itself while it is made."""
    row = queries.get_export(request.actor, queries.export_id_of(number))
    names = accounts.names_of({row.asked_by} | ({row.approved_by} if row.approved_by else set()))
    mine = row.asked_by == request.actor.user_id
    context: dict[str, Any] = {
        "row": row, "number": number, "state": wording.state(row), "mine": mine,
        "by": names.get(row.asked_by, ""), "approved_by": names.get(row.approved_by or 0, ""),
        "is_live": row.state in workflow.LIVE,
        "is_coming": row.state in (workflow.QUEUED, workflow.MAKING),
        "may_approve": row.state == workflow.WAITING and not mine,
        "why": workflow.WHYS.get(row.why, ""), "reason": workflow.REASONS[row.reason],
        "form": workflow.FORMS[row.form], "ground": workflow.GROUNDS[row.recipient.ground],
        "columns": [COLUMNS[name].heading for name in row.columns if name in COLUMNS],
        "narrowed": _narrowed(row), "size": size_label(row.size),
        "sha256": grouped(bytes.fromhex(row.sha256)), "file": _file_name(row),
        "zone": zone_of(request.membership.area_code),
    }  # fmt: skip
    return render(request, "desk/exports/page.html", context)


def _narrowed(row: Export) -> list[str]:
    """What the table was narrowed by, in words."""
    desks = network.desk_names([row.desk_id]) if row.desk_id else {}
    period = " – ".join(day.isoformat() if day else "…" for day in (row.since, row.until))
    told = [
        period if row.since or row.until else "",
        str(STATES.get(row.case_state, "")), str(RISKS.get(row.risk, "")), row.category.upper(),
        desks.get(row.desk_id or 0, ""),
    ]  # fmt: skip
    return [words for words in told if words]


def _file_name(row: Export) -> str:
    return f"{queries.export_number(row.id).lower()}.{_ENDING[row.form]}.age"


@staff(policy.EXPORTS, fresh=True)
@require_POST
def approve(request: StaffRequest, number: str) -> HttpResponse:
    """A second supervisor lets a large export go."""
    export_id = queries.export_id_of(number)
    operations.approve_export(export_id=export_id, by=request.actor, at=request.now)
    messages.success(request, _("It is being made now, for the one who asked."))
    return redirect("export-page", number=number)


@staff(policy.EXPORTS, fresh=True)
@require_POST
def fetch(request: StaffRequest, number: str) -> HttpResponse:
    """The ciphertext as a download, once; or the page that says why it is gone."""
    export_id = queries.export_id_of(number)
    row = queries.get_export(request.actor, export_id)
    content = operations.fetch_export(export_id=export_id, by=request.actor, at=request.now)
    if content is None:
        messages.error(request, _("The file was destroyed before it was fetched."))
        return redirect("export-page", number=number)
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{_file_name(row)}"'
    answer["Content-Length"] = str(len(content))
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@staff(policy.EXPORTS)
@require_POST
def take_back(request: StaffRequest, number: str) -> HttpResponse:
    """Destroy it before anybody fetches it."""
    export_id = queries.export_id_of(number)
    operations.take_back_export(export_id=export_id, by=request.actor, at=request.now)
    messages.success(request, _("The export was taken back. Nothing of it is left."))
    return redirect("export-page", number=number)


urlpatterns = [
    path("ekspor/", show_all, name="export-list"),
    path("ekspor/<str:number>/", show, name="export-page"),
    path("ekspor/<str:number>/setujui/", approve, name="export-approve"),
    path("ekspor/<str:number>/unduh/", fetch, name="export-fetch"),
    path("ekspor/<str:number>/tarik/", take_back, name="export-take-back"),
]
