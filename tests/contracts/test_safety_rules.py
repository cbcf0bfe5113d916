"""The page of safety rules is true: its figures are the code's, its lists are whole."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from tests.contracts.source import ROOT, tracked_files

PACKAGE: Final = ROOT / "src" / "rangkul"
PAGE: Final = ROOT / "docs" / "safety-rules.md"
_ROW: Final = re.compile(r"^\| ([^|]+) \| (\d+) \| `([\w.]+)` \|$", re.MULTILINE)
# Interpreters that would run what they are given, and stores that trust it.
_RUNS: Final = {
    "pickle", "marshal", "shelve", "dill", "yaml", "jinja2", "mako", "ldap", "ldap3", "lxml", "xml",
    "memcache", "pymemcache", "pylibmc", "graphene", "strawberry", "saml2", "onelogin", "jpype",
    "telnetlib", "ftplib", "random",
}  # fmt: skip
# Chance that guards nothing: invented people, how long to wait, and a generator of the system's.
_BY_CHANCE: Final = {"commands/synth", "foundation/transit.py", "people/tokens.py"}
# Forms and their fillings are XML: read here alone, by expat, with no document type at all.
_READS_XML: Final = "assessments/markup.py"
# Single sign-on besides, by its library's own line.
_CALLS_OUT: Final = {
    "alerts/letters.py", "alerts/push.py", "commands/run.py", "foundation/embedded.py",
    "foundation/scanning.py", "foundation/transit.py",
}  # fmt: skip
# OpenRosa marks a form, and ODK a record and its mask, with what guards nothing any more; what they
# carry is sealed by AES-256 and proves nothing by them.
_OF_ODK: Final = {"field/openrosa.py", "field/sealing.py"}
_CIPHERS: Final = {"cryptography", "pyrage", "jwt"}
_WEAK: Final = re.compile(r"\b(md5|sha1|SHA1|MD5|DES|TripleDES|RC4|ARC4|ECB|PKCS1v15|Blowfish)\b")


def figures(text: str) -> dict[str, tuple[str, int]]:
    """What the page says: the name in the code → what it is called, and the figure."""
    return {name: (what, int(figure)) for what, figure, name in _ROW.findall(text)}


def in_code(name: str) -> int:
    """The figure in the code; minutes, hours or days are told by what the page says of it."""
    if "." not in name:
        value = getattr(settings, name)
    else:
        module, _, attribute = name.rpartition(".")
        value = getattr(importlib.import_module(module), attribute)
    assert isinstance(value, int | timedelta), name
    return int(value.total_seconds()) if isinstance(value, timedelta) else value


def untrue(text: str) -> list[str]:
    """One sentence for each figure that is another in the code."""
    units = {"minutes": 60, "hours": 3_600, "days": 86_400}
    told = []
    for name, (what, figure) in figures(text).items():
        said = figure * units.get(what.split()[0], 60 if "administrators" in what else 1)
        # The tests' own pace is none; what counts is what a house begins with.
        found = 600 if name == "REQUESTS_PER_MINUTE" else in_code(name)
        if said != found:
            told.append(f"{name}: {said}, not {found}")
    return told


@cache
def imports() -> dict[str, set[str]]:
    """Module of ours → top-level names that it imports."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            name.split(".")[0]
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
        }  # fmt: skip
        found[path.relative_to(PACKAGE).as_posix()] = names
    return found


