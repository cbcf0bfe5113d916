"""An XForm is understood whole, or refused with a sentence for each thing that is not."""

from __future__ import annotations

import pytest
from tests.unit.assessments.forms import RISK, ask, form, workbook

from rangkul.assessments.codebook import HEADINGS, codebook, row_of
from rangkul.assessments.form import language_tag
from rangkul.assessments.problems import FormRefused
from rangkul.assessments.xform import parse
from rangkul.assessments.xlsform import read_workbook, to_xform

XML = to_xform(read_workbook(workbook(RISK), "uji.xlsx")).xml


def refused(xml: str) -> list[str]:
    with pytest.raises(FormRefused) as fault:
        parse(xml)
    for problem in fault.value.problems:
        assert problem.text_id != problem.text_en
        assert problem.text_id.endswith(".")
    return [problem.code for problem in fault.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<?xml version=\"1.0\"?>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "markup"),
        ("<h:body>", "<h:body><upside ref='/data/g'/>", "control"),
        ("<h:body>", "<h:body><odk:setgeopoint ref='/data/g'/>", "action"),
        ("</model>", '<bind nodeset="/data/asing"/></model>', "no_such_item"),
        ("</model>", '<instance id="luar" src="jr://file-csv/a.csv"/></model>', "outside_list"),
        ("</model>", '<submission action="https://example.org"/></model>', "sent_elsewhere"),
        ("</model>", '<setvalue ref="/data/lahir" value="pulldata()"/></model>', "expression"),
        ('type="date"', 'type="kapan"', "type"),
        ("instance('yt')", "instance('tiada')", "no_such_list"),
        ("instance('yt')", "current()", "choices"),
        ('<value ref="name"/>', '<value ref="lain"/>', "choices"),
        ('constraint=". &lt;= today()"', 'constraint="area(.) &gt; 1"', "expression"),
        ('id="uji"', 'id=""', "no_id"),
        ('<data id="uji"', '<data id="../uji"', "bad_id"),
        ("<h:html", "<h:tml", "markup"),
        ("<instance>", '<instance id="x">', "not_a_form"),
    ],
)  # fmt: skip
def test_what_is_not_understood(old: str, new: str, code: str) -> None:
    assert old in XML
    assert code in refused(XML.replace(old, new))


def test_an_html_page_is_no_form() -> None:
    assert refused("<html><head/><body/></html>") == ["not_a_form"]


def test_rules_stand_in_an_order_in_which_they_can_be_worked_out() -> None:
    made = form()
    place = {path: at for at, path in enumerate(made.order)}
    for path, item in made.items.items():
        for rule in (item.relevant, item.calculate):
            assert all(place[read] < place[path] for read in (rule.reads if rule else ()))
        above = path.rpartition("/")[0]
        assert place.get(above, -1) < place[path]


def test_the_class_of_a_group_is_its_answers_class() -> None:
    made = form([
        ask("begin group", "g", rk_sealed="health"), ask("text", "a"),
        ask("text", "b", rk_sealed="legal"), ask("end group", ""), ask("text", "c"),
    ])  # fmt: skip
    classes = {item.name: made.sealed(item) for item in made.items.values() if item.is_value}
    assert (classes["a"], classes["b"], classes["c"]) == ("health", "legal", None)


def test_labels_in_one_language_serve_both() -> None:
    made = form([{"type": "text", "name": "a", "label": "Nama"}], [], {"version": "1"})
    item = made.items["/data/a"]
    assert made.label(item, "id") == made.label(item, "en") == "Nama"


@pytest.mark.parametrize(
    ("name", "tag"),
    [("Bahasa Indonesia (id)", "id"), ("English (en)", "en"), ("Basa (jv-ID)", "jv"),
     ("default", "default")],
)  # fmt: skip
def test_tags_of_languages(name: str, tag: str) -> None:
    assert language_tag(name) == tag


def test_a_question_that_says_it_need_not_be_answered_is_not_required() -> None:
    rows = [ask("date", "lahir", required="false()"), ask("date", "datang", required="true()")]
    free, must = codebook(parse(to_xform(read_workbook(workbook(rows), "uji.xlsx")).xml))
    assert (free.required, must.required) == ("", "true()")


def test_the_codebook_says_what_each_answer_is() -> None:
    made = form()
    entries = {entry.key: entry for entry in codebook(made)}
    assert "meta/instanceID" not in entries
    lines = {key: row_of(entry, "id") for key, entry in entries.items()}
    weapon, rest = lines["g/senjata"], lines["saran"]
    assert list(weapon) == list(HEADINGS)
    assert weapon["question_en"] == "A weapon?"
    assert weapon["choices"] == "ya=Ya; tidak=Tidak; menolak=Tidak ingin"
    assert lines["g/cekik"]["sealed"] == "health"
    assert lines["g/takut"]["constraint"] == ". >= 0 and . <= 4"
    assert (
        rest["calculation"].startswith("if( ${merah} > 0") or "if(${merah}" in rest["calculation"]
    )
    assert entries["saran"].is_computed
