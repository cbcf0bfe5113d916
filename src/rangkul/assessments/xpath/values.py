"""Numbers, texts, truth and days: how one becomes another, as ODK's engines do it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from rangkul.assessments.xpath.tree import Node

Scalar = str | float | bool
Value = str | float | bool | list[Node]

NAN: Final = math.nan
_NUMBER: Final = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\d*(Z|[+-]\d\d(?::?\d\d)?)?\Z", re.ASCII
)
_EPOCH: Final = date(1970, 1, 1)
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def scalar(value: Value) -> Scalar:
    """A node-set as its only value; empty is blank, as in every form that somebody fills."""
    if isinstance(value, list):
        return value[0].value() if value else ""
    return value


def to_text(value: Value) -> str:
    """As a text: whole numbers without a point, truth as a word."""
    value = scalar(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    written = repr(value)
    return written if "e" not in written else f"{value:.12f}".rstrip("0").rstrip(".")


def to_boolean(value: Value) -> bool:
    """Whether it counts as true: a text that is not blank, a number that is not 0."""
    value = scalar(value)
    if isinstance(value, str):
        return value != ""
    if isinstance(value, bool):
        return value
    return value != 0 and not math.isnan(value)


def to_number(value: Value, offset: float = 0.0) -> float:
    """As a number; a date is its days since 1970, a moment too, on a clock ``offset`` days off UTC.

    Blank and everything else is not a number.
    """
    value = scalar(value)
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    text = value.strip()
    if len(text) > 64:
        return NAN
    if _NUMBER.match(text):
        return float(text)
    if "-" in text[1:]:
        return to_days(text, offset)
    return NAN


def to_days(text: str, offset: float) -> float:
    """Days since 1970 of a written date or moment; NaN for anything else."""
    day = read_day(text)
    if day is not None:
        return float((day - _EPOCH).days)
    moment = read_moment(text, offset)
    if moment is None:
        return NAN
    return (moment - _START).total_seconds() / 86_400 + offset


def read_day(text: str) -> date | None:
    """A date as ODK writes it."""
    if not _DAY.match(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_moment(text: str, offset: float) -> datetime | None:
    """A moment as ODK writes it; without a zone it is of the clock ``offset`` days off UTC."""
    match = _MOMENT.match(text)
    if match is None:
        return None
    zone = match[2] or ""
    if zone[1:] and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:] or '00'}"
    try:
        found = datetime.fromisoformat(match[1] + ("+00:00" if zone == "Z" else zone))
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC) - timedelta(days=offset)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def from_days(days: float) -> str:
    """The date so many days after 1970; blank when there is none."""
    if math.isnan(days) or abs(days) > 700_000:
        return ""
    return (_EPOCH + timedelta(days=math.floor(days))).isoformat()


def equal(left: Value, right: Value, offset: float) -> bool:
    """``=`` of XPath 1.0: as truth, else as numbers, else as texts; any of several nodes."""
    return _any_pair(left, right, lambda one, other: _same(one, other, offset))


def unequal(left: Value, right: Value, offset: float) -> bool:
    """``!=`` of XPath 1.0; blank differs from every code, and NaN from every number."""
    return _any_pair(left, right, lambda one, other: not _same(one, other, offset))


def ordered(operator: str, left: Value, right: Value, offset: float) -> bool:
    """``<``, ``<=``, ``>`` and ``>=``, always as numbers; false where one is not a number."""
    compare = _ORDER[operator]
    return _any_pair(
        left, right, lambda one, other: compare(to_number(one, offset), to_number(other, offset))
    )


_ORDER: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def _same(one: Scalar, other: Scalar, offset: float) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return to_boolean(one) == to_boolean(other)
    if isinstance(one, float) or isinstance(other, float):
        return to_number(one, offset) == to_number(other, offset)
    return one == other


def _any_pair(left: Value, right: Value, test: Callable[[Scalar, Scalar], bool]) -> bool:
    if not isinstance(left, list) and not isinstance(right, list):
        return test(left, right)
    return any(test(one, other) for one in _each(left) for other in _each(right))


def _each(value: Value) -> list[Scalar]:
    if isinstance(value, list):
        return [node.value() for node in value] or [""]
    return [value]
