"""What the server makes of a filling, ODK Collect's own engine makes of it too: every calculation,
what applies, what is required, what is not allowed.

The engine is JavaRosa, as it stands in the ODK Validate that pyxform brings along; where there is
no Java the house stands alone and only answers for itself.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH
from tests.unit.assessments import shipped
from tests.unit.assessments.shipped import CODES, drawn
from tests.unit.assessments.shipped_filling import filled, random_answers, sheets_of

FILLINGS: Final = 2_000
"""Of each form, the same on every run."""

SOURCE: Final = Path(__file__).with_name("FillForm.java")
Told = Mapping[str, str]
Engine = Callable[[str, Sequence[Mapping[str, str]]], list[Told]]


def by_the_house(code: str, fillings: Sequence[Mapping[str, str]]) -> list[Told]:
    """Calculation → value, ``(item)`` → whether it applies, ``(fits)`` → whether it may be kept."""
    told: list[Told] = []
    for answers in fillings:
        outcome = filled(code, answers)
        kept = {key.rpartition("/")[2] for key in outcome.values}
        computed = {key.rpartition("/")[2]: text for key, text in outcome.computed.items()}
        applies = {f"({name})": str(int(name in kept)) for name in answers}
        told.append(computed | applies | {"(fits)": str(int(outcome.fits))})
    return told


def javarosa(folder: Path) -> Engine:
    """JavaRosa, compiled into ``folder``, in the same words."""
    path = f"{folder}:{ODK_VALIDATE_PATH}"
    compiler = ["javac", "-nowarn", "-d", str(folder), "-cp", ODK_VALIDATE_PATH, str(SOURCE)]
    subprocess.run(compiler, check=True, capture_output=True)

    def fill(code: str, fillings: Sequence[Mapping[str, str]]) -> list[Told]:
        form, given, out = (folder / f"{code}.{ending}" for ending in ("xml", "in", "out"))
        form.write_text(drawn(sheets_of(code))[0], encoding="utf-8")
        lines = ("\t".join(f"{name}={text}" for name, text in a.items()) for a in fillings)
        given.write_text("\n".join(lines) + "\n", encoding="utf-8")
        rows = sheets_of(code)["survey"]
        calculated = [row["name"] for row in rows if row["type"] == "calculate"]
        subprocess.run(
            ["java", "-cp", path, "FillForm", str(form), str(given), str(out),
             " ".join(calculated)], check=True, capture_output=True,
        )  # fmt: skip
        return [_read(line) for line in out.read_text(encoding="utf-8").splitlines()]

    return fill


def _read(line: str) -> Told:
    pairs = (cell.partition("=") for cell in line.split("\t"))
    return {name: text.removesuffix(".0") for name, _, text in pairs if text}


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, ...]:
    """The engines beside the house's that stand here."""
    if shutil.which("javac") and Path(ODK_VALIDATE_PATH).is_file():
        return (javarosa(tmp_path_factory.mktemp("javarosa")),)
    return ()


def fillings(code: str) -> list[dict[str, str]]:
    """Allowed ones, some that desk work, refusal or fear cuts short, some that are not allowed."""
    chance = random.Random(f"{code} engine")
    made = [random_answers(code, chance) for _ in range(FILLINGS)]
    for answers in made[::5]:
        answers |= chance.choice(
            ({"h_cara": "berkas"}, {"h_setuju": "tidak"}, {"h_aman": "tidak"}, {"h_privat": ""})
        )
    for answers in made[::3]:
        _spoil(code, answers, chance)
    return [{name: text for name, text in answers.items() if text} for answers in made]


def _spoil(code: str, answers: dict[str, str], chance: random.Random) -> None:
    """One answer made too long, too large, negative, in the future, or everything at once."""
    name = chance.choice(list(answers))
    rows = sheets_of(code)["survey"]
    kind = next(row["type"].split()[0] for row in rows if row.get("name") == name)
    if kind == "select_multiple":
        answers[name] = " ".join(shipped.codes_of(sheets_of(code))[name])
    elif kind in ("integer", "date", "text"):
        answers[name] = chance.choice({
            "integer": ("-1", "8", "31", "1000000000"),
            "date": ("2019-01-01", "2031-01-01"),
            "text": tuple("k" * length for length in (79, 81, 500, 501, 2000, 2001, 4001)),
        }[kind])  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_engine_here_says_the_same(code: str, others: tuple[Engine, ...]) -> None:
    given = fillings(code)
    ours = by_the_house(code, given)
    assert {told["(fits)"] for told in ours} == {"0", "1"}
    for engine in others:
        for answers, told, expected in zip(given, engine(code, given), ours, strict=True):
            assert told == expected, answers
