"""The functions of XPath 1.0 and of ODK's form language that the house works out, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from rangkul.assessments.xpath.tree import Setting
from rangkul.assessments.xpath.values import (
    NAN,
    Value,
    from_days,
    read_day,
    read_moment,
    to_boolean,
    to_days,
    to_number,
    to_text,
)

Work = Callable[[Setting, Sequence[Value]], Value]
"""A function at work: where and when, and its arguments, already worked out."""


def _number(setting: Setting, value: Value) -> float:
    return to_number(value, setting.offset)


def _all_numbers(setting: Setting, given: Sequence[Value]) -> list[float]:
    """Every number of node-sets and plain values, in their order."""
    found: list[float] = []
    for value in given:
        if isinstance(value, list):
            found += [to_number(node.value(), setting.offset) for node in value]
        else:
            found.append(_number(setting, value))
    return found


def _extreme(choose: Callable[[list[float]], float]) -> Work:
    def work(setting: Setting, given: Sequence[Value]) -> Value:
        numbers = _all_numbers(setting, given)
        return NAN if not numbers or any(map(math.isnan, numbers)) else choose(numbers)

    return work


def _round(setting: Setting, given: Sequence[Value]) -> Value:
    """To whole numbers or to places behind the point; a half goes up."""
    number = _number(setting, given[0])
    places = _number(setting, given[1]) if len(given) > 1 else 0.0
    if not math.isfinite(number) or not math.isfinite(places) or abs(places) > 15:
        return NAN
    if len(given) == 1:
        return float(math.floor(number + 0.5))
    return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP))


def _whole(setting: Setting, given: Sequence[Value]) -> Value:
    number = _number(setting, given[0])
    return float(math.trunc(number)) if math.isfinite(number) else NAN


def _step(round_: Callable[[float], int]) -> Work:
    def work(setting: Setting, given: Sequence[Value]) -> Value:
        number = _number(setting, given[0])
        return float(round_(number)) if math.isfinite(number) else number

    return work


def _power(setting: Setting, given: Sequence[Value]) -> Value:
    try:
        found = _number(setting, given[0]) ** _number(setting, given[1])
    except (OverflowError, ZeroDivisionError):
        return NAN
    return found if isinstance(found, float) else NAN


def _root(setting: Setting, given: Sequence[Value]) -> Value:
    number = _number(setting, given[0])
    return math.sqrt(number) if number >= 0 else NAN


def _selected(_setting: Setting, given: Sequence[Value]) -> Value:
    return to_text(given[1]).strip() in to_text(given[0]).split()


def _selected_at(setting: Setting, given: Sequence[Value]) -> Value:
    chosen, at = to_text(given[0]).split(), _number(setting, given[1])
    return chosen[int(at)] if math.isfinite(at) and 0 <= at < len(chosen) else ""


def _coalesce(_setting: Setting, given: Sequence[Value]) -> Value:
    return to_text(given[0]) or to_text(given[1])


def _date(setting: Setting, given: Sequence[Value]) -> Value:
    """The day of a date, a moment or a number of days; blank for anything else."""
    return from_days(_number(setting, given[0]))


def _universal_days(setting: Setting, given: Sequence[Value]) -> Value:
    """Days since 1970 at Greenwich; a bare date begins at midnight on the person's own clock."""
    text = to_text(given[0]).strip()
    return to_days(text, setting.offset) - setting.offset


def _part_of_day(setting: Setting, given: Sequence[Value]) -> Value:
    """A time of day as a part of the day, on the clock it was written by."""
    text = to_text(given[0]).strip()[:8]
    try:
        read = datetime.strptime(f"{text}+0000", "%H:%M:%S%z")
    except ValueError:
        return NAN
    return timedelta(hours=read.hour, minutes=read.minute, seconds=read.second) / timedelta(days=1)


def _format_date(setting: Setting, given: Sequence[Value]) -> Value:
    """A date or moment as digits in the order that the format names."""
    text, shape = to_text(given[0]).strip(), to_text(given[1])
    day, moment = read_day(text), read_moment(text, setting.offset)
    if moment is not None:
        local = moment + timedelta(days=setting.offset)
    elif day is not None:
        local = datetime(day.year, day.month, day.day, tzinfo=setting.now.tzinfo)
    else:
        return ""
    parts = {
        "Y": f"{local.year:04d}", "y": f"{local.year % 100:02d}", "m": f"{local.month:02d}",
        "n": str(local.month), "d": f"{local.day:02d}", "e": str(local.day),
        "H": f"{local.hour:02d}", "h": str(local.hour), "M": f"{local.minute:02d}",
        "S": f"{local.second:02d}", "3": f"{local.microsecond // 1000:03d}", "%": "%",
    }  # fmt: skip
    pieces = shape.split("%")
    written, skip = pieces[0], False
    for piece in pieces[1:]:
        if skip:
            written, skip = f"{written}{piece}", False
        elif not piece:
            written, skip = f"{written}%", True
        else:
            written += parts.get(piece[0], "") + piece[1:]
    return written


FORMAT_LETTERS: Final = frozenset("YymndeHhMS3%")
"""What a format may name; names of months and days differ between languages and are refused."""


def _substr(setting: Setting, given: Sequence[Value]) -> Value:
    """From one place to before another, counted from 0; negative places count from the end."""
    text, start = to_text(given[0]), _number(setting, given[1])
    end = _number(setting, given[2]) if len(given) > 2 else float(len(text))
    if not (math.isfinite(start) and math.isfinite(end)):
        return ""
    first, last = (int(place) + len(text) if place < 0 else int(place) for place in (start, end))
    return text[max(first, 0) : max(last, 0)]


