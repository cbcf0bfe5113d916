"""Workbooks as people have them: whole ones are drawn, broken and hostile ones get a sentence."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Mapping

import openpyxl
import pytest
from tests.unit.assessments.forms import EN, ID, RISK, SETTINGS, YES_NO, ask, workbook

from rangkul.assessments.problems import FormRefused
from rangkul.assessments.workbook import MOST_BYTES
from rangkul.assessments.xform import parse
from rangkul.assessments.xlsform import read_workbook, to_xform


def problems(data: bytes, name: str = "uji.xlsx") -> list[str]:
    """The codes of what is wrong, all the way in; every sentence stands in both languages."""
    try:
        parse(to_xform(read_workbook(data, name)).xml)
    except FormRefused as refused:
        for problem in refused.problems:
            assert problem.text_id.strip().endswith((".", "…")) or problem.code == "pyxform"
            assert problem.text_id != problem.text_en
        return [problem.code for problem in refused.problems]
    return []


def test_a_whole_form_is_drawn_in_both_languages() -> None:
    form = parse(to_xform(read_workbook(workbook(RISK), "uji.xlsx")).xml)
    item = form.items["/data/g/senjata"]
    assert (form.label(item, "id"), form.label(item, "en")) == ("Ada senjata?", "A weapon?")
    assert [choice.words["en"] for choice in form.choices(item)] == ["Yes", "No", "Rather not"]
    assert (form.code, form.version, form.title) == ("uji", "1", "Formulir uji")


SURVEYS: dict[str, list[dict[str, str]]] = {
    "unknown_type": [ask("pertanyaan", "a")],
    "type_not_here": [ask("select_one_from_file f.csv", "a")],
    "no_such_list": [ask("select_one entah", "a")],
    "nameless": [ask("text", "")],
    "bad_name": [ask("text", "dua kata")],
    "name_twice": [ask("text", "a"), ask("integer", "A")],
    "typeless": [ask("", "a"), ask("text", "b")],
    "unbalanced": [ask("begin group", "g"), ask("text", "a")],
    "loop": [ask("text", "a", relevant="${b} = 'x'"), ask("text", "b", relevant="${a} = 'x'")],
    "expression": [ask("text", "a", relevant="random() > 0.5")],
    "pyxform": [ask("text", "a", relevant="${tidak_ada} = 1")],
    "sealed": [ask("text", "a", rk_sealed="rahasia")],
    "repeats_sealed": [ask("text", "a", rk_sealed="account"),
                       ask("calculate", "b", calculation="concat(${a}, '!')")],
    "no_such_item": [ask("text", "a", relevant="/data/zz = 1")],
    "choices_from_answers": [ask("begin repeat", "r"), ask("text", "n"), ask("end repeat", ""),
                             ask("select_one ${n}", "a")],
}  # fmt: skip


@pytest.mark.parametrize("code", SURVEYS)
def test_a_broken_survey(code: str) -> None:
    assert problems(workbook(SURVEYS[code])) == [code]


@pytest.mark.parametrize(
    "survey",
    [
        [ask("end group", "")],
        [ask("begin repeat", "r"), ask("text", "a"), ask("end group", ""), ask("end repeat", "")],
    ],
)
def test_brackets_that_do_not_fit(survey: list[dict[str, str]]) -> None:
    assert "unbalanced" in problems(workbook(survey))


@pytest.mark.parametrize(
    ("survey", "named"),
    [
        ([ask("calculate", "a", calculation="${a} + 1")], "a → a"),
        ([ask("begin group", "g", relevant="${a} = 'x'"), ask("text", "a"),
          ask("end group", "")], "g"),
        ([ask("calculate", "a", calculation="${b}"), ask("calculate", "b", calculation="${c}"),
          ask("calculate", "c", calculation="${a}")], "c"),
    ],
)  # fmt: skip
def test_loops_name_who_waits_for_whom(survey: list[dict[str, str]], named: str) -> None:
    with pytest.raises(FormRefused) as refused:
        parse(to_xform(read_workbook(workbook(survey), "uji.xlsx")).xml)
    (problem,) = refused.value.problems
    assert problem.code == "loop"
    assert named in problem.text_en
    assert "→" in problem.text_id


def test_every_problem_is_told_at_once_with_its_line() -> None:
    with pytest.raises(FormRefused) as refused:
        read_workbook(workbook([ask("text", ""), ask("x", "a"), ask("text", "1a")]), "uji.xlsx")
    assert [(p.where, p.code) for p in refused.value.problems] == [
        ("survey 2", "nameless"), ("survey 3", "unknown_type"), ("survey 4", "bad_name"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"version": "", "form_title": "T", "form_id": "uji"}, "no_version"),
        ({"version": "1", "form_id": "kode ini panjang sekali sampai lewat batas"}, "bad_id"),
        (SETTINGS | {"version": "v" * 33}, "bad_version"),
        (SETTINGS | {"submission_url": "https://example.org/"}, "sent_elsewhere"),
        (SETTINGS | {"public_key": "MIIBasing"}, "key_unreadable"),
        (SETTINGS | {"public_key": "bukan base64 @"}, "key_unreadable"),
    ],
)
def test_settings(settings: Mapping[str, str], code: str) -> None:
    assert problems(workbook([ask("text", "a")], settings=settings)) == [code]


def test_choices() -> None:
    twice = [*YES_NO, {"list_name": "yt", "name": "ya", ID: "Iya", EN: "Yes"}]
    assert problems(workbook([ask("select_one yt", "a")], twice)) == ["choice_twice"]
    nameless = [*YES_NO, {"list_name": "yt", ID: "Iya"}]
    assert problems(workbook([ask("select_one yt", "a")], nameless)) == ["choice_nameless"]
    spaced = [*YES_NO, {"list_name": "yt", "name": "iya dong", ID: "Iya"}]
    assert problems(workbook([ask("select_multiple yt", "a")], spaced)) != []


def test_missing_sheets_and_columns() -> None:
    book = openpyxl.Workbook()
    book.active.title = "catatan"
    book.create_sheet("lain")
    out = io.BytesIO()
    book.save(out)
    assert problems(out.getvalue()) == ["no_survey"]
    assert problems(workbook([{"name": "a", ID: "x"}])) == ["no_type_column"]
    assert problems(workbook([ask("text", "a")], entities=[{"dataset": "x"}])) == ["foreign_sheet"]


def test_too_many_rows() -> None:
    rows = [ask("text", f"q{n}") for n in range(5_000)]
    assert problems(workbook(rows)) == ["too_many_rows"]


def test_spreadsheet_formulas() -> None:
    assert problems(workbook([ask("text", "a", label2="=1+1")])) == ["formula"]
    with pytest.raises(FormRefused) as refused:
        read_workbook(workbook([ask("text", "a", label2="=HYPERLINK(1)")]), "uji.xlsx")
    assert refused.value.problems[0].where.startswith("survey ")


def repacked(change: Callable[[zipfile.ZipFile], None], drop: str = "") -> bytes:
    """A good workbook with something done to its archive."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([ask("text", "a")]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            if member.filename != drop:
                new.writestr(member, old.read(member))
        change(new)
    return out.getvalue()


