"""A file that the code writes and the repository keeps: printed, written, or compared with it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rangkul.commands.cli import setup_django
from rangkul.foundation.errors import RangkulError


def arguments(parser: argparse.ArgumentParser, what: str, committed: Path) -> None:
    """Options of a command that works out ``what``, kept at ``committed``."""
    parser.add_argument("--check", action="store_true", help=f"compare with the committed {what}")
    parser.add_argument("--write", action="store_true", help=f"write the committed {what}")
    parser.add_argument("--file", type=Path, default=committed, help="where it is committed")


def setup() -> None:
    """Django for working something out of the code alone: no database is asked."""
    if not (os.environ.get("DATABASE_URL") or os.environ.get("RANGKUL_EMBEDDED_URL")):
        os.environ["RANGKUL_CHECK"] = "1"
    setup_django()


def answer(options: argparse.Namespace, text: str, *, command: str) -> int:
    """Do with ``text`` what the options say. Raises ``RangkulError`` where the file differs."""
    if options.write:
        options.file.write_text(text, encoding="utf-8")
        return 0
    if not options.check:
        print(text, end="")
        return 0
    if not options.file.exists():
        raise RangkulError(f"there is no {options.file}; run this beside the sources")
    if options.file.read_text(encoding="utf-8") != text:
        raise RangkulError(f"{options.file} is not what the code says: rangkul {command} --write")
    print(f"{options.file} is true")
    return 0