def _substring(setting: Setting, given: Sequence[Value]) -> Value:
    """XPath's own: counted from 1, by rounding both places."""
    text, start = to_text(given[0]), _number(setting, given[1])
    length = _number(setting, given[2]) if len(given) > 2 else math.inf
    if math.isnan(start) or math.isnan(length) or math.isinf(start):
        return ""
    first = math.floor(start + 0.5)
    last = len(text) + 1 if math.isinf(length) else first + math.floor(length + 0.5)
    return text[max(first - 1, 0) : max(last - 1, 0)]


def _translate(_setting: Setting, given: Sequence[Value]) -> Value:
    text, old, new = (to_text(value) for value in given)
    table = {ord(sign): new[at] if at < len(new) else None for at, sign in reversed(
        list(enumerate(old)))}  # fmt: skip
    return text.translate(table)


def _true_words(_setting: Setting, given: Sequence[Value]) -> Value:
    value = given[0]
    return value == 1 if isinstance(value, float) else to_text(value) in ("true", "1")


def _weighted(setting: Setting, given: Sequence[Value]) -> Value:
    """Whether the weights of what is true lie between a least and a most (-1: no bound)."""
    least, most = _number(setting, given[0]), _number(setting, given[1])
    total = sum(
        _number(setting, weight)
        for test, weight in zip(given[2::2], given[3::2], strict=False)
        if to_boolean(test)
    )
    return (least == -1 or total >= least) and (most == -1 or total <= most)


def _count_filled(_setting: Setting, given: Sequence[Value]) -> Value:
    nodes = given[0] if isinstance(given[0], list) else []
    return float(sum(node.value() != "" for node in nodes))


MANY: Final = 200
KNOWN: Final[dict[str, tuple[int, int, Work]]] = {
    "abs": (1, 1, lambda s, g: abs(_number(s, g[0]))),
    "boolean": (1, 1, lambda _s, g: to_boolean(g[0])),
    "boolean-from-string": (1, 1, _true_words),
    "ceiling": (1, 1, _step(math.ceil)),
    "coalesce": (2, 2, _coalesce),
    "concat": (0, MANY, lambda _s, g: "".join(
        "".join(node.value() for node in value) if isinstance(value, list) else to_text(value)
        for value in g)),
    "contains": (2, 2, lambda _s, g: to_text(g[1]) in to_text(g[0])),
    "count": (1, 1, lambda _s, g: float(len(g[0])) if isinstance(g[0], list) else NAN),
    "count-non-empty": (1, 1, _count_filled),
    "count-selected": (1, 1, lambda _s, g: float(len(to_text(g[0]).split()))),
    "date": (1, 1, _date),
    "decimal-date-time": (1, 1, _universal_days),
    "decimal-time": (1, 1, _part_of_day),
    "ends-with": (2, 2, lambda _s, g: to_text(g[0]).endswith(to_text(g[1]))),
    "false": (0, 0, lambda _s, _g: False),
    "floor": (1, 1, _step(math.floor)),
    "format-date": (2, 2, _format_date),
    "format-date-time": (2, 2, _format_date),
    "int": (1, 1, _whole),
    "last": (0, 0, lambda s, _g: float(s.size)),
    "max": (1, MANY, _extreme(max)),
    "min": (1, MANY, _extreme(min)),
    "normalize-space": (0, 1, lambda s, g: " ".join(
        (to_text(g[0]) if g else s.node.value()).split())),
    "not": (1, 1, lambda _s, g: not to_boolean(g[0])),
    "now": (0, 0, lambda s, _g: s.now.isoformat(timespec="milliseconds")),
    "number": (0, 1, lambda s, g: _number(s, g[0]) if g else _number(s, s.node.value())),
    "pow": (2, 2, _power),
    "round": (1, 2, _round),
    "selected": (2, 2, _selected),
    "selected-at": (2, 2, _selected_at),
    "sqrt": (1, 1, _root),
    "starts-with": (2, 2, lambda _s, g: to_text(g[0]).startswith(to_text(g[1]))),
    "string": (0, 1, lambda s, g: to_text(g[0]) if g else s.node.value()),
    "string-length": (0, 1, lambda s, g: float(len(to_text(g[0]) if g else s.node.value()))),
    "substr": (2, 3, _substr),
    "substring": (2, 3, _substring),
    "substring-after": (2, 2, lambda _s, g: to_text(g[0]).partition(to_text(g[1]))[2]),
    "substring-before": (2, 2, lambda _s, g: (
        to_text(g[0]).partition(to_text(g[1]))[0] if to_text(g[1]) in to_text(g[0]) else "")),
    "sum": (1, 1, lambda s, g: float(sum(_all_numbers(s, g)))),
    "today": (0, 0, lambda s, _g: s.today.isoformat()),
    "translate": (3, 3, _translate),
    "true": (0, 0, lambda _s, _g: True),
    "uuid": (0, 0, lambda s, _g: s.fresh),
    "weighted-checklist": (4, MANY, _weighted),
}  # fmt: skip
"""Name → least and most arguments, and how it works; those that need the parts themselves
(``if``, ``once``, ``regex``, ``position``, ``instance`` …) stand in ``evaluation``."""
