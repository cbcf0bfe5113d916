"""``rangkul web`` and ``rangkul worker``: one long-running process each."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import os
from collections.abc import Awaitable, Callable
from typing import cast

from rangkul.commands.cli import setup_django
from rangkul.foundation.errors import RangkulError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the commands."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (web)")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--processes", type=int, default=1, help="web processes")
    parser.add_argument("--threads", type=int, default=8, help="threads of each web process")


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    if options.command == "web":
        _refuse_to_show_a_trial(options.host)
    setup_django()
    from rangkul.foundation.startup import refuse_unless_safe
    from rangkul.trail.sealing import refuse_if_behind

    refuse_unless_safe()
    refuse_if_behind()
    return web(options) if options.command == "web" else worker()


def _refuse_to_show_a_trial(host: str) -> None:
    """The embedded database is for one machine: nobody else may reach what stands on it."""
    if os.environ.get("RANGKUL_EMBEDDED_URL") and not _is_loopback(host):
        raise RangkulError(
            f"a trial system is not served on {host}: whoever can reach that address could enter. "
            "Leave --host out, or set up a real system (see the operator's guide)"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def web(options: argparse.Namespace) -> int:
    """The web application under granian."""
    from django.db import connections
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    # The check's connection must not be inherited by the server's own processes.
    connections.close_all()
    Granian(
        "rangkul.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.processes,
        blocking_threads=options.threads,
        http=HTTPModes.http1,
        # Longer heads are nobody's browser; slower ones hold a line and nothing else.
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=64 * 1024),
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    ).serve()
    return 0


def worker() -> int:
    """The jobs, until stopped; a job that was running is finished first."""
    import asyncio

    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector
    from procrastinate.jobs import DeleteJobCondition

    from rangkul.foundation.beat import SteadyWorker

    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise RangkulError("the jobs have no database")
    with app.replace_connector(connector.get_worker_connector()) as ready:

        async def work() -> None:
            async with ready.open_async():
                hands = SteadyWorker(
                    app=ready, concurrency=2, delete_jobs=DeleteJobCondition.SUCCESSFUL,
                    fetch_job_polling_interval=5,
                )  # fmt: skip
                # The library leaves it without types.
                serve = cast(Callable[[], Awaitable[None]], hands.run)
                await serve()

        asyncio.run(work())
    return 0
