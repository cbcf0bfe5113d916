"""The file's cover, edited with the version that was read; nothing typed is lost to a colleague."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput, StaleForm
from rangkul.reference import queries as reference
from rangkul.reference.ages import ADULT_AT

_MANY = ("categories", "violence_kinds", "flags", "languages")
_ONE = ("work_label", "sex", "age_band", "worker_sex", "legal_determination")
_CHILD_FLAGS = frozenset({"anak", "diduga_anak"})


@staff(Permission.PLAN)
def edit_cover(request: StaffRequest, number: str) -> HttpResponse:
    """What every holder sees first; the work label never names anybody."""
    file = get_file(request, number)
    errors: dict[str, str] = {}
    theirs: list[tuple[str, str, str]] = []
    shown = _held(file)
    if request.method == "POST":
        shown = _typed(request)
        try:
            _check_label(request, file, str(shown["work_label"]))
            cases.change_cover(
                case_id=file.case_id, expected_version=_version(request),
                values=_values(shown), by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = {**sentences(fault), **_own_sentences(fault)}
        except StaleForm:
            file = case_queries.get_file(request.actor, file.case_id)
            theirs = _differences(shown, _held(file))
        else:
            messages.success(request, _("Cover saved."))
            return redirect("case-page", number=number)
    context = frame(file, request, section="course-page")
    context["trail"] = [
        *context["trail"][:2],
        (reverse("course-page", args=[number]), _("Course & team")),
        ("", _("Cover")),
    ]
    context |= {"shown": shown, "errors": errors, "theirs": theirs, "version": file.version}
    status = 409 if theirs else 422 if errors else 200
    return render(request, "desk/course/cover.html", context | _choices(), status=status)


def _choices() -> dict[str, Any]:
    return {
        "category_choices": [("ktk", category_label("ktk")), ("kpo", category_label("kpo"))],
        "kind_choices": reference.choices("jenis_kekerasan"),
        "flag_choices": reference.choices("penanda_kasus"),
        "language_choices": reference.choices("bahasa"),
        "sex_choices": [("", _("Not said")), *reference.choices("jenis_kelamin")[:2]],
        "age_choices": reference.choices("kelompok_usia"),
        "worker_choices": [
            ("P", _("Woman")), ("L", _("Man")), ("sama_saja", _("Either")),
        ],
        "determination_choices": reference.choices("tppo_penetapan"),
    }  # fmt: skip


def category_label(code: str) -> str:
    """Violence (KTK) or trafficking (KPO); both may hold."""
    return f"{reference.label('kategori', code.upper())} ({code.upper()})"


def _typed(request: StaffRequest) -> dict[str, Any]:
    many: dict[str, Any] = {name: request.POST.getlist(name) for name in _MANY}
    return many | {name: text(request, name, 120) for name in _ONE}


def _held(file: CaseFile) -> dict[str, Any]:
    many: dict[str, Any] = {name: list(getattr(file, name)) for name in _MANY}
    return many | {name: getattr(file, name) for name in _ONE}


def _values(typed: dict[str, Any]) -> dict[str, Any]:
    """The columns; a child's age brings the child's flag, and either treats as a child."""
    values = {name: sorted(typed[name]) if name in _MANY else typed[name] for name in typed}
    band = typed["age_band"]
    if reference.is_code("kelompok_usia", band):
        oldest = reference.get_code("kelompok_usia", band).mappings.get("max_years", "")
        if oldest and int(oldest) < ADULT_AT and not _CHILD_FLAGS & set(values["flags"]):
            values["flags"] = sorted({*values["flags"], "anak"})
    values["is_child"] = bool(_CHILD_FLAGS & set(values["flags"]))
    return values


def _check_label(request: StaffRequest, file: CaseFile, label: str) -> None:
    is_new = bool(label) and label != file.work_label
    if is_new and case_queries.names_survivor(request.actor, file.case_id, label):
        raise InvalidInput({"work_label": "names_somebody"})


def _own_sentences(fault: InvalidInput) -> dict[str, str]:
    known = {
        "names_somebody": _("This sounds like the survivor's name. Please choose another word.")
    }
    return {name: known[code] for name, code in fault.errors.items() if code in known}


def _differences(mine: dict[str, Any], theirs: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(field, what the file holds now, what was typed) for every field that differs."""
    labels = {
        "categories": _("Category"), "violence_kinds": _("Kinds of violence"),
        "flags": _("To remember"), "languages": _("Languages"), "work_label": _("Work label"),
        "sex": _("Sex"), "age_band": _("Age"), "worker_sex": _("Prefers to speak with"),
        "legal_determination": _("Legal determination"),
    }  # fmt: skip
    words = {name: dict(pairs) for name, pairs in _lists().items()}
    return [
        (labels[name], _said(theirs[name], words.get(name)), _said(mine[name], words.get(name)))
        for name in labels
        if _plain(mine[name]) != _plain(theirs[name])
    ]


def _lists() -> dict[str, list[tuple[str, str]]]:
    known = _choices()
    return {
        "categories": known["category_choices"], "violence_kinds": known["kind_choices"],
        "flags": known["flag_choices"], "languages": known["language_choices"],
        "sex": known["sex_choices"], "age_band": known["age_choices"],
        "worker_sex": known["worker_choices"],
        "legal_determination": known["determination_choices"],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _said(value: Any, words: dict[str, str] | None) -> str:
    codes = value if isinstance(value, list) else [value]
    known = words or {}
    return ", ".join(known.get(str(code), str(code)) for code in codes if code) or "–"


def _version(request: StaffRequest) -> int:
    value = text(request, "version", 9)
    return int(value) if value.isdecimal() else 0


urlpatterns = [
    path("kasus/<str:number>/perjalanan/sampul/", edit_cover, name="course-cover"),
]
