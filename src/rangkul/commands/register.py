"""``rangkul register``: prints the register of processing, or tells whether it is true."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rangkul.commands.cli import setup_django
from rangkul.foundation.errors import RangkulError

COMMITTED = Path("docs/register-of-processing.md")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--check", action="store_true", help="compare with the committed register")
    parser.add_argument("--write", action="store_true", help="write the committed register")
    parser.add_argument("--file", type=Path, default=COMMITTED, help="where it is committed")


def run(options: argparse.Namespace) -> int:
    """Work the register out from the code; no database is asked."""
    if not (os.environ.get("DATABASE_URL") or os.environ.get("RANGKUL_EMBEDDED_URL")):
        os.environ["RANGKUL_CHECK"] = "1"
    setup_django()
    from rangkul.retention.register import described

    text = described()
    if options.write:
        options.file.write_text(text, encoding="utf-8")
        return 0
    if not options.check:
        print(text, end="")
        return 0
    if not options.file.exists():
        raise RangkulError(f"there is no {options.file}; run this beside the sources")
    if options.file.read_text(encoding="utf-8") != text:
        raise RangkulError(f"{options.file} is not what the code says: rangkul register --write")
    print(f"{options.file} is true")
    return 0
