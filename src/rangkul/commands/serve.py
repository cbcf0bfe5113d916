"""``rangkul web`` and ``rangkul worker``: one long-running process each."""

from __future__ import annotations

import argparse
import logging
import os

from rangkul.commands.cli import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the commands."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (web)")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--processes", type=int, default=1, help="web processes")
    parser.add_argument("--threads", type=int, default=8, help="threads of each web process")


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    setup_django()
    from rangkul.foundation.startup import refuse_unless_safe

    refuse_unless_safe()
    return web(options) if options.command == "web" else worker()


def web(options: argparse.Namespace) -> int:
    """The web application under granian."""
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces

    # The check's connection must not be inherited by the server's own processes.
    connection.close()
    connection.close_pool()
    Granian(
        "rangkul.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.processes,
        blocking_threads=options.threads,
        log_access=False,
        log_level="warning",
        respawn_failed_workers=True,
    ).serve()
    return 0


def worker() -> int:
    """The jobs, until stopped; a job that was running is finished first."""
    from procrastinate.contrib.django import app

    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    worker_app = app.with_connector(app.connector.get_worker_connector())
    with worker_app.open():
        worker_app.run_worker(
            concurrency=2, listen_notify=True, delete_jobs="successful", fetch_job_polling_interval=5
        )
    return 0
