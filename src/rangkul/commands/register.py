"""``rangkul register``: prints the register of processing, or tells whether it is true."""

from __future__ import annotations

import argparse
from pathlib import Path

from rangkul.commands import written

COMMITTED = Path("docs/register-of-processing.md")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    written.arguments(parser, "register", COMMITTED)


def run(options: argparse.Namespace) -> int:
    """Work the register out from the code."""
    written.setup()
    from rangkul.retention.register import described

    return written.answer(options, described(), command="register")
