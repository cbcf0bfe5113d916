"""From parts to something that can be worked out: each expression compiled once, used often."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from rangkul.assessments.xpath.faults import unknown_function, wrong_count, wrong_use
from rangkul.assessments.xpath.functions import FORMAT_LETTERS, KNOWN
from rangkul.assessments.xpath.grammar import (
    Call,
    Chain,
    Negated,
    Number,
    Part,
    Path,
    Step,
    Text,
    parse,
)
from rangkul.assessments.xpath.pattern import pattern
from rangkul.assessments.xpath.tree import Node, Setting
from rangkul.assessments.xpath.values import (
    NAN,
    Value,
    equal,
    ordered,
    to_boolean,
    to_number,
    to_text,
    unequal,
)

Run = Callable[[Setting], Value]
_STAMPS: Final = frozenset({"now", "today", "uuid", "once"})
_OTHER_INSTANCE: Final = "\0"
_DECIDING: Final = frozenset({"or", "and", "=", "!=", "<", "<=", ">", ">="})
_TELLING_ONLY: Final = frozenset(
    {"boolean", "boolean-from-string", "contains", "count", "count-non-empty", "count-selected",
     "ends-with", "not", "position", "regex", "selected", "starts-with", "string-length",
     "weighted-checklist"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a form, ready to be worked out.

    ``reads`` are the absolute paths it looks at, as seen from ``base``; ``carries`` those of them
    whose answer may come out of it again; ``instances`` the lists it names; ``is_stamp`` says that
    it fixes a moment (``now()``, ``once(…)``) and is not recomputed.
    """

    text: str
    base: str
    reads: tuple[str, ...]
    carries: tuple[str, ...]
    instances: tuple[str, ...]
    is_stamp: bool
    run: Run

    def value(self, setting: Setting) -> Value:
        """What it comes to."""
        return self.run(setting)

    def holds(self, setting: Setting) -> bool:
        """Whether it is true."""
        return to_boolean(self.run(setting))


def compile_expression(text: str, base: str) -> Expression:
    """Read ``text`` as an expression of the node at the absolute path ``base``.

    Raises ``ExpressionRefused`` for what cannot be read or is not supported.
    """
    part = parse(text)
    reads = dict.fromkeys(_reads(part, base, base))
    return Expression(
        text=text.strip(),
        base=base,
        reads=tuple(path for path in reads if not path.startswith(_OTHER_INSTANCE)),
        carries=tuple(dict.fromkeys(_carries(part, base))),
        instances=tuple(dict.fromkeys(_instances(part))),
        is_stamp=isinstance(part, Call) and part.name in _STAMPS,
        run=_compile(part),
    )


# -- what an expression looks at --------------------------------------------------------------


def _children(part: Part) -> Iterator[Part]:
    if isinstance(part, Chain):
        yield part.first
        yield from (operand for _operator, operand in part.rest)
    elif isinstance(part, Negated):
        yield part.part
    elif isinstance(part, Call):
        yield from part.arguments


def _reads(part: Part, here: str, current: str) -> Iterator[str]:
    """Absolute paths, also those inside predicates; ``here`` is what a relative path starts at."""
    if not isinstance(part, Path):
        if isinstance(part, Call) and part.name == "current":
            yield current
        if isinstance(part, Call) and part.name in ("string", "number") and not part.arguments:
            yield here
        for child in _children(part):
            yield from _reads(child, here, current)
        return
    at = here
    if part.start == "/":
        at = ""
    elif isinstance(part.start, Call) and part.start.name == "current":
        at = current
    elif not isinstance(part.start, str):
        yield from _reads(part.start, here, current)
        at = _OTHER_INSTANCE
    for predicate in part.predicates:
        yield from _reads(predicate, at, current)
    for step in part.steps:
        at = _stepped(at, step)
        for predicate in step.predicates:
            yield from _reads(predicate, at, current)
    yield at


def _carries(part: Part, base: str) -> Iterator[str]:
    """The paths whose text can be read off the outcome: not those that only decide it."""
    if isinstance(part, Path):
        *_inside, end = _reads(part, base, base)
        if not end.startswith(_OTHER_INSTANCE):
            yield end
    elif isinstance(part, Chain) and not {operator for operator, _ in part.rest} & _DECIDING:
        for operand in _children(part):
            yield from _carries(operand, base)
    elif isinstance(part, Negated):
        yield from _carries(part.part, base)
    elif isinstance(part, Call) and part.name not in _TELLING_ONLY:
        if part.name == "current" or (part.name in ("string", "number") and not part.arguments):
            yield base
        for argument in part.arguments[1:] if part.name == "if" else part.arguments:
            yield from _carries(argument, base)


def _stepped(at: str, step: Step) -> str:
    if step.axis == "self":
        return at
    if step.axis == "parent":
        return at.rpartition("/")[0] or ("" if at.startswith("/") else _OTHER_INSTANCE)
    return f"{at}/{step.name}"


