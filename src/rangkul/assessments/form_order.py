"""In which order a form's items are worked out, and the loops that would never end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from rangkul.assessments.form import Item
from rangkul.assessments.problems import Problem


def in_order(items: Mapping[str, Item], problems: list[Problem]) -> tuple[str, ...]:
    """Every path once, each after its group and after all that its rules look at.

    What an item looks at must exist, and no item may hang on itself: both are added to
    ``problems``. With a loop the order is the document's.
    """
    waits: dict[str, list[str]] = {}
    for path, item in items.items():
        above = path.rpartition("/")[0]
        waits[path] = [above] if above in items else []
        for rule in (item.relevant, item.calculate):
            waits[path] += _read(rule.reads, items) if rule else []
    _missing(items, problems)
    try:
        return tuple(TopologicalSorter(waits).static_order())
    except CycleError as fault:
        looped = list(dict.fromkeys(fault.args[1]))
        names = " → ".join(path.rpartition("/")[2] for path in reversed(fault.args[1]))
        problems.append(
            Problem(
                "loop",
                f"Aturan berputar tanpa akhir: {names}.",
                f"The rules go round in a loop: {names}.",
                looped[0],
            )
        )
        return tuple(items)


def _read(reads: tuple[str, ...], items: Mapping[str, Item]) -> Iterator[str]:
    for path in reads:
        if path in items:
            yield path
        elif "*" in path:
            yield from (known for known in items if fits(known, path))


def fits(path: str, pattern: str) -> bool:
    """Whether a path is one of those that a pattern with ``*`` means."""
    names, wanted = path.split("/"), pattern.split("/")
    return len(names) == len(wanted) and all(
        name == want or want == "*" for name, want in zip(names, wanted, strict=True)
    )


def _missing(items: Mapping[str, Item], problems: list[Problem]) -> None:
    """References to items that the form does not have."""
    root = f"/{next(iter(items)).split('/')[1]}" if items else ""
    for item in items.values():
        narrowed = item.choices.narrowed if item.choices else None
        for rule in (item.relevant, item.calculate, item.constraint, item.required, narrowed):
            for path in rule.reads if rule else ():
                known = path in items or path in (root, "")
                if not known and not any(fits(other, path) for other in items if "*" in path):
                    problems.append(
                        Problem(
                            "no_such_item",
                            f"Rumus menyebut “{path}”, yang tidak ada.",
                            f"A rule names “{path}”, which is not there.",
                            item.path,
                        )
                    )
