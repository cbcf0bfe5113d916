"""The pages of forms: their list and the way in; one with its questions, codebook and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.accounts import queries as accounts
from rangkul.assessments import operations, queries, workflow
from rangkul.assessments.codebook import Entry, codebook
from rangkul.assessments.form import GROUP, REPEAT, Form, Item, said
from rangkul.assessments.models import FormVersion
from rangkul.assessments.problems import FormRefused, Problem
from rangkul.assessments.workbook import MOST_BYTES
from rangkul.desk.instruments import wording
from rangkul.desk.page import StaffRequest, staff
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.workflow import IllegalMove

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNREADABLE = 422


@dataclass(frozen=True, slots=True)
class Row:
    """One version in the list."""

    form: FormVersion
    title: str
    state: str
    tone: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the preview: a heading, or a question in both languages with its answers."""

    id: str
    en: str
    is_heading: bool
    depth: int
    entry: Entry | None
    kind: str
    kept: str
    choices: tuple[tuple[str, str, str], ...]


# -- the list and the way in ------------------------------------------------------------------


@require_safe
@staff(Permission.KEEP_FORMS)
def show_all(request: StaffRequest) -> HttpResponse:
    """The agency's own forms, those that come with Rangkul, and the choice of a file."""
    return _list_page(request, ())


@require_POST
@staff(Permission.KEEP_FORMS)
def upload(request: StaffRequest) -> HttpResponse:
    """Take a workbook as a draft, or say sentence by sentence what has to be mended."""
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return _list_page(request, [_no_file()])
    if (sent.size or 0) > MOST_BYTES:
        return _list_page(request, [_too_large()])
    try:
        form = operations.upload_form(
            data=sent.read(), name=sent.name or "", by=request.actor, at=request.now
        )
    except FormRefused as fault:
        return _list_page(request, fault.problems, sent.name or "")
    messages.success(request, _("Kept as a draft. Look at its questions, then have it tried."))
    return redirect("instrument-page", form_id=form.id)


def _list_page(request: StaffRequest, problems: Sequence[Problem], name: str = "") -> HttpResponse:
    rows = [_row(request, form) for form in queries.list_forms(request.actor)]
    context = {
        "own": [row for row in rows if row.is_ours],
        "house": [row for row in rows if not row.is_ours],
        "problems": wording.told(tuple(problems)),
        "file_name": name[:80],
    }
    status = _UNREADABLE if problems else 200
    return render(request, "desk/instruments/list.html", context, status=status)


def _row(request: StaffRequest, form: FormVersion) -> Row:
    return Row(
        form, wording.title_of(form), wording.state_words(form.state), wording.TONES[form.state],
        form.agency_id == request.actor.agency_id,
    )  # fmt: skip


def _no_file() -> Problem:
    return Problem("no_file", "Pilih berkas dahulu.", "Choose a file first.")


def _too_large() -> Problem:
    return Problem(
        "too_large", "Berkas ini lebih besar dari 5 MB.", "This file is larger than 5 MB."
    )


# -- one version ------------------------------------------------------------------------------


