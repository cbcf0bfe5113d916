"""Patterns of ``regex()`` in time that grows with the text alone (Thompson's construction).

Forms are uploaded, and answers are typed by anybody: a pattern of the usual kind could keep a
worker busy for hours. What means different things in Java, JavaScript and Python is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from rangkul.assessments.xpath.faults import ExpressionRefused, wrong_use

_MOST_STATES: Final = 1_000
_MOST_TEXT: Final = 5_000
_CLASSES: Final[dict[str, Callable[[str], bool]]] = {
    "d": lambda sign: sign in "0123456789",
    "w": lambda sign: sign == "_" or (sign.isascii() and sign.isalnum()),
    "s": lambda sign: sign in " \t\n\r\f\v",
}
_COUNT: Final = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}")

Test = Callable[[str], bool]


class Pattern:
    """A pattern that fits a text as a whole or not at all."""

    def __init__(self, source: str) -> None:
        self.tests: list[Test | None] = []
        self.next: list[list[int]] = []
        self._source, self._at = source, 0
        self.last = self._state()
        self.first = self._either(self.last)
        if self._at != len(source):
            raise self._fault()

    def fits(self, text: str) -> bool:
        """Whether the whole text is what the pattern says."""
        if len(text) > _MOST_TEXT:
            return False
        now = self._reached([self.first])
        for sign in text:
            onward = [
                target
                for state in now
                if (test := self.tests[state]) is not None and test(sign)
                for target in self.next[state]
            ]
            now = self._reached(onward)
            if not now:
                return False
        return self.last in now

    def _reached(self, states: list[int]) -> set[int]:
        """These states and all that follow without a sign."""
        seen = set(states)
        waiting = list(seen)
        while waiting:
            state = waiting.pop()
            if self.tests[state] is None:
                fresh = [target for target in self.next[state] if target not in seen]
                seen.update(fresh)
                waiting += fresh
        return seen

    def _state(self, test: Test | None = None, *onward: int) -> int:
        if len(self.tests) >= _MOST_STATES:
            raise wrong_use("regex", "polanya terlalu rumit.", "its pattern is too complicated.")
        self.tests.append(test)
        self.next.append(list(onward))
        return len(self.tests) - 1

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _fault(self) -> ExpressionRefused:
        part = self._source[self._at : self._at + 10]
        return wrong_use(
            "regex", f"pola tidak didukung mulai dari “{part}”.",
            f"its pattern is not supported from “{part}” on.",
        )  # fmt: skip

    def _either(self, end: int, depth: int = 0) -> int:
        """Alternatives, each of which leads to ``end``."""
        if depth > 20:
            raise self._fault()
        starts = [self._sequence(end, depth)]
        while self._peek() == "|":
            self._at += 1
            starts.append(self._sequence(end, depth))
        return starts[0] if len(starts) == 1 else self._state(None, *starts)

    def _sequence(self, end: int, depth: int) -> int:
        """One thing after the other; anchors at the ends say nothing new."""
        if depth == 0 and self._peek() == "^":
            self._at += 1
        first = current = self._state()
        while self._peek() and self._peek() not in "|)":
            if depth == 0 and self._peek() == "$":
                self._at += 1
                if self._peek() not in ("", "|"):
                    raise self._fault()
                break
            current = self._repeated(current, depth)
        self.next[current].append(end)
        return first

    def _repeated(self, before: int, depth: int) -> int:
        """One atom as often as it may stand; gives the state behind it."""
        begin = self._at
        after = self._one(before, depth)
        least, most = self._times()
        if (least, most) == (1, 1):
            return after
        behind = self._at
        # The first copy is taken back: the atom is read anew for each time it may stand.
        self.next[before] = []
        current = before
        for _count in range(least):
            self._at = begin
            current = self._one(current, depth)
        if most is None:
            loop = self._state()
            self.next[current].append(loop)
            self._at = begin
            again = self._one(loop, depth)
            self.next[again].append(loop)
            out = self._state()
            self.next[loop].append(out)
        else:
            out = self._state()
            for _count in range(most - least):
                self.next[current].append(out)
                gate = self._state()
                self.next[current].append(gate)
                self._at = begin
                current = self._one(gate, depth)
            self.next[current].append(out)
        self._at = behind
        return out

    def _one(self, before: int, depth: int) -> int:
        """One atom that starts at ``before``; gives the state behind it."""
        after = self._state()
        if self._peek() == "(":
            self._at += 1
            if self._source.startswith("?:", self._at):
                self._at += 2
            elif self._peek() == "?":
                raise self._fault()
            self.next[before].append(self._either(after, depth + 1))
            if self._peek() != ")":
                raise self._fault()
            self._at += 1
        else:
            self.next[before].append(self._state(self._test(), after))
        return after

    def _times(self) -> tuple[int, int | None]:
        sign = self._peek()
        found: tuple[int, int | None] = (1, 1)
        if sign in ("*", "+", "?") and sign:
            self._at += 1
            found = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        elif sign == "{":
            match = _COUNT.match(self._source, self._at)
            if match is None:
                raise self._fault()
            self._at = match.end()
            least = int(match[1])
            most = least if match[2] is None else int(match[3]) if match[3] else None
            if most is not None and most < least:
                raise self._fault()
            found = (least, most)
        if found != (1, 1) and self._peek() in ("*", "+", "?", "{") and self._peek():
            raise self._fault()
        return found

    def _test(self) -> Test:
        sign = self._peek()
        if sign in "*+?{}()^$" or not sign:
            raise self._fault()
        self._at += 1
        if sign == ".":
            return lambda found: found not in "\n\r"
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escaped()
        return lambda found: found == sign

    def _escaped(self) -> Test:
        sign = self._peek()
        self._at += 1
        if sign.lower() in _CLASSES and sign:
            test = _CLASSES[sign.lower()]
            return test if sign.islower() else lambda found: not test(found)
        plain = {"n": "\n", "t": "\t", "r": "\r"}.get(sign, sign)
        if not plain or (sign.isalnum() and sign not in "ntr"):
            self._at -= 1
            raise self._fault()
        return lambda found: found == plain

    def _class(self) -> Test:
        without = self._peek() == "^"
        self._at += without
        tests: list[Test] = []
        while self._peek() != "]":
            if not self._peek() or self._peek() == "[" or self._source.startswith("&&", self._at):
                raise self._fault()
            tests.append(self._span())
        if not tests:
            raise self._fault()
        self._at += 1
        return lambda found: any(test(found) for test in tests) is not without

    def _span(self) -> Test:
        low = self._peek()
        self._at += 1
        if low == "\\":
            if self._peek().lower() in _CLASSES:
                return self._escaped()
            low = self._letter()
        follows = self._source[self._at + 1 : self._at + 2]
        if self._peek() != "-" or follows in ("]", ""):
            return lambda found: found == low
        self._at += 1
        high = self._peek()
        self._at += 1
        if high == "\\":
            high = self._letter()
        if high < low:
            raise self._fault()
        return lambda found: low <= found <= high

    def _letter(self) -> str:
        sign = self._peek()
        if not sign or (sign.isalnum() and sign not in "ntr"):
            raise self._fault()
        self._at += 1
        return {"n": "\n", "t": "\t", "r": "\r"}.get(sign, sign)


@lru_cache(maxsize=512)
def pattern(source: str) -> Pattern:
    """The pattern of a form, read once; raises ``ExpressionRefused``."""
    return Pattern(source)
