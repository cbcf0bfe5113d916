"""The answers of a filling in the reader's language, under their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language

from rangkul.assessments.answers import Answers
from rangkul.assessments.form import Form, Item, said

_COUNT: Final = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with what was answered."""

    question: str
    answer: str


def parts_of(form: Form, answers: Answers) -> Iterator[tuple[str, list[Answered]]]:
    """The answers under the heading of their group, in the form's order, repeated ones apart."""
    places = {path: place for place, path in enumerate(form.items)}
    found: dict[str, list[tuple[str, Item]]] = {}
    for key in answers.values:
        item = form.items.get(f"/{form.root}/{_COUNT.sub('', key)}")
        if item is not None and item.control:
            found.setdefault(key.rpartition("/")[0], []).append((key, item))
    parts = sorted(found.items(), key=lambda part: (places[part[1][0][1].path], part[0]))
    for group, items in parts:
        asked = sorted(items, key=lambda each: places[each[1].path])
        yield (
            _heading(form, group),
            [
                Answered(form.label(item, language()), answer_words(form, item, answers.many(key)))
                for key, item in asked
            ],
        )


def _heading(form: Form, group: str) -> str:
    """The words of a group, with its count where it is repeated; empty for the form itself."""
    item = form.items.get(f"/{form.root}/{_COUNT.sub('', group)}")
    if item is None:
        return ""
    count = _COUNT.findall(group)
    label = form.label(item, language())
    return f"{label} {count[-1].strip('[]')}" if count and group.endswith("]") else label


def answer_words(form: Form, item: Item, values: tuple[str, ...]) -> str:
    words: Mapping[str, str] = {
        choice.code: said(choice.words, language(), form.default_language)
        for choice in form.choices(item)
    }
    return ", ".join(words.get(value, "") or value for value in values)


def language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"
