"""What a form declares of its consequences is what the rules in Python have always done."""

from __future__ import annotations

import random
from typing import Any, Final

import pytest
from tests.unit.assessments.forms import ID, RISK, ask, checked, workbook
from tests.unit.assessments.shipped_filling import filled, form, random_answers

from rangkul.assessments import rk01_triase, rk02_tppo, rk11_tutup
from rangkul.assessments.advice import advise
from rangkul.assessments.answers import Answers
from rangkul.assessments.checking import Checked
from rangkul.assessments.declared import declare, holding
from rangkul.assessments.instruments.block_h import Verdict, gate
from rangkul.assessments.instruments.rk01_words import Flag
from rangkul.assessments.mapping import Value, wanted
from rangkul.assessments.problems import FormRefused
from rangkul.assessments.xform import parse
from rangkul.assessments.xlsform import read_workbook, to_xform
from rangkul.cases.models import Incident
from rangkul.cases.operations.instruments import elements

MANY: Final = 2_000
STARTED: Final = {
    Flag.TRAFFICKING_SCREENING: "tppo_screening", Flag.ASK_AGAIN: "triage_unknown_again",
    Flag.ASK_SUICIDE_AGAIN: "self_harm_asked_again", Flag.MEDICAL_WINDOW: "medical_window",
}  # fmt: skip


def kept(outcome: Checked) -> Answers:
    """The same answers, by the item's own name, as the rules in Python read them."""
    assert outcome.fits, outcome.problems
    return Answers.of({key.rpartition("/")[2]: codes for key, codes in outcome.values.items()})


def advised(code: str, outcome: Checked) -> Any:
    return advise(form(code)[1], outcome)


def test_two_thousand_triages_ask_for_the_same() -> None:
    """Level, wish for a lower one, clocks begun and clocks met."""
    chance, seen = random.Random("rk01 consequences"), set()
    for _ in range(MANY):
        outcome = filled("rk01_triase", random_answers("rk01_triase", chance))
        answers, advice = kept(outcome), advised("rk01_triase", outcome)
        judged, found = rk01_triase.judge(answers), rk01_triase.triage(answers)
        assert advice.level == found.level
        assert advice.in_force == judged.in_force
        assert advice.is_lowering == judged.is_lowering
        assert set(advice.clocks) == {STARTED[flag] for flag in found.flags & STARTED.keys()}
        assert set(advice.meets) == {
            "triage_unknown_again", "self_harm_asked_again", "assessment_begun",
        }  # fmt: skip
        seen |= {(advice.level, advice.is_lowering), *advice.clocks}
    assert seen >= {("tinggi", True), ("sedang", True), ("rendah", False), *STARTED.values()}


def somewhere(chance: random.Random) -> Incident:
    """An incident of which something may be known already."""

    def some(*codes: str) -> list[str]:
        return sorted(chance.sample(codes, chance.randint(0, len(codes))))

    return Incident(
        process=some("perekrutan", "penerimaan"),
        means=some("penipuan", "penculikan", "penyalahgunaan_posisi", "penjeratan_utang"),
        purpose=some("kawin_paksa", "kapal", "perbudakan"),
    )


def test_two_thousand_screenings_say_the_same_of_the_incident() -> None:
    """With every difference taken it is what the rules in Python write; at once nothing is lost."""
    chance, differed = random.Random("rk02 consequences"), 0
    declared = form("rk02_tppo")[1]
    for _ in range(MANY):
        outcome = filled("rk02_tppo", random_answers("rk02_tppo", chance))
        answers, advice = kept(outcome), advised("rk02_tppo", outcome)
        incident, screened = somewhere(chance), rk02_tppo.screen(answers)
        now: dict[str, Value] = {
            name: tuple(getattr(incident, name)) for name in ("process", "means", "purpose")
        }
        found = {each.field: each for each in wanted(declared.fills, outcome.setting, now)}
        by_hand = elements(incident, answers)
        for name, before in now.items():
            expected = sorted(by_hand.get(name, before))
            taken = found[name].value if name in found else before
            assert sorted(taken) == expected, (name, outcome.values)
            assert set(found[name].at_once if name in found else before) >= {*before, *expected}
            differed += name in found and not found[name].is_whole
        strong = screened.screening.result.startswith("indikasi")
        assert ("categories" in found) == strong
        assert ("legal_determination" in found) == answers.given("tetap")
        went_on = gate(answers).verdict is Verdict.GO_ON
        assert set(advice.meets) == ({"tppo_screening", "assessment_begun"} if went_on else set())
        is_strong = screened.screening.result == "indikasi_kuat"
        assert set(advice.clocks) == ({"police_report_tppo"} if is_strong else set())
    assert differed > 200