def lying(size: int) -> bytes:
    """An archive whose directory says less than it holds."""
    data = bytearray(repacked(lambda new: new.writestr("xl/x.xml", b"a" * 30_000_000)))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = size.to_bytes(4, "little")
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "uji.xlsx", "empty"),
    "text": (lambda: b"halo", "uji.xlsx", "not_workbook"),
    "too large": (lambda: b"PK\x03\x04" + b"x" * MOST_BYTES, "uji.xlsx", "too_large"),
    "macro file": (lambda: workbook([ask("text", "a")]), "uji.xlsm", "macros"),
    "macro inside": (lambda: repacked(lambda new: new.writestr("xl/vbaProject.bin", b"x")),
                     "uji.xlsx", "macros"),
    "old kind": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "uji.xls",
                 "old_or_locked"),
    "links": (lambda: repacked(lambda new: new.writestr("xl/externalLinks/1.xml", b"<a/>")),
              "uji.xlsx", "outside_links"),
    "bomb": (lambda: repacked(lambda new: new.writestr("xl/x.xml", b"a" * 9_000_000)),
             "uji.xlsx", "too_much"),
    "big bomb": (lambda: repacked(lambda new: new.writestr("xl/x.xml", b"a" * 90_000_000)),
                 "uji.xlsx", "too_much"),
    "lying bomb": (lambda: lying(1_000), "uji.xlsx", "damaged"),
    "many members": (lambda: repacked(
        lambda new: [new.writestr(f"xl/{n}", b"") for n in range(400)]), "uji.xlsx", "too_much"),
    "entities": (lambda: repacked(
        lambda new: new.writestr("xl/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
        "uji.xlsx", "entities"),
    "not a book": (lambda: repacked(lambda new: None, "xl/workbook.xml"), "uji.xlsx",
                   "not_workbook"),
    "no sheets": (lambda: repacked(lambda new: None, "xl/worksheets/sheet1.xml"), "uji.xlsx",
                  "no_survey"),
    "cut": (lambda: workbook([ask("text", "a")])[:900], "uji.xlsx", "damaged"),
    "csv coding": (lambda: b"survey,type\n,\xff\xfe", "uji.csv", "not_utf8"),
    "csv open quote": (lambda: b'survey\n,type,name\n,"text', "uji.csv", "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str) -> None:
    make, called, code = HOSTILE[name]
    data = make()
    began = time.process_time()
    assert problems(data, called) == [code]
    assert time.process_time() - began < 2


def test_pyxforms_csv_is_read_too() -> None:
    csv = (
        b'"survey"\n"","type","name","label::Bahasa Indonesia (id)","bind::rk:sealed"\n'
        b'"","select_one yt","a","Apa, ""ini""?","health"\n"choices"\n'
        b'"","list_name","name","label::Bahasa Indonesia (id)"\n"","yt","ya","Ya"\n'
        b'"settings"\n"","form_id","version","namespaces"\n'
        b'"","rk99","3","rk=""urn:rangkul:form"""\n"reasons"\n"","name","when"\n"","x","1 = 1"\n'
    )
    book = read_workbook(csv, "rk99.csv")
    form = parse(to_xform(book).xml)
    assert (form.code, form.version) == ("rk99", "3")
    assert form.label(form.items["/data/a"], "id") == 'Apa, "ini"?'
    assert form.sealed(form.items["/data/a"]) == "health"
    assert book.rows("reasons")[0][1] == {"name": "x", "when": "1 = 1"}


def test_a_form_made_elsewhere_is_taken_as_it_is_and_sealed_as_a_whole() -> None:
    """As IOM's: one language without a tag, no form id, settings that hold a version alone."""
    data = workbook(
        [{"type": "start", "name": "start"},
         {"type": "select_one consent", "name": "con_Consent", "label": "Consent",
          "required": "false"},
         {"type": "text", "name": "prs_First_Name", "label": "First Name", "required": "false"},
         {"type": "calculate", "name": "__version__", "calculation": "'vX'"}],
        [{"list_name": "consent", "name": True, "label": "Yes\xa0"},
         {"list_name": "consent", "name": False, "label": "No"}],
        {"version": "vSmt4GQA3C9uBMLPEVfgND"},
    )  # fmt: skip
    form = parse(to_xform(read_workbook(data, "htcds_xlsform.xlsx")).xml)
    assert form.code == "htcds_xlsform"
    assert [choice.code for choice in form.choices(form.items["/data/con_Consent"])] == [
        "TRUE", "FALSE",
    ]  # fmt: skip
    assert {form.sealed(item) for item in form.items.values()} == {"account"}


def test_three_hundred_questions_are_read_in_time() -> None:
    rows = [ask("select_one yt", "q0")]
    rows += [ask("select_one yt", f"q{n}", relevant=f"${{q{n - 1}}} = 'ya'") for n in range(1, 300)]
    data = workbook(rows)
    began = time.process_time()
    assert not problems(data)
    assert time.process_time() - began < 3
