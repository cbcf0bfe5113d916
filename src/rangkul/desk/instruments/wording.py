"""How forms are spoken of: their states, the kinds of their questions, what is asked of whom."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.assessments.codebook import Entry
from rangkul.assessments.models import FormVersion
from rangkul.assessments.problems import Problem

TONES: Mapping[str, str] = {
    "draft": "quiet", "testing": "soon", "published": "good", "retired": "low",
}  # fmt: skip


def state_words(state: str) -> str:
    """How a version stands."""
    return {
        "draft": _("Draft"), "testing": _("On trial"), "published": _("In use"),
        "retired": _("Out of use"),
    }[state]  # fmt: skip


def title_of(form: FormVersion) -> str:
    """A form's title in the language of the page."""
    return form.title_en if is_english() else form.title_id


def is_english() -> bool:
    """Whether the page is read in English."""
    return (get_language() or "id").startswith("en")


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    """Where and what, in the language of the page."""
    return [(problem.where, problem.text(get_language() or "id")) for problem in problems]


def kind_words(entry: Entry) -> str:
    """How a question is answered."""
    known = {
        "select1": _("One answer"), "select": _("Several answers"), "rank": _("In order"),
        "range": _("On a scale"), "trigger": _("To confirm"), "upload": _("A file"),
        "input": _("Typed"), "secret": _("Typed, covered"), "calculate": _("Worked out"),
        "hidden": _("Not shown"), "note": _("To be read"),
    }  # fmt: skip
    if entry.kind == "input" and entry.type in _typed_words():
        return _typed_words()[entry.type]
    return known.get(entry.kind, _("Noted by the device"))


def _typed_words() -> Mapping[str, str]:
    return {
        "int": _("A whole number"), "decimal": _("A number"), "date": _("A date"),
        "time": _("A time"), "dateTime": _("A date and a time"), "geopoint": _("A point"),
    }  # fmt: skip


def sealed_words(entry: Entry) -> str:
    """How an answer is kept."""
    if entry.kind == "note":
        return "–"
    if entry.sealed is None:
        return _("In the file")
    kinds = {
        "identity": _("who it is"), "contact": _("how to reach the person"),
        "location": _("where the person is"), "account": _("the story"), "health": _("health"),
        "legal": _("legal matters"), "finance": _("money"),
    }  # fmt: skip
    return _("Sealed: %(kind)s") % {"kind": kinds[entry.sealed]}
