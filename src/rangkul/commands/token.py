"""``rangkul token``: service accounts and their tokens; the API's own command does the work."""

from __future__ import annotations

import argparse

from rangkul.commands.cli import setup_django
from rangkul.foundation.errors import RangkulError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whatever the API's command takes: create, list or withdraw, and its options."""
    parser.add_argument("act", choices=("create", "list", "withdraw"))
    parser.add_argument("words", nargs=argparse.REMAINDER, help="--by ADMIN and what it needs")


def run(options: argparse.Namespace) -> int:
    """Hand the words over; a refusal ends with its sentence."""
    setup_django()
    from django.core.management import CommandError, call_command

    try:
        call_command("service_token", options.act, *options.words)
    except CommandError as fault:
        raise RangkulError(str(fault)) from fault
    return 0
