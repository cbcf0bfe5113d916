"""No page asks anybody else: no address of a foreign host stands in what browsers are given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "rangkul"
BUILT = PACKAGE / "look" / "static" / "rangkul"
SENTENCE = "No page, style or script of the house makes a browser ask another host for anything."
# Names of kinds of markup look like addresses, and are never asked for.
_NAMESPACES = (
    "http://www.w3.org/",
    "http://openrosa.org/javarosa",
    "http://openrosa.org/xforms",
    "http://www.opendatakit.org/xforms",
    "http://enketo.org/xforms",
)
# What the form engine says and never fetches: the link under its own form, and where its framework
# explains an error. Its frame may ask nobody besides (form-frame-reach).
_SAID_BY_THE_ENGINE = re.compile(
    r"look/static/rangkul/form-frame\.js: https://(getodk\.org|vuejs\.org/error-reference/#runtime-\S+)"
)
# Whatever makes a browser ask by itself. A link that a person presses is none of it.
_ASKS = re.compile(
    r"""(?:\b(?:src|srcset|poster|data|action|formaction|background|ping|hx-\w+)|<link\b[^>]*?href)"""
    r"""\s*=\s*["']?\s*((?:https?:|wss?:)?//[^"'\s>]+)""",
    re.IGNORECASE,
)
_NAMED = re.compile(r"""(?:https?:|wss?:)//[^"'`\s)\\]+|url\(\s*["']?(//[^"')]+)""")


def asked_for(texts: Iterator[tuple[str, str]]) -> list[str]:
    """Each foreign address that a template would ask for, or that a built file names at all."""
    told = []
    for name, text in texts:
        pattern = _ASKS if name.endswith((".html", ".txt")) else _NAMED
        told += [
            f"{name}: {match[0]}"
            for match in pattern.finditer(text)
            if not match[0].startswith(_NAMESPACES)
        ]
    return told


def _given() -> Iterator[tuple[str, str]]:
    """Templates, and what was built: styles, scripts, marks."""
    for path in [*sorted(PACKAGE.rglob("templates/**/*")), *sorted(BUILT.rglob("*"))]:
        if path.suffix in {".html", ".txt", ".css", ".js", ".svg", ".json"}:
            yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")


@pytest.mark.promise("no-third-party", chapter="web", sentence=SENTENCE)
def test_nothing_asks_another_host(figure: Any) -> None:
    names = [name for name, _ in _given()]
    assert {Path(name).suffix for name in names} >= {".html", ".css", ".js", ".svg"}
    assert [one for one in asked_for(_given()) if not _SAID_BY_THE_ENGINE.fullmatch(one)] == []
    figure(f"{len(names)} templates, styles and scripts: 0 addresses of other hosts")


@pytest.mark.planted("no-third-party")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", '<img src="https://jejak.example/1.gif">'),
        ("a.html", "<script async src=//jejak.example/x.js></script>"),
        ("a.html", '<link rel="stylesheet" href="https://huruf.example/css">'),
        ("a.html", '<form action="https://jejak.example/">'),
        ("a.html", '<div hx-get="https://jejak.example/">'),
        ("a.css", "@import 'https://huruf.example/x.css';"),
        ("a.css", "a { background: url(//jejak.example/1.png) }"),
        ("a.js", 'fetch("https://jejak.example/" + word)'),
        ("a.js", "new WebSocket(`wss://jejak.example`)"),
    ],
)
def test_a_foreign_address_is_told(name: str, text: str) -> None:
    assert len(asked_for(iter([(name, text)]))) == 1


def test_what_a_person_presses_is_no_request() -> None:
    page = '<a href="https://peraturan.example/">x</a><svg xmlns="http://www.w3.org/2000/svg">'
    assert asked_for(iter([("a.html", page), ("a.svg", page.split("</a>")[1])])) == []


def test_htmx_is_built_without_eval_scripts_and_foreign_hosts() -> None:
    """As the pages start it; the policy would refuse all three besides."""
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    text = (BUILT / manifest["src/desk.ts"]["file"]).read_text(encoding="utf-8")
    for name, value in (("allowEval", "!1"), ("allowScriptTags", "!1"), ("selfRequestsOnly", "!0"),
                        ("historyCacheSize", "0")):  # fmt: skip
        # The library's own default stands in the same file, before ours.
        assert re.search(rf"Object\.assign\([\w.$]+,\{{[^}}]*\b{name}:{value}[,}}]", text), name
