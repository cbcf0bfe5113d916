"""Taking over an office's open caseload from a workbook: choose, understand, check, take, see.

Nothing of the list is kept between the steps: it travels as ciphertext in the page
(``cases.imports.sealed``), and each step sends it back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.cases import operations as cases
from rangkul.cases.imports import checking, reading
from rangkul.cases.imports.checking import Checked, Defaults, Remark
from rangkul.cases.imports.columns import COLUMNS, LEAVE_OUT, NOTE, guess_columns
from rangkul.cases.imports.rows import ImportRow
from rangkul.cases.imports.sealed import ListUnreadable, open_list, seal_list
from rangkul.cases.imports.template import template_workbook
from rangkul.cases.imports.workbook import MOST_BYTES, Table, WorkbookRefused, read_table
from rangkul.custody import queries as custody
from rangkul.desk import wording
from rangkul.desk.cases.notes import sentences
from rangkul.desk.course.cover import category_label
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Opening a file takes some 45 ms; a step stays under three seconds.
CHUNK = 60
_LISTED = 300
_MOST_FIXES = 60
_UNDECIDED = "?"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the preview: what it says without saying who it is."""

    line: int
    facts: tuple[str, ...]
    holds: tuple[str, ...]
    errors: tuple[str, ...]
    remarks: tuple[str, ...]
    may_take: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word that no list knows, and what it may mean."""

    index: int
    key: str
    column: str
    word: str
    count: int
    nearest: str
    choices: list[tuple[str, str]]


# -- choose -----------------------------------------------------------------------------------


@staff(Permission.IMPORT_CASELOAD)
def start(request: StaffRequest) -> HttpResponse:
    """What may be brought, the workbook to fill, and the choice of a file."""
    if request.method != "POST":
        return _start_page(request)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return _start_page(request, _("Choose a file first."))
    if (upload.size or 0) > MOST_BYTES:
        return _start_page(request, refusal("too_large"))
    content = upload.read()
    try:
        table = read_table(content)
    except WorkbookRefused as fault:
        return _start_page(request, refusal(fault.code))
    carried = seal_list(
        "table", _plain(table, _list_id(request, content)), by=request.actor, at=request.now
    )
    return _columns_page(request, table, carried, guess_columns(table.header))


@staff(Permission.IMPORT_CASELOAD)
def template(request: StaffRequest) -> HttpResponse:
    """The workbook to fill."""
    answer = HttpResponse(template_workbook(), content_type=_XLSX)
    answer["Content-Disposition"] = 'attachment; filename="rangkul-daftar-kasus.xlsx"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def refusal(code: str) -> str:
    """Why a file cannot be taken, and what to do instead."""
    return {
        "empty": _("This file is empty: not one byte arrived."),
        "too_large": _("This file is larger than 5 MB. Split the list into several files."),
        "not_workbook": _("This is not a workbook. Choose an xlsx, xls, ods or csv file."),
        "macro": _("This workbook carries programs. Save it as .xlsx without macros first."),
        "locked": _("This workbook is under a password. Save it without one, then delete it."),
        "too_much": _("There is more in this file than a list of cases can hold."),
        "broken": _("This file is damaged. Open it in your office program and save it again."),
        "no_rows": _("No list was found: the file has no rows below its headings."),
        "too_many_rows": _("More than 5,000 rows. Split the list into several files."),
    }[code]


# -- understand -------------------------------------------------------------------------------


@staff(Permission.IMPORT_CASELOAD)
@require_POST
def check(request: StaffRequest) -> HttpResponse:
    """What each row would become, with the columns as they are meant now."""
    try:
        held = open_list("table", request.POST.get("list", ""), by=request.actor, at=request.now)
    except ListUnreadable:
        return _start_page(request, _too_old())
    table = _table(held)
    meant = _meant(request, table)
    errors = _meant_errors(meant)
    defaults = _defaults(request, errors)
    if errors or defaults is None:
        return _columns_page(request, table, request.POST["list"], meant, errors)
    found = _checked(request, table, meant, defaults)
    return _preview_page(request, table, meant, found)


# -- take -------------------------------------------------------------------------------------


@staff(Permission.IMPORT_CASELOAD)
@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Make files of the chosen rows: the first of them at once, the rest step by step."""
    try:
        held = open_list("table", request.POST.get("list", ""), by=request.actor, at=request.now)
    except ListUnreadable:
        return _start_page(request, _too_old())
    table = _table(held)
    meant = _meant(request, table)
    errors = _meant_errors(meant)
    defaults = _defaults(request, errors)
    if errors or defaults is None:
        return _columns_page(request, table, request.POST["list"], meant, errors)
    chosen = _chosen(request, _checked(request, table, meant, defaults))
    if not chosen:
        return _preview_page(
            request, table, meant, _checked(request, table, meant, defaults),
            error=_("No row is chosen."),
        )  # fmt: skip
    work = {
        "list": held["list"], "rows": [row.to_plain() for row in chosen], "done": [],
        "known": [], "refused": [], "total": len(chosen), "left_out": len(table.rows) - len(chosen),
        "began": request.now.timestamp(),
    }  # fmt: skip
    return _go_on(request, work)


