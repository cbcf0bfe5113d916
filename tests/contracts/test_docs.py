"""What the documents say can be typed, opened and found."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest
from tests.contracts.source import PACKAGE, ROOT, tracked_files

from rangkul.commands.cli import COMMANDS, main

DOCUMENTS = sorted(
    path
    for path in tracked_files()
    if path.suffix == ".md" and path.relative_to(ROOT).parts[0] not in {"frontend", "tests"}
)
UNITS = sorted((ROOT / "ops" / "systemd").glob("*.service"))

_CALL = re.compile(r"(?:^|[ \t]|/bin/|ExecStart=\S*/)rangkul((?:\s+\S+)+)")
# Lines in which the word is the name of a user or a package.
_NO_CALL = r"(chown|useradd|enable|install|chmod|User=|Group=)"


def code_of(text: str) -> list[str]:
    """Every block and every span of code."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    rest = re.sub(r"```\w*\n.*?```", "", text, flags=re.DOTALL)
    return [*blocks, *re.findall(r"`([^`\n]+)`", rest)]


def calls_of(code: str) -> list[list[str]]:
    """The words after `rangkul` wherever it is called as a program."""
    joined = code.replace("\\\n", " ")
    found = []
    for line in joined.splitlines():
        match = _CALL.search(line.split(" #")[0])
        if match and not re.search(_NO_CALL, line):
            words = shlex.split(match[1])
            stop = next((i for i, word in enumerate(words) if word in {"|", "&&", ";", ">"}), None)
            found.append(words[:stop])
    return found


def faults_of_call(words: list[str]) -> list[str]:
    """What is wrong with `rangkul words…`: no such command, no such option."""
    command, *rest = words
    if command not in COMMANDS:
        return [f"there is no command {command}"]
    module = importlib.import_module(f"rangkul.commands.{COMMANDS[command][0]}")
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    known = {option for action in parser._actions for option in action.option_strings}
    # What follows `token` is handed on to a command of its own.
    given = [word.split("=")[0] for word in rest if word.startswith("-") and command != "token"]
    return [f"{command} knows no {option}" for option in given if option not in known]


def targets() -> set[str]:
    """The Makefile's targets."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", text, re.M))


def faults_of(text: str, folder: Path) -> list[str]:
    """Everything in a document that leads nowhere."""
    told = []
    for code in code_of(text):
        for words in calls_of(code):
            told += faults_of_call(words)
        told += [
            f"there is no make {target}"
            for target in re.findall(r"(?:^|\s)make ([a-z]+)", code)
            if target not in targets()
        ]
        told += [
            f"nothing reads {name}"
            for name in re.findall(r"\b((?:RANGKUL|DATABASE)_[A-Z_]+)\b", code)
            if name not in variables()
        ]
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        aim = folder / target if target else None
        if aim is not None and not aim.exists():
            told.append(f"nothing stands at {link}")
        elif anchor and anchor not in anchors(aim.read_text("utf-8") if aim else text):
            told.append(f"no heading for {link}")
    return told


def anchors(text: str) -> set[str]:
    """The anchors that a Markdown reader makes of the headings."""
    found = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in found}


def variables() -> set[str]:
    """Every environment variable that the code or the tests read."""
    read: set[str] = set()
    for folder in (PACKAGE, ROOT / "tests", ROOT / "bench"):
        for path in set(folder.rglob("*.py")) - {Path(__file__)}:
            read |= set(re.findall(r"\b(?:RANGKUL|DATABASE)_[A-Z_]+\b", path.read_text("utf-8")))
    return read


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(path: Path) -> None:
    assert faults_of(path.read_text(encoding="utf-8"), path.parent) == []


def test_what_is_not_there_is_told() -> None:
    """Planted faults: one of each kind."""
    text = (
        "`rangkul diagnose` and `rangkul web --prot 1`; `make coffee`; `RANGKUL_NO_SUCH=1`;\n"
        "[here](no-such-file.md), [there](#nowhere)\n```sh\n/opt/x/bin/rangkul vanish --all\n```\n"
    )
    assert faults_of(text, ROOT) == [
        "there is no command vanish",
        "there is no command diagnose",
        "web knows no --prot",
        "there is no make coffee",
        "nothing reads RANGKUL_NO_SUCH",
        "nothing stands at no-such-file.md",
        "no heading for #nowhere",
    ]


def test_every_command_is_told_of_somewhere() -> None:
    told = {
        words[0]
        for path in DOCUMENTS
        for code in code_of(path.read_text(encoding="utf-8"))
        for words in calls_of(code)
    }
    # For those who change the code; `--help` and the Makefile name them.
    assert set(COMMANDS) - told - {"run", "messages", "openapi"} == set()


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_there_is(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    (words,) = calls_of(text)
    assert faults_of_call(words) == []
    assert "User=rangkul" in text
    assert "NoNewPrivileges=yes" in text


def test_only_migrating_reads_the_owners_password() -> None:
    readers = [unit.name for unit in UNITS if "owner.env" in unit.read_text(encoding="utf-8")]
    assert readers == ["rangkul-migrate.service"]


def test_the_guide_names_every_setting_an_operator_sets() -> None:
    text = (ROOT / "docs" / "operators-guide.md").read_text(encoding="utf-8")
    settings = (PACKAGE / "config" / "settings.py").read_text(encoding="utf-8")
    said = set(re.findall(r"^\| ((?:RANGKUL|DATABASE)_\w+) \|", settings, re.M))
    # Set by the program itself, or for tools that only read code.
    own = {"RANGKUL_EMBEDDED_URL", "RANGKUL_EMBEDDED_OWNER_URL", "RANGKUL_CHECK"}
    assert {name for name in said - own if f"`{name}" not in text} == set()


def test_every_command_says_help_without_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert f"rangkul {command}" in capsys.readouterr().out
