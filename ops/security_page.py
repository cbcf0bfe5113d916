"""Writes ``docs/security.md`` from what the checks themselves said (``docs/security.json``).

``make security`` runs the checks and then this; ``--check`` only tells whether the page is theirs.
What a promise costs in speed is no check's to say: it stands as `make bench` measured it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
CHAPTERS: Final = {
    "sign-in": "Signing in",
    "consent": "Consent and what crosses a border",
    "vault": "The vault",
    "trail": "The trail",
    "emergency": "Emergency access and curious insiders",
    "rights": "Rights, retention and erasure",
    "web": "The web",
    "walls": "The walls between people and agencies",
}
_SPEEDS: Final = """\
## What safety costs in speed

A speed hangs on the machine: it is measured by `make bench`, whose figures with all circumstances
are in [performance](performance.md), and no test waits for a clock.
"""
_HEAD: Final = """\
# What is promised, and how it is known

Each promise has a check that measures it and a planted fault that the check catches; this page
is written from what they said when they last ran, by `make security`. What a compromise would
surrender stands in the [threat model](threat-model.md), the standard's items in the
[ASVS table](asvs.md).
"""


def page(said: dict[str, Any], measured: dict[str, Any]) -> str:
    """The page: each chapter's promises with their checks and planted faults, then the speeds.

    ``said`` is what the checks said, ``measured`` what the bench did (``docs/performance.json``).
    """
    parts = [_HEAD]
    held = sum(_held(promise) for promise in said.values())
    parts.append(f"{held} of {len(said)} promises held when this was written.\n")
    for chapter, title in CHAPTERS.items():
        promises = {code: p for code, p in said.items() if p["chapter"] == chapter}
        if not promises:
            continue
        parts.append(f"## {title}\n")
        for code, promise in promises.items():
            parts.append(_words(code, promise))
    parts += [_SPEEDS, _speed(measured["trail"])]
    return "\n".join(parts)


def _speed(trail: dict[str, Any]) -> str:
    lower, upper = trail["quartiles"]
    return (
        f"* Writing the trail while it is sealed: {trail['share']:.1%} of what is written while "
        f"nobody seals ({trail['sealed_per_s']:,} of {trail['plain_per_s']:,} acts a second; half "
        f"of the rounds between {lower:.1%} and {upper:.1%}; sealing every second took "
        f"{trail['processor_share']:.1%} of the processor time; bar 90 %: "
        f"{'held' if trail['holds'] else '**not held**'})\n"
    )


def _held(promise: dict[str, Any]) -> bool:
    outcomes = [*promise["checks"].values(), *promise["planted"].values()]
    return bool(promise["checks"]) and set(outcomes) == {"passed"}


def _words(code: str, promise: dict[str, Any]) -> str:
    lines = [f"**{promise['sentence']}** `{code}`\n"]
    lines += [f"* measured: {figure}" for figure in promise["figures"]]
    lines += [f"* check: {_link(test)} {_said(how)}" for test, how in promise["checks"].items()]
    lines += [f"* planted: {_link(test)} {_said(how)}" for test, how in promise["planted"].items()]
    return "\n".join(lines) + "\n"


def _link(address: str) -> str:
    file, _, test = address.partition("::")
    return f"[{test}](../{file})"


def _said(outcome: str) -> str:
    return "" if outcome == "passed" else f"(**{outcome}**)"


def main() -> int:
    """Write the page, or compare it; 1 when it is not the checks' own."""
    said = json.loads((DOCS / "security.json").read_text(encoding="utf-8"))
    measured = json.loads((DOCS / "performance.json").read_text(encoding="utf-8"))
    written = "\n".join(line.rstrip() for line in page(said, measured).splitlines()) + "\n"
    path = DOCS / "security.md"
    if "--check" in sys.argv:
        return int(not path.exists() or path.read_text(encoding="utf-8") != written)
    path.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