@staff(Permission.IMPORT_CASELOAD)
@require_POST
def go_on(request: StaffRequest) -> HttpResponse:
    """The next rows; sent by the page itself, or by the button where there are no scripts."""
    try:
        work = open_list("work", request.POST.get("work", ""), by=request.actor, at=request.now)
    except ListUnreadable:
        return _start_page(request, _too_old())
    return _go_on(request, work)


def _go_on(request: StaffRequest, work: dict[str, Any]) -> HttpResponse:
    """One step: some rows, each a whole file; then the progress, or what came of it all."""
    plain = work["rows"][:CHUNK]
    try:
        outcome = cases.import_rows(
            rows=[ImportRow.from_plain(values) for values in plain], list_id=UUID(work["list"]),
            zone=ZoneInfo(zone_of(request.membership.area_code)), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except cases.RowRefused as fault:
        work["refused"].append((fault.line, fault.errors))
        work["rows"] = [values for values in work["rows"] if values["line"] != fault.line]
    else:
        work["done"] += outcome.opened
        work["known"] += outcome.known
        work["rows"] = work["rows"][CHUNK:]
    done = work["total"] - len(work["rows"])
    context: dict[str, Any] = {"done": done, "total": work["total"], "left_out": work["left_out"]}
    if work["rows"]:
        passed = request.now.timestamp() - work["began"]
        context |= {
            "carried": seal_list("work", work, by=request.actor, at=request.now),
            "seconds_left": round(passed / done * len(work["rows"])) if done and passed else None,
        }
        name = "progress"
    else:
        context |= {
            "opened": [(line, custody.case_number(case_id)) for line, case_id in work["done"]],
            "known": [(line, custody.case_number(case_id)) for line, case_id in work["known"]],
            "refused": [(line, _refusal_reasons(errors)) for line, errors in work["refused"]],
        }
        name = "result"
    part = "_part" if request.headers.get("HX-Request") else ""
    return render(request, f"desk/imports/{name}{part}.html", context)


# Which column a fault of the opening lies in, where the two are not called alike.
_COLUMN_OF = {
    "full_name": "name", "called_name": "called", "birth_date": "born", "birth_year": "born",
    "happened_from": "happened", "happened_until": "happened", "violence_kinds": "kinds",
    "contact_bans": "bans", "place_kinds": "places", "work_label": "label", "account": "summary",
    "body": "summary",
}  # fmt: skip


def _refusal_reasons(errors: dict[str, str]) -> list[str]:
    """Why a line is not taken: the column and a sentence, never what the cell holds."""
    said = []
    for name, sentence in sentences(InvalidInput(errors)).items():
        key = _COLUMN_OF.get(name, name)
        said.append(f"{column_label(key)}: {sentence}" if key in COLUMNS else sentence)
    return said


# -- what was sent ----------------------------------------------------------------------------


def _list_id(request: StaffRequest, content: bytes) -> str:
    """The same file of the same agency is always the same list, so no row is taken twice."""
    seed = f"import|{request.actor.agency_id}|".encode() + content
    return str(UUID(bytes=hashlib.sha256(seed).digest()[:16], version=5))


def _plain(table: Table, list_id: str) -> dict[str, Any]:
    return {
        "list": list_id, "sheet": table.sheet, "header": table.header, "rows": table.rows,
        "lossy": sorted(table.lossy), "cut": sorted(table.cut),
    }  # fmt: skip


def _table(held: Mapping[str, Any]) -> Table:
    return Table(
        sheet=held["sheet"], header=held["header"],
        rows=[(line, cells) for line, cells in held["rows"]],
        lossy={(line, column) for line, column in held["lossy"]},
        cut={(line, column) for line, column in held["cut"]},
    )  # fmt: skip


def _meant(request: StaffRequest, table: Table) -> list[str]:
    known = {*COLUMNS, NOTE, LEAVE_OUT}
    sent = [text(request, f"column-{index}", 16) for index in range(len(table.header))]
    return [key if key in known else NOTE for key in sent]


def _meant_errors(meant: Sequence[str]) -> dict[str, str]:
    twice = {key for key in meant if key in COLUMNS and meant.count(key) > 1}
    if twice:
        names = ", ".join(sorted(column_label(key) for key in twice))
        return {"columns": _("Chosen for two columns: %(names)s.") % {"names": names}}
    if not any(key in COLUMNS for key in meant):
        return {"columns": _("Please say for at least one column what it holds.")}
    return {}


def _defaults(request: StaffRequest, errors: dict[str, str]) -> Defaults | None:
    """What holds where a row is silent; writes what is wrong into ``errors``."""
    written = text(request, "area", 80)
    area = reading.Areas().find(written) if written else request.membership.area_code
    if not area:
        errors["area"] = _("No single place has this name. Write its code or its full name.")
    category = text(request, "category", 4)
    if category not in ("ktk", "kpo"):
        errors["category"] = _("Please choose from the list.")
    carriers = {m.membership.user_id for m in _companions(request)}
    chosen = text(request, "companion", 12)
    companion = int(chosen) if chosen.isdecimal() else request.actor.user_id
    if companion not in carriers:
        errors["companion"] = _("Please choose from the list.")
    return None if errors else Defaults(area, category, companion)


def _fixes(request: StaffRequest) -> dict[tuple[str, str], str]:
    """Words that were assigned to codes; an undecided one is asked again."""
    fixes: dict[tuple[str, str], str] = {}
    for index in range(_MOST_FIXES):
        key, _bar, word = request.POST.get(f"word-{index}", "").partition("|")
        code = text(request, f"fix-{index}", 32)
        if key not in COLUMNS or code == _UNDECIDED:
            continue
        if not code or reference.is_code(COLUMNS[key].codes, code):
            fixes[key, word] = code
    return fixes


def _checked(
    request: StaffRequest, table: Table, meant: Sequence[str], defaults: Defaults
) -> list[Checked]:
    return checking.check_rows(
        request.actor, table, meant, defaults=defaults, fixes=_fixes(request), at=request.now
    )


def _chosen(request: StaffRequest, found: Sequence[Checked]) -> list[ImportRow]:
    """Rows ticked in the list, and those beyond it that nothing speaks against."""
    listed = {int(n) for n in text(request, "listed").split(",") if n.isdecimal()}
    ticked = {int(n) for n in request.POST.getlist("take") if n.isdecimal()}
    return [
        checked.row
        for checked in found
        if checked.row is not None
        and (checked.line in ticked if checked.line in listed else not checked.is_double)
    ]


# -- pages ------------------------------------------------------------------------------------


def _start_page(request: StaffRequest, error: str = "") -> HttpResponse:
    context = {"error": error, "columns": [column_label(key) for key in COLUMNS]}
    return render(request, "desk/imports/start.html", context, status=422 if error else 200)


def _columns_page(
    request: StaffRequest, table: Table, carried: str, meant: Sequence[str],
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "carried": carried,
        "sheet": table.sheet,
        "count": len(table.rows),
        "columns": [
            (index, heading, meant[index], sum(bool(cells[index]) for _line, cells in table.rows))
            for index, heading in enumerate(table.header)
        ],
        "choices": [(key, column_label(key)) for key in COLUMNS],
        "categories": [(code, category_label(code)) for code in ("ktk", "kpo")],
        "companions": [(m.membership.user_id, m.name) for m in _companions(request)],
        "typed": _typed(request),
        "errors": errors or {},
    }
    return render(request, "desk/imports/columns.html", context, status=422 if errors else 200)


def _preview_page(
    request: StaffRequest, table: Table, meant: Sequence[str], found: Sequence[Checked], *,
    error: str = "",
) -> HttpResponse:  # fmt: skip
    fixed = _fixes_sent(request)
    listed = sorted(found, key=_attention)[:_LISTED]
    listed.sort(key=lambda checked: (not checked.errors, not checked.is_double, checked.line))
    context = {
        "carried": request.POST["list"],
        "meant": list(enumerate(meant)),
        "typed": _typed(request),
        "lines": [_line(checked) for checked in listed],
        "listed": ",".join(str(checked.line) for checked in listed),
        "words": _words(found, _MOST_FIXES - len(fixed)),
        "fixed": fixed,
        "count": len(found),
        "ready": sum(c.row is not None and not c.is_double for c in found),
        "doubles": sum(c.row is not None and c.is_double for c in found),
        "faulty": sum(c.row is None for c in found),
        "beyond": max(len(found) - _LISTED, 0),
        "compared": checking.NAMES_COMPARED if len(found) > checking.NAMES_COMPARED else 0,
        "error": error,
    }
    return render(request, "desk/imports/preview.html", context, status=422 if error else 200)


def _attention(checked: Checked) -> int:
    if checked.row is None:
        return 0
    if checked.is_double:
        return 1
    return 2 if checked.remarks else 3


def _line(checked: Checked) -> Line:
    row = checked.row
    facts: list[str] = []
    holds: list[str] = []
    if row is not None:
        facts += [row.label] if row.label else []
        facts += [category_label(code) for code in row.categories]
        facts += [reference.label("jenis_kekerasan", code) for code in row.kinds]
        facts += [reference.label("tingkat_risiko", row.risk)] if row.risk else []
        facts += [reference.label("jenis_kelamin", row.sex)] if row.sex else []
        holds = [
            column_label(key)
            for key in ("name", "nik", "passport", "phone", "address", "born")
            if getattr(row, key)
        ]
    return Line(
        line=checked.line,
        facts=tuple(facts),
        holds=tuple(holds),
        errors=tuple(remark_text(remark) for remark in checked.errors),
        remarks=tuple(remark_text(remark) for remark in checked.remarks),
        may_take=row is not None,
        taken=row is not None and not checked.is_double,
    )


def remark_text(remark: Remark) -> str:
    """A remark as a sentence; it quotes a word for a code, never what a person's cell holds."""
    column = column_label(remark.column) if remark.column in COLUMNS else remark.column
    sentences = {
        "too_long": _("%(column)s: longer than a cell may be (4,000 signs)."),
        "note_too_long": _("What goes into the first note is longer than 20,000 signs."),
        "unreadable": _("%(column)s: could not be read; the words go into the first note."),
        "lossy": _(
            "%(column)s: kept as a number, so its last digits are lost; it goes into the first "
            "note. Write it as text."
        ),
        "unknown_word": _("%(column)s: “%(word)s” is in no list."),
        "short_year": _("%(column)s: a year of two digits, read as the latest that fits."),
        "double_inside": _("The same person seems to stand on an earlier line."),
        "double_number": _("A file of your agency holds the same NIK, passport or phone."),
        "double_name": _("A file of your agency holds a person of this name."),
    }
    return sentences[remark.code] % {"column": column, "word": remark.value}


def column_label(key: str) -> str:
    """What a column is called in the present language."""
    column = COLUMNS[key]
    return wording.in_language(column.label_id, column.label_en)


def _words(found: Sequence[Checked], most: int) -> list[Word]:
    words = []
    for index, (key, word, count) in enumerate(checking.unknown_words(found)[:most]):
        codes = COLUMNS[key].codes
        nearest = reading.nearest(codes, word)
        words.append(
            Word(index, key, column_label(key), word, count, nearest, reference.choices(codes))
        )
    return words


def _fixes_sent(request: StaffRequest) -> list[tuple[int, str, str]]:
    """Decisions made before, carried on behind those still open."""
    decided = list(_fixes(request).items())[:_MOST_FIXES]
    start = _MOST_FIXES - len(decided)
    return [
        (start + offset, f"{key}|{word}", code)
        for offset, ((key, word), code) in enumerate(decided)
    ]


def _typed(request: StaffRequest) -> dict[str, str]:
    return {
        "category": text(request, "category", 4) or "ktk",
        "area": text(request, "area", 80),
        "companion": text(request, "companion", 12) or str(request.actor.user_id),
    }


def _companions(request: StaffRequest) -> Sequence[network.StaffMember]:
    return network.list_companions(request.actor.agency_id, at=request.now)


def _too_old() -> str:
    return _(
        "The page was open for too long, or in another sign-in. Choose the file again; rows that "
        "were taken over already are recognised."
    )


urlpatterns = [
    path("impor/", start, name="import-start"),
    path("impor/contoh.xlsx", template, name="import-template"),
    path("impor/periksa/", check, name="import-check"),
    path("impor/masukkan/", take, name="import-take"),
    path("impor/lanjut/", go_on, name="import-go"),
]
