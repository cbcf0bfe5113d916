"""An agency keeps its desks' entries true: what to confirm, what changed, files out and in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.access.roles import NationalCoordinator, ProvinceCoordinator
from rangkul.accounts import queries as accounts
from rangkul.desk.network import entry_words
from rangkul.desk.network.directory import trail
from rangkul.desk.network.entries import own_desk
from rangkul.desk.network.forms import worded
from rangkul.desk.page import StaffRequest, staff
from rangkul.exchange.hsds import bringing, files, package
from rangkul.exchange.hsds.bringing import Plan
from rangkul.exchange.hsds.files import FileRefused
from rangkul.exchange.hsds.mapping import Setting
from rangkul.foundation.errors import InvalidInput, StaleForm
from rangkul.network import operations
from rangkul.network import queries as network
from rangkul.network.entries import STALE_AFTER, Standing, entry_from, standing
from rangkul.network.models import Desk
from rangkul.network.operations import NothingToUndo

_SALT: Final = "rangkul.directory-import"
_CARRIED_FOR: Final = 3600
_UNREADABLE: Final = 422


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One of the own desks with how its entry stands; ``may_confirm`` by whoever looks."""

    desk: Desk
    standing: Standing
    may_confirm: bool


@require_safe
@staff(Permission.SEE_DIRECTORY)
def entries(request: StaffRequest) -> HttpResponse:
    """The own desks, those that wait for a word first; for coordinators how far the others are."""
    actor = request.actor
    desks = [card.desk for card in network.list_desks(actor.agency_id, at=request.now)]
    edits = may(actor.roles, Permission.EDIT_AGENCY)
    rows = [
        EntryRow(desk, standing(desk.confirmed_at, request.now), edits or desk.id in actor.desk_ids)
        for desk in desks
    ]
    rows.sort(key=lambda row: (row.standing == "confirmed", row.desk.name))
    fresh = sum(row.standing == "confirmed" for row in rows)
    context = {
        "rows": rows,
        "kept": network.Kept("", len(rows), fresh) if rows else None,
        "days": STALE_AFTER.days,
        "may_edit": edits,
        **_coordinated(request),
        "trail": trail(("", _("Entries"))),
    }
    return render(request, "desk/network/entries.html", context)


def _coordinated(request: StaffRequest) -> dict[str, list[network.Kept]]:
    """How far the entries are where the person coordinates; nobody else is told."""
    actor = request.actor
    if NationalCoordinator.code in actor.roles:
        return {"provinces": network.upkeep_by_province(None, at=request.now), "behind": []}
    if ProvinceCoordinator.code in actor.roles:
        province = network.get_agency(actor.agency_id).area_id.partition(".")[0]
        return {
            "provinces": network.upkeep_by_province([province], at=request.now),
            "behind": network.agencies_behind(province, at=request.now),
        }
    return {"provinces": [], "behind": []}


@require_POST
@staff(Permission.SEE_DIRECTORY)
def confirm(request: StaffRequest, desk_id: int) -> HttpResponse:
    """One press: all of this entry is right."""
    desk = own_desk(request, desk_id)
    operations.confirm_desk(
        desk_id=desk.id, version=_number(request, "version"), by=request.actor, at=request.now
    )
    messages.success(request, _("Thank you. The entry is confirmed as of today."))
    if request.POST.get("from") == "entries":
        return redirect("network-entries")
    return redirect("network-desk", desk.id)


def _number(request: StaffRequest, name: str) -> int:
    """A number that our own page sent; whatever else stands there is none of ours."""
    written = request.POST.get(name, "")
    return int(written) if written.isdecimal() and len(written) < 19 else 0


@require_safe
@staff(Permission.SEE_DIRECTORY)
def history(request: StaffRequest, desk_id: int) -> HttpResponse:
    """What changed in an own desk's entry, when and by whom; the last change can be taken back."""
    desk = own_desk(request, desk_id)
    changes = network.list_changes(request.actor, desk.id)
    names = accounts.names_of({change.by_user for change in changes if change.by_user})
    last = network.undoable(changes)
    context = {
        "desk": desk,
        "rows": [
            {
                "change": change,
                "title": entry_words.kind_title(change.kind),
                "who": names.get(change.by_user or 0, "") or _("the operator"),
                "fields": entry_words.differences(change.before, change.after, desk.agency.area_id),
                "may_undo": last is not None and change.id == last.id,
            }
            for change in changes
        ],
        "may_edit": may(request.actor.roles, Permission.EDIT_AGENCY),
        "trail": trail(
            (reverse("network-agency", args=[desk.agency_id]), desk.agency.short_name),
            (reverse("network-desk", args=[desk.id]), desk.name),
            ("", _("History of the entry")),
        ),
    }
    return render(request, "desk/network/history.html", context)


