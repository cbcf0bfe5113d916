"""Writes ``docs/asvs.md`` from ``docs/asvs.csv``; ``--check`` says whether it is up to date."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
TABLE: Final = DOCS / "asvs.csv"
PAGE: Final = DOCS / "asvs.md"
COLUMNS: Final = ("id", "level", "state", "how", "evidence")
STATES: Final = ("holds", "partly", "open", "not_applicable")
# What each chapter is about, in our words.
CHAPTERS: Final = (
    "Words that become code", "Input and the order of acts", "The browser", "The API and HTTP",
    "Files", "Signing in", "Sessions", "Who may what", "Tokens that carry their own content",
    "Single sign-on", "Cryptography", "Connections", "Configuration", "Data",
    "How the code is made", "Logs and faults", "Calls by sound and picture",
)  # fmt: skip
_HEAD: Final = """\
# The table of ASVS 5.0

Where Rangkul stands against the OWASP Application Security Verification Standard 5.0, in our own
words; what each line asks is read in the standard itself. This page is made from
[asvs.csv](asvs.csv) by `python3 ops/asvs_page.py`; a contract test holds that every test and every
promise named here exists ([test_asvs.py](../tests/contracts/test_asvs.py)).

**Levels 1 and 2 are what this table claims.** Lines of level 3 are told where the house meets them
anyway; the others of that level are open and are not counted against it. *Holds* means that a check
which can fail runs with `make test`; *partly* says what is missing; a promise is listed with its
figure in `security.md`. Nobody from outside has looked at it yet.
"""


class Line(NamedTuple):
    """One requirement: its number and level, where we stand, how, and what shows it."""

    id: str
    level: str
    state: str
    how: str
    evidence: tuple[str, ...]

    @property
    def chapter(self) -> int:
        """The number before the first dot."""
        return int(self.id.removeprefix("V").partition(".")[0])


def read(text: str) -> list[Line]:
    """The lines of the table. Raises ``ValueError`` for other columns."""
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise ValueError(f"the columns are {rows.fieldnames}")
    return [
        Line(
            row["id"], row["level"], row["state"], row["how"],
            tuple(part for part in row["evidence"].split("; ") if part),
        )
        for row in rows
    ]  # fmt: skip


def totals(lines: list[Line]) -> Counter[str]:
    """How many lines of levels 1 and 2 stand in each state."""
    return Counter(line.state for line in lines if line.level != "3")


def page(lines: list[Line]) -> str:
    """The page: totals by chapter and state, then every line."""
    told = [_HEAD, "## Totals of levels 1 and 2\n", *_totals(lines)]
    for number, title in enumerate(CHAPTERS, start=1):
        told += [
            f"\n## {number} · {title}\n",
            "| | level | state | how | shown by |",
            "| --- " * 5 + "|",
        ]
        told += [_row(line) for line in lines if line.chapter == number]
    return "\n".join(told) + "\n"


def _totals(lines: list[Line]) -> list[str]:
    told = ["| chapter | " + " | ".join(map(_words, STATES)) + " |", "| --- " * 5 + "|"]
    for number, title in enumerate(CHAPTERS, start=1):
        found = totals([line for line in lines if line.chapter == number])
        told.append(f"| {number} · {title} | " + " | ".join(str(found[s]) for s in STATES) + " |")
    found = totals(lines)
    told.append("| **all** | " + " | ".join(f"**{found[state]}**" for state in STATES) + " |")
    return told


def _row(line: Line) -> str:
    shown = "<br>".join(f"`{_short(part)}`" for part in line.evidence)
    return f"| {line.id} | {line.level} | {_words(line.state)} | {line.how} | {shown} |"


def _words(state: str) -> str:
    return state.replace("_", " ")


def _short(evidence: str) -> str:
    """A test by its file's name; the whole address stands in the table."""
    return evidence.removeprefix("tests/")


def main(arguments: list[str]) -> int:
    """Write the page, or compare it; 1 when it is not what the table says."""
    made = page(read(TABLE.read_text(encoding="utf-8")))
    if "--check" in arguments:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
            sys.stderr.write("docs/asvs.md is not what docs/asvs.csv says: run ops/asvs_page.py\n")
            return 1
        return 0
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
