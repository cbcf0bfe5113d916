"""What a form says about itself beside its questions: reasons, contradictions, third-person words.

The sheets ``reasons`` and ``contradictions`` hold rules over the same items and in the same
language as the form's own. They explain a result line by line and recommend; ``fills`` says which
fields of the case an answer belongs to, ``use`` who fills the form and how often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rangkul.assessments.form import Form, Words
from rangkul.assessments.mapping import FIELDS, LISTED, MODES, Fill, fits, of_htcds
from rangkul.assessments.problems import FormRefused, Problem
from rangkul.assessments.workbook import Row, Workbook
from rangkul.assessments.xpath import Expression, ExpressionRefused, Setting, compile_expression
from rangkul.reference.release import read_procedures
from rangkul.reference.services import SERVICES

_REFERENCE: Final = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_CODE: Final = re.compile(r"[a-z0-9_]{1,40}\Z")
LEVELS: Final = ("rendah", "sedang", "tinggi")
"""The levels of risk that a line may recommend, lowest first."""
TRAININGS: Final = ("triase", "tppo", "peksos", "laki", "anak", "psikolog")
"""The trainings that a form may ask of whoever fills it."""
_MOST_DAYS: Final = 730
FACTS: Final = {"risk": frozenset(LEVELS), "is_child": frozenset({"ya", "tidak"})}
"""What a contradiction may look at in the case, and the values that each has."""


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: when it holds, its sentence is told. ``level`` names the count that it entered;
    ``clock_hours`` of 0 means at once.

    ``risk`` is the level that it recommends, ``clocks`` the procedures whose clocks it starts,
    ``meets`` those that it ends as met; after ``again_days`` the form is filled once more.
    ``file`` is what the case must be, beside the answers, for the line to be told (``FACTS``).
    """

    name: str
    when: Expression
    words: Words
    items: tuple[str, ...]
    level: str = ""
    services: tuple[str, ...] = ()
    clock_hours: float | None = None
    risk: str = ""
    clocks: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    again_days: int | None = None
    file: tuple[tuple[str, str], ...] = ()

    def fits(self, facts: Mapping[str, str]) -> bool:
        """Whether the case is as the line supposes; a line without ``file`` supposes nothing."""
        return all(facts.get(name) == value for name, value in self.file)


@dataclass(frozen=True, slots=True)
class Use:
    """How a form is used: the training that it asks for, after how many days it is filled again.

    ``judgement`` is the item (by key) in which a person's own level of risk stands, ``why`` the one
    with the reason for a lower one.
    """

    training: str = ""
    repeat_days: int | None = None
    judgement: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """Every rule and wording of a form's own sheets; ``about`` is by item's key, by language."""

    reasons: tuple[Line, ...] = ()
    contradictions: tuple[Line, ...] = ()
    about: Mapping[str, Words] | None = None
    fills: tuple[Fill, ...] = ()
    use: Use = Use()


def declare(book: Workbook, form: Form) -> Declared:
    """Read the house's own sheets of a workbook. Raises `FormRefused` with every problem."""
    reader = _Reader(form)
    found = Declared(
        reasons=tuple(reader.lines(book, "reasons")),
        contradictions=tuple(reader.lines(book, "contradictions")),
        about=dict(reader.about(book)),
        fills=tuple(reader.fills(book)) or of_htcds(form),
        use=reader.use(book),
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
        return Line(
            name, when, words, keys, row.get("level", ""), services, hours,
            risk=self._one_of(row.get("risk", ""), LEVELS, where),
            clocks=self._procedures(row.get("clock", ""), where),
            meets=self._procedures(row.get("meets", ""), where),
            again_days=self._days(row.get("again_days", ""), where),
            file=tuple(self._facts(row.get("file", ""), where)),
        )  # fmt: skip

    def _one_of(self, word: str, known: Sequence[str], where: str) -> str:
        if word in ("", *known):
            return word
        self.say("line_word", where, f"“{word}” tidak dikenal di sini: {', '.join(known)}.",
                 f"“{word}” is not known here: {', '.join(known)}.")  # fmt: skip
        return ""

    def _facts(self, text: str, where: str) -> Iterator[tuple[str, str]]:
        for word in text.split():
            name, _equals, value = word.partition("=")
            if value not in FACTS.get(name, ()):
                self.say("line_file", where, f"“{word}” bukan keadaan kasus yang dikenal.",
                         f"“{word}” is nothing known of a case.")  # fmt: skip
            else:
                yield name, value

    def _procedures(self, text: str, where: str) -> tuple[str, ...]:
        known = {row.code for row in read_procedures()}
        found = tuple(text.split())
        for code in found:
            if code not in known:
                self.say("line_clock", where, f"Tenggat “{code}” tidak dikenal.",
                         f"The clock “{code}” is not known.")  # fmt: skip
        return found

    def fills(self, book: Workbook) -> Iterator[Fill]:
        """Which fields of a case the answers belong to, row by row, in order."""
        for line, row in book.rows("fills"):
            where = f"fills {line}"
            field, mode, value = (row.get(name, "") for name in ("field", "mode", "value"))
            when = self._expression(row.get("when", ""), where)
            wrong = field not in FIELDS or mode not in MODES
            wrong = wrong or (mode == "set") == (field in LISTED) or not fits(field, mode, value)
            if wrong:
                self.say("fill", where, f"“{field} {mode} {value}” bukan isian kasus yang dikenal.",
                         f"“{field} {mode} {value}” fills no field of a case.")  # fmt: skip
            elif when is not None:
                yield Fill(field, mode, value, when)

    def use(self, book: Workbook) -> Use:
        """The one row that says who fills this form and how often."""
        rows = book.rows("use")
        if not rows:
            return Use()
        line, row = rows[0]
        where = f"use {line}"
        if len(rows) > 1:
            self.say("use", where, "Lembar “use” hanya punya satu baris.",
                     "The sheet “use” has one row only.")  # fmt: skip
        keys = [
            self.form.key(path) if item and (path := self._path(item, where)) else ""
            for item in (row.get("judgement", ""), row.get("why", ""))
        ]
        return Use(
            self._one_of(row.get("training", ""), TRAININGS, where),
            self._days(row.get("repeat_days", ""), where), *keys,
        )  # fmt: skip

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

    def _days(self, text: str, where: str) -> int | None:
        if not text:
            return None
        if not (text.isdecimal() and 0 < int(text) <= _MOST_DAYS):
            self.say("line_days", where, f"“{text}” bukan jumlah hari (1 sampai {_MOST_DAYS}).",
                     f"“{text}” is no number of days (1 to {_MOST_DAYS}).")  # fmt: skip
            return None
        return int(text)

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
