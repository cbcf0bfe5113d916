"""What a transaction has learned under its scope, so that it asks the same question once.

A page reads ten parts of one file, and each part proves the right to it; an act asks one area for
its zone, its calendar and its procedures. The memory lives inside ``scope.within`` and nowhere
else: it dies with the transaction and with every change of scope, and whoever changes what was
learned says ``forget``. Row security holds underneath, whatever is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

Answer = TypeVar("Answer")
Question = tuple[Hashable, ...]

_learned: ContextVar[dict[Question, object] | None] = ContextVar("learned", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """A memory of its own for what runs inside; the one around is not seen, and comes back."""
    token = _learned.set({})
    try:
        yield
    finally:
        _learned.reset(token)


def once(question: Question, ask: Callable[[], Answer]) -> Answer:
    """The answer to ``question``, asked the first time only; outside a scope, asked every time.

    ``None`` is not kept: what is not there, or not allowed, may come within the same act.
    """
    learned = _learned.get()
    if learned is not None and question in learned:
        return cast(Answer, learned[question])
    answer = ask()
    if answer is not None:
        learn(question, answer)
    return answer


def told(question: Question, kind: type[Answer]) -> Answer | None:
    """The answer if it is there already, of the kind expected."""
    answer = (_learned.get() or {}).get(question)
    return answer if isinstance(answer, kind) else None


def learn(question: Question, answer: object) -> None:
    """Note an answer that came by another way."""
    learned = _learned.get()
    if learned is not None:
        learned[question] = answer


def forget(subject: str = "") -> None:
    """Drop every answer whose question begins with ``subject``; everything for ""."""
    learned = _learned.get()
    if learned is not None:
        for question in [q for q in learned if not subject or q[0] == subject]:
            del learned[question]