def calls(tree: ast.AST) -> Iterable[str]:
    """What code runs text as code, or a shell."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in {
                "eval",
                "exec",
                "compile",
                "os.system",
                "os.popen",
                "__import__",
                "mark_safe",
            }:
                yield name
            if any(word.arg == "shell" for word in node.keywords):
                yield "shell"
            if name in {"Template", "Engine.from_string", "engines.from_string"}:
                yield "a template of text"


def test_each_figure_is_the_codes() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(figures(text)) >= 15
    assert untrue(text) == []
    source = (PACKAGE / "config" / "settings.py").read_text(encoding="utf-8")
    assert '"RANGKUL_REQUESTS_PER_MINUTE", "600"' in source


def test_a_figure_that_grew_old_is_told() -> None:
    """Planted fault."""
    text = PAGE.read_text(encoding="utf-8").replace(
        "| 12 | `SESSION_LONGEST`", "| 24 | `SESSION_LONGEST`"
    )
    assert untrue(text) == ["SESSION_LONGEST: 86400, not 43200"]


# What whoever judges the house looks for, chapter by chapter.
_SAYS: Final = {
    "Limits": ("in a minute", "of an archive", "without a hand", "is dear is bounded"),
    "What may be typed, and how it is judged": (
        "by the country's rules", "judged together", "by their bytes", "found harmful",
    ),
    "Ways in": ("passkey", "single sign-on", "token", "Several sessions", "shuts nobody out",
                "no password may be made", "no word in how long"),
    "Cryptography": ("Ed25519", "Argon2id", "by rotation", "quantum"),
    "Who is called": ("PostgreSQL", "the key service", "clamd", "the mail server", "push"),
    "Logs": ("in UTC", "journal", "never names", "keep them 90 days", "the machine keeper's"),
    "Parts of others": ("pinned with its hash", "within 3 days", "within 30", "each quarter"),
}  # fmt: skip


def unsaid(text: str) -> list[str]:
    """What the page no longer says."""
    parts = dict(part.split("\n", 1) for part in text.split("\n## ")[1:])
    return [
        f"{title}: {words}"
        for title, said in _SAYS.items()
        for words in said
        if words not in " ".join(parts.get(title, "").split())
    ]


def test_the_page_says_what_it_must() -> None:
    assert unsaid(PAGE.read_text(encoding="utf-8")) == []


def test_a_page_that_forgets_is_told() -> None:
    """Planted fault."""
    text = PAGE.read_text(encoding="utf-8")
    assert unsaid(text.replace("within 3 days", "soon")) == ["Parts of others: within 3 days"]
    assert len(unsaid(text.replace("## Logs", "## Notes"))) == len(_SAYS["Logs"])


def lax(guide: str) -> list[str]:
    """What the guide's proxy lacks."""
    needed = (
        "ssl_protocols TLSv1.2 TLSv1.3;", "ssl_ciphers ECDHE", "ssl_session_tickets off;",
        "X-Forwarded-Proto $scheme", "client_max_body_size 12m;",
    )  # fmt: skip
    return [line for line in needed if line not in guide]


def test_the_guides_proxy_is_strict() -> None:
    guide = (ROOT / "docs" / "operators-guide.md").read_text(encoding="utf-8")
    assert lax(guide) == []
    # Planted fault beside it: an old protocol is let in.
    assert lax(guide.replace("TLSv1.2 TLSv1.3", "TLSv1.1 TLSv1.2")) == [
        "ssl_protocols TLSv1.2 TLSv1.3;"
    ]


def unlisted(text: str, found: dict[str, set[str]]) -> set[str]:
    """Modules with cryptography in them that the inventory does not name."""
    return {
        module for module, names in found.items() if names & _CIPHERS and f"`{module}`" not in text
    }


def test_the_inventory_names_every_place_of_cryptography() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert unlisted(text, imports()) == set()
    named = set(re.findall(r"`([a-z_]+/[a-z_]+\.py)`", text.split("## Cryptography")[1]))
    assert {module for module in named if module not in imports()} == set()


def test_a_new_place_of_cryptography_is_told() -> None:
    """Planted fault."""
    assert unlisted("", {"desk/today.py": {"cryptography"}}) == {"desk/today.py"}


def weak(texts: dict[str, str]) -> list[str]:
    """Where something broken is named."""
    return [f"{name}: {match[0]}" for name, text in texts.items() for match in _WEAK.finditer(text)]


def test_nothing_broken_is_used() -> None:
    texts = {
        name: (PACKAGE / name).read_text(encoding="utf-8") for name in imports().keys() - _OF_ODK
    }
    assert weak(texts) == []
    # Planted faults beside it.
    assert weak({"a": "hashlib.md5(x)", "b": "modes.ECB()"}) == ["a: md5", "b: ECB"]


def test_passwords_are_hashed_slowly_and_with_salt(settings: object) -> None:
    from django.contrib.auth.hashers import get_hashers, identify_hasher, make_password

    assert [type(hasher).__name__ for hasher in get_hashers()] == ["Argon2PasswordHasher"]
    first, second = make_password("delapan kura-kura"), make_password("delapan kura-kura")
    assert first != second and first.startswith("argon2$argon2id$")
    hasher = identify_hasher(first)
    # At least what the Argon2 RFC 9106 and its users ask of a server with little memory.
    assert hasher.memory_cost >= 19_456 and hasher.time_cost >= 2


