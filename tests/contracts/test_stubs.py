"""What `stubs` says of the libraries is true of those that are installed."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts import source

STUBS = source.ROOT / "stubs"
FILES = sorted(path for path in STUBS.rglob("*.pyi") if path.read_text(encoding="utf-8"))


def _module(path: Path) -> str:
    parts = path.relative_to(STUBS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _names(function: ast.FunctionDef) -> list[str]:
    """The parameters as they are declared; a star gathers all that are not named before it."""
    said = function.args
    stars = [star.arg for star in (said.vararg, said.kwarg) if star]
    return [each.arg for each in (*said.posonlyargs, *said.args, *said.kwonlyargs)] + stars


def _untrue(function: ast.FunctionDef, theirs: object, name: str) -> Iterator[str]:
    found = inspect.unwrap(theirs) if callable(theirs) else getattr(theirs, "fget", None)
    if found is None:
        yield f"{name}: no function"
        return
    known = [str(each) for each in inspect.signature(found).parameters]
    # A bound class method has lost its first parameter already.
    ours = [each for each in _names(function) if each != "cls"]
    if function.args.posonlyargs:
        ours, known = [str(len(ours))], [str(len(known))]
    if ours != known:
        yield f"{name}: {ours} is {known}"


def _faults(text: str, module: str) -> list[str]:
    """Every name that the module does not have, every function with other parameters."""
    library = importlib.import_module(module)
    return [fault for node in ast.parse(text).body for fault in _of_node(node, library, "")]


def _of_node(node: ast.stmt, holder: object, within: str) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield from _untrue(node, getattr(holder, node.name, None), within + node.name)
    elif isinstance(node, ast.ClassDef):
        theirs = getattr(holder, node.name, None)
        if inspect.isclass(theirs):
            for item in node.body:
                yield from _of_node(item, theirs, f"{within}{node.name}.")
        else:
            yield f"{within}{node.name}: unknown"
    # What stands on an instance alone is not to be seen from here.
    elif isinstance(node, ast.AnnAssign) and inspect.ismodule(holder):
        name = ast.unparse(node.target)
        if not hasattr(holder, name):
            yield f"{name}: unknown"


@pytest.mark.parametrize("path", FILES, ids=lambda path: _module(path))
def test_a_stub_says_what_the_library_has(path: Path) -> None:
    assert _faults(path.read_text(encoding="utf-8"), _module(path)) == []


def test_a_stub_that_says_too_much_is_found() -> None:
    """Planted: a parameter, a method, a function, a class and a value that nobody has."""
    text = (
        "class BaseAdapter:\n"
        "    def __init__(self, request: object, silent: bool) -> None: ...\n"
        "    def forgive(self) -> None: ...\n"
        "def get_adapter() -> BaseAdapter: ...\n"
        "class Adaptor: ...\n"
        "forgiving: bool\n"
    )
    assert _faults(text, "allauth.core.internal.adapter") == [
        "BaseAdapter.__init__: ['self', 'request', 'silent'] is ['self', 'request']",
        "BaseAdapter.forgive: no function",
        "get_adapter: no function",
        "Adaptor: unknown",
        "forgiving: unknown",
    ]
