"""Both languages, whole: every sentence on a screen has its Indonesian, with the same blanks."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize
from tests.contracts.source import PACKAGE

_KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
_CALL = re.compile(r"\b(_|n?p?gettext|np?gettext|pgettext)\((?=\s*u?['\"])")
_BLANK = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One msgid where it is used; ``plural`` and ``context`` as gettext knows them."""

    where: str
    text: str
    plural: str | None = None
    context: str | None = None


def in_template(source: str, where: str) -> Iterator[Sentence]:
    """The sentences that a template translates."""
    made = templatize(source)
    for match in _CALL.finditer(made):
        call = _whole_call(made, match.start())
        words = [a.value for a in call.args if isinstance(a, ast.Constant)]
        texts = [word for word in words if isinstance(word, str)]
        name = match[1]
        context = texts.pop(0) if "p" in name.replace("gettext", "") else None
        plural = texts[1] if "n" in name.replace("gettext", "") and len(texts) > 1 else None
        yield Sentence(where, texts[0], plural, context)


def _whole_call(source: str, start: int) -> ast.Call:
    """The call that begins at ``start``: the shortest text that Python can read."""
    end = start
    while True:
        end = source.index(")", end) + 1
        try:
            parsed = ast.parse(source[start:end].strip(), mode="eval").body
        except SyntaxError:
            continue
        assert isinstance(parsed, ast.Call)
        return parsed


def in_python(source: bytes, where: str) -> Iterator[Sentence]:
    """The sentences that a module translates."""
    extracted: Any = extract_python(io.BytesIO(source), _KEYWORDS, [], {})
    for line, function, found, _ in extracted:
        words = found if isinstance(found, tuple) else (found,)
        texts = [word for word in words if isinstance(word, str)]
        if not texts:
            continue
        kind = function.replace("gettext", "").replace("_lazy", "").replace("_noop", "")
        context = texts.pop(0) if "p" in kind else None
        plural = texts[1] if "n" in kind and len(texts) > 1 else None
        yield Sentence(f"{where}:{line}", texts[0], plural, context)


@cache
def used() -> tuple[Sentence, ...]:
    """Every sentence of the package."""
    found: list[Sentence] = []
    for path in sorted(PACKAGE.rglob("*")):
        where = str(path.relative_to(PACKAGE))
        if "migrations" in path.parts or not path.is_file():
            continue
        if path.suffix == ".py":
            found += in_python(path.read_bytes(), where)
        elif "templates" in path.parts and path.suffix in {".html", ".txt", ".xml"}:
            found += in_template(path.read_text(encoding="utf-8"), where)
    return tuple(found)


@cache
def catalogues() -> dict[str, Catalog]:
    """Each app's Indonesian catalogue."""
    made = {}
    for path in sorted(PACKAGE.glob("*/locale/id/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            made[path.parts[-5]] = read_po(file, locale="id", abort_invalid=True)
    return made


def missing(sentences: tuple[Sentence, ...], known: list[Catalog]) -> list[str]:
    """Sentences for which no catalogue has a whole translation."""
    return [
        f"{one.where} {one.text!r}" + (f" ({one.context})" if one.context else "")
        for one in sentences
        if not any(_translated(catalogue, one) for catalogue in known)
    ]


def _translated(catalogue: Catalog, one: Sentence) -> bool:
    message = catalogue.get(one.text, context=one.context)
    if message is None or message.fuzzy:
        return False
    if one.plural and (not isinstance(message.id, tuple) or message.id[1] != one.plural):
        return False
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(texts) and all(texts)


def faults(catalogue: Catalog) -> list[str]:
    """Fuzzy, empty or wrongly filled entries of one catalogue."""
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        ids, texts = _forms(message.id), _forms(message.string)
        if message.fuzzy:
            wrong.append(f"fuzzy: {ids[0]!r}")
        if not texts or not all(texts):
            wrong.append(f"empty: {ids[0]!r}")
        wanted = _blanks(ids[-1])
        # Indonesian has one form for one and many: it may leave out no blank that English names.
        wrong += [f"blanks: {ids[0]!r}" for text in texts if text and _blanks(text) != wanted]
    return wrong


def _forms(text: Any) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, list | tuple) else (text,)


def _blanks(text: str) -> set[str]:
    return {a or b or "{}" for a, b in _BLANK.findall(text)}


def test_every_sentence_has_its_indonesian() -> None:
    assert used()
    assert missing(used(), list(catalogues().values())) == []


def test_no_entry_is_fuzzy_empty_or_wrongly_filled() -> None:
    assert {app: wrong for app, one in catalogues().items() if (wrong := faults(one))} == {}


def test_two_apps_do_not_say_one_sentence_differently() -> None:
    """Django merges the catalogues: of two translations one would silently win."""
    said: dict[tuple[object, object], dict[object, str]] = {}
    for app, catalogue in catalogues().items():
        for message in catalogue:
            if message.id:
                key = (message.id, message.context)
                said.setdefault(key, {}).setdefault(message.string, app)
    assert {key: texts for key, texts in said.items() if len(texts) > 1} == {}


_TEMPLATE = """{% load i18n %}{% translate "Save" %}{% translate "May" context "month" %}
{% blocktranslate count n=n %}{{ n }} case{% plural %}{{ n }} cases{% endblocktranslate %}
<a title="{{ _("Close") }}">{% blocktranslate with who=x %}Hi {{ who }}{% endblocktranslate %}</a>
"""


def test_sentences_are_found_in_templates_and_modules() -> None:
    found = list(in_template(_TEMPLATE, "t"))
    assert {(s.text, s.context) for s in found} >= {
        ("Save", None), ("May", "month"), ("Close", None), ("Hi %(who)s", None),
    }  # fmt: skip
    assert [s.plural for s in found if s.plural] == ["%(n)s cases"]
    code = b'pgettext("clock", "left"); _("a"); ngettext("%d x", "%d xs", 2); gettext_lazy("b")'
    assert {(s.text, s.plural, s.context) for s in in_python(code, "m")} == {
        ("left", None, "clock"), ("a", None, None), ("%d x", "%d xs", None), ("b", None, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Hi %(who)s"\nmsgstr "Halo"', "blanks"),
        ('msgid "Hi {who}"\nmsgstr "Halo {siapa}"', "blanks"),
        ('#, fuzzy\nmsgid "Save"\nmsgstr "Simpan"', "fuzzy"),
        ('msgid "Save"\nmsgstr ""', "empty"),
    ],
)
def test_a_planted_fault_is_found(entry: str, fault: str) -> None:
    catalogue = read_po(io.StringIO('msgid ""\nmsgstr ""\n\n' + entry + "\n"), locale="id")
    assert [one.split(":")[0] for one in faults(catalogue)] == [fault]
    assert missing((Sentence("x", "Never said"),), [catalogue]) == ["x 'Never said'"]


def test_catalogues_lie_where_the_tool_looks() -> None:
    for path in PACKAGE.rglob("*.po"):
        assert path.relative_to(PACKAGE).parts[1:] == (
            "locale", "id", "LC_MESSAGES", "django.po",
        ), Path(path)  # fmt: skip
