"""The sheets beside the questions: reasons and contradictions hold or not; faults are told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.assessments.forms import RISK, checked, workbook

from rangkul.assessments.declared import Declared, declare, holding
from rangkul.assessments.form import Form
from rangkul.assessments.problems import FormRefused
from rangkul.assessments.xform import parse
from rangkul.assessments.xlsform import read_workbook, to_xform

WORDS = {"text::id": "ada senjata", "text::en": "a weapon is there"}


def declared(**sheets: Any) -> tuple[Form, Declared]:
    book = read_workbook(workbook(RISK, **sheets), "uji.xlsx")
    form = parse(to_xform(book).xml)
    return form, declare(book, form)


def test_a_reason_names_the_answers_that_caused_a_result() -> None:
    form, found = declared(
        reasons=[
            {"name": "senjata", "when": "${senjata} = 'ya'", "level": "merah", "items": "senjata",
             "service": "medis polisi", "clock_hours": 0, **WORDS},
            {"name": "balita", "when": "${balita} > 0", "items": "balita umur", **WORDS},
        ],
        contradictions=[{"name": "aneh", "when": "${senjata} = 'ya' and ${takut} = 0", **WORDS}],
        about=[{"name": "senjata", "about_id": "Apakah ada senjata padanya?", "about_en": "…?"}],
    )  # fmt: skip
    weapon = found.reasons[0]
    assert (weapon.items, weapon.services, weapon.clock_hours, weapon.level) == (
        ("g/senjata",), ("medis", "polisi"), 0.0, "merah",
    )  # fmt: skip
    assert found.about is not None
    assert found.about["g/senjata"]["id"] == "Apakah ada senjata padanya?"
    armed = {"setuju": "ya", "g": {"senjata": "ya", "takut": "0"},
             "anak": [{"nama": "Uji", "umur": "3"}]}  # fmt: skip
    outcome = checked(form, armed)
    assert holding(found.reasons, outcome.setting) == ("senjata", "balita")
    assert holding(found.contradictions, outcome.setting) == ("aneh",)
    calm = checked(form, {"setuju": "ya", "g": {"senjata": "tidak"}})
    assert holding(found.reasons, calm.setting) == ()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"name": "", "when": "1 = 1"}, "line_name"),
        ({"name": "Dua Kata", "when": "1 = 1"}, "line_name"),
        ({"name": "x"}, "line_when"),
        ({"name": "x", "when": "${tiada} = 1"}, "no_such_item"),
        ({"name": "x", "when": "/data/tiada = 1"}, "no_such_item"),
        ({"name": "x", "when": "pulldata() = 1"}, "expression"),
        ({"name": "x", "when": "1 = 1", "items": "tiada"}, "no_such_item"),
        ({"name": "x", "when": "1 = 1", "service": "sihir"}, "line_service"),
        ({"name": "x", "when": "1 = 1", "clock_hours": "besok"}, "line_hours"),
        ({"name": "x", "when": "1 = 1", "text::en": ""}, "line_words"),
    ],
)
def test_faults_are_told_with_their_line(row: dict[str, Any], code: str) -> None:
    with pytest.raises(FormRefused) as refused:
        declared(reasons=[WORDS | row])
    (problem,) = refused.value.problems
    assert (problem.code, problem.where) == (code, "reasons 2")
    assert problem.text_id != problem.text_en
