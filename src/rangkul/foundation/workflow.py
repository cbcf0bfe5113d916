"""States and the legal moves between them, as tables that can be read, drawn and tested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rangkul.foundation.errors import RangkulError


class IllegalMove(RangkulError):
    """The move does not start from the state that the thing is in."""

    code = "illegal_move"

    def __init__(self, move: str, state: str) -> None:
        super().__init__(f"{move} does not start from {state}")
        self.move = move
        self.state = state


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move: from any of ``sources`` to ``target``, made by ``by``.

    ``by`` names the side that may make it (sender, receiver, holder, system …); the package's
    policy decides who stands on that side.
    """

    name: str
    sources: frozenset[str]
    target: str
    by: frozenset[str]
    needs_reason: bool = False


class Moves:
    """A workflow: every state reachable, every move named once."""

    def __init__(self, *, initial: str, states: Iterable[str], moves: Iterable[Move]) -> None:
        self.initial = initial
        self.states = frozenset(states)
        self._moves: Mapping[str, Move] = {move.name: move for move in moves}
        named = {initial}.union(*(m.sources | {m.target} for m in self._moves.values()))
        if named != self.states:
            raise ValueError(f"states and moves disagree: {sorted(named ^ self.states)}")

    def check(self, move: str, state: str) -> Move:
        """The move, when it may start from ``state``; else ``IllegalMove``."""
        found = self._moves.get(move)
        if found is None or state not in found.sources:
            raise IllegalMove(move, state)
        return found

    def open_from(self, state: str, side: str | None = None) -> tuple[Move, ...]:
        """The moves that may start from ``state`` (by ``side`` when given), in table order."""
        return tuple(
            move
            for move in self._moves.values()
            if state in move.sources and (side is None or side in move.by)
        )

    @property
    def final(self) -> frozenset[str]:
        """States that nothing leaves."""
        return frozenset(s for s in self.states if not self.open_from(s))

    def __iter__(self) -> Iterable[Move]:
        return iter(self._moves.values())
