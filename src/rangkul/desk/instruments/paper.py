"""An empty form on paper, for a room without power: every question with its hints and choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from rangkul.access.permissions import Permission
from rangkul.assessments import queries
from rangkul.assessments.form import GROUP, REPEAT, Form, said
from rangkul.desk.instruments.wording import is_english, title_of
from rangkul.desk.page import StaffRequest, staff

_FILLS = (
    Permission.KEEP_FORMS, Permission.ASSESS, Permission.TRIAGE, Permission.LOG_OBSTACLE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing on the paper: a heading, words to be read, or a question with room to answer.

    ``sometimes`` says that it is asked in some cases only.
    """

    kind: str
    text: str
    hint: str = ""
    guidance: str = ""
    choices: tuple[str, ...] = ()
    several: bool = False
    sometimes: bool = False


@staff(one_of=_FILLS)
def paper(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """The page to print; it holds nothing about anybody."""
    row = queries.get_form(request.actor, form_id)
    form = queries.read_form(row).form
    context = {"form": row, "title": title_of(row), "asked": list(_asked(form))}
    return render(request, "desk/instruments/paper.html", context)


def _asked(form: Form) -> Iterator[Asked]:
    language = "en" if is_english() else "id"

    def words(each: dict[str, str]) -> str:
        return said(each, language, form.default_language).replace("**", "")

    for item in form.items.values():
        label, depends = words(dict(item.labels)), item.relevant is not None
        if item.kind in (GROUP, REPEAT):
            if label:
                yield Asked("heading", label, sometimes=depends)
        elif item.control and not item.is_asked:
            yield Asked("note", label, sometimes=depends)
        elif item.is_asked:
            yield Asked(
                "question", label, words(dict(item.hints)), words(dict(item.guidance)),
                tuple(words(dict(choice.words)) or choice.code for choice in form.choices(item)),
                several=item.control in ("select", "rank"), sometimes=depends,
            )  # fmt: skip


urlpatterns = [path("instrumen/<uuid:form_id>/kertas/", paper, name="instrument-paper")]