def test_two_thousand_closings_advise_the_same() -> None:
    chance, seen = random.Random("rk11 consequences"), set()
    declared = form("rk11_tutup")[1]
    for _ in range(MANY):
        outcome = filled("rk11_tutup", random_answers("rk11_tutup", chance))
        closing = rk11_tutup.close(kept(outcome))
        lines = {line.name: line for line in declared.reasons}
        names = holding(declared.reasons, outcome.setting)
        words = {level: {lines[n].words["id"] for n in names if lines[n].level == level}
                 for level in ("halangan", "pertimbangan")}  # fmt: skip
        assert outcome.computed["saran"] == closing.advice
        assert words["halangan"] == {reason.text_id for reason in closing.blocking}
        assert words["pertimbangan"] >= {reason.text_id for reason in closing.to_weigh}
        assert not advised("rk11_tutup", outcome).clocks
        seen.add(closing.advice)
    assert seen == {"putusan_penyelia", "dapat_ditutup", "belum"}


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ({"reasons": [{"risk": "gawat"}]}, "line_word"),
        ({"reasons": [{"clock": "besok"}]}, "line_clock"),
        ({"reasons": [{"meets": "besok"}]}, "line_clock"),
        ({"reasons": [{"again_days": "tujuh"}]}, "line_days"),
        ({"fills": [{"field": "nama", "mode": "add", "value": "x", "when": "1 = 1"}]}, "fill"),
        ({"fills": [{"field": "means", "mode": "add", "value": "x", "when": "1 = 1"}]}, "fill"),
        ({"fills": [{"field": "means", "mode": "set", "value": "", "when": "1 = 1"}]}, "fill"),
        ({"fills": [{"field": "sex", "mode": "add", "value": "P", "when": "1 = 1"}]}, "fill"),
        ({"fills": [{"field": "sex", "mode": "set", "value": "P", "when": "${tak}"}]},
         "no_such_item"),
        ({"use": [{"training": "sulap"}]}, "line_word"),
        ({"use": [{"repeat_days": "0"}]}, "line_days"),
        ({"use": [{"judgement": "tak_ada"}]}, "no_such_item"),
        ({"use": [{"training": "tppo"}, {"training": "laki"}]}, "use"),
    ],
)  # fmt: skip
def test_a_faulty_declaration_is_refused_by_name(sheets: dict[str, Any], code: str) -> None:
    line = {"name": "a", "when": "${senjata} = 'ya'", "text::id": "ya", "text::en": "yes"}
    sheets = {
        name: [line | row if name == "reasons" else row for row in rows]
        for name, rows in sheets.items()
    }
    book = read_workbook(workbook(RISK, **sheets), "uji.xlsx")
    with pytest.raises(FormRefused) as refused:
        declare(book, parse(to_xform(book).xml))
    assert code in {problem.code for problem in refused.value.problems}
    assert all(problem.text_id and problem.text_en for problem in refused.value.problems)


def test_a_form_made_elsewhere_fills_by_the_names_of_htcds() -> None:
    """What their code says of one of ours is taken; what may be several of ours fills nothing."""
    listed = [
        {"list_name": "e", "name": code, ID: code} for code in ("ForcedMarriage", "ForcedLabour")
    ] + [{"list_name": "g", "name": code, ID: code} for code in ("Feminine", "NonConforming")]
    rows = [ask("select_multiple e", "vic_TypeOfExploitation"), ask("select_one g", "prs_Gender")]
    book = read_workbook(workbook(rows, choices=listed), "luar.xlsx")
    made = parse(to_xform(book).xml)
    declared = declare(book, made)
    assert {(fill.field, fill.mode, fill.value) for fill in declared.fills} == {
        ("purpose", "add", "kawin_paksa"), ("sex", "set", "P"),
    }  # fmt: skip
    answers = {"vic_TypeOfExploitation": "ForcedMarriage ForcedLabour", "prs_Gender": "Feminine"}
    found = wanted(declared.fills, checked(made, answers).setting, {"purpose": ("kapal",)})
    assert {(each.field, each.at_once) for each in found} == {
        ("purpose", ("kapal", "kawin_paksa")), ("sex", "P"),
    }  # fmt: skip
    stands = wanted(declared.fills, checked(made, answers).setting, {"sex": "L"})
    assert [each.is_whole for each in stands if each.field == "sex"] == [False]
