"""Twelve short questions on a job offer, and which answers are signs that it is no honest one.

Questions, signs, articles and numbers to call are data (``job_offer.toml``). What is answered here
is shown once and kept nowhere; a sign is no verdict, on the offer or on the person. *Not known yet*
is never a sign: it is something to ask.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from rangkul.reference.models import Mark

LANGUAGES: Final = ("id", "en")
MOST: Final = 12
"""As many questions as one is ever asked."""


class Road(StrEnum):
    """Where the work would be; each has questions of its own."""

    ABROAD = "luar"
    HOME = "dalam"


class Reply(StrEnum):
    """What can be answered; leaving a question out says the same as not knowing yet."""

    YES = "ya"
    NO = "tidak"
    UNKNOWN = "belum"


class Advice(IntEnum):
    """How loud the result speaks, from quiet to loud; a worse answer never makes it quieter."""

    GO_ON = 0
    ASK_FIRST = 1
    TAKE_CARE = 2
    STOP_FIRST = 3


# As many light signs speak as loud as a heavy one [local].
_AS_HEAVY: Final = 3


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a law, by the law's number/year."""

    law: str
    number: str
    mark: Mark

    def named(self, language: str) -> str:
        """``UU 18/2017 pasal 51`` or ``Law 18/2017, article 51``."""
        if language == "en":
            return f"Law {self.law}, article {self.number}"
        return f"UU {self.law} pasal {self.number}"


@dataclass(frozen=True, slots=True)
class Words:
    """What a question says in one language: what is asked and why, what the sign means,
    what to ask the agent and what to do.
    """

    ask: str
    why: str
    title: str
    meaning: str
    agent: str
    act: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a road; ``sign`` is the answer that is a sign."""

    code: str
    road: Road
    sign: Reply
    heavy: bool
    articles: tuple[Article, ...]
    words: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call: ``dial`` is for the telephone, ``shown`` for the eye; words by language.

    ``when`` names the pages: the roads, ``abroad`` for one who is there, ``pressed`` for one who
    cannot refuse any more.
    """

    dial: str
    shown: str
    when: frozenset[str]
    mark: Mark
    names: Mapping[str, str]
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the answers come to: signs in the order asked, and what is not known yet."""

    road: Road
    asked: int
    signs: tuple[Question, ...]
    unknown: tuple[Question, ...]

    @property
    def answered(self) -> int:
        """How many questions were answered with yes or no."""
        return self.asked - len(self.unknown)

    @property
    def advice(self) -> Advice:
        """Stop first after one heavy sign or three light ones; ask where something is not known."""
        if any(sign.heavy for sign in self.signs) or len(self.signs) >= _AS_HEAVY:
            return Advice.STOP_FIRST
        if self.signs:
            return Advice.TAKE_CARE
        return Advice.ASK_FIRST if self.unknown else Advice.GO_ON


def questions(road: Road) -> tuple[Question, ...]:
    """The questions of a road in their order, ``MOST`` at most."""
    return tuple(question for question in _declared().questions if question.road is road)


def contacts(when: str) -> tuple[Contact, ...]:
    """Whom to call on a page: a road, ``abroad`` or ``pressed``."""
    return tuple(contact for contact in _declared().contacts if when in contact.when)


def papers(language: str) -> tuple[str, ...]:
    """The papers that UU 18/2017 article 13 asks for before one leaves."""
    return tuple(paper[language] for paper in _declared().papers)


def rules() -> str:
    """The name of this version of the rules: counts of two versions are not added up."""
    return _declared().rules


def weigh(road: Road, replies: Mapping[str, str]) -> Finding:
    """What the answers (question → reply) come to; anything but yes and no is not known yet."""
    asked = questions(road)
    given = {question.code: replies.get(question.code, "") for question in asked}
    known = {Reply.YES, Reply.NO}
    return Finding(
        road=road,
        asked=len(asked),
        signs=tuple(one for one in asked if given[one.code] == one.sign),
        unknown=tuple(one for one in asked if given[one.code] not in known),
    )


# -- what is declared --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Declared:
    rules: str
    questions: tuple[Question, ...]
    papers: tuple[Mapping[str, str], ...]
    contacts: tuple[Contact, ...]


@cache
def _declared() -> _Declared:
    """The table as it is shipped. Raises ``ValueError`` where it contradicts itself."""
    text = files("rangkul.assessments").joinpath("job_offer.toml").read_text(encoding="utf-8")
    held = tomllib.loads(text)
    made = _Declared(
        rules=held["rules"],
        questions=tuple(_question(row) for row in held["question"]),
        papers=tuple(MappingProxyType(row) for row in held["paper"]),
        contacts=tuple(_contact(row) for row in held["contact"]),
    )
    for road in Road:
        codes = [question.code for question in made.questions if question.road is road]
        if len(codes) != len(set(codes)) or not 0 < len(codes) <= MOST:
            raise ValueError(f"job_offer.toml: {road} has {len(codes)} questions, or one twice")
    return made


def _question(row: Mapping[str, Any]) -> Question:
    sign = Reply(row["sign"])
    if sign is Reply.UNKNOWN or row["weight"] not in ("heavy", "light") or not row["articles"]:
        raise ValueError(f"job_offer.toml: {row['code']} has no sign, no weight or no article")
    return Question(
        code=row["code"],
        road=Road(row["road"]),
        sign=sign,
        heavy=row["weight"] == "heavy",
        articles=tuple(
            Article(one["law"], one["number"], Mark(one["mark"])) for one in row["articles"]
        ),
        words=MappingProxyType({language: Words(**row[language]) for language in LANGUAGES}),
    )


def _contact(row: Mapping[str, Any]) -> Contact:
    return Contact(
        dial=row["dial"],
        shown=row["shown"],
        when=frozenset(row["for"]),
        mark=Mark(row["mark"]),
        names=MappingProxyType({language: row[language]["name"] for language in LANGUAGES}),
        notes=MappingProxyType({language: row[language]["note"] for language in LANGUAGES}),
    )
