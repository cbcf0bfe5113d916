"""The codebook of a form: what each answer is called, what may stand in it, where it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rangkul.assessments.form import Choice, Form, Item, Words
from rangkul.assessments.instrument import Sealed
from rangkul.assessments.xpath import Expression


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer or calculation. Rules are as the form's author wrote them."""

    key: str
    kind: str
    type: str
    words: Words
    hints: Words
    guidance: Words
    choices: tuple[Choice, ...]
    relevant: str
    required: str
    constraint: str
    calculate: str
    sealed: Sealed | None
    htcds: str
    is_core: bool
    is_computed: bool


HEADINGS = (
    "key", "kind", "question_id", "question_en", "choices", "shown_when", "required",
    "constraint", "calculation", "sealed", "htcds", "core",
)  # fmt: skip


def codebook(form: Form) -> tuple[Entry, ...]:
    """Every value of the form in its own order; groups stand in the keys only."""
    return tuple(
        _entry(form, item)
        for item in form.items.values()
        if item.is_value and not form.key(item.path).startswith("meta/")
    )


def _entry(form: Form, item: Item) -> Entry:
    path = re.compile(rf"/{re.escape(form.root)}(?:/[\w.\-]+)+")

    def written(rule: Expression | None) -> str:
        """As the author wrote it: items by their names."""
        if rule is None:
            return ""
        named = path.sub(lambda found: f"${{{found[0].rpartition('/')[2]}}}", rule.text)
        return " ".join(named.split())

    return Entry(
        key=form.key(item.path),
        kind=_kind(item),
        type=item.type,
        words=item.labels, hints=item.hints, guidance=item.guidance, choices=form.choices(item),
        relevant=written(item.relevant), required=_where_required(written(item.required)),
        constraint=written(item.constraint), calculate=written(item.calculate),
        sealed=form.sealed(item), htcds=item.own.get("htcds", ""),
        is_core=item.own.get("core", "") in ("yes", "ya", "true"),
        is_computed=item.calculate is not None,
    )  # fmt: skip


def _where_required(rule: str) -> str:
    """Forms made elsewhere say of each question that it need not be answered."""
    return "" if rule == "false()" else rule


def _kind(item: Item) -> str:
    if item.control == "input" and item.is_readonly and item.calculate is None:
        return "note"
    return item.control or item.preload or ("calculate" if item.calculate else "hidden")


def row_of(entry: Entry, default: str) -> Mapping[str, str]:
    """An entry as one line of a table, under `HEADINGS`; choices as ``code=label; …``."""

    def word(words: Words, language: str) -> str:
        return words.get(language, "") or words.get(default, "")

    return {
        "key": entry.key, "kind": entry.kind,
        "question_id": word(entry.words, "id"), "question_en": word(entry.words, "en"),
        "choices": "; ".join(f"{c.code}={word(c.words, 'id')}" for c in entry.choices),
        "shown_when": entry.relevant, "required": entry.required, "constraint": entry.constraint,
        "calculation": entry.calculate, "sealed": entry.sealed or "", "htcds": entry.htcds,
        "core": "yes" if entry.is_core else "",
    }  # fmt: skip
