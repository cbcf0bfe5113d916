"""The answers to one instrument, and what a result points back to: reasons, checks, actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Self

from rangkul.reference.services import Mark


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person is told about her form; it stops nothing."""

    item: str
    text_id: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered: item name → chosen codes, or the text as the only element.

    An item that was not asked is absent: blank, unknown and declined are three different things,
    and none of them is "no".
    """

    values: Mapping[str, tuple[str, ...]]
    notes: tuple[Note, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, values: Mapping[str, str | Iterable[str]]) -> Self:
        """Answers from plain values (a code, a text, or several codes); empty ones are left out."""
        listed = {
            name: (value,) if isinstance(value, str) else tuple(value)
            for name, value in values.items()
        }
        kept = {name: codes for name, codes in listed.items() if codes and codes != ("",)}
        return cls(MappingProxyType(kept))

    def one(self, name: str) -> str:
        """The single answer, or an empty string when the item was not answered."""
        found = self.values.get(name, ())
        return found[0] if found else ""

    def many(self, name: str) -> tuple[str, ...]:
        """All chosen codes, in the instrument's order."""
        return self.values.get(name, ())

    def given(self, name: str) -> bool:
        """Whether there is any answer, a declined one included."""
        return name in self.values

    def is_yes(self, name: str) -> bool:
        """Whether the answer is *ya*."""
        return self.one(name) == "ya"

    def is_no(self, name: str) -> bool:
        """Whether the answer is *tidak*; blank, unknown and declined are not."""
        return self.one(name) == "tidak"

    def is_known(self, name: str) -> bool:
        """Whether a yes-or-no question got a yes or a no."""
        return self.one(name) in ("ya", "tidak")

    def selected(self, name: str, *codes: str) -> bool:
        """Whether at least one of these codes was chosen."""
        return any(code in self.values.get(name, ()) for code in codes)

    def to_json(self) -> dict[str, list[str]]:
        """A plain form for storage; `Answers.of` reads it back."""
        return {name: list(codes) for name, codes in self.values.items()}


@dataclass(frozen=True, slots=True)
class Reason:
    """An answer that shaped a result, as a fragment of the sentence that names it.

    `weight` is the name of the count it entered (`merah`, `kuning`, `gelap`, `cara` …).
    """

    items: tuple[str, ...]
    weight: str
    text_id: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Check:
    """Two answers, or an answer and the file, that do not fit: look again, nobody is accused."""

    code: str
    items: tuple[str, ...]
    text_id: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Action:
    """What a result asks for, by when, and on whose word."""

    code: str
    text_id: str
    text_en: str
    within: timedelta | None
    mark: Mark
    source: str = ""


def as_fragment(label: str) -> str:
    """A label as part of a sentence: no question mark, no capital in front, abbreviations kept."""
    text = label.rstrip("?")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def join_reasons(level: str, reasons: Iterable[Reason], *, english: bool) -> str:
    """*Tinggi, karena: dicekik; ada senjata.* Without a reason, the level alone."""
    fragments = [reason.text_en if english else reason.text_id for reason in reasons]
    if not fragments:
        return f"{level}."
    because = "because" if english else "karena"
    return f"{level}, {because}: {'; '.join(fragments)}."
