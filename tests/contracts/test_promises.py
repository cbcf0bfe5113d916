"""Every promise has a check that measures it and a planted fault that the check would catch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.promises import MarkedWrongly, Promise, declared, declared_in

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
ALL = declared(sorted(TESTS.rglob("test_*.py")))


def without(promises: dict[str, Promise]) -> list[str]:
    """One sentence for each promise that nothing holds, or whose check was never made to fail."""
    return [
        f"{code}: no {kind}"
        for code, promise in promises.items()
        for kind, those in (("check", promise.checks), ("planted fault", promise.planted))
        if not those
    ]


def test_every_promise_has_its_check_and_its_planted_fault() -> None:
    assert ALL, "the marks were not found at all"
    assert without(ALL) == []


def test_a_promise_alone_is_found() -> None:
    """Planted: a check without a fault, and a fault without a check."""
    bare = Promise("a", "web", "Said.", checks={"tests/x.py::test_x": ""})
    orphan = Promise("b", planted={"tests/x.py::test_y": ""})
    assert without({"a": bare, "b": orphan}) == ["a: no planted fault", "b: no check"]


@pytest.mark.parametrize(
    ("chapters", "sentences"), [(("web", "web"), ("One.", "Other.")), (("cellar",), ("One.",))]
)
def test_a_mark_that_says_two_things_is_refused(
    chapters: tuple[str, ...], sentences: tuple[str, ...]
) -> None:
    told = "\n".join(
        f'@pytest.mark.promise("a", chapter="{chapter}", sentence="{sentence}")\n'
        f"def test_{number}(): ..."
        for number, (chapter, sentence) in enumerate(zip(chapters, sentences, strict=True))
    )
    with pytest.raises(MarkedWrongly):
        declared_in({"tests/test_made_up.py": told})


def test_the_page_is_what_the_checks_said() -> None:
    """``make security`` writes both; a promise made or dropped since is told."""
    said = json.loads((ROOT / "docs" / "security.json").read_text(encoding="utf-8"))
    assert unlike(ALL, said) == []
    page = [sys.executable, str(ROOT / "ops" / "security_page.py"), "--check"]
    assert subprocess.run(page, check=False).returncode == 0


def test_a_page_that_is_behind_is_told() -> None:
    """Planted: a promise that the page has not heard of, and one that failed back then."""
    promise = Promise("a", "web", "Said.", checks={"x::y": ""}, planted={"x::z": ""})
    said = {"checks": {"x::y": "failed"}, "planted": {"x::z": "passed"}, "sentence": "Said."}
    assert unlike({"a": promise}, {}) == ["a: not on the page"]
    assert unlike({"a": promise}, {"a": said}) == ["a: x::y failed"]
    assert unlike({}, {"a": said}) == ["a: no longer promised"]


def unlike(promises: dict[str, Promise], said: dict[str, Any]) -> list[str]:
    """One sentence for each promise whose page is not of today's tests, or tells of a failure."""
    told = [f"{code}: no longer promised" for code in said if code not in promises]
    for code, promise in promises.items():
        if code not in said:
            told.append(f"{code}: not on the page")
            continue
        written = said[code]
        if (promise.sentence, set(promise.checks), set(promise.planted)) != (
            written["sentence"], set(written["checks"]), set(written["planted"]),
        ):  # fmt: skip
            told.append(f"{code}: changed since")
        outcomes = written["checks"] | written["planted"]
        told += [f"{code}: {test} {how}" for test, how in outcomes.items() if how != "passed"]
    return sorted(told)
