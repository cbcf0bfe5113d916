"""Fillings of the shipped forms: answers by item's name, and random ones that a form allows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from tests.unit.assessments import shipped
from tests.unit.assessments.forms import NOW, TODAY
from tests.unit.assessments.shipped import Sheets, read

from rangkul.assessments.checking import Checked, check
from rangkul.assessments.declared import Declared, declare
from rangkul.assessments.form import Form
from rangkul.assessments.xform import parse
from rangkul.assessments.xlsform import read_workbook, to_xform


@cache
def form(code: str) -> tuple[Form, Declared]:
    """A form by the house's own way in, with its reasons."""
    book = read_workbook((shipped.FOLDER / f"{code}.csv").read_bytes(), f"{code}.csv")
    made = parse(to_xform(book).xml)
    return made, declare(book, made)


@cache
def paths(code: str) -> dict[str, str]:
    return {item.name: path for path, item in form(code)[0].items.items()}


def filled(code: str, answers: Mapping[str, str]) -> Checked:
    """What the server makes of these answers, given by item's name."""
    made = form(code)[0]
    tree: dict[str, Any] = {}
    for name, value in answers.items():
        *groups, last = paths(code)[name].split("/")[2:]
        at = tree
        for group in groups:
            at = at.setdefault(group, {})
        at[last] = value
    xml = f'<{made.root} id="{code}" version="{made.version}">{written(tree)}</{made.root}>'
    return check(made, xml.encode(), today=TODAY, now=NOW)


def written(tree: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{written(value) if isinstance(value, Mapping) else value}</{name}>"
        for name, value in tree.items()
    )


GATES: Final = {"h_privat": "ya", "h_aman": "ya", "h_setuju": "ya"}
MOODS: Final = ((), ("tidak", "tidak_ada", "0", "1", "tetap", "dewasa"), ("ya", "rendah", "pindah"))
"""Answers that a filling leans to: none, calm ones, ready ones; so that every result is met."""
ALONE: Final = ("tidak_ada", "belum_tahu", "tidak", "belum", "tidak_tahu")


def random_answers(code: str, chance: random.Random) -> dict[str, str]:
    """A filling that the form allows, from whole to nearly blank."""
    sheets = sheets_of(code)
    codes = shipped.codes_of(sheets)
    blank = chance.choice((0.05, 0.3, 0.8, 0.97))
    mood = chance.choice(MOODS)
    found: dict[str, str] = {}
    for row in shipped.items(sheets):
        name, kind = row["name"], row["type"].split()[0]
        if kind in ("calculate", "start", "end") or chance.random() < blank:
            continue
        if kind in ("select_one", "select_multiple"):
            of = codes[name]
            fitting = [code for code in of if code in mood]
            picked = chance.choice(fitting or of) if mood and chance.random() < 0.9 else ""
            several = chance.sample(of, chance.randint(1, min(3, len(of))))
            if kind == "select_multiple" and not set(several) & set(ALONE):
                picked = picked or " ".join(several)
            found[name] = picked or chance.choice(of)
        else:
            found[name] = {"integer": str(chance.randint(0, 7)), "date": "2026-03-17",
                           "hidden": str(chance.randint(0, 4))}.get(kind, "kata")  # fmt: skip
    if found.get("putus") == "tidak":
        found["alasan"] = "kata"
    return {**found, **GATES, "h_cara": "tatap_muka", "h_sumber": "penyintas"}


@cache
def sheets_of(code: str) -> Sheets:
    """The sheets of a form, read once; not to be written to."""
    return read(code)
