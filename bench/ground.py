"""The ground of a measurement: an embedded database of its own, filled with an invented country."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rangkul.commands.server import Instance
from rangkul.foundation.embedded import default_home

# What an operator of such a machine would set; everything else is PostgreSQL's own default. The
# log without replicas makes the filling faster and changes nothing for the pages.
SETTINGS: Final = {
    "shared_buffers": "128MB",
    "effective_cache_size": "8GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Ground:
    """The instance ``bench`` and what is in it. Django must not be set up before ``start``."""

    def __init__(self, name: str = "bench") -> None:
        self.instance = Instance(name, default_home(), dict(SETTINGS))

    def start(self) -> None:
        """Start the database and bring its tables up to date."""
        self.instance.start()
        self.instance.apply_environment(owner=True)
        os.environ["RANGKUL_POOL"] = "0"
        os.environ.pop("DATABASE_URL", None)
        # One person opens here in a minute what a unit opens in a week: measured, not stopped.
        os.environ["RANGKUL_KEYS_PER_PERSON"] = os.environ["RANGKUL_KEYS_PER_PROCESS"] = "10000000"
        from rangkul.commands.cli import setup_django

        setup_django()
        from rangkul.commands.migrate import migrate

        migrate()
        _widen_measures()

    def restart(self) -> None:
        """Stop and start the database: nothing of the filling stays in its memory."""
        self.instance.server.stop(force=True)
        self.instance.server.start()

    def stop(self) -> None:
        """Stop the database."""
        self.instance.server.stop(force=True)

    def postmaster(self) -> int:
        """The process of the database server."""
        pid_file = self.instance.server.data / "postmaster.pid"
        return int(pid_file.read_text().splitlines()[0])

    def count_cases(self) -> int:
        """The cases that are there."""
        from django.db import connections

        with connections["owner"].cursor() as cursor:
            cursor.execute("select count(*) from custody_case")
            return int(cursor.fetchone()[0])

    def size_mb(self) -> int:
        """The database's size on disk in MB."""
        from django.db import connections

        with connections["owner"].cursor() as cursor:
            cursor.execute("select pg_database_size(current_database())")
            return int(cursor.fetchone()[0]) // 1_000_000

    def fill(self, cases: int, seed: int) -> dict[str, float]:
        """Fill the empty system; what it cost."""
        from rangkul.commands.synth.command import fill

        done = fill(
            cases=cases, seed=seed, agencies=3_000, staff=10_000, jobs=2,
            until=datetime.now(UTC).replace(microsecond=0),
        )  # fmt: skip
        cost = {
            "cases": done.cases,
            "rows": done.rows,
            "seconds": round(done.seconds, 1),
            "cases_per_second": round(done.cases / done.seconds),
        }
        self._filling.write_text(json.dumps(cost), encoding="ascii")
        return cost

    def filling(self) -> dict[str, float]:
        """What the filling that is there cost, noted then; empty when nobody noted it."""
        if not self._filling.exists():
            return {}
        noted: dict[str, float] = json.loads(self._filling.read_text(encoding="ascii"))
        return noted

    @property
    def _filling(self) -> Path:
        return self.instance.server.root / "filling.json"

    def empty(self) -> None:
        """Throw the database away and make a new one with its tables."""
        from django.db import connections
        from psycopg import sql

        from rangkul.commands.migrate import migrate
        from rangkul.foundation import embedded, roles

        connections.close_all()
        with self.instance.server.connect(embedded.SUPERUSER, "postgres") as superuser:
            name = sql.Identifier(self.instance.database)
            superuser.execute(sql.SQL("drop database if exists {} with (force)").format(name))
            roles.create_database(superuser, self.instance.database)
        migrate()


def _widen_measures() -> None:
    """Let the one visitor read as many files as she likes; each is counted as everywhere."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("update house.reading_budget set slow = 9999999, stop = 99999999")
