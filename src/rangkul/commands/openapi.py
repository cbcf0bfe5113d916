"""``rangkul openapi``: prints the API's description, or says whether the committed one is true."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rangkul.commands.cli import setup_django
from rangkul.foundation.errors import RangkulError

COMMITTED = Path("docs/openapi.json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed description"
    )
    parser.add_argument("--write", action="store_true", help="write the committed description")
    parser.add_argument("--file", type=Path, default=COMMITTED, help="where it is committed")


def run(options: argparse.Namespace) -> int:
    """Work the description out from the code; no database is asked."""
    if not (os.environ.get("DATABASE_URL") or os.environ.get("RANGKUL_EMBEDDED_URL")):
        os.environ["RANGKUL_CHECK"] = "1"
    setup_django()
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
        raise RangkulError(f"{options.file} is not what the code says: rangkul openapi --write")
    print(f"{options.file} is true")
    return 0


def described() -> str:
    """The description as it is served: commands stand beside the API and do not import it."""
    from django.http import HttpRequest
    from django.urls import resolve

    request = HttpRequest()
    request.method = "GET"
    found = resolve("/api/v1/openapi.json")
    return str(found.func(request).content.decode())