def _instances(part: Part) -> Iterator[str]:
    if isinstance(part, Path):
        if not isinstance(part.start, str):
            yield from _instances(part.start)
        for predicate in (*part.predicates, *(p for step in part.steps for p in step.predicates)):
            yield from _instances(predicate)
        return
    if isinstance(part, Call) and part.name == "instance":
        yield _literal(part, 0)
    for child in _children(part):
        yield from _instances(child)


# -- compiling --------------------------------------------------------------------------------


def _compile(part: Part) -> Run:
    if isinstance(part, Number | Text):
        value = part.value
        return lambda _setting: value
    if isinstance(part, Negated):
        inner = _compile(part.part)
        return lambda setting: -to_number(inner(setting), setting.offset)
    if isinstance(part, Chain):
        return _chain(part)
    if isinstance(part, Path):
        return _path(part)
    return _call(part)


def _chain(part: Chain) -> Run:
    first = _compile(part.first)
    rest = [(operator, _compile(operand)) for operator, operand in part.rest]
    operators = {operator for operator, _run in rest}
    if operators == {"or"} or operators == {"and"}:
        runs, until = [first, *(run for _operator, run in rest)], operators == {"or"}
        return lambda setting: (
            any(to_boolean(run(setting)) for run in runs) if until
            else all(to_boolean(run(setting)) for run in runs)
        )  # fmt: skip

    def work(setting: Setting) -> Value:
        value = first(setting)
        for operator, run in rest:
            value = _joined(operator, value, run(setting), setting.offset)
        return value

    return work


def _joined(operator: str, left: Value, right: Value, offset: float) -> Value:
    if operator == "=":
        return equal(left, right, offset)
    if operator == "!=":
        return unequal(left, right, offset)
    if operator in ("<", "<=", ">", ">="):
        return ordered(operator, left, right, offset)
    one, other = to_number(left, offset), to_number(right, offset)
    if operator == "+":
        return one + other
    if operator == "-":
        return one - other
    if operator == "*":
        return one * other
    if math.isnan(one) or math.isnan(other) or (math.isinf(one) and operator == "mod"):
        return NAN
    if operator == "mod":
        return NAN if other == 0 else math.fmod(one, other)
    if other == 0:
        return NAN if one == 0 else math.copysign(math.inf, one) * math.copysign(1, other)
    return one / other


def _path(part: Path) -> Run:
    """Walk the steps; the root's own name is the first step of an absolute path."""
    if part.start == "/" and _is_plain(part):
        return _plain(part.steps)
    start = None if isinstance(part.start, str) else _compile(part.start)
    from_root = part.start == "/"
    filters = [_compile(predicate) for predicate in part.predicates]
    steps = [(step.axis, step.name, [_compile(p) for p in step.predicates]) for step in part.steps]

    def work(setting: Setting) -> Value:
        nodes: list[Node]
        if start is not None:
            begun = start(setting)
            if not isinstance(begun, list):
                return [] if steps or filters else begun
            nodes = begun
        elif from_root:
            nodes = [_above(setting.root)]
        else:
            nodes = [setting.node]
        nodes = _filtered(nodes, filters, setting)
        for axis, name, predicates in steps:
            if axis == "child":
                if predicates:
                    nodes = [
                        found
                        for node in nodes
                        for found in _filtered(node.named(name), predicates, setting)
                    ]
                else:
                    nodes = [found for node in nodes for found in node.named(name)]
            else:
                if axis == "parent":
                    nodes = list(dict.fromkeys(node.parent for node in nodes if node.parent))
                nodes = [node for node in nodes if name in ("*", node.name)]
                nodes = _filtered(nodes, predicates, setting)
        return nodes

    return work


def _is_plain(part: Path) -> bool:
    """Whether a path only goes down by names: nearly every reference in a form does."""
    return all(
        step.axis == "child" and step.name != "*" and not step.predicates for step in part.steps
    )


def _plain(steps: tuple[Step, ...]) -> Run:
    first, *names = (step.name for step in steps)

    def work(setting: Setting) -> Value:
        nodes = [setting.root] if setting.root.name == first else []
        for name in names:
            nodes = [
                child
                for node in nodes
                for child in node.children
                if child.name == name and child.relevant
            ]
        return nodes

    return work


def _above(root: Node) -> Node:
    """The document node above the root element."""
    above = Node("")
    above.children = [root]
    return above


def _filtered(nodes: list[Node], predicates: list[Run], setting: Setting) -> list[Node]:
    for predicate in predicates:
        size, kept = len(nodes), []
        for place, node in enumerate(nodes, start=1):
            found = predicate(setting.at(node, place, size))
            if (
                found == place
                if isinstance(found, float) and not isinstance(found, bool)
                else to_boolean(found)
            ):
                kept.append(node)
        nodes = kept
    return nodes


def _call(part: Call) -> Run:
    special = _SPECIAL.get(part.name)
    if special is not None:
        least, most, compiled = special
        _check_count(part, least, most)
        return compiled(part)
    if part.name not in KNOWN:
        raise unknown_function(part.name)
    least, most, work = KNOWN[part.name]
    _check_count(part, least, most)
    if part.name in ("format-date", "format-date-time"):
        _check_format(part)
    runs = [_compile(argument) for argument in part.arguments]
    return lambda setting: work(setting, [run(setting) for run in runs])


