"""What an instrument is, and how a submitted form becomes answers.

Only the gates of Block H are required; every other item may stay blank. Prose is kept in both
languages beside each item, so that the wording a survivor heard is versioned with the rule.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from rangkul.assessments.answers import Answers, Note
from rangkul.foundation.errors import RangkulError

Sealed = Literal["identity", "contact", "location", "account", "health", "legal", "finance"]
"""The vault class an answer is encrypted under."""

Predicate = Callable[[Answers], bool]
"""Reads only items that stand above the one it belongs to."""

DEFAULT_LIMIT: Final = 2000
"""Characters of a text answer, unless the item says otherwise."""


class Kind(StrEnum):
    """How an item is answered, by its XLSForm type."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer."""

    code: str
    label_id: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question. The label speaks to the person; `about_*` speaks of her to a reporter.

    `starred` items are the core that may be asked in a call; `shown_when` hides the item where it
    does not belong; `sealed` is the vault class; `limit` counts characters of text.
    """

    name: str
    kind: Kind
    label_id: str
    label_en: str
    choices: tuple[Choice, ...] = ()
    starred: bool = False
    shown_when: Predicate | None = None
    sealed: Sealed | None = None
    hint_id: str = ""
    hint_en: str = ""
    about_id: str = ""
    about_en: str = ""
    limit: int = DEFAULT_LIMIT

    def is_shown(self, answers: Answers) -> bool:
        """Whether the item belongs on the form, given the answers above it."""
        return self.shown_when is None or self.shown_when(answers)

    def wording(self, source: str) -> tuple[str, str]:
        """The question (id, en) for who is speaking: `h_sumber`, where blank means the survivor."""
        to_survivor = source in ("", "penyintas")
        if to_survivor or not self.about_id:
            return self.label_id, self.label_en
        return self.about_id, self.about_en

    def choice(self, code: str) -> Choice:
        """The choice with this code; raises `LookupError`."""
        for choice in self.choices:
            if choice.code == code:
                return choice
        raise LookupError(f"{self.name} has no choice {code}")


@dataclass(frozen=True, slots=True)
class Computed:
    """A value the server works out from the answers; what a phone shows is only a preview."""

    name: str
    value: Callable[[Answers], int | str]


def no_gates(answers: Answers) -> tuple[str, ...]:
    """The gates of a form that may always begin: where danger is asked first."""
    return ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of one instrument; a changed word is a new version.

    `gates` names the items without which this form cannot begin and that are still unanswered.
    """

    code: str
    version: str
    title_id: str
    title_en: str
    items: tuple[Item, ...]
    computed: tuple[Computed, ...]
    gates: Callable[[Answers], tuple[str, ...]] = no_gates

    def __post_init__(self) -> None:
        """Refuse an instrument that names an item twice."""
        names = [item.name for item in self.items]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.code}: item names must be unique")

    def item(self, name: str) -> Item:
        """The item of this name; raises `LookupError`."""
        for item in self.items:
            if item.name == name:
                return item
        raise LookupError(f"{self.code} has no item {name}")

    def compute(self, answers: Answers) -> Mapping[str, int | str]:
        """Every computed value by name, in the declared order."""
        return MappingProxyType({rule.name: rule.value(answers) for rule in self.computed})


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one answer cannot be taken, in words for the person who typed it."""

    item: str
    code: Literal["unknown_code", "several_answers", "too_long", "not_a_date", "gate_open"]
    text_id: str
    text_en: str


class AnswersUnreadable(RangkulError):
    """The form cannot be taken as it is; `problems` says item by item what to mend."""

    code = "answers_unreadable"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{problem.item}: {problem.code}" for problem in problems))


def clean(instrument: Instrument, raw: Mapping[str, Sequence[str]]) -> Answers:
    """Read a submitted form (name → values as sent); names that are no items are not looked at.

    Blank values are left out. An answer to an item that is not shown is dropped, with a note.
    Raises `AnswersUnreadable` with every problem at once.
    """
    values: dict[str, tuple[str, ...]] = {}
    notes: list[Note] = []
    problems: list[Problem] = []
    for item in instrument.items:
        sent = tuple(text for text in map(_tidy, raw.get(item.name, ())) if text)
        if not sent:
            continue
        if not item.is_shown(Answers(values)):
            notes.append(_dropped(item))
            continue
        problem = _problem(item, sent)
        if problem is not None:
            problems.append(problem)
        else:
            values[item.name] = _ordered(item, sent)
    answers = Answers(MappingProxyType(values), tuple(notes))
    faulty = {problem.item for problem in problems}
    problems += [
        _gate_open(instrument.item(name))
        for name in instrument.gates(answers)
        if name not in faulty
    ]
    if problems:
        raise AnswersUnreadable(problems)
    return answers


def _tidy(text: str) -> str:
    """Canonical Unicode without control characters, which no keyboard means and no table holds."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return "".join(
        letter for letter in composed if letter == "\n" or unicodedata.category(letter) != "Cc"
    ).strip()


def _ordered(item: Item, sent: tuple[str, ...]) -> tuple[str, ...]:
    if item.kind is Kind.SELECT_MULTIPLE:
        return tuple(choice.code for choice in item.choices if choice.code in sent)
    return sent


def _problem(item: Item, sent: tuple[str, ...]) -> Problem | None:
    if item.kind is not Kind.SELECT_MULTIPLE and len(sent) > 1:
        return Problem(
            item.name,
            "several_answers",
            "Pilih satu jawaban saja.",
            "Please choose one answer only.",
        )
    if item.kind in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE):
        known = {choice.code for choice in item.choices}
        if not known.issuperset(sent):
            return Problem(
                item.name,
                "unknown_code",
                "Jawaban ini tidak ada dalam daftar. Muat ulang halaman, lalu pilih lagi.",
                "This answer is not in the list. Reload the page and choose again.",
            )
    if item.kind is Kind.TEXT and len(sent[0]) > item.limit:
        return Problem(
            item.name,
            "too_long",
            f"Terlalu panjang: paling banyak {item.limit} huruf, sekarang {len(sent[0])}.",
            f"Too long: {item.limit} characters at most, now {len(sent[0])}.",
        )
    if item.kind is Kind.DATE and not _is_date(sent[0]):
        return Problem(
            item.name,
            "not_a_date",
            "Tuliskan tanggal sebagai tahun-bulan-hari, misalnya 2026-03-17.",
            "Write the date as year-month-day, for example 2026-03-17.",
        )
    return None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _gate_open(item: Item) -> Problem:
    return Problem(
        item.name,
        "gate_open",
        "Jawab ini dahulu; tanpa itu percakapan belum dapat dimulai.",
        "Please answer this first; without it the talk cannot begin.",
    )


def _dropped(item: Item) -> Note:
    return Note(
        item.name,
        f"Jawaban untuk “{item.label_id}” tidak disimpan, karena tidak berlaku di sini.",
        f"The answer to “{item.label_en}” was not kept, as it does not apply here.",
    )


def by_class(instrument: Instrument, answers: Answers) -> dict[Sealed | None, dict[str, list[str]]]:
    """The answers apart by vault class, each ready to be sealed by itself; `None` is not sealed."""
    apart: dict[Sealed | None, dict[str, list[str]]] = {}
    for item in instrument.items:
        if answers.given(item.name):
            apart.setdefault(item.sealed, {})[item.name] = list(answers.many(item.name))
    return apart
