"""Who decides for whom: every rule of ``consent.deciding`` with the case that breaks it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rangkul.consent import deciding
from rangkul.consent.deciding import Deciding
from rangkul.consent.policy import Circumstances

ADULT = Circumstances(is_child=False, guardian_excluded=False)
CHILD = Circumstances(is_child=True, guardian_excluded=False)
IN_CONFLICT = Circumstances(is_child=True, guardian_excluded=True)
OF_CHILD = {"child_age": 9, "child_says": "ya"}

CODE = "decider"
SENTENCE = (
    "A grown person decides for herself, a child with a safe guardian, and nobody stands in for "
    "either without the article, or the court order, that says so."
)


def faults(
    given_by: str, person: Circumstances, *, supporter: str = "", court_order: str = "",
    **said: object,
) -> dict[str, str]:  # fmt: skip
    return deciding.faults(
        Deciding(**said), given_by=given_by, person=person,
        supporter=supporter, court_order=court_order,
    )  # fmt: skip


GOOD = [
    ("penyintas", ADULT, {}),
    ("kuasa", ADULT, {}),
    ("penyintas", ADULT, {"support": ["kata_mudah", "gambar", "braille", "waktu"]}),
    ("penyintas", ADULT, {"support": ["isyarat"], "supporter": "Ibu Sari, juru isyarat"}),
    ("pengampu", ADULT, {"article": "uu8_2016_32", "court_order": "12/Pdt.P/2026/PN Uji"}),
    ("wali", CHILD, OF_CHILD | {"relation": "ibu"}),
    ("wali", CHILD, {"child_age": 2, "child_says": "belum_bisa", "relation": "ayah"}),
    ("wali_hakim", CHILD, OF_CHILD | {"article": "uu35_2014_33"}),
    ("peksos", CHILD, OF_CHILD | {"article": "uu11_2012_23"}),
    ("lpsk", CHILD, OF_CHILD | {"article": "uu31_2014_29a"}),
    ("hukum", IN_CONFLICT, OF_CHILD | {"stand_in": "peksos", "article": "uu11_2012_23"}),
]
BAD = [
    ("wali", ADULT, {"relation": "ibu"}, "given_by", "adult_decides"),
    ("peksos", ADULT, {"article": "uu11_2012_23"}, "given_by", "adult_decides"),
    ("tetangga", ADULT, {}, "given_by", "unknown"),
    ("penyintas", ADULT, {"child_age": 9}, "child_age", "adult"),
    ("penyintas", ADULT, {"support": ["bisik"]}, "support", "unknown"),
    ("penyintas", ADULT, {"support": ["isyarat"]}, "supporter", "required"),
    ("penyintas", ADULT, {"support": ["orang"], "supporter": " "}, "supporter", "required"),
    ("pengampu", ADULT, {"article": "uu8_2016_32"}, "court_order", "required"),
    ("pengampu", ADULT, {"court_order": "12/Pdt.P"}, "decider_article", "required"),
    ("penyintas", CHILD, OF_CHILD, "given_by", "child_not_alone"),
    ("kuasa", CHILD, OF_CHILD, "given_by", "child_not_alone"),
    ("wali", CHILD, OF_CHILD, "relation", "required"),
    ("wali", CHILD, OF_CHILD | {"relation": "tetangga"}, "relation", "unknown"),
    ("wali", CHILD, {"child_says": "ya", "relation": "ibu"}, "child_age", "required"),
    ("wali", CHILD, {"child_age": 18, "child_says": "ya"}, "child_age", "out_of_range"),
    ("wali", CHILD, {"child_age": 9, "relation": "ibu"}, "child_says", "required"),
    ("wali", CHILD, {"child_age": 9, "child_says": "belum_bisa"}, "child_says", "old_enough"),
    ("peksos", CHILD, OF_CHILD, "decider_article", "required"),
    ("peksos", CHILD, OF_CHILD | {"article": "uu35_2014_33"}, "decider_article", "unknown"),
    ("wali", IN_CONFLICT, OF_CHILD | {"relation": "ibu"}, "given_by", "guardian_excluded"),
    ("hukum", IN_CONFLICT, OF_CHILD, "stand_in", "required"),
    ("hukum", IN_CONFLICT, OF_CHILD | {"stand_in": "wali"}, "stand_in", "unknown"),
    ("hukum", IN_CONFLICT, OF_CHILD | {"stand_in": "peksos"}, "decider_article", "required"),
]


@pytest.mark.promise(CODE, chapter="consent", sentence=SENTENCE)
def test_who_decides_is_told_apart(figure: Callable[[str], None]) -> None:
    for given_by, person, said in GOOD:
        assert faults(given_by, person, **said) == {}, (given_by, said)
    for given_by, person, said, field, code in BAD:
        assert faults(given_by, person, **said).get(field) == code, (given_by, said)
    figure(f"{len(GOOD)} ways to decide taken, {len(BAD)} refused by the field that is wrong")


@pytest.mark.planted(CODE)
def test_planted_anybody_may_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every article fits everybody: the wrong stand-in is no longer refused."""
    every = tuple(deciding.ARTICLES)
    monkeypatch.setattr(deciding, "STAND_INS", dict.fromkeys(deciding.STAND_INS, every))
    assert faults("peksos", CHILD, **OF_CHILD, article="uu35_2014_33") == {}


def test_nobody_is_offered_while_the_guardian_is_left_out() -> None:
    assert deciding.offered(IN_CONFLICT) == ()
    assert deciding.offered(ADULT)[0] == "penyintas"
    assert deciding.offered(CHILD)[0] == "wali"
    assert "penyintas" not in deciding.offered(CHILD)
