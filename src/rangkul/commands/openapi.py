"""``rangkul openapi``: prints the API's description, or says whether the committed one is true."""

from __future__ import annotations

import argparse
from pathlib import Path

from rangkul.commands import written

COMMITTED = Path("docs/openapi.json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    written.arguments(parser, "description", COMMITTED)


def run(options: argparse.Namespace) -> int:
    """Work the description out from the code."""
    written.setup()
    return written.answer(options, described(), command="openapi")


def described() -> str:
    """The description as it is served: commands stand beside the API and do not import it."""
    from django.http import HttpRequest
    from django.urls import resolve

    request = HttpRequest()
    request.method = "GET"
    found = resolve("/api/v1/openapi.json")
    return str(found.func(request).content.decode())