def test_no_part_of_the_house_runs_what_it_is_given() -> None:
    told = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        told += [f"{name}: {call}" for call in calls(ast.parse(path.read_text(encoding="utf-8")))]
    for name, used in imports().items():
        by_chance = any(name.startswith(place) for place in _BY_CHANCE)
        allowed = {"random"} if by_chance else {"xml"} if name == _READS_XML else set()
        told += [f"{name}: {one}" for one in used & _RUNS - allowed]
    assert told == []


@pytest.mark.parametrize(
    "code", ["eval(words)", "exec(words)", "subprocess.run(words, shell=True)", "mark_safe(words)"]
)
def test_what_runs_text_is_told(code: str) -> None:
    """Planted faults."""
    assert list(calls(ast.parse(code)))


def test_no_template_draws_words_as_markup() -> None:
    told = [
        path.name
        for path in PACKAGE.rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape off|safeseq", path.read_text(encoding="utf-8"))
    ]
    assert told == []


def test_scripts_make_no_markup_of_words() -> None:
    sinks = re.compile(r"\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write|\beval\(")
    told = [
        path.name
        for path in (ROOT / "frontend" / "src").rglob("*.ts")
        if sinks.search(path.read_text(encoding="utf-8"))
    ]
    assert told == []


def test_no_window_listens_to_others() -> None:
    """Tabs speak over a channel of this origin. A form's page and its frame alone hear a window,
    and each asks first whose it is.
    """
    listens = re.compile(
        r"""(window|self|globalThis)\.(addEventListener\(\s*["']message|onmessage)"""
    )
    source = ROOT / "frontend" / "src"
    texts = {
        path.relative_to(source).as_posix(): path.read_text(encoding="utf-8")
        for path in source.rglob("*.ts")
    }
    found = {name for name, text in texts.items() if listens.search(text)}
    assert found == {"form-frame/frame.ts", "form-page-frame.ts"}
    asks = re.compile(r"event\.source !== .+ \|\| event\.origin !== .+\) return;")
    assert all(asks.search(texts[name]) for name in found)
    assert listens.search('window.addEventListener("message", hear)')
    assert not asks.search('window.addEventListener("message", (event) => { hear(event.data); })')


def callers(found: dict[str, set[str]]) -> set[str]:
    """Modules that can open a line to somewhere."""
    lines = {"socket", "http", "smtplib", "urllib", "requests", "httpx", "aiohttp", "urllib3"}
    return {module for module, names in found.items() if names & lines}


def test_every_place_that_calls_out_is_known() -> None:
    """A new one needs a line in the page's table of who is called."""
    asking = {module for module in callers(imports()) if _opens(module)}
    assert asking == _CALLS_OUT


def test_a_new_place_that_calls_out_is_told() -> None:
    """Planted fault."""
    assert callers({"desk/today.py": {"requests"}, "a.py": {"json"}}) == {"desk/today.py"}


def _opens(module: str) -> bool:
    """Not merely the parts of an address (``urllib.parse``) or a status."""
    text = (PACKAGE / module).read_text(encoding="utf-8")
    return bool(re.search(r"http\.client|smtplib|urllib\.request|urlopen|socket", text))


def test_every_part_of_others_is_pinned_by_its_hash() -> None:
    for name in ("run.lock", "dev.lock", "uv.lock"):
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        parts = re.findall(
            r"^([a-z0-9][\w.-]*(?:\[[\w,]+\])?)==", lines, re.MULTILINE | re.IGNORECASE
        )
        assert parts, name
        blocks = re.split(r"^(?=[a-z0-9])", lines, flags=re.MULTILINE | re.IGNORECASE)[1:]
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == [], name
    node = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert node.count('"integrity": "sha512-') > 20


def test_what_is_shipped_is_the_package_alone() -> None:
    """No tests, no history, no bench in the wheel; nothing of `.git` is tracked."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'packages = ["src/rangkul"]' in project
    assert [path for path in tracked_files() if ".git" in Path(path).parts] == []
    assert not list(PACKAGE.rglob("test_*.py"))
