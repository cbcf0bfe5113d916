"""What a checked filling recommends by its form's own rules: risk, services, clocks.

It recommends; the operations of the case take it up, and a person decides. The higher of rule and
worker's judgement holds; a judgement below the rule is a wish that waits for the supervisor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rangkul.assessments.checking import Checked
from rangkul.assessments.declared import LEVELS, Declared, Line


@dataclass(frozen=True, slots=True)
class Advice:
    """The lines that hold, and what they add up to.

    ``level`` is the risk by the rules, ``asked`` the worker's own, either may be empty. ``within``
    is the soonest hour by which a line without a clock of its own asks for an answer, and after
    ``again_days`` the form is filled once more.
    """

    lines: tuple[Line, ...]
    level: str
    asked: str
    within: float | None
    again_days: int | None

    @property
    def is_lowering(self) -> bool:
        """Whether the worker judged it lower than the rules do."""
        return bool(self.asked and self.level) and _place(self.asked) < _place(self.level)

    @property
    def in_force(self) -> str:
        """The level that holds at once: the higher of rule and judgement; empty without either."""
        return max(self.level, self.asked, key=_place)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that lines recommend, in the form's order, once each."""
        return tuple(dict.fromkeys(code for line in self.lines for code in line.services))

    @property
    def clocks(self) -> tuple[str, ...]:
        """The procedures whose clocks start."""
        return tuple(dict.fromkeys(code for line in self.lines for code in line.clocks))

    @property
    def meets(self) -> tuple[str, ...]:
        """The procedures whose clocks this filling ends as met."""
        return tuple(dict.fromkeys(code for line in self.lines for code in line.meets))

    def to_json(self) -> dict[str, Any]:
        """What the row keeps of it, in codes."""
        return {
            "level": self.level, "in_force": self.in_force,
            "asked_lower": self.asked if self.is_lowering else "",
            "services": list(self.services), "clocks": list(self.clocks), "within": self.within,
        }  # fmt: skip


def advise(declared: Declared, checked: Checked) -> Advice:
    """The advice of a filling that may be kept."""
    setting = checked.setting
    lines = tuple(line for line in declared.reasons if line.when.holds(setting))
    own = [line.clock_hours for line in lines if line.clock_hours is not None and not line.clocks]
    again = [line.again_days for line in lines if line.again_days is not None]
    again += (
        [declared.use.repeat_days] if declared.use.repeat_days is not None and not again else []
    )
    judged = _one(checked, declared.use.judgement)
    return Advice(
        lines=lines,
        level=max((line.risk for line in lines), key=_place, default=""),
        asked=judged if judged in LEVELS else "",
        within=min(own, default=None),
        again_days=min(again, default=None),
    )


def _one(checked: Checked, key: str) -> str:
    return next(iter(checked.values.get(key, ())), "") if key else ""


def _place(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else -1
