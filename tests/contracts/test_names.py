"""What the repository must not name: anyone's machine, anyone's package host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.contracts.source import ROOT, tracked_files

# Bracketed so that this file does not find itself.
_MACHINE = re.compile(
    r"(?<![\w.])/(?:wor[k]|roo[t]|hom[e]/(?!you\b|rangkul\b)\w+)/[\w.]|/tm[p]/brief"
)
_HOST = re.compile(
    r"pyp[i]\.org|pythonhoste[d]\.org|registry\.npmj[s]\.org|registry\.yarnpk[g]\.com|npmmirro[r]\.com"
    r"|--(?:extra-)?index-ur[l]|--trusted-hos[t]|--find-link[s]|artifactor[y]|/nexu[s]/"
)
_IN_LOCKS = re.compile(r"://|\"resolved\"|--(?:extra-)?index|^-[if] ", re.MULTILINE)


def _text(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked_files()
        for match in pattern.finditer(_text(path))
    ]


def test_no_path_of_a_machine() -> None:
    assert _found(_MACHINE) == []


def test_no_package_host() -> None:
    assert _found(_HOST) == []


def test_lock_files_name_no_host() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert {lock.name for lock in locks} >= {"run.lock", "dev.lock"}
    for lock in locks:
        assert _IN_LOCKS.findall(lock.read_text(encoding="utf-8")) == [], lock.name
    node = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in node


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("see /wor" + "k/main/src", _MACHINE),
        ("/roo" + "t/.cache", _MACHINE),
        ("/hom" + "e/alice/rangkul", _MACHINE),
        ("https://pyp" + "i.org/simple", _HOST),
        ("registry.npmj" + "s.org", _HOST),
        ("--index-ur" + "l https://x", _HOST),
    ],
)
def test_a_planted_name_is_found(text: str, pattern: re.Pattern[str]) -> None:
    assert pattern.search(text)
