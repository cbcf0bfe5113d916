"""``rangkul export trace``: which export a copied row came from, who made it, when and for whom."""

from __future__ import annotations

import argparse

from rangkul.commands.owning import owners_database


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and the marks as they were copied."""
    parser.add_argument("act", choices=("trace",), help="trace: tell where marked rows came from")
    parser.add_argument("marks", nargs="+", metavar="MARK", help="EK-7F3K-9QXT-4M2QXR")


def run(options: argparse.Namespace) -> int:
    """0 when every mark is known, 1 where one is not."""
    with owners_database(begin=False):
        return max(_tell(mark) for mark in options.marks)


def _tell(mark: str) -> int:
    from rangkul.exchange import marks, queries

    try:
        found = queries.trace(mark, using="owner")
    except marks.UnknownMark as fault:
        print(f"{mark}: {fault}")
        return 1
    print(f"{mark}: export {found.number} ({found.state}), line {found.line}: {found.case_number}")
    print(f"  made     {found.made_at} by {found.maker}, {found.agency}, reason {found.reason}")
    print(f"  for      {found.recipient}")
    print(f"  fetched  {found.fetched_at or 'never'}")
    return 0
