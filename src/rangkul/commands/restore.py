"""``rangkul restore``: both dumps into an empty database; what was destroyed stays destroyed."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rangkul.commands.owning import owners_database
from rangkul.foundation.errors import RangkulError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which dumps, and as whom."""
    parser.add_argument("--data", type=Path, required=True, metavar="FILE", help="data-….dump")
    parser.add_argument("--keys", type=Path, required=True, metavar="FILE", help="keys-….dump")
    parser.add_argument(
        "--superuser-url", default=os.environ.get("SUPERUSER_URL", ""),
        help="postgresql:// URL of a superuser, for the database that `rangkul roles` has made",
    )  # fmt: skip
    parser.add_argument(
        "--without-tombstones", action="store_true",
        help="there is no list of what was destroyed beside the ring, and none can be had",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """0 for a whole restore, 1 where the trail shows a loss or a touch."""
    with owners_database(begin=False):
        return _restore(options)


def _restore(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import connections
    from psycopg.conninfo import make_conninfo

    from rangkul.commands import dumps
    from rangkul.foundation import tombstones

    ring = settings.KEY_RING.fingerprint
    data = dumps.check(options.data, kind=dumps.DATA, ring=ring)
    keys = dumps.check(options.keys, kind=dumps.KEYS, ring=ring)
    if keys.made < data.made:
        raise RangkulError("the keys are older than the data: some of the data would stay shut")
    listed = tombstones.path_of(settings.KEY_RING_PATH)
    known = tombstones.count() if listed.exists() else 0
    if known < data.tombstones and not options.without_tombstones:
        raise RangkulError(
            f"the list at {listed} knows {known} destroyed keys, and {data.tombstones} were known "
            "when the dump was made: what was erased would come back. Put the newest copy of the "
            "list beside the ring, or say --without-tombstones."
        )
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("select to_regnamespace('house') is null")
        if not cursor.fetchone()[0]:
            raise RangkulError("this database is not empty: `rangkul roles` makes an empty one")
        server = owner.connection.info.server_version
    url = options.superuser_url
    if not url:
        raise RangkulError("restoring needs a superuser: --superuser-url, or SUPERUSER_URL")
    url = make_conninfo(url, dbname=settings.DATABASES["owner"]["NAME"])
    owner.close()
    for kind, dump in ((dumps.DATA, options.data), (dumps.KEYS, options.keys)):
        dumps.put_back(dump, kind=kind, url=url, server=server)
        print(f"{kind:5} put back from {dump.name}")
    return _bring_up(data.made_at)


def _bring_up(made_at: str) -> int:
    """Migrate (which destroys again what came back), go on sealing, and look at the trail."""
    from rangkul.commands import trail
    from rangkul.commands.migrate import migrate
    from rangkul.foundation import hour
    from rangkul.retention import events
    from rangkul.trail.operations import OUTSIDE, record

    migrate(quiet=True)
    record(
        by=None, at=hour.now(), name=events.BACKUP_RESTORED, subject_kind="database",
        subject_id="backup", purpose=OUTSIDE, detail={"made_at": made_at}, using="owner",
    )  # fmt: skip
    trail.resume()
    return trail.verify()
