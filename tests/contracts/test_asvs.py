"""The table of ASVS 5.0 is whole, and whatever it shows as evidence exists and can be run."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from ops import asvs_page
from ops.asvs_page import Line
from tests.promises import declared

ROOT = Path(__file__).resolve().parents[2]
# How many lines of each level the standard's release 5.0.0 has.
LINES: Final = {"1": 70, "2": 183, "3": 92}
_SAID: Final = {"holds", "partly"}


@cache
def lines() -> list[Line]:
    """The table."""
    return asvs_page.read(asvs_page.TABLE.read_text(encoding="utf-8"))


@cache
def known_tests() -> frozenset[str]:
    """Every test as ``tests/…/test_x.py::test_y``, read without running anything."""
    found = set()
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        place = file.relative_to(ROOT).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        kinds = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for within in (tree, *kinds):
            path = f"{place}::{within.name}" if isinstance(within, ast.ClassDef) else place
            for node in within.body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    found.add(f"{path}::{node.name}")
    return frozenset(found)


@cache
def promises() -> frozenset[str]:
    """The codes of all promises."""
    return frozenset(declared(sorted((ROOT / "tests").rglob("test_*.py"))))


@cache
def commands() -> frozenset[str]:
    """What ``command:`` may name: our make targets, and commands that only check."""
    made = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    checks = ("rangkul openapi --check", "rangkul trail verify", "python3 ops/asvs_page.py --check")
    return frozenset({f"make {target}" for target in made} | set(checks))


def faults(
    table: list[Line],
    *,
    tests: Collection[str],
    promises: Collection[str],
    commands: Collection[str],
) -> list[str]:
    """One sentence for each thing in the table that does not stand."""
    told = [
        f"{line.id}: state {line.state}" for line in table if line.state not in asvs_page.STATES
    ]
    told += [f"{line.id}: level {line.level}" for line in table if line.level not in LINES]
    told += [f"{line.id}: says nothing" for line in table if len(line.how) < 10]
    told += [
        f"{line.id}: {line.state} without evidence"
        for line in table
        if line.state in _SAID and not line.evidence
    ]
    known: Mapping[str, Collection[str]] = {"promise": promises, "command": commands}
    for line in table:
        for shown in line.evidence:
            kind, _, name = shown.partition(":")
            if name not in known[kind] if kind in known else shown not in tests:
                told.append(f"{line.id}: there is no {shown}")
    return told


def _faults(table: list[Line]) -> list[str]:
    return faults(table, tests=known_tests(), promises=promises(), commands=commands())


def test_the_table_has_every_line_once_and_in_order() -> None:
    numbers = [tuple(map(int, line.id[1:].split("."))) for line in lines()]
    assert numbers == sorted(set(numbers))
    assert {level: sum(li.level == level for li in lines()) for level in LINES} == LINES
    # Within a section the numbers run from 1 without a gap: none was left out.
    sections: dict[tuple[int, ...], list[int]] = {}
    for *section, last in numbers:
        sections.setdefault(tuple(section), []).append(last)
    assert all(found == list(range(1, len(found) + 1)) for found in sections.values())


def test_whatever_is_shown_exists(record_property: Callable[[str, object], None]) -> None:
    assert _faults(lines()) == []
    counted = asvs_page.totals(lines())
    told = ", ".join(f"{counted[state]} {state}" for state in asvs_page.STATES)
    sys.stdout.write(f"{told}\n")
    record_property("asvs", dict(counted))
    assert sum(counted.values()) - counted["not_applicable"] == 220


def test_the_page_is_what_the_table_says() -> None:
    assert asvs_page.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (Line("V1.1.1", "2", "nearly", "Said plainly.", ()), "V1.1.1: state nearly"),
        (Line("V1.1.1", "4", "open", "Said plainly.", ()), "V1.1.1: level 4"),
        (Line("V1.1.1", "2", "open", "", ()), "V1.1.1: says nothing"),
        (Line("V1.1.1", "2", "holds", "Said plainly.", ()), "V1.1.1: holds without evidence"),
        (Line("V1.1.1", "2", "partly", "Said plainly.", ()), "V1.1.1: partly without evidence"),
        (
            Line("V1.1.1", "2", "holds", "Said plainly.", ("tests/web/test_leaks.py::test_none",)),
            "V1.1.1: there is no tests/web/test_leaks.py::test_none",
        ),
        (
            Line("V1.1.1", "2", "holds", "Said plainly.", ("promise:never-given",)),
            "V1.1.1: there is no promise:never-given",
        ),
        (
            Line("V1.1.1", "2", "holds", "Said plainly.", ("command:make believe",)),
            "V1.1.1: there is no command:make believe",
        ),
    ],
)
def test_a_table_that_says_too_much_is_told(line: Line, told: str) -> None:
    """Planted faults."""
    assert _faults([line]) == [told]


def test_a_page_that_was_not_made_anew_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Planted fault."""
    old = tmp_path / "asvs.md"
    old.write_text("before")
    monkeypatch.setattr(asvs_page, "PAGE", old)
    assert asvs_page.main(["--check"]) == 1
