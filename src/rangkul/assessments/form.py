"""What one version of a form says: its items, their rules, their words in each language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from rangkul.assessments.instrument import Sealed
from rangkul.assessments.xpath import Expression, Node

GROUP: Final = "group"
REPEAT: Final = "repeat"
Words = Mapping[str, str]
"""Language (``id``, ``en``; empty where the form names none) → text."""

UNSAID: Final = "-"
"""What pyxform writes where a language has no text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Choices:
    """Where a question's choices come from: as they stand, or a list narrowed by a filter."""

    fixed: tuple[Choice, ...] = ()
    narrowed: Expression | None = None
    list_name: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One node of the form: a question, a calculation, a group or a repeat.

    ``control`` is how it is asked (input, select1, select, rank, range, trigger, upload), empty
    for what nobody is asked; ``own`` are the house's marks (``sealed``, ``htcds``, ``core``).
    """

    path: str
    kind: str
    type: str = "string"
    control: str = ""
    relevant: Expression | None = None
    required: Expression | None = None
    constraint: Expression | None = None
    calculate: Expression | None = None
    is_readonly: bool = False
    preload: str = ""
    labels: Words = field(default_factory=dict)
    hints: Words = field(default_factory=dict)
    guidance: Words = field(default_factory=dict)
    constraint_words: Words = field(default_factory=dict)
    required_words: Words = field(default_factory=dict)
    choices: Choices | None = None
    appearance: str = ""
    bounds: tuple[float, float] | None = None
    own: Words = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of the path: what the form's author called it."""
        return self.path.rpartition("/")[2]

    @property
    def is_value(self) -> bool:
        """Whether it holds an answer itself."""
        return self.kind not in (GROUP, REPEAT)

    @property
    def is_asked(self) -> bool:
        """Whether a person is asked: it has a control and may be written."""
        return bool(self.control) and self.is_value and not self.is_readonly


def said(words: Words, language: str, default: str) -> str:
    """The text in ``language``, else in the form's own, else in any; empty when there is none."""
    for wanted in (language, default, *words):
        found = words.get(wanted, "")
        if found and found != UNSAID:
            return found
    return ""


@dataclass(frozen=True)
class Form:
    """One version of a form, ready for checking; ``order`` names every item's path so that each
    stands after all that its relevance and its calculation look at."""

    code: str
    version: str
    title: str
    root: str
    languages: tuple[str, ...]
    default_language: str
    items: Mapping[str, Item]
    order: tuple[str, ...]
    instances: Mapping[str, Node]
    texts: Mapping[str, Words]

    # -- what expressions ask (xpath.Form) --

    def instance(self, name: str) -> Node | None:
        """The root of a list of choices."""
        return self.instances.get(name)

    def itext(self, key: str) -> str:
        """A text by its id, in the form's own language."""
        return said(self.texts.get(key, {}), self.default_language, self.default_language)

    def choice_label(self, path: str, code: str) -> str:
        """The label of a choice in the form's own language; the code where there is none."""
        item = self.items.get(path)
        for choice in self.choices(item) if item else ():
            if choice.code == code:
                return said(choice.words, self.default_language, self.default_language)
        return code

    # -- what people ask --

    def choices(self, item: Item) -> tuple[Choice, ...]:
        """Every choice of a question, before any filter."""
        if item.choices is None:
            return ()
        return item.choices.fixed or self._listed.get(item.choices.list_name, ())

    def label(self, item: Item, language: str) -> str:
        """The question's words; its name where it has none."""
        return said(item.labels, language, self.default_language) or item.name

    def key(self, path: str) -> str:
        """An item's name among the answers: its path without the root."""
        return path.removeprefix(f"/{self.root}/")

    @cached_property
    def declares_sealing(self) -> bool:
        """Whether the form's author said of any item how its answer is kept."""
        return any("sealed" in item.own for item in self.items.values())

    def sealed(self, item: Item) -> Sealed | None:
        """The vault class of an answer: its own, or that of a group around it.

        A form that says it of no item has all its answers sealed as account: a form made elsewhere
        knows nothing of our classes.
        """
        if not self.declares_sealing:
            return "account"
        path = item.path
        while path:
            found = self.items.get(path)
            if found is not None and found.own.get("sealed"):
                return _CLASSES.get(found.own["sealed"])
            path = path.rpartition("/")[0]
        return None

    def codes(self, list_name: str) -> frozenset[str]:
        """Every code of a list."""
        return self._codes.get(list_name, frozenset())

    @cached_property
    def inside(self) -> Mapping[str, tuple[str, ...]]:
        """Path of the root, a group or a repeat → the paths directly inside it."""
        found: dict[str, list[str]] = {}
        for path in self.items:
            found.setdefault(path.rpartition("/")[0], []).append(path)
        return {path: tuple(paths) for path, paths in found.items()}

    @cached_property
    def _codes(self) -> Mapping[str, frozenset[str]]:
        return {
            name: frozenset(choice.code for choice in choices)
            for name, choices in self._listed.items()
        }

    @cached_property
    def _listed(self) -> Mapping[str, tuple[Choice, ...]]:
        """The choices of each list; a list's items bear a code and a label or a text's id."""
        return {
            name: tuple(self._choice(node) for node in root.children)
            for name, root in self.instances.items()
        }

    def _choice(self, node: Node) -> Choice:
        found = {child.name: child.text for child in node.children}
        key, label = found.get("itextId", ""), found.get("label", "")
        words = self.texts.get(key, {}) if key else {self.default_language: label}
        return Choice(found.get("name", ""), words)


_CLASSES: Final[Mapping[str, Sealed]] = {
    "identity": "identity", "contact": "contact", "location": "location", "account": "account",
    "health": "health", "legal": "legal", "finance": "finance",
}  # fmt: skip
SEALED_CLASSES: Final = frozenset(_CLASSES)

_TAG: Final = re.compile(r"\(([a-zA-Z]{2,3})(?:-\w+)?\)\s*\Z")


def language_tag(name: str) -> str:
    """*Bahasa Indonesia (id)* → ``id``; a name without a tag stays as it is."""
    found = _TAG.search(name)
    return found[1].lower() if found else name
