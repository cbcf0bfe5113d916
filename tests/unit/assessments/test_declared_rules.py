"""The Python of each instrument agrees with the rule its design declares, on any answers.

The rules are transcribed in `declared` as the design writes them (XPath) and evaluated by a small
parser of their own, which shares nothing with the code under test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.assessments import rk01_triase, rk02_tppo, rk11_tutup
from rangkul.assessments.answers import Answers
from rangkul.assessments.instrument import Instrument, Item, Kind, clean

Value = str | float | bool
Lookup = Callable[[str], Value]

# --- a small XPath: comparisons, and, or, not(), if(), +, selected(), count-selected() ------------

TOKEN: Final = re.compile(
    r"\s*(?:(?P<name>\$\{\w+\})|(?P<text>'[^']*')|(?P<number>\d+)"
    r"|(?P<word>[a-z][a-z-]*)|(?P<sign>!=|>=|<=|[=<>+(),]))"
)


def number(value: Value) -> float:
    """XPath's number(): what is no number compares false with everything."""
    if isinstance(value, str):
        return float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else float("nan")
    return float(value)


def truth(value: Value) -> bool:
    return value != "" if isinstance(value, str) else bool(value)


class XPath:
    """One rule, read once and evaluated against a lookup of names."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            assert match, text[at : at + 20]
            self.tokens.append(match.group().strip())
            at = match.end()

    def value(self, lookup: Lookup) -> Value:
        self.at, self.lookup = 0, lookup
        result = self._or()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return result

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self, expected: str = "") -> str:
        token = self.tokens[self.at]
        assert expected in ("", token), (expected, token)
        self.at += 1
        return token

    def _or(self) -> Value:
        left = self._and()
        while self._peek() == "or":
            self._take()
            right = self._and()
            left = truth(left) or truth(right)
        return left

    def _and(self) -> Value:
        left = self._compare()
        while self._peek() == "and":
            self._take()
            right = self._compare()
            left = truth(left) and truth(right)
        return left

    def _compare(self) -> Value:
        left = self._sum()
        while self._peek() in ("=", "!=", ">", "<", ">=", "<="):
            sign, right = self._take(), self._sum()
            if sign in ("=", "!=") and isinstance(left, str) and isinstance(right, str):
                left = (left == right) is (sign == "=")
                continue
            a, b = number(left), number(right)
            left = {
                "=": a == b,
                "!=": a != b,
                ">": a > b,
                "<": a < b,
                ">=": a >= b,
                "<=": a <= b,
            }[sign]
        return left

    def _sum(self) -> Value:
        left = self._atom()
        while self._peek() == "+":
            self._take()
            left = number(left) + number(self._atom())
        return left

    def _atom(self) -> Value:
        token = self._take()
        if token == "(":
            inner = self._or()
            self._take(")")
            return inner
        if token.startswith("${"):
            return self.lookup(token[2:-1])
        if token.startswith("'"):
            return token[1:-1]
        if token.isdigit():
            return float(token)
        return self._call(token)

    def _call(self, name: str) -> Value:
        self._take("(")
        arguments = [self._or()]
        while self._peek() == ",":
            self._take()
            arguments.append(self._or())
        self._take(")")
        if name == "not":
            return not truth(arguments[0])
        if name == "if":
            return arguments[1] if truth(arguments[0]) else arguments[2]
        chosen = str(arguments[0]).split()
        if name == "count-selected":
            return float(len(chosen))
        assert name == "selected", name
        return arguments[1] in chosen


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("if(${a}='ya' or ${b}>=3, 'x', 'y')", "x"),
        ("(${b}>=3) + (${a}='ya') + 1", 2.0),
        ("not(selected(${c},'q')) and count-selected(${c})=2", True),
        ("${empty}>=0", False),
        ("${empty}!='ya' and ${empty}!='tidak'", True),
        ("${a}='ya' and ${b}=3 or ${a}='ya'", True),
    ],
)
def test_the_small_xpath_itself(rule: str, expected: Value) -> None:
    names: Mapping[str, Value] = {"a": "ya", "b": "2", "c": "p r", "empty": ""}
    assert XPath(rule).value(names.__getitem__) == expected


# --- the rules as declared ----------------------------------------------------------------------

SHOWN_WHEN: Final = {
    "alasan_nilai": "${nilai_petugas}!=${saran}",
    "t_belum": "${lintas}='belum'",
    "f_visa": "${lintas}!='dalam'",
    "f_laut": "selected(${t_bentuk},'kapal')",
    **dict.fromkeys(
        (
            "d_kawin",
            "d_izin",
            "d_kompeten",
            "d_sehat",
            "d_paspor",
            "d_visa",
            "d_penempatan",
            "d_kontrak",
        ),
        "${lintas}!='dalam'",
    ),
    "tetap_oleh": "${tetap}!='belum'",
    "tetap_tgl": "${tetap}!='belum'",
    **{f"{name}_b": f"${{{name}}}='ya'" for name in rk02_tppo.FLAG_NAMES},
}
"""The conditions of the design; every other item is always shown."""

WRITTEN: Final = Path(__file__).with_name("declared")
RULES: Final = {
    "rk01_triase": (rk01_triase.INSTRUMENT, "rk01.txt"),
    "rk01_inti": (rk01_triase.TRIAGE, "rk01.txt"),
    "rk02_tppo": (rk02_tppo.INSTRUMENT, "rk02.txt"),
    "rk11_tutup": (rk11_tutup.INSTRUMENT, "rk11.txt"),
}
DECLARED: Final = {
    code: {
        name.strip(): XPath(rule)
        for name, rule in (line.split(":=") for line in (WRITTEN / file).read_text().splitlines())
    }
    for code, (_, file) in RULES.items()
}


def by_the_design(code: str, raw: Mapping[str, list[str]]) -> dict[str, Value]:
    """What the declared rules give: hidden items are blank, then each rule in its order."""
    instrument, _ = RULES[code]
    computed: dict[str, Value] = {}
    kept: dict[str, str] = {}

    def lookup(name: str) -> Value:
        if name in DECLARED[code] and name not in computed:
            computed[name] = DECLARED[code][name].value(lookup)
        return computed.get(name, kept.get(name, ""))

    for item in instrument.items:
        condition = SHOWN_WHEN.get(item.name)
        computed.clear()
        if condition is None or truth(XPath(condition).value(lookup)):
            kept[item.name] = " ".join(raw.get(item.name, []))
    computed.clear()
    return {name: lookup(name) for name in DECLARED[code]}


# --- random answers -----------------------------------------------------------------------------


def answers_to(item: Item) -> st.SearchStrategy[list[str]]:
    codes = [choice.code for choice in item.choices]
    if item.kind is Kind.SELECT_ONE:
        return st.one_of(st.just([]), st.sampled_from(codes).map(lambda code: [code]))
    if item.kind is Kind.SELECT_MULTIPLE:
        return st.lists(st.sampled_from(codes), unique=True, max_size=3)
    if item.kind is Kind.DATE:
        return st.one_of(st.just([]), st.dates().map(lambda day: [day.isoformat()]))
    return st.sampled_from([[], ["kata"]])


def forms(instrument: Instrument) -> st.SearchStrategy[dict[str, list[str]]]:
    """Whole forms, and forms of few answers, where the quiet results live."""
    whole = st.fixed_dictionaries({item.name: answers_to(item) for item in instrument.items})
    names = st.sets(st.sampled_from([item.name for item in instrument.items]), max_size=6)
    few = st.tuples(whole, names).map(
        lambda pair: {name: value for name, value in pair[0].items() if name in pair[1]}
    )
    return st.one_of(whole, few, whole.map(quiet))


def quiet(raw: dict[str, list[str]]) -> dict[str, list[str]]:
    """The same form with every *ya* said *tidak*, so that the milder results are reached too."""
    return {
        name: [
            "tidak" if value == "ya" and not name.startswith("h_") else value for value in values
        ]
        for name, values in raw.items()
    }


GATES: Final = {"h_privat": ["ya"], "h_aman": ["ya"], "h_setuju": ["ya"]}


@pytest.mark.parametrize("code", list(RULES))
@given(data=st.data())
def test_python_agrees_with_the_declared_rules(code: str, data: st.DataObject) -> None:
    instrument, _ = RULES[code]
    raw = {**data.draw(forms(instrument)), **GATES}
    computed = instrument.compute(clean(instrument, raw))
    assert dict(computed) == by_the_design(code, raw)


def bases(instrument: Instrument) -> list[dict[str, list[str]]]:
    """Nothing said; every question answered *tidak*; every list answered *tidak_ada*."""
    blank: dict[str, list[str]] = {}
    no: dict[str, list[str]] = {
        item.name: [code]
        for item in instrument.items
        for code in ("tidak", "tidak_ada", "sendiri", "dewasa", "rendah")
        if code in {choice.code for choice in item.choices}
    }
    could_stop: dict[str, list[str]] = {"t_tolak": ["ya"]} if "t_tolak" in no else {}
    ready: dict[str, list[str]] = {name: ["ya"] for name, value in no.items() if value == ["tidak"]}
    return [blank, no, {**no, **could_stop}, {**no, **ready}]


@pytest.mark.parametrize("code", list(RULES))
def test_each_single_answer_moves_the_result_as_declared(code: str) -> None:
    """Random forms hide one answer behind another; here each stands out alone."""
    instrument, _ = RULES[code]
    for base in bases(instrument):
        for item in instrument.items:
            for answer in [choice.code for choice in item.choices] or ["2026-03-17"]:
                for before in ([], base.get(item.name, [])):
                    multiple = item.kind is Kind.SELECT_MULTIPLE
                    values = [*before, answer] if multiple else [answer]
                    raw = {**base, **GATES, item.name: values}
                    computed = instrument.compute(clean(instrument, raw))
                    assert dict(computed) == by_the_design(code, raw), raw


@pytest.mark.parametrize("code", list(RULES))
@given(data=st.data())
def test_items_show_exactly_when_the_design_says(code: str, data: st.DataObject) -> None:
    instrument, _ = RULES[code]
    raw = {**data.draw(forms(instrument)), **GATES}
    kept = clean(instrument, raw)
    computed = dict(instrument.compute(kept))

    def lookup(name: str) -> Value:
        return computed.get(name, " ".join(kept.many(name)))

    for item in instrument.items:
        condition = SHOWN_WHEN.get(item.name)
        expected = condition is None or truth(XPath(condition).value(lookup))
        assert item.is_shown(kept) is expected, item.name
        assert expected or not kept.given(item.name), item.name


class Recording(dict[str, tuple[str, ...]]):
    """Answers that remember which items were looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def get(self, key: str, default: object = None) -> tuple[str, ...]:
        self.seen.add(key)
        return ()

    def __contains__(self, key: object) -> bool:
        self.seen.add(str(key))
        return False


@pytest.mark.parametrize("code", list(RULES))
def test_a_condition_reads_only_items_above_it(code: str) -> None:
    above: set[str] = set()
    for item in RULES[code][0].items:
        recording = Recording()
        item.is_shown(Answers(recording))
        assert recording.seen <= above, item.name
        above.add(item.name)
