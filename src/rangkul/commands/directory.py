"""``rangkul directory``: the directory of services out to files of HSDS 3.0, and corrections in.

Export writes what everybody may read, or with ``--all`` desks that are not shown too; import
corrects desks that are there and applies all of a file or nothing.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rangkul.commands.owning import owners_database
from rangkul.foundation.errors import RangkulError

if TYPE_CHECKING:
    from rangkul.exchange.hsds.bringing import Plan
    from rangkul.network.queries import DeskEntry

_OWNER: Final = "owner"


class _Remarks(RangkulError):
    """A file holds what cannot be taken over; nothing was changed."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """One act, the place of the files, and its options."""
    parser.add_argument("act", choices=("export", "import"))
    parser.add_argument("place", type=Path, help="export: a folder; import: a file or a folder")
    parser.add_argument("--format", choices=("json", "csv"), default="json", help="export: of what")
    parser.add_argument("--all", action="store_true", help="export: desks that are not shown too")
    parser.add_argument("--agency", default="", help="only this agency's desks (its code)")
    parser.add_argument("--dry-run", action="store_true", help="import: say what would change")


def run(options: argparse.Namespace) -> int:
    """Do the one act; a refusal ends with its sentence and changes nothing."""
    with owners_database(begin=False):
        from django.utils import translation

        with translation.override("en"):
            act = _export if options.act == "export" else _import
            print(act(options, datetime.now(UTC)))
    return 0


def _known(options: argparse.Namespace) -> list[DeskEntry]:
    from rangkul.network import queries as network

    found = network.list_entries_of(None, using=_OWNER)
    if options.agency:
        found = [each for each in found if each.agency.code == options.agency]
        if not found:
            raise RangkulError(f"no agency with desks has the code {options.agency}")
    return found


def _export(options: argparse.Namespace, at: datetime) -> str:
    from rangkul.exchange.hsds import package
    from rangkul.exchange.hsds.mapping import Setting
    from rangkul.network import queries as network

    shown = {each.desk.id for each in network.list_listed_entries(at=at)}
    entries = [each for each in _known(options) if options.all or each.desk.id in shown]
    setting = Setting.of(entries, at=at)
    files = (
        package.csv_files(entries, setting)
        if options.format == "csv"
        else {package.JSON_NAME: package.json_file(entries, setting)}
    )
    options.place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.place / name).write_bytes(content)
    return f"{len(entries)} desks, {len(files)} file(s) in {options.place}"


def _import(options: argparse.Namespace, at: datetime) -> str:
    from django.db import transaction

    from rangkul.exchange.hsds import bringing, files
    from rangkul.network import operations as network

    place: Path = options.place
    if not place.exists():
        raise RangkulError(f"there is no {place}")
    with transaction.atomic(using=_OWNER):
        brought = files.read_folder(place) if place.is_dir() else files.read(
            place.read_bytes(), place.name
        )  # fmt: skip
        plan = bringing.plan(brought, _known(options), by=None)
        if plan.remarks:
            raise _Remarks(_said("nothing was changed:", plan))
        if options.dry_run:
            return _said("would change:", plan)
        for change in plan.changes:
            network.bring_entry_from_outside(
                using=_OWNER, desk_id=change.desk_id, entry=change.entry, at=at
            )
    return _said("changed:", plan)


def _said(head: str, plan: Plan) -> str:
    lines = [f"{remark.where}: {remark.sentence}" for remark in plan.remarks]
    lines += [
        f"{change.desk_name}: {name}: {change.before[name]!r} -> {value!r}"
        for change in plan.changes
        for name, value in change.after.items()
    ]
    count = f"{len(plan.changes)} desk(s) differ, {plan.unchanged} as they are"
    return "\n".join([head, *lines, count])
