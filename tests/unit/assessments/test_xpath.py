"""Expressions of forms, as ODK's engines work them out; what is not supported is refused."""

from __future__ import annotations

import math
import time
from datetime import date, datetime, timedelta, timezone

import pytest

from rangkul.assessments.xpath import ExpressionRefused, Node, Setting, compile_expression
from rangkul.assessments.xpath.evaluation import SUPPORTED
from rangkul.assessments.xpath.values import to_text

WIB = timezone(timedelta(hours=7))


class _Form:
    def __init__(self) -> None:
        self.places = Node("list")
        for code, province in (("3374", "33"), ("3375", "33"), ("5371", "53")):
            item = Node("item", parent=self.places)
            Node("name", code, item)
            Node("p", province, item)

    def instance(self, name: str) -> Node | None:
        return self.places if name == "kab" else None

    def choice_label(self, path: str, code: str) -> str:
        return f"{path}:{code}!"

    def itext(self, key: str) -> str:
        return f"text of {key}"


def filled() -> Node:
    """A small form: a, b, blank, day, many, a repeat r with n and kind, and one that is hidden."""
    root = Node("data")
    for name, text in {
        "a": "ya", "b": "3", "blank": "", "day": "2026-11-20", "many": "x y z",
        "moment": "2026-11-22T06:30:00.000+07:00", "p": "33",
    }.items():  # fmt: skip
        Node(name, text, root)
    for number, kind in (("1", "x"), ("2", "y"), ("4", "x")):
        group = Node("r", parent=root)
        Node("n", number, group)
        Node("kind", kind, group)
    Node("hidden", "7", root).relevant = False
    return root


def work(text: str, at: str = "a", root: Node | None = None) -> object:
    root = root or filled()
    node = next((child for child in root.children if child.name == at), root)
    setting = Setting(
        node, node, root, _Form(), date(2026, 11, 22),
        datetime(2026, 11, 22, 6, 30, tzinfo=WIB), fresh="uuid:1",
    )  # fmt: skip
    return compile_expression(text, node.path).value(setting)


WORTH: list[tuple[str, object]] = [
    ("/data/a = 'ya'", True),
    ("/data/a != 'ya'", False),
    ("/data/blank = ''", True),
    ("/data/blank != 'ya'", True),
    ("/data/hidden != 'ya'", True),
    ("/data/hidden = ''", True),
    ("/data/blank < 3", False),
    ("/data/blank >= 0", False),
    ("/data/b >= 3", True),
    ("(/data/a = 'ya') + (/data/b='3') + (/data/blank='ya')", 2.0),
    ("1 + 2 * 3 - 4 div 2", 5.0),
    ("-(7 mod 4)", -3.0),
    ("1 div 0", math.inf),
    ("not(/data/blank) and true() or false()", True),
    ("if(/data/b > 2, 'tinggi', if(/data/b > 1, 'sedang', 'rendah'))", "tinggi"),
    ("selected(/data/many, 'y')", True),
    ("selected(/data/many, 'yy')", False),
    ("count-selected(/data/many)", 3.0),
    ("count-selected(/data/blank)", 0.0),
    ("selected-at(/data/many, 1)", "y"),
    ("selected-at(/data/many, 9)", ""),
    ("coalesce(/data/blank, /data/a)", "ya"),
    ("once('new')", "ya"),
    ("today()", "2026-11-22"),
    ("today() - /data/day", 2.0),
    ("/data/day <= today()", True),
    ("/data/day <= now()", True),
    ("today() <= now()", True),
    ("/data/day = '2026-11-20'", True),
    ("date('2026-11-22') > /data/day", True),
    ("date(20000)", "2024-10-04"),
    ("format-date(/data/day, '%d/%m/%Y')", "20/11/2026"),
    ("format-date-time(/data/moment, '%e-%n %H:%M 100%%')", "22-11 06:30 100%"),
    ("decimal-date-time('1970-01-02T00:00:00Z')", 1.0),
    ("decimal-date-time('1970-01-02') * 24", 17.0),
    ("decimal-time('06:00:00.000+07:00')", 0.25),
    ("regex(/data/day, '[0-9]{4}-\\d\\d-\\d+')", True),
    ("regex(/data/day, '[0-9]{4}')", False),
    ("int('3.9')", 3.0),
    ("int(-3.9)", -3.0),
    ("round(2.5)", 3.0),
    ("round(2.345, 2)", 2.35),
    ("sum(/data/r/n)", 7.0),
    ("count(/data/r)", 3.0),
    ("count(/data/r[kind = 'x'])", 2.0),
    ("min(/data/r/n)", 1.0),
    ("max(/data/r/n, 9)", 9.0),
    ("/data/r/n = 4", True),
    ("/data/r[2]/n", "2"),
    ("indexed-repeat(/data/r/n, /data/r, 3)", "4"),
    ("jr:choice-name(/data/a, ' /data/a ')", "/data/a:ya!"),
    ("jr:itext('k')", "text of k"),
    ("concat('a', /data/b, 1.50)", "a31.5"),
    ("string-length('abc')", 3.0),
    ("substr('abcdef', 1, 3)", "bc"),
    ("substr('abcdef', -2)", "ef"),
    ("substring('abcdef', 2, 3)", "bcd"),
    ("contains('abc', 'b') and starts-with('abc','a') and ends-with('abc', 'bc')", True),
    ("boolean-from-string('1')", True),
    ("boolean-from-string('ya')", False),
    ("uuid()", "uuid:1"),
    ("count(instance('kab')/list/item[p = current()/../p])", 2.0),
    ("instance('kab')/list/item[name = '5371']/p", "53"),
    ("string(.)", "ya"),
    ("../b", "3"),
    ("normalize-space('  a  b ')", "a b"),
    ("translate('bar', 'abc', 'AB')", "BAr"),
    ("weighted-checklist(2, -1, true(), 1, /data/a='ya', 1)", True),
    ("pow(2, 10) = 1024", True),
    ("child::a", ""),
    (".1 + .2 = .3", False),
    ("'it''", None),
]


