"""From the text of an expression to its parts (XPath 1.0, section 3), with bounds on both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rangkul.assessments.xpath.faults import unreadable, unsupported

MOST_LETTERS: Final = 20_000
_MOST_DEPTH: Final = 50

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<name>[^\W\d][\w.\-]*(?::(?=[^\W\d])[\w.\-]+)?)
    | (?P<sign>::|//|\.\.|!=|<=|>=|[()\[\]@,/.*+\-|=<>$])
    )""",
    re.VERBOSE,
)
_WORDS: Final = frozenset({"and", "or", "div", "mod"})
_LEVELS: Final = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5,
    "*": 6, "div": 6, "mod": 6,
}  # fmt: skip
_AXES: Final = {"child": "child", "self": "self", "parent": "parent"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text."""

    value: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by operators of one level, from left to right."""

    first: Part
    rest: tuple[tuple[str, Part], ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """A part with a minus before it."""

    part: Part


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: ``axis`` is child, self or parent; ``name`` may be ``*``."""

    axis: str
    name: str
    predicates: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the root (``start`` is "/"), from here (""), or from what a part gives."""

    start: str | Part
    steps: tuple[Step, ...]
    predicates: tuple[Part, ...] = ()


Part = Number | Text | Chain | Negated | Call | Path


def parse(text: str) -> Part:
    """The parts of an expression; raises ``ExpressionRefused``."""
    if len(text) > MOST_LETTERS:
        raise unreadable(text, MOST_LETTERS)
    reader = _Reader(text)
    part = reader.read(0)
    reader.expect_end()
    return part


class _Reader:
    """Precedence climbing over the tokens; each level of brackets counts towards the depth."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        kind, word, _place = self.tokens[min(self.at + ahead, len(self.tokens) - 1)]
        return kind, word

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def fault(self) -> Exception:
        return unreadable(self.text, self.tokens[min(self.at, len(self.tokens) - 1)][2])

    def expect(self, sign: str) -> None:
        if self.peek() != ("sign", sign):
            raise self.fault()
        self.at += 1

    def expect_end(self) -> None:
        if self.peek()[0] != "end":
            raise self.fault()

    def read(self, level: int) -> Part:
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise self.fault()
        left = self.unary()
        while True:
            word = self.peek()[1] if self.peek()[0] in ("operator", "sign") else ""
            own = _LEVELS.get(word, 0)
            if own <= level:
                self.depth -= 1
                return left
            rest: list[tuple[str, Part]] = []
            while self.peek()[0] in ("operator", "sign") and _LEVELS.get(self.peek()[1], 0) == own:
                _kind, operator = self.take()
                rest.append((operator, self.read(own)))
            left = Chain(left, tuple(rest))

    def unary(self) -> Part:
        minus = False
        while self.peek() == ("sign", "-"):
            self.take()
            minus = not minus
        part = self.path()
        if self.peek() == ("sign", "|"):
            raise unsupported("|")
        return Negated(part) if minus else part

    def path(self) -> Part:
        kind, word = self.peek()
        if kind == "sign" and word == "/":
            self.take()
            return Path("/", self.steps())
        if kind == "sign" and word == "//":
            raise unsupported("//")
        if kind == "sign" and word == "$":
            raise unsupported("$")
        if kind in ("number", "text") or word == "(" or self._is_call():
            return self.filtered()
        return Path("", self.steps())

    def _is_call(self) -> bool:
        return self.peek()[0] == "name" and self.peek(1) == ("sign", "(")

    def filtered(self) -> Part:
        """A value, a bracket or a call, and what follows it."""
        part = self.primary()
        predicates = self.predicates()
        steps: tuple[Step, ...] = ()
        if self.peek() == ("sign", "/"):
            self.take()
            steps = self.steps()
        elif self.peek() == ("sign", "//"):
            raise unsupported("//")
        return Path(part, steps, predicates) if predicates or steps else part

    def primary(self) -> Part:
        kind, word = self.take()
        if kind == "number":
            return Number(float(word))
        if kind == "text":
            return Text(word[1:-1])
        if kind == "name":
            return Call(word, self.arguments())
        part = self.read(0)
        self.expect(")")
        return part

    def arguments(self) -> tuple[Part, ...]:
        self.expect("(")
        found: list[Part] = []
        if self.peek() != ("sign", ")"):
            found.append(self.read(0))
            while self.peek() == ("sign", ","):
                self.take()
                found.append(self.read(0))
        self.expect(")")
        return tuple(found)

    def predicates(self) -> tuple[Part, ...]:
        found: list[Part] = []
        while self.peek() == ("sign", "["):
            self.take()
            found.append(self.read(0))
            self.expect("]")
        return tuple(found)

    def steps(self) -> tuple[Step, ...]:
        found = [self.step()]
        while self.peek() == ("sign", "/"):
            self.take()
            found.append(self.step())
        if self.peek() == ("sign", "//"):
            raise unsupported("//")
        return tuple(found)

    def step(self) -> Step:
        kind, word = self.peek()
        if kind == "sign" and word in (".", ".."):
            self.take()
            return Step("self" if word == "." else "parent", "*", self.predicates())
        if kind == "sign" and word == "@":
            raise unsupported("@")
        axis = "child"
        if kind == "name" and self.peek(1) == ("sign", "::"):
            if word not in _AXES:
                raise unsupported(f"{word}::")
            axis = _AXES[word]
            self.at += 2
            kind, word = self.peek()
        if self._is_call() and word in ("node", "text", "comment", "processing-instruction"):
            if word != "node":
                raise unsupported(f"{word}()")
            self.at += 1
            self.arguments()
            return Step(axis, "*", self.predicates())
        if kind != "name" and (kind, word) != ("sign", "*"):
            raise self.fault()
        self.take()
        return Step(axis, word, self.predicates())


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """Kind, word and place of each token; a word or ``*`` after an operand is an operator."""
    found: list[tuple[str, str, int]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise unreadable(text, at)
        group = match.lastgroup or ""
        word = match[group]
        is_operator = found and _ends_operand(found[-1]) and (word in _WORDS or word == "*")
        found.append(("operator" if is_operator else group, word, match.start(group)))
        at = match.end()
    found.append(("end", "", len(text)))
    return found


def _ends_operand(token: tuple[str, str, int]) -> bool:
    kind, word, _place = token
    return kind in ("number", "text", "name") or (
        kind == "sign" and word in (")", "]", ".", "..", "*")
    )
