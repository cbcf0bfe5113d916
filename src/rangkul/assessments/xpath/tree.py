"""What expressions look at: the nodes of a filled form, and the moment and form around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


class Node:
    """One element: its value, its place, and whether it applies now."""

    __slots__ = ("children", "name", "parent", "path", "relevant", "text")

    def __init__(self, name: str, text: str = "", parent: Node | None = None) -> None:
        self.name = name
        self.text = text
        self.parent = parent
        self.children: list[Node] = []
        self.relevant = True
        self.path: str = f"{parent.path}/{name}" if parent else f"/{name}"
        if parent is not None:
            parent.children.append(self)

    def value(self) -> str:
        """The text of an answer, or all text inside a group."""
        if not self.children:
            return self.text
        return "".join(child.value() for child in self.children if child.relevant)

    def named(self, name: str) -> list[Node]:
        """The children of this name that apply, in their order; ``*`` means all."""
        return [child for child in self.children if child.relevant and (name in (child.name, "*"))]


class Form(Protocol):
    """What a function may ask of the form itself."""

    def instance(self, name: str) -> Node | None:
        """The root of a secondary instance (a list of choices), or ``None``."""

    def choice_label(self, path: str, code: str) -> str:
        """The label of a choice of the item at ``path``, in the form's default language."""

    def itext(self, key: str) -> str:
        """A text of the form by its id, in the form's default language."""


@dataclass(slots=True)
class Setting:
    """Where and when an expression is worked out; ``current`` stays while paths move ``node``."""

    node: Node
    current: Node
    root: Node
    form: Form
    today: date
    now: datetime
    fresh: str = ""
    position: int = 1
    size: int = 1
    offset: float = field(init=False)

    def __post_init__(self) -> None:
        """Days between UTC and the clock on this person's wall."""
        shift = self.now.utcoffset()
        self.offset = shift.total_seconds() / 86_400 if shift else 0.0

    def at(self, node: Node, position: int = 1, size: int = 1) -> Setting:
        """The same moment at another node, as inside a predicate."""
        return Setting(
            node, self.current, self.root, self.form, self.today, self.now, self.fresh, position,
            size,
        )  # fmt: skip


Instances = Mapping[str, Node]
