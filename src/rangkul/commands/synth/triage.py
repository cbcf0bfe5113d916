"""A stock of filled triages, judged by the product's own rules once and drawn from afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random

from rangkul.assessments import rk01_triase
from rangkul.assessments.answers import Answers
from rangkul.assessments.instrument import by_class
from rangkul.commands.synth.rows import json_text
from rangkul.foundation.vault import DataClass

_ITEMS = (
    ("bahaya_kini", 0.06), ("luka", 0.1), ("senjata", 0.05), ("cekik", 0.06),
    ("ancam_bunuh", 0.06), ("terkurung", 0.04), ("bunuh_diri", 0.05), ("tinggal_pelaku", 0.4),
    ("meningkat", 0.25), ("anak_ada", 0.3),
)  # fmt: skip
_STOCK = 256


@dataclass(frozen=True, slots=True)
class Filled:
    """One filling: its risk, what the row holds as COPY reads it, and the words to seal."""

    risk: str
    answers: str
    result: str
    apart: tuple[tuple[DataClass, str], ...]


def stock(seed: int) -> list[Filled]:
    """The fillings that cases of this seed draw from."""
    rng = Random(f"triage/{seed}")
    return [_fill(rng) for _ in range(_STOCK)]


def _fill(rng: Random) -> Filled:
    raw = {name: ["ya" if rng.random() < share else "tidak"] for name, share in _ITEMS}
    raw["takut"] = [str(rng.choice((1, 1, 2, 2, 3, 4)))]
    answers = Answers.of(raw)
    judgement, result = rk01_triase.judge(answers), rk01_triase.triage(answers)
    apart = by_class(rk01_triase.INSTRUMENT, answers)
    open_answers = apart.pop(None, {})
    return Filled(
        risk=judgement.in_force,
        answers=json_text(open_answers),
        result=json_text(
            {
                "level": result.level, "in_force": judgement.in_force,
                "flags": sorted(str(flag) for flag in result.flags),
            }
        ),
        apart=tuple(
            (DataClass(str(name)), json.dumps(values, ensure_ascii=False))
            for name, values in apart.items()
        ),
    )  # fmt: skip
