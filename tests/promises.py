"""What the house promises, and what each check found: the ground of ``docs/security.md``.

A check says which promise it holds, in a plain sentence, and tells its figure; the planted fault
beside it names the same promise. ``pytest --promises FILE`` writes down how all of them ended.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

CHAPTERS: Final = ("sign-in", "consent", "vault", "trail", "emergency", "rights", "web", "walls")
_ROOT: Final = Path(__file__).resolve().parent.parent
# What travels with a test's report from a worker to the controller.
_CHECK, _PLANTED, _FIGURE = "promise", "planted", "figure"


@dataclass
class Promise:
    """One promise: its sentence, its checks and planted faults (node ids → outcome), figures."""

    code: str
    chapter: str = ""
    sentence: str = ""
    checks: dict[str, str] = field(default_factory=dict)
    planted: dict[str, str] = field(default_factory=dict)
    figures: list[str] = field(default_factory=list)


class MarkedWrongly(Exception):
    """A mark that says no chapter we know, or no sentence."""


def declared(files: Iterable[Path]) -> dict[str, Promise]:
    """The promises that the functions of these files declare, by code, in the chapters' order.

    Read without running anything, so that the whole suite's are known whatever part of it runs.
    """
    return declared_in(
        {file.relative_to(_ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}
    )


def declared_in(texts: Mapping[str, str]) -> dict[str, Promise]:
    """``declared``, of texts by their addresses.

    Raises ``MarkedWrongly`` for an unknown chapter, or one promise with two sentences.
    """
    found: dict[str, Promise] = {}
    for place, text in texts.items():
        tree = ast.parse(text)
        words = _constants(tree)
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for mark in function.decorator_list:
                    _read(found, f"{place}::{function.name}", mark, words)
    order = {chapter: place for place, chapter in enumerate(CHAPTERS)}
    return dict(sorted(found.items(), key=lambda pair: (order.get(pair[1].chapter, 99), pair[0])))


def _constants(tree: ast.Module) -> dict[str, str]:
    """Texts that a module gives a name: what several of its marks repeat."""
    named = [part for part in tree.body if isinstance(part, ast.Assign | ast.AnnAssign)]
    found: dict[str, str] = {}
    for part in named:
        target = part.targets[0] if isinstance(part, ast.Assign) else part.target
        if isinstance(target, ast.Name) and isinstance(part.value, ast.Constant):
            found[target.id] = str(part.value.value)
    return found


def _said(word: ast.expr, constants: Mapping[str, str]) -> str:
    return constants[word.id] if isinstance(word, ast.Name) else str(ast.literal_eval(word))


def _read(
    found: dict[str, Promise], address: str, mark: ast.expr, words: Mapping[str, str]
) -> None:
    if not isinstance(mark, ast.Call):
        return
    kind = ast.unparse(mark.func)
    if kind not in ("pytest.mark.promise", "pytest.mark.planted"):
        return
    code = _said(mark.args[0], words)
    promise = found.setdefault(code, Promise(code))
    if kind.endswith("planted"):
        promise.planted[address] = ""
        return
    said = {word.arg: _said(word.value, words) for word in mark.keywords}
    chapter, sentence = said["chapter"], said["sentence"]
    if chapter not in CHAPTERS:
        raise MarkedWrongly(f"{address}: no chapter is called {chapter}")
    if promise.sentence not in ("", sentence):
        raise MarkedWrongly(f"{address}: {code} says two things")
    promise.chapter, promise.sentence = chapter, sentence
    promise.checks[address] = ""


class Recorder:
    """Gathers outcomes and figures over all workers, and writes them to one file at the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.promises: dict[str, Promise] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one test's part; the worst outcome of its parameters counts."""
        if report.when != "call" and report.passed:
            return
        for name, value in report.user_properties:
            if name not in (_CHECK, _PLANTED, _FIGURE):
                continue
            code, _, rest = str(value).partition("\t")
            promise = self._of(code)
            if name == _FIGURE:
                promise.figures.append(rest)
                continue
            if name == _CHECK:
                promise.chapter, _, promise.sentence = rest.partition("\t")
            column = promise.checks if name == _CHECK else promise.planted
            # A class that a test stands in is no part of its address here.
            file, *_, name = report.nodeid.partition("[")[0].split("::")
            function = f"{file}::{name}"
            if column.get(function) in (None, "passed"):
                column[function] = report.outcome

    def _of(self, code: str) -> Promise:
        return self.promises.setdefault(code, Promise(code))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write what was found; a worker writes nothing."""
        if hasattr(session.config, "workerinput"):
            return
        content = {
            code: {
                "chapter": promise.chapter,
                "sentence": promise.sentence,
                "checks": dict(sorted(promise.checks.items())),
                "planted": dict(sorted(promise.planted.items())),
                "figures": sorted(set(promise.figures)),
            }
            for code, promise in sorted(self.promises.items())
        }
        self.path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def note_marks(item: pytest.Item) -> None:
    """Let a test's report carry which promises it holds or plants a fault against."""
    for mark in item.iter_markers("promise"):
        told = "\t".join((mark.args[0], mark.kwargs["chapter"], mark.kwargs["sentence"]))
        item.user_properties.append((_CHECK, told))
    for mark in item.iter_markers("planted"):
        item.user_properties.append((_PLANTED, mark.args[0]))


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """Tell what was measured, in words with numbers: ``figure("0 of 5,000 found")``."""
    codes = [mark.args[0] for mark in request.node.iter_markers("promise")]
    if not codes:
        raise MarkedWrongly(f"{request.node.nodeid} tells a figure of no promise")

    def tell(words: str) -> None:
        for code in codes:
            request.node.user_properties.append((_FIGURE, f"{code}\t{words}"))

    yield tell


def add_option(parser: Any) -> None:
    """``--promises FILE``: where to write what the checks found."""
    parser.addoption("--promises", metavar="FILE", default="", help="write what the checks found")


def configure(config: pytest.Config) -> None:
    """Write into the file that was asked for, or nowhere."""
    asked = config.getoption("--promises")
    if asked and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(_ROOT / asked), "promises")