@require_safe
@staff(Permission.KEEP_FORMS)
def show(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """The questions of a version in both languages, how it stands, and what may happen next."""
    form = queries.get_form(request.actor, form_id)
    read = queries.read_form(form)
    people = {form.uploaded_by, form.tested_by, form.published_by, form.retired_by} - {None}
    names = accounts.names_of({person for person in people if person is not None})
    context = _frame(request, form) | {
        "questions": list(_questions(read.form)),
        "languages": read.form.languages,
        "reasons": len(read.declared.reasons),
        "contradictions": len(read.declared.contradictions),
        "moves": {move.name for move in workflow.FORM_MOVES.open_from(form.state)},
        "acts": [
            (words, at, names.get(person or 0, ""))
            for words, at, person in (
                (_("Uploaded"), form.uploaded_at, form.uploaded_by),
                (_("On trial since"), form.tested_at, form.tested_by),
                (_("Published"), form.published_at, form.published_by),
                (_("Taken out of use"), form.retired_at, form.retired_by),
            )
            if at is not None
        ],
    }
    return render(request, "desk/instruments/show.html", context)


@require_safe
@staff(Permission.KEEP_FORMS)
def show_codebook(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """What each answer is called, what may stand in it, and how it is kept."""
    form = queries.get_form(request.actor, form_id)
    read = queries.read_form(form).form
    english = wording.is_english()
    entries = [
        (entry, _plain(said(entry.words, "en" if english else "id", read.default_language)),
         wording.kind_words(entry), wording.sealed_words(entry))
        for entry in codebook(read)
    ]  # fmt: skip
    context = _frame(request, form) | {"entries": entries}
    return render(request, "desk/instruments/codebook.html", context)


@require_safe
@staff(Permission.KEEP_FORMS)
def download(request: StaffRequest, form_id: UUID, file: str) -> HttpResponse:
    """The workbook, the XForm or the codebook of a version, as a file."""
    form = queries.get_form(request.actor, form_id)
    if file == "xlsx":
        content, kind, ending = queries.workbook_file(form), _XLSX, ".xlsx"
    elif file == "xform":
        content, kind, ending = form.xform.encode(), "application/xml", ".xml"
    elif file == "codebook":
        content, kind, ending = queries.codebook_file(form), _XLSX, "-codebook.xlsx"
    else:
        raise NotReachable("no such file of a form")
    version = re.sub(r"[^A-Za-z0-9.]+", "_", form.version)
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{form.code}-{version}{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@staff(Permission.KEEP_FORMS)
def start_test(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """Let colleagues fill it for trial."""
    return _moved(request, form_id, operations.start_test, _("On trial: nothing filled is kept."))


@require_POST
@staff(Permission.KEEP_FORMS, fresh=True)
def publish(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """Put it into use, for good as it is."""
    return _moved(request, form_id, operations.publish_form, _("Published: it never changes now."))


@require_POST
@staff(Permission.KEEP_FORMS, fresh=True)
def retire(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """Take it out of use."""
    return _moved(request, form_id, operations.retire_form, _("Out of use. What is kept stays."))


class _Move(Protocol):
    def __call__(self, *, form_id: UUID, by: Actor, at: datetime) -> FormVersion: ...


def _moved(request: StaffRequest, form_id: UUID, move: _Move, words: str) -> HttpResponse:
    try:
        move(form_id=form_id, by=request.actor, at=request.now)
    except IllegalMove:
        messages.info(request, _("Somebody did this already; here is how it stands now."))
    else:
        messages.success(request, words)
    return redirect("instrument-page", form_id=form_id)


def _frame(request: StaffRequest, form: FormVersion) -> dict[str, object]:
    title = wording.title_of(form)
    return {
        "form": form, "title": title, "state": wording.state_words(form.state),
        "tone": wording.TONES[form.state],
        "is_ours": form.agency_id == request.actor.agency_id,
        "trail": [(reverse("instrument-list"), _("Forms")), ("", title)],
    }  # fmt: skip


def _questions(form: Form) -> Iterable[Question]:
    """Headings and questions in the form's order; what nobody is asked stands in the codebook."""
    entries = {entry.key: entry for entry in codebook(form)}
    for item in form.items.values():
        key = form.key(item.path)
        if item.kind in (GROUP, REPEAT):
            if item.labels:
                yield _question(form, item, None)
        elif item.control:
            yield _question(form, item, entries[key])


def _plain(words: str) -> str:
    """Without the stars by which a form's author makes words bold."""
    return words.replace("**", "")


def _question(form: Form, item: Item, entry: Entry | None) -> Question:
    def words(language: str) -> str:
        return _plain(said(item.labels, language, form.default_language))

    choices = tuple(
        (choice.code, said(choice.words, "id", form.default_language),
         said(choice.words, "en", form.default_language))
        for choice in (entry.choices if entry else ())
    )  # fmt: skip
    return Question(
        words("id"), words("en"), entry is None, form.key(item.path).count("/"), entry,
        wording.kind_words(entry) if entry else "", wording.sealed_words(entry) if entry else "",
        choices,
    )  # fmt: skip