def _check_count(part: Call, least: int, most: int) -> None:
    if not least <= len(part.arguments) <= most:
        raise wrong_count(part.name, len(part.arguments))


def _check_format(part: Call) -> None:
    letters = {piece[:1] for piece in _literal(part, 1).replace("%%", "").split("%")[1:]}
    odd = sorted(letters - FORMAT_LETTERS)
    if odd:
        raise wrong_use(
            part.name, f"“%{odd[0]}” berbeda menurut bahasa atau tidak dikenal.",
            f"“%{odd[0]}” differs between languages or is not known.",
        )  # fmt: skip


def _literal(part: Call, at: int) -> str:
    """An argument that must stand as a quoted text in the form itself."""
    if at < len(part.arguments):
        argument = part.arguments[at]
        if isinstance(argument, Text):
            return argument.value
    raise wrong_use(
        part.name, "masukannya harus berupa teks dalam tanda kutip.",
        "its argument must be a quoted text.",
    )  # fmt: skip


def _if(part: Call) -> Run:
    test, yes, no = (_compile(argument) for argument in part.arguments)
    return lambda setting: yes(setting) if to_boolean(test(setting)) else no(setting)


def _once(part: Call) -> Run:
    run = _compile(part.arguments[0])
    return lambda setting: setting.current.value() or run(setting)


def _regex(part: Call) -> Run:
    shape, run = pattern(_literal(part, 1)), _compile(part.arguments[0])
    return lambda setting: shape.fits(to_text(run(setting)))


def _position(part: Call) -> Run:
    if not part.arguments:
        return lambda setting: float(setting.position)
    run = _compile(part.arguments[0])

    def work(setting: Setting) -> Value:
        nodes = run(setting)
        if not isinstance(nodes, list) or not nodes:
            return NAN
        node = nodes[0]
        alike = node.parent.named(node.name) if node.parent else [node]
        return float(alike.index(node) + 1) if node in alike else NAN

    return work


def _instance(part: Call) -> Run:
    name = _literal(part, 0)

    def work(setting: Setting) -> Value:
        root = setting.form.instance(name)
        return [_above(root)] if root is not None else []

    return work


def _choice_name(part: Call) -> Run:
    run, path = _compile(part.arguments[0]), _literal(part, 1).strip()
    if not path.startswith("/"):
        raise wrong_use(
            part.name, "butir harus ditulis lengkap, misalnya '${nama}'.",
            "the item must be written in full, like '${name}'.",
        )  # fmt: skip
    return lambda setting: setting.form.choice_label(path, to_text(run(setting)))


def _itext(part: Call) -> Run:
    run = _compile(part.arguments[0])
    return lambda setting: setting.form.itext(to_text(run(setting)))


def _indexed(part: Call) -> Run:
    """``indexed-repeat(item, repeat, place, …)``: the item of one filling of each repeat."""
    if len(part.arguments) % 2 == 0:
        raise wrong_count(part.name, len(part.arguments))
    target = _plain_names(part, 0)
    groups = [_plain_names(part, at) for at in range(1, len(part.arguments), 2)]
    places = [_compile(part.arguments[at]) for at in range(2, len(part.arguments), 2)]

    def work(setting: Setting) -> Value:
        nodes, done = [_above(setting.root)], 0
        for group, place in zip(groups, places, strict=True):
            nodes = _walked(nodes, group[done:])
            number = to_number(place(setting), setting.offset)
            whole = int(number) if math.isfinite(number) else 0
            nodes = nodes[whole - 1 : whole] if 1 <= whole <= len(nodes) else []
            done = len(group)
        return _walked(nodes, target[done:])

    return work


def _walked(nodes: list[Node], names: tuple[str, ...]) -> list[Node]:
    for name in names:
        nodes = [found for node in nodes for found in node.named(name)]
    return nodes


def _plain_names(part: Call, at: int) -> tuple[str, ...]:
    argument = part.arguments[at]
    if isinstance(argument, Path) and argument.start == "/":
        steps = argument.steps
        if all(step.axis == "child" and not step.predicates for step in steps):
            return tuple(step.name for step in steps)
    raise wrong_use(
        part.name, "butir dan kelompoknya harus ditulis lengkap.",
        "the item and its groups must be written in full.",
    )  # fmt: skip


def _current(_part: Call) -> Run:
    return lambda setting: [setting.current]


_SPECIAL: Final[dict[str, tuple[int, int, Callable[[Call], Run]]]] = {
    "if": (3, 3, _if),
    "once": (1, 1, _once),
    "regex": (2, 2, _regex),
    "position": (0, 1, _position),
    "instance": (1, 1, _instance),
    "current": (0, 0, _current),
    "jr:choice-name": (2, 2, _choice_name),
    "jr:itext": (1, 1, _itext),
    "indexed-repeat": (3, 7, _indexed),
}

SUPPORTED: Final = frozenset(KNOWN) | frozenset(_SPECIAL)
"""Every function the house works out, by name."""

__all__ = ["SUPPORTED", "Expression", "compile_expression"]