@require_POST
@staff(Permission.EDIT_AGENCY)
def undo(request: StaffRequest, desk_id: int) -> HttpResponse:
    """Take the last change back."""
    desk = own_desk(request, desk_id)
    try:
        operations.undo_change(
            desk_id=desk.id, change_id=_number(request, "change"), by=request.actor, at=request.now
        )
    except NothingToUndo as fault:
        messages.warning(request, worded(fault))
    except InvalidInput as fault:
        messages.warning(request, " ".join(fault.errors.values()))
    else:
        messages.success(request, _("The last change is taken back."))
    return redirect("network-desk-history", desk.id)


# -- files ------------------------------------------------------------------------------------


@require_safe
@staff(Permission.EDIT_AGENCY)
def export(request: StaffRequest) -> HttpResponse:
    """The own agency's entries as a file, those that are not shown too."""
    found = network.list_entries_of([request.actor.agency_id])
    setting = Setting.of(found, at=request.now)
    if request.GET.get("bentuk") == "csv":
        content = package.zipped(package.csv_files(found, setting))
        kind, name = "application/zip", "rangkul-hsds.zip"
    else:
        content, kind = package.json_file(found, setting), "application/json"
        name = "rangkul-hsds.json"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "POST"])
@staff(Permission.EDIT_AGENCY)
def bring(request: StaffRequest) -> HttpResponse:
    """Choose a file; see line by line what it would change. Nothing is kept yet."""
    if request.method != "POST":
        return _bring_page(request)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return _bring_page(request, error=_("Choose a file first."))
    if (upload.size or 0) > files.MOST_BYTES:
        return _bring_page(request, error=entry_words.refusal("too_large", ""))
    try:
        brought = files.read(upload.read(), upload.name or "")
    except FileRefused as fault:
        return _bring_page(request, error=entry_words.refusal(fault.code, fault.where))
    known = network.list_entries_of([request.actor.agency_id])
    plan = bringing.plan(brought, known, by=request.actor)
    return _bring_page(request, plan=plan)


def _bring_page(
    request: StaffRequest, *, error: str = "", plan: Plan | None = None
) -> HttpResponse:
    area = request.membership.area_code
    applies = plan is not None and plan.changes and not plan.remarks
    context = {
        "error": error,
        "plan": plan,
        "changes": [
            (each.desk_name, entry_words.differences(each.before, each.after, area))
            for each in (plan.changes if plan else [])
        ],
        "carried": _carried(request, plan) if plan and applies else "",
        "trail": trail(
            (reverse("network-entries"), _("Entries")), ("", _("Entries as a file")),
        ),
    }  # fmt: skip
    wrong = error or (plan is not None and plan.remarks)
    return render(
        request, "desk/network/entries_file.html", context, status=_UNREADABLE if wrong else 200
    )


def _carried(request: StaffRequest, plan: Plan) -> str:
    """What was shown, signed: only that is applied, by whoever saw it, within the hour."""
    told = {
        "by": [request.actor.agency_id, request.actor.user_id],
        "changes": [[each.desk_id, each.version, each.entry.values()] for each in plan.changes],
    }
    return signing.dumps(told, salt=_SALT, compress=True)


@require_POST
@staff(Permission.EDIT_AGENCY)
def apply(request: StaffRequest) -> HttpResponse:
    """Apply what was shown, all of it or nothing."""
    try:
        told: dict[str, Any] = signing.loads(
            request.POST.get("carried", ""), salt=_SALT, max_age=_CARRIED_FOR
        )
    except signing.BadSignature:
        return _bring_page(request, error=_("The preview is too old. Please bring the file again."))
    if told["by"] != [request.actor.agency_id, request.actor.user_id]:
        return _bring_page(request, error=_("The preview is too old. Please bring the file again."))
    try:
        with transaction.atomic():
            _apply_all(request, told["changes"], at=request.now)
    except StaleForm:
        overtaken = _(
            "Somebody changed a desk meanwhile. Nothing was stored; bring the file again."
        )
        return _bring_page(request, error=overtaken)
    except InvalidInput as fault:
        return _bring_page(request, error=" ".join(fault.errors.values()))
    count = len(told["changes"])
    messages.success(
        request,
        ngettext("%(count)d entry is corrected.", "%(count)d entries are corrected.", count)
        % {"count": count},
    )
    return redirect("network-entries")


def _apply_all(request: StaffRequest, changes: list[list[Any]], *, at: datetime) -> None:
    for desk_id, version, values in changes:
        operations.bring_entry(
            desk_id=desk_id, entry=entry_from(values), version=version, by=request.actor, at=at
        )