@pytest.mark.parametrize(("text", "expected"), WORTH)
def test_worth(text: str, expected: object) -> None:
    if expected is None:
        with pytest.raises(ExpressionRefused):
            work(text)
        return
    found = work(text)
    assert (to_text(found) if isinstance(found, list) else found) == expected


@pytest.mark.parametrize(
    "text",
    ["number(/data/blank)", "number('') + 1", "min(/data/blank)", "'x' * 2", "round('')",
     "0 div 0"],
)  # fmt: skip
def test_not_a_number(text: str) -> None:
    found = work(text)
    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize("sign", ["=", "<", "<=", ">", ">="])
def test_nothing_compares_with_what_is_no_number(sign: str) -> None:
    assert work(f"number(/data/blank) {sign} 0") is False


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("pulldata('f', 'a', 'b', 'c')", "pulldata()"),
        ("randomize(/data/r)", "randomize()"),
        ("random()", "random()"),
        ("area(/data/a)", "area()"),
        ("selected(/data/many)", "selected()"),
        ("//a", "//"),
        ("/data//a", "//"),
        ("$x", "$"),
        ("/data/@id", "@"),
        ("/data/a | /data/b", "|"),
        ("ancestor::r", "ancestor::"),
        ("preceding-sibling::a", "preceding-sibling::"),
        ("regex(., /data/a)", "regex()"),
        ("regex(., '(a)\\1')", "regex()"),
        ("regex(., '(?=a)')", "regex()"),
        ("regex(., '((((a{200}){200}))){9}')", "regex()"),
        ("format-date(today(), '%b')", "%b"),
        ("jr:choice-name(/data/a, 'a')", "jr:choice-name()"),
        ("1 +", ""),
        ("(1", ""),
        ("a b", "b"),
        ("#", "#"),
        ("(" * 80 + "1" + ")" * 80, ""),
        ("1+" * 15_000 + "1", ""),
    ],
)
def test_refused_by_name_in_both_languages(text: str, named: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text, "/data/a")
    for sentence in (refused.value.text_id, refused.value.text_en):
        assert named in sentence
        assert sentence.endswith(".")
    assert refused.value.text_id != refused.value.text_en


def test_every_supported_function_is_tried_here() -> None:
    tried = " ".join(text for text, _expected in [*WORTH, *REST])
    untried = {name for name in SUPPORTED if f"{name}(" not in tried}
    assert not untried


REST: list[tuple[str, object]] = [
    ("false()", False), ("abs(-2)", 2.0), ("boolean('x')", True), ("ceiling(1.2)", 2.0),
     ("floor(1.8)", 1.0),
     ("count-non-empty(/data/r/n)", 3.0), ("/data/r[last()]/n = 4", True), ("sqrt(9)", 3.0),
     ("number('4')", 4.0), ("/data/r[position() = 2]/n = 2", True),
     ("substring-after('a-b', '-')", "b"), ("substring-before('a-b', '-')", "a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REST)
def test_the_rest(text: str, expected: object) -> None:
    assert work(text) == expected


def test_position_among_fillings() -> None:
    root = filled()
    second = [child for child in root.children if child.name == "r"][1]
    setting = Setting(
        second.children[0], second.children[0], root, _Form(), date(2026, 11, 22),
        datetime(2026, 11, 22, tzinfo=WIB),
    )  # fmt: skip
    assert compile_expression("position(..)", "/data/r/n").value(setting) == 2.0


def test_what_it_reads() -> None:
    found = compile_expression(
        "if(../n > 1, sum(/data/r/n), instance('kab')/list/item[p = current()/../kind]/name)",
        "/data/r/total",
    )
    assert found.reads == ("/data/r/n", "/data/r/kind")
    assert found.instances == ("kab",)


def test_a_pattern_never_takes_long() -> None:
    root = filled()
    root.children[0].text = "a" * 2_000 + "!"
    began = time.perf_counter()
    assert work("regex(., '(a+)+')", root=root) is False
    assert work("regex(., '(a|a)*b')", root=root) is False
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("shape", "fits", "fails"),
    [
        ("[a-z]{2,3}", ["ab", "abc"], ["a", "abcd", "AB"]),
        ("^08\\d{8,11}$", ["0812345678"], ["0712345678", "08123"]),
        ("(ya|tidak)?", ["", "ya", "tidak"], ["yaya"]),
        ("a{2,}", ["aa", "aaaa"], ["a"]),
        ("[^0-9 ]+", ["abc"], ["a1", ""]),
        ("\\w+@\\w+\\.[a-z]+", ["a@b.id"], ["a@b", "a@bXid"]),
        (".*", ["", "apa saja"], ["dua\nbaris"]),
        ("[\\w-]+", ["a-b"], ["a b"]),
    ],
)
def test_patterns(shape: str, fits: list[str], fails: list[str]) -> None:
    root = filled()
    for text, expected in [*((t, True) for t in fits), *((t, False) for t in fails)]:
        root.children[0].text = text
        assert work(f"regex(., '{shape}')", root=root) is expected, text
