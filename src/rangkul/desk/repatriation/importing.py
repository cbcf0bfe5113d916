"""A list by name becomes a group: choose, understand and check on one page, then all or none.

As with a caseload, nothing of the list is kept between the steps: it travels as ciphertext in the
page (``cases.imports.sealed``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.cases import operations as cases
from rangkul.cases.imports import reading
from rangkul.cases.imports.checking import Defaults, Remark
from rangkul.cases.imports.columns import LEAVE_OUT, NOTE
from rangkul.cases.imports.sealed import ListUnreadable, open_list, seal_list
from rangkul.cases.imports.workbook import MOST_BYTES, Table, WorkbookRefused, read_table
from rangkul.desk import imports as caseload
from rangkul.desk import wording as words
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.planning import LOCAL, local
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.repatriation import board as boards
from rangkul.repatriation import imports, operations, queries, workflow
from rangkul.repatriation.imports import ALL_COLUMNS, RETURN_COLUMNS, CheckedReturn
from rangkul.repatriation.operations import Arrival
from rangkul.repatriation.operations.groups import BASES, MOST_PEOPLE

_KIND = "return_list"
_CELL: Final = re.compile(r"cell-(\d{1,5})-(\d{1,3})")
_LONGEST_CELL: Final = 400
_TYPED = ("label", "source", "area", "arrives_at", "basis", "category", "companion")


@staff(Permission.ORGANISE_RETURNS, Permission.IMPORT_CASELOAD)
def start(request: StaffRequest) -> HttpResponse:
    """The facts of the group and the file by name."""
    if request.method != "POST":
        return _start_page(request)
    arrival, errors = read_arrival(request, None)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        errors["file"] = _("Choose a file first.")
    elif (upload.size or 0) > MOST_BYTES:
        errors["file"] = caseload.refusal("too_large")
    if errors or arrival is None or not isinstance(upload, UploadedFile):
        return _start_page(request, errors)
    content = upload.read()
    try:
        table = read_table(content)
    except WorkbookRefused as refused:
        return _start_page(request, {"file": caseload.refusal(refused.code)})
    if len(table.rows) > MOST_PEOPLE:
        return _start_page(request, {"file": _("More than 300 people. Split the list.")})
    held = {
        "list": _list_id(request, content), "sheet": table.sheet, "header": table.header,
        "rows": table.rows, "lossy": sorted(table.lossy), "cut": sorted(table.cut),
    }  # fmt: skip
    carried = seal_list(_KIND, held, by=request.actor, at=request.now)
    return _preview_page(request, table, carried, imports.guess(table.header))


@staff(Permission.ORGANISE_RETURNS, Permission.IMPORT_CASELOAD)
@require_POST
def check(request: StaffRequest) -> HttpResponse:
    """Look at the rows again, with the columns as they are meant and the cells as corrected now."""
    try:
        held = open_list(_KIND, request.POST.get("list", ""), by=request.actor, at=request.now)
    except ListUnreadable:
        return _start_page(request, {"file": _too_old()})
    held, corrected = _corrected(request, held)
    return _preview_again(request, held, corrected)


@staff(Permission.ORGANISE_RETURNS, Permission.IMPORT_CASELOAD)
@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Make the group of the chosen rows: every file, every person, or nothing."""
    try:
        held = open_list(_KIND, request.POST.get("list", ""), by=request.actor, at=request.now)
    except ListUnreadable:
        return _start_page(request, {"file": _too_old()})
    held, corrected = _corrected(request, held)
    if corrected:
        told = _("Lines were corrected just now. Look at them once more before you make the group.")
        return _preview_again(request, held, corrected, [told])
    table, carried = _table(held), request.POST["list"]
    meant = _meant(request, table)
    arrival, errors = read_arrival(request, UUID(held["list"]))
    chosen = {int(n) for n in request.POST.getlist("take") if n.isdecimal() and len(n) < 6}
    rows = [c.row for c in _checked(request, table, meant) if c.row and c.line in chosen]
    if errors or arrival is None:
        return _preview_page(request, table, carried, meant, list(errors.values()))
    if not rows:
        return _preview_page(request, table, carried, meant, [_("No row is chosen.")])
    try:
        made = operations.import_group(
            arrival=arrival, rows=[row for row in rows if row is not None],
            zone=ZoneInfo(zone_of(request.membership.area_code)), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except cases.RowRefused as refused:
        told = _("Line %(line)d cannot become a file, so nothing of the list was taken over.")
        return _preview_page(request, table, carried, meant, [told % {"line": refused.line}])
    except InvalidInput as fault:
        return _preview_page(request, table, carried, meant, wording.faults_of(fault))
    messages.success(
        request,
        _("%(count)d people are in the group; all of the list, or nothing of it, was taken over.")
        % {"count": len(made.opened) + len(made.known)},
    )
    return redirect("repatriation-group", number=queries.group_number(made.group.id))


# -- what was sent ----------------------------------------------------------------------------


def _list_id(request: StaffRequest, content: bytes) -> str:
    """The same file of the same agency is always the same list, so nobody is taken twice."""
    seed = f"returns|{request.actor.agency_id}|".encode() + content
    return str(UUID(bytes=hashlib.sha256(seed).digest()[:16], version=5))


def _table(held: Mapping[str, Any]) -> Table:
    return Table(
        sheet=held["sheet"], header=held["header"],
        rows=[(line, cells) for line, cells in held["rows"]],
        lossy={(line, column) for line, column in held["lossy"]},
        cut={(line, column) for line, column in held["cut"]},
    )  # fmt: skip


def _corrected(request: StaffRequest, held: dict[str, Any]) -> tuple[dict[str, Any], set[int]]:
    """The list with the cells that were typed anew, and the lines in which one differs."""
    rows = {line: list(cells) for line, cells in held["rows"]}
    changed: set[tuple[int, int]] = set()
    for name in request.POST:
        found = _CELL.fullmatch(name)
        if found is None:
            continue
        line, column = int(found[1]), int(found[2])
        if line not in rows or column >= len(rows[line]):
            continue
        cell = text(request, name, _LONGEST_CELL)
        if cell != rows[line][column]:
            rows[line][column] = cell
            changed.add((line, column))
    if not changed:
        return held, set()
    # What a person has typed is neither cut off nor a number that lost its digits any more.
    marks = {
        kind: [place for place in held[kind] if tuple(place) not in changed]
        for kind in ("lossy", "cut")
    }
    return {**held, "rows": list(rows.items()), **marks}, {line for line, _column in changed}


def _preview_again(
    request: StaffRequest, held: dict[str, Any], corrected: set[int],
    errors: Sequence[str] = (),
) -> HttpResponse:  # fmt: skip
    """The preview of the corrected list, which travels on under a new seal."""
    table = _table(held)
    carried = request.POST["list"]
    if corrected:
        carried = seal_list(_KIND, held, by=request.actor, at=request.now)
    return _preview_page(
        request, table, carried, _meant(request, table), errors, corrected=corrected
    )


def _meant(request: StaffRequest, table: Table) -> list[str]:
    known = {*ALL_COLUMNS, NOTE, LEAVE_OUT}
    sent = [text(request, f"column-{index}", 16) for index in range(len(table.header))]
    meant = [key if key in known else NOTE for key in sent]
    # A column chosen twice counts once; the second goes into the note.
    return [
        NOTE if key in ALL_COLUMNS and key in meant[:index] else key
        for index, key in enumerate(meant)
    ]


def read_arrival(
    request: StaffRequest, list_id: UUID | None
) -> tuple[Arrival | None, dict[str, str]]:
    """The facts of a group as a form says them, and what is wrong with them by field."""
    errors = {}
    area = reading.Areas().find(text(request, "area", 80) or request.membership.area_code)
    if not area:
        errors["area"] = _("No single place has this name. Write its code or its full name.")
    if not text(request, "label", 90):
        errors["label"] = wording.fault_words("label", "required")
    if text(request, "source", 16) not in workflow.SOURCES:
        errors["source"] = _("Please choose from the list.")
    zone = ZoneInfo(zone_of(request.membership.area_code))
    try:
        when = local(datetime.fromisoformat(text(request, "arrives_at", 16)), zone)
    except ValueError:
        errors["arrives_at"] = _("Say when they arrive.")
        return None, errors
    if errors:
        return None, errors
    basis = text(request, "basis", 32)
    return Arrival(
        text(request, "label", 80), text(request, "source", 16), area, when,
        basis if basis in BASES else BASES[0], list_id,
    ), {}  # fmt: skip


def _checked(request: StaffRequest, table: Table, meant: Sequence[str]) -> list[CheckedReturn]:
    category = text(request, "category", 4)
    chosen = text(request, "companion", 12)
    carriers = [m.membership.user_id for m in _companions(request)]
    companion = int(chosen) if chosen.isdecimal() else request.actor.user_id
    defaults = Defaults(
        area=reading.Areas().find(text(request, "area", 80)) or request.membership.area_code,
        category=category if category in ("ktk", "kpo") else "kpo",
        companion_id=companion if companion in carriers else request.actor.user_id,
    )
    return imports.check_list(request.actor, table, meant, defaults=defaults, at=request.now)


# -- pages ------------------------------------------------------------------------------------


def arrival_choices(request: StaffRequest) -> dict[str, Any]:
    """What a form about a group's arrival offers, with what was typed so far."""
    zone = ZoneInfo(zone_of(request.membership.area_code))
    soon = (request.now + timedelta(hours=12)).astimezone(zone).strftime(LOCAL)
    typed = {name: text(request, name, 90) for name in _TYPED}
    typed["arrives_at"] = typed["arrives_at"] or soon
    return {
        "typed": typed, "sources": list(workflow.SOURCES.items()),
        "bases": [(code, reference.label("dasar_pasal", code)) for code in BASES],
    }  # fmt: skip


def _start_page(request: StaffRequest, errors: Mapping[str, str] | None = None) -> HttpResponse:
    context = arrival_choices(request) | {
        "errors": dict(errors or {}),
        "companions": [(m.membership.user_id, m.name) for m in _companions(request)],
        "columns": [_label(key) for key in RETURN_COLUMNS],
    }
    return render(
        request, "desk/repatriation/import_start.html", context, status=422 if errors else 200
    )


def _preview_page(
    request: StaffRequest, table: Table, carried: str, meant: Sequence[str],
    errors: Sequence[str] = (), *, corrected: Collection[int] = (),
) -> HttpResponse:  # fmt: skip
    found = _checked(request, table, meant)
    ticked = request.POST.getlist("take")
    if ticked:
        ticked += [
            str(each.line) for each in found if each.line in corrected and not each.is_double
        ]
    opened = text(request, "edit", 6)
    cells = dict(table.rows)
    lines = [
        _line(each, ticked)
        | {"cells": _cells(table, cells[each.line]) if str(each.line) == opened else []}
        for each in found
    ]
    lines.sort(key=lambda each: (not each["errors"], not each["double"], each["line"]))
    context = {
        "unknown": not any(key in ALL_COLUMNS for key in imports.guess(table.header)),
        "carried": carried, "errors": errors, "lines": lines,
        "typed": {name: text(request, name, 90) for name in _TYPED},
        "columns": [
            (index, heading, meant[index], sum(bool(cells[index]) for _n, cells in table.rows))
            for index, heading in enumerate(table.header)
        ],
        "choices": [(key, _label(key)) for key in ALL_COLUMNS],
        "ready": sum(each["ready"] for each in lines),
        "doubles": sum(each["double"] for each in lines),
        "faulty": sum(bool(each["errors"]) for each in lines), "count": len(lines),
    }  # fmt: skip
    return render(
        request, "desk/repatriation/import_preview.html", context, status=422 if errors else 200
    )


def _line(each: CheckedReturn, ticked: Sequence[str]) -> dict[str, Any]:
    """One line without saying who it is: what it holds, where it goes, what stands against it."""
    row = each.row
    facts: list[str] = []
    if row is not None:
        base = row.row
        facts += [boards.area_name(each.facts.get("origin_area", ""))]
        facts += [reference.label("jenis_kelamin", base.sex)] if base.sex else []
        facts += [str(workflow.MARKS[m]) for m in dict.fromkeys(each.facts.get("marks", ()))]
        facts += [str(workflow.MEANS.get(each.facts.get("means", ""), ""))]
        country = each.facts.get("nationality", "")
        facts += [reference.label("negara", country)] if country not in ("", "ID") else []
    errors = [_told(r) for r in (*each.base.errors, *each.errors)]
    ready = each.row is not None and not each.is_double and not each.is_doubtful
    return {
        "line": each.line, "facts": [fact for fact in facts if fact], "errors": errors,
        "remarks": [_told(r) for r in (*each.base.remarks, *each.remarks)],
        "double": each.row is not None and each.is_double,
        "ready": ready, "taken": str(each.line) in ticked if ticked else ready,
        "may": each.row is not None,
        "holds": [_label(k) for k in ("name", "nik", "passport", "phone", "born")
                  if each.base.row is not None and getattr(each.base.row, k)],
    }  # fmt: skip


def _cells(table: Table, cells: Sequence[str]) -> list[tuple[int, str, str]]:
    """One line to be corrected: column, heading, what stands there. Only whoever brought it in."""
    return [
        (index, heading, cell)
        for index, (heading, cell) in enumerate(zip(table.header, cells, strict=True))
    ]


def _told(remark: Remark) -> str:
    if remark.code == "nameless":
        return _("Neither a name nor a number: nobody can be sent home without one.")
    if remark.code == "total":
        return _("This looks like a total below the list, not like a person.")
    if remark.code == "only_a_name":
        return _("Nothing but a name: tick it only if this is a person.")
    if remark.code == "no_origin":
        return _("No origin that we know: it can be written down later.")
    if remark.code == "unreadable" and remark.column in RETURN_COLUMNS:
        return _("%(column)s: could not be read; the words go into the first note.") % {
            "column": _label(remark.column)
        }
    return caseload.remark_text(remark)


def _label(key: str) -> str:
    column = ALL_COLUMNS[key]
    return words.in_language(column.label_id, column.label_en)


def _companions(request: StaffRequest) -> Sequence[network.StaffMember]:
    return network.list_companions(request.actor.agency_id, at=request.now)


def _too_old() -> str:
    return _(
        "The page was open for too long, or in another sign-in. Choose the file again; rows that "
        "were taken over already are recognised."
    )


urlpatterns = [
    path("pemulangan/impor/", start, name="repatriation-import"),
    path("pemulangan/impor/periksa/", check, name="repatriation-import-check"),
    path("pemulangan/impor/masukkan/", take, name="repatriation-import-take"),
]
