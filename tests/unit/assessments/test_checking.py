"""A filled form is checked on the server as if the phone had checked nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.assessments.forms import (
    NOW,
    RISK,
    TODAY,
    ask,
    checked,
    filling,
    form,
)

from rangkul.assessments import checking
from rangkul.assessments.checking import check
from rangkul.assessments.form import Item
from rangkul.assessments.xpath import Expression

FORM = form()
CALM: dict[str, Any] = {"setuju": "ya", "g": {"senjata": "tidak", "cekik": "tidak", "takut": "1"}}


def codes(answers: dict[str, Any]) -> set[str]:
    return {problem.code for problem in checked(FORM, answers).problems}


def test_a_whole_filling() -> None:
    outcome = checked(
        FORM,
        CALM | {"banyak": "ya menolak", "prov": "33", "kab": "3374", "lahir": "2001-02-03",
                "anak": [{"nama": "Uji A", "umur": "3"}, {"nama": "Uji B", "umur": "9"}]},
    )  # fmt: skip
    assert outcome.fits, outcome.problems
    assert outcome.values["g/senjata"] == ("tidak",)
    assert outcome.values["banyak"] == ("ya", "menolak")
    assert outcome.values["anak[2]/nama"] == ("Uji B",)
    assert outcome.computed == {
        "anak[1]/muda": "1", "anak[2]/muda": "0", "balita": "1", "merah": "0", "gelap": "0",
        "saran": "rendah",
    }  # fmt: skip
    assert outcome.instance_id == "uuid:7d3c"


def test_the_phones_result_is_a_preview() -> None:
    outcome = checked(FORM, {"setuju": "ya", "g": {"senjata": "ya"}, "saran": "rendah"})
    assert outcome.computed["saran"] == "tinggi"
    assert "worked out anew" in outcome.notes[0].text_en
    assert "dihitung ulang" in outcome.notes[0].text_id


def test_what_is_not_known_is_not_counted_as_safe() -> None:
    assert checked(FORM, {"setuju": "ya"}).computed["saran"] == "sedang"
    assert checked(FORM, {"setuju": "tidak"}).computed["gelap"] == "2"


def test_what_does_not_apply_is_dropped_with_a_note() -> None:
    outcome = checked(FORM, CALM | {"g": {**CALM["g"], "cerita": "Rahasia"}})
    assert outcome.fits
    assert "g/cerita" not in outcome.values
    (note,) = outcome.notes
    assert note.item == "g/cerita"
    assert "Ceritanya" in note.text_id
    assert "The story" in note.text_en
    assert "Rahasia" not in note.text_id + note.text_en


def test_a_group_that_does_not_apply_takes_its_answers_along() -> None:
    outcome = checked(FORM, {"setuju": "tidak", "g": {"senjata": "ya", "cerita": "x"}})
    assert outcome.fits
    assert {note.item for note in outcome.notes} == {"g/senjata", "g/cerita"}
    assert outcome.computed["merah"] == "0"


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "required"),
        (CALM | {"setuju": "entah"}, "unknown_code"),
        (CALM | {"setuju": "ya tidak"}, "several_answers"),
        (CALM | {"banyak": "ya ya"}, "chosen_twice"),
        (CALM | {"banyak": "ya lain"}, "unknown_code"),
        (CALM | {"g": {"takut": "5"}}, "constraint"),
        (CALM | {"g": {"takut": "lima"}}, "not_a_whole_number"),
        (CALM | {"lahir": "2027-01-01"}, "constraint"),
        (CALM | {"lahir": "2026-02-30"}, "not_a_date"),
        (CALM | {"prov": "33", "kab": "5371"}, "unknown_code"),
        (CALM | {"kab": "5371"}, "unknown_code"),
        (CALM | {"anak": [{"umur": "3"}]}, "required"),
        (CALM | {"anak": [{"nama": "U", "umur": "18"}]}, "constraint"),
        (CALM | {"asing": "x"}, "unknown_element"),
        (CALM | {"g": {"senjata": {"x": "1"}}}, "not_an_answer"),
        (CALM | {"lahir": ["2001-01-01", "2001-01-02"]}, "twice"),
        (CALM | {"g": [{"senjata": "ya"}, {"senjata": "tidak"}]}, "twice"),
        (CALM | {"g": {"senjata": "ya", "cerita": "a" * 10_001}}, "too_long"),
    ],
)
def test_what_is_not_taken(answers: dict[str, Any], code: str) -> None:
    outcome = checked(FORM, answers)
    assert [problem.code for problem in outcome.problems] == [code]
    (problem,) = outcome.problems
    assert problem.text_id != problem.text_en
    assert problem.text_id.endswith(".")
    assert problem.text_en.endswith(".")


def test_a_repeat_has_an_end() -> None:
    many = CALM | {"anak": [{"nama": "U", "umur": "3"}] * 501}
    outcome = checked(FORM, many)
    assert [problem.code for problem in outcome.problems] == ["too_many"]
    assert checked(FORM, CALM | {"anak": many["anak"][:500]}).fits


def test_the_forms_own_sentence_is_used() -> None:
    (problem,) = checked(FORM, CALM | {"g": {"takut": "9"}}).problems
    assert (problem.where, problem.text_id, problem.text_en) == (
        "g/takut", "Antara 0 dan 4.", "Between 0 and 4.",
    )  # fmt: skip


def test_another_form_or_version_is_not_read_as_this_one() -> None:
    for xml, code in (
        (filling(CALM, code="lain"), "other_form"),
        (filling(CALM, version="2"), "other_version"),
        (filling(CALM).replace(b"<data ", b'<data xmlns="urn:lain" '), "other_form"),
        (b'<data id="uji" version="1"><x:g xmlns:x="urn:x"/></data>', "unknown_element"),
        (b'<data id="uji" version="1"><g lang="id"/></data>', "unknown_element"),
    ):
        outcome = check(FORM, xml, today=TODAY, now=NOW)
        assert code in {problem.code for problem in outcome.problems}, xml


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE data [<!ENTITY a "aaaa">]><data id="uji" version="1">&a;</data>',
        b'<!DOCTYPE data SYSTEM "http://example.org/x.dtd"><data id="uji" version="1"/>',
        b"<data>" + b"<g>" * 70 + b"</g>" * 70 + b"</data>",
        b"<data " + b" ".join(b'a%d="1"' % n for n in range(40)) + b"/>",
        b"<data>" + b" " * (2 * 1024 * 1024) + b"</data>",
        b"<data>" + b"<g/>" * 60_001 + b"</data>",
        b"<data>",
        b"",
        b"\xff\xfe<",
        b"<data>&lol;</data>",
        b"<data>\x00</data>",
    ],
    ids=["entities", "outside", "deep", "attributes", "size", "many", "broken", "empty",
         "coding", "unknown entity", "nul"],
)  # fmt: skip
def test_hostile_xml_is_answered_with_a_sentence(xml: bytes) -> None:
    outcome = check(FORM, xml, today=TODAY, now=NOW)
    (problem,) = outcome.problems
    assert problem.code == "markup"
    assert problem.text_id != problem.text_en
    assert not outcome.values


def test_collects_own_way_of_writing_is_read() -> None:
    xml = (
        b'<?xml version="1.0"?><data id="uji" version="1" '
        b'xmlns:orx="http://openrosa.org/xforms"><start>2026-11-22T06:00:00.000+07:00</start>'
        b"<setuju>ya</setuju><orx:meta><orx:instanceID>uuid:9</orx:instanceID></orx:meta></data>"
    )
    outcome = check(FORM, xml, today=TODAY, now=NOW)
    assert outcome.fits, outcome.problems
    assert outcome.instance_id == "uuid:9"
    assert outcome.stamps["start"].startswith("2026-11-22T06")


def test_a_moment_noted_once_stays_as_it_was_noted() -> None:
    made = form([ask("text", "a"), ask("calculate", "kapan", calculation="once(now())"),
                 ask("calculate", "usia", calculation="int((today() - date('2000-01-01')) "
                     "div 365.25)")])  # fmt: skip
    outcome = checked(made, {"a": "x", "kapan": "2026-11-01T08:00:00.000+07:00", "usia": "3"})
    assert outcome.computed == {"kapan": "2026-11-01T08:00:00.000+07:00", "usia": "26"}


def test_ranks_ranges_and_acknowledgements() -> None:
    made = form([
        ask("rank yt", "urut"), ask("range", "skala", parameters="start=0 end=10 step=1"),
        ask("acknowledge", "paham"), ask("geopoint", "titik"), ask("time", "jam"),
        ask("decimal", "berat"), ask("image", "foto"), ask("dateTime", "saat"),
    ])  # fmt: skip
    good = {"urut": "tidak ya menolak", "skala": "7", "paham": "OK", "titik": "-7.0 110.4 0 5",
            "jam": "06:30:00.000+07:00", "berat": "52.5", "foto": "a.jpg",
            "saat": "2026-11-22T06:30:00.000+07:00"}  # fmt: skip
    outcome = checked(made, good)
    assert outcome.fits, outcome.problems
    assert outcome.files == ("a.jpg",)
    for name, text in {"urut": "ya tidak", "skala": "11", "paham": "ya", "titik": "97 0",
                       "jam": "25:00", "berat": "1e5", "foto": "../a.jpg",
                       "saat": "2026-11-22"}.items():  # fmt: skip
        assert not checked(made, good | {name: text}).fits, name


def hundred() -> list[dict[str, str]]:
    """A hundred questions, each hanging on the one before, and sums over all of them."""
    rows = [ask("select_one yt", "q0", rk_sealed="health")]
    for n in range(1, 100):
        rows.append(ask("select_one yt", f"q{n}", relevant=f"${{q{n - 1}}} != 'menolak'",
                        constraint=". != 'x'"))  # fmt: skip
    for n in range(10):
        parts = " + ".join(f"(${{q{n * 10 + k}}} = 'ya')" for k in range(10))
        rows.append(ask("calculate", f"s{n}", calculation=parts))
    total = " + ".join(f"${{s{n}}}" for n in range(10))
    return [*rows, ask("calculate", "t", calculation=total)]


def test_a_hundred_items_take_a_few_milliseconds() -> None:
    made = form(hundred())
    sent = filling({f"q{n}": "ya" for n in range(100)})
    times = []
    for _ in range(20):
        began = time.process_time()
        outcome = check(made, sent, today=TODAY, now=NOW)
        times.append(time.process_time() - began)
    assert outcome.computed["t"] == "100"
    assert sorted(times)[18] < 0.06


# -- what always holds ------------------------------------------------------------------------

_YT = st.sampled_from(["ya", "tidak", "menolak", "", "aneh"])
_CHILD = st.fixed_dictionaries(
    {
        "nama": st.sampled_from(["Uji A", "Uji B", ""]),
        "umur": st.sampled_from(["3", "17", "40", ""]),
    }
)
ANSWERS = st.fixed_dictionaries(
    {
        "setuju": _YT,
        "g": st.fixed_dictionaries(
            {"senjata": _YT, "cekik": _YT, "cerita": st.sampled_from(["", "Ia lari"]),
             "takut": st.sampled_from(["", "0", "3", "7", "x"])}
        ),
        "banyak": st.sampled_from(["", "ya", "ya tidak", "tidak ya menolak"]),
        "lahir": st.sampled_from(["", "2001-02-03", "2030-01-01"]),
        "prov": st.sampled_from(["", "33", "53"]),
        "kab": st.sampled_from(["", "3374", "5371"]),
        "anak": st.lists(_CHILD, max_size=3),
        "saran": st.sampled_from(["", "rendah", "tinggi"]),
    }
)  # fmt: skip


def sent_again(outcome: checking.Checked, repeats: int) -> dict[str, Any]:
    """The kept answers and results as a filling, as an engine would write them."""
    tree: dict[str, Any] = {"g": {}, "anak": [{} for _ in range(repeats)]}
    flat = {key: " ".join(codes) for key, codes in outcome.values.items()} | outcome.computed
    for key, text in flat.items():
        head, _slash, tail = key.partition("/")
        if head.startswith("anak["):
            tree["anak"][int(head[5:-1]) - 1][tail] = text
        elif tail:
            tree[head][tail] = text
        else:
            tree[head] = text
    return tree


@settings(max_examples=200, deadline=None)
@given(ANSWERS)
def test_what_fits_stays_fitting_and_nothing_changes_any_more(answers: dict[str, Any]) -> None:
    first = checked(FORM, answers)
    again = checked(FORM, sent_again(first, len(answers["anak"])))
    assert again.values == first.values
    assert again.computed == first.computed
    assert not again.notes
    assert {p.code for p in again.problems} == {p.code for p in first.problems}


@settings(max_examples=100, deadline=None)
@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_elements_does_not_matter(answers: dict[str, Any], random: Any) -> None:
    names = list(answers)
    random.shuffle(names)
    shuffled = {name: answers[name] for name in names}
    assert checked(FORM, shuffled) == checked(FORM, answers)


def differs_when_planted(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether some answers tell the planted check from the true one."""
    answers = CALM | {"g": {"takut": "9"}}
    true = checked(FORM, answers).problems
    held = Expression.holds
    monkeypatch.setattr(
        Expression, "holds", lambda rule, at: rule.text.startswith(". ") or held(rule, at)
    )
    return checked(FORM, answers).problems != true


def test_planted_an_ignored_constraint_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert differs_when_planted(monkeypatch)


def test_planted_irrelevance_that_is_ignored_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = CALM | {"g": {**CALM["g"], "cerita": "Rahasia"}}
    assert "g/cerita" not in checked(FORM, answers).values
    monkeypatch.setattr(checking._Checking, "_drop", lambda *_: None)
    item: Item = FORM.items["/data/g/cerita"]
    monkeypatch.setattr(
        Expression, "holds", lambda rule, _at: rule is item.relevant or rule.text != "never"
    )
    assert "g/cerita" in checked(FORM, answers).values


def test_the_risk_form_reads_as_meant() -> None:
    assert len([row for row in RISK if row["type"] == "calculate"]) == 5
    assert FORM.languages == ("id", "en")
    assert FORM.sealed(FORM.items["/data/g/cekik"]) == "health"
    assert FORM.sealed(FORM.items["/data/g/senjata"]) is None
