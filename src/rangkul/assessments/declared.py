"""What a form says about itself beside its questions: reasons, contradictions, third-person words.

The sheets ``reasons`` and ``contradictions`` hold rules over the same items and in the same
language as the form's own. They explain a result line by line and recommend; they decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rangkul.assessments.form import Form, Words
from rangkul.assessments.problems import FormRefused, Problem
from rangkul.assessments.workbook import Row, Workbook
from rangkul.assessments.xpath import Expression, ExpressionRefused, Setting, compile_expression
from rangkul.reference.services import SERVICES

_REFERENCE: Final = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_CODE: Final = re.compile(r"[a-z0-9_]{1,40}\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: when it holds, its sentence is told. ``level`` names the count that it entered;
    ``clock_hours`` of 0 means at once."""

    name: str
    when: Expression
    words: Words
    items: tuple[str, ...]
    level: str = ""
    services: tuple[str, ...] = ()
    clock_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """Every rule and wording of a form's own sheets; ``about`` is by item's key, by language."""

    reasons: tuple[Line, ...] = ()
    contradictions: tuple[Line, ...] = ()
    about: Mapping[str, Words] | None = None


def declare(book: Workbook, form: Form) -> Declared:
    """Read the house's own sheets of a workbook. Raises `FormRefused` with every problem."""
    reader = _Reader(form)
    found = Declared(
        reasons=tuple(reader.lines(book, "reasons")),
        contradictions=tuple(reader.lines(book, "contradictions")),
        about=dict(reader.about(book)),
    )
    if reader.problems:
        raise FormRefused(reader.problems)
    return found


def holding(lines: tuple[Line, ...], setting: Setting) -> tuple[str, ...]:
    """The names of the rules that hold for a checked filling, in the form's order."""
    return tuple(line.name for line in lines if line.when.holds(setting))


class _Reader:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.problems: list[Problem] = []
        self.paths: dict[str, list[str]] = {}
        for path, item in form.items.items():
            self.paths.setdefault(item.name, []).append(path)

    def say(self, code: str, where: str, text_id: str, text_en: str) -> None:
        self.problems.append(Problem(code, text_id, text_en, where))

    def lines(self, book: Workbook, sheet: str) -> Iterator[Line]:
        taken: set[str] = set()
        for line, row in book.rows(sheet):
            if not row:
                continue
            where, name = f"{sheet} {line}", row.get("name", "")
            if not _CODE.match(name) or name in taken:
                self.say(
                    "line_name", where, f"Nama “{name}” kosong, keliru, atau dipakai dua kali.",
                    f"The name “{name}” is missing, faulty or used twice.",
                )  # fmt: skip
                continue
            taken.add(name)
            made = self._line(row, where, name)
            if made is not None:
                yield made

    def _line(self, row: Row, where: str, name: str) -> Line | None:
        when = self._expression(row.get("when", ""), where)
        items = tuple(
            path for item in row.get("items", "").split() if (path := self._path(item, where))
        )
        words = {"id": row.get("text::id", ""), "en": row.get("text::en", "")}
        if not all(words.values()):
            self.say("line_words", where, "Kalimatnya belum ada dalam kedua bahasa.",
                     "Its sentence is not there in both languages.")  # fmt: skip
        services = tuple(row.get("service", "").split())
        for service in services:
            if service not in SERVICES:
                self.say("line_service", where, f"Layanan “{service}” tidak dikenal.",
                         f"The service “{service}” is not known.")  # fmt: skip
        hours = self._hours(row.get("clock_hours", ""), where)
        if when is None:
            return None
        keys = tuple(self.form.key(path) for path in items)
        return Line(name, when, words, keys, row.get("level", ""), services, hours)

    def _hours(self, text: str, where: str) -> float | None:
        if not text:
            return None
        try:
            hours = float(text)
        except ValueError:
            hours = -1.0
        if not 0 <= hours <= 24 * 366:
            self.say("line_hours", where, f"“{text}” bukan jumlah jam.",
                     f"“{text}” is no number of hours.")  # fmt: skip
            return None
        return hours

    def _path(self, name: str, where: str) -> str:
        found = self.paths.get(name, [])
        if len(found) == 1:
            return found[0]
        self.say(
            "no_such_item", where,
            f"Butir “{name}” tidak ada, atau ada lebih dari satu.",
            f"There is no item “{name}”, or more than one.",
        )  # fmt: skip
        return ""

    def _expression(self, text: str, where: str) -> Expression | None:
        if not text:
            self.say("line_when", where, "Kolom “when” kosong.", "The column “when” is empty.")
            return None
        names = _REFERENCE.findall(text)
        paths = {name: self._path(name, where) for name in names}
        if not all(paths.values()):
            return None
        written = _REFERENCE.sub(lambda found: f" {paths[found[1]]} ", text)
        try:
            made = compile_expression(written, f"/{self.form.root}")
        except ExpressionRefused as fault:
            self.say("expression", where, fault.text_id, fault.text_en)
            return None
        for path in made.reads:
            if path not in self.form.items and "*" not in path:
                self.say("no_such_item", where, f"Rumus menyebut “{path}”, yang tidak ada.",
                         f"A rule names “{path}”, which is not there.")  # fmt: skip
                return None
        return made

    def about(self, book: Workbook) -> Iterator[tuple[str, Words]]:
        """Third-person wordings: on a sheet of their own, or in columns beside the question."""
        for sheet, keys in (("about", ("about_id", "about_en")),
                            ("survey", ("rk_about_id", "rk_about_en"))):  # fmt: skip
            for line, row in book.rows(sheet):
                words = {"id": row.get(keys[0], ""), "en": row.get(keys[1], "")}
                if any(words.values()):
                    path = self._path(row.get("name", ""), f"{sheet} {line}")
                    if path:
                        yield self.form.key(path), words
