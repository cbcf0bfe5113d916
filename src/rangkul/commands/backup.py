"""``rangkul backup``: the database in two dumps that never lie together, each with its own age."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rangkul.commands.owning import owners_database
from rangkul.foundation.errors import RangkulError

if TYPE_CHECKING:
    from datetime import datetime


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where each half goes, and how long the data stay there."""
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="dump everything but the keys")
    parser.add_argument(
        "--keys", type=Path, metavar="FOLDER",
        help="dump the key store, and destroy its dumps of more than 14 days there",
    )  # fmt: skip
    parser.add_argument(
        "--keep-data", type=int, metavar="DAYS", help="destroy older dumps of the data there"
    )


def run(options: argparse.Namespace) -> int:
    """0 when what was asked for stands on the disk with its manifest."""
    if options.data is None and options.keys is None:
        raise RangkulError("say where to: --data FOLDER, --keys FOLDER, or both")
    if options.keep_data is not None and (options.data is None or options.keep_data < 1):
        raise RangkulError("--keep-data goes with --data and counts days")
    if options.data and options.keys and _together(options.data, options.keys):
        raise RangkulError(
            "data and keys in one place is one backup: whoever takes the folder has both, and what "
            "was destroyed comes back. Give the keys a place of their own."
        )
    with owners_database(begin=False):
        _backup(options)
    return 0


def _together(first: Path, second: Path) -> bool:
    one, other = first.resolve(), second.resolve()
    return one == other or one in other.parents or other in one.parents


def _backup(options: argparse.Namespace) -> None:
    from django.conf import settings
    from django.db import connections

    from rangkul.commands import dumps
    from rangkul.foundation import hour, tombstones
    from rangkul.retention import events, workflow
    from rangkul.trail.operations import OUTSIDE, record

    owner = connections["owner"]
    at = hour.now()
    # What was destroyed until now is on the list before anything of now is kept.
    tombstones.carry_over(using="owner", whole=True)
    with owner.cursor() as cursor:
        cursor.execute("select coalesce(max(number), 0) from trail_seal")
        seals = int(cursor.fetchone()[0])
    made = []
    # Data first: each key that the data need is in the key store afterwards, or was destroyed.
    for kind, folder in ((dumps.DATA, options.data), (dumps.KEYS, options.keys)):
        if folder is None:
            continue
        manifest = dumps.make(
            kind, folder, url=owner_url(), at=at, server=owner.connection.info.server_version,
            ring=settings.KEY_RING.fingerprint, seals=seals, tombstones=tombstones.count(),
        )  # fmt: skip
        print(f"{kind:5} {folder / manifest.file}  {manifest.size} bytes  {manifest.sha256}")
        made.append(kind)
    _prune(options, at, workflow.KEYS_KEPT)
    record(
        by=None, at=at, name=events.BACKUP_MADE, subject_kind="database", subject_id="backup",
        purpose=OUTSIDE, detail={"kinds": made, "seals": seals}, using="owner",
    )  # fmt: skip
    print(f"list  {tombstones.path_of(settings.KEY_RING_PATH)}  keep a copy of it with the ring's")


def _prune(options: argparse.Namespace, at: datetime, keys_kept: timedelta) -> None:
    from rangkul.commands import dumps

    gone = []
    if options.keys is not None:
        gone += dumps.prune(options.keys, kind=dumps.KEYS, before=at - keys_kept)
    if options.keep_data is not None:
        before = at - timedelta(days=options.keep_data)
        gone += dumps.prune(options.data, kind=dumps.DATA, before=before)
    for name in gone:
        print(f"gone  {name}")


def owner_url() -> str:
    """The owner's database as one ``postgresql://`` text, from the settings."""
    from django.conf import settings
    from psycopg.conninfo import make_conninfo

    one = settings.DATABASES["owner"]
    parts = {
        "host": one["HOST"], "port": one["PORT"], "user": one["USER"], "password": one["PASSWORD"],
        "dbname": one["NAME"],
    }  # fmt: skip
    known = {name: value for name, value in (one["OPTIONS"] | parts).items() if value}
    return make_conninfo(**{name: str(value) for name, value in known.items() if name != "pool"})
