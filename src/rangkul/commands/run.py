"""``rangkul run`` and ``rangkul demo``: everything on one machine, stopped by one Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from rangkul.commands.cli import setup_django
from rangkul.commands.server import Instance
from rangkul.foundation.embedded import default_home
from rangkul.foundation.errors import RangkulError

_LOOPBACK = "127.0.0.1"
_LAST_LINES = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the commands."""
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or "8000"))
    parser.add_argument(
        "--empty", action="store_true", default=os.environ.get("EMPTY", "") not in ("", "0"),
        help="an empty trial system instead of the demonstration",
    )  # fmt: skip
    parser.add_argument("--villages", action="store_true", help="load the villages too")


def run(options: argparse.Namespace) -> int:
    """Start all, print where it is, wait, stop all."""
    _refuse_a_taken_port(options.port)
    if os.environ.get("DATABASE_URL"):
        if options.command == "demo":
            raise RangkulError("the demonstration does not run beside a DATABASE_URL; unset it")
        return _supervise(_external_environment(), options, demo=False)
    demo = not options.empty
    instance = Instance("demo" if demo else "trial", default_home(), {})
    with _only_one(instance.root):
        print("Starting the database …", flush=True)
        fresh = instance.start(only_if=instance.root / "ready" if demo else None)
        try:
            _prepare(instance, demo=demo, fresh=fresh, villages=options.villages)
            environment = os.environ | instance.environment(owner=False)
            environment.pop("RANGKUL_EMBEDDED_OWNER_URL", None)
            with _opened(instance.root / "log") as log:
                return _supervise(environment, options, demo=demo, log=log)
        finally:
            instance.server.stop(force=True)


def _refuse_a_taken_port(port: int) -> None:
    """Two servers would share it silently, and each page come from the one or the other."""
    with socket.socket() as knock:
        knock.settimeout(2)
        if knock.connect_ex((_LOOPBACK, port)) == 0:
            raise RangkulError(
                f"something is already served on port {port}; stop it, or choose another port "
                "(make run PORT=8001)"
            )


def _prepare(instance: Instance, *, demo: bool, fresh: bool, villages: bool) -> None:
    instance.apply_environment(owner=True)
    if demo:
        os.environ["RANGKUL_DEMO"] = "1"
    os.environ["RANGKUL_POOL"] = "0"
    if fresh:
        print("Preparing tables and reference data …", flush=True)
    setup_django()
    from rangkul.commands.migrate import migrate

    migrate(villages=villages)
    if demo:
        from rangkul.commands import demo as demonstration

        if fresh:
            print("Loading the demonstration's directory and cases …", flush=True)
            demonstration.load()
            (instance.root / "ready").touch()
        else:
            demonstration.keep_on_duty()
    os.environ.pop("RANGKUL_POOL")
    from django.db import connections

    connections.close_all()


def _external_environment() -> dict[str, str]:
    setup_django()
    from django.db import connections

    from rangkul.foundation.startup import refuse_unless_safe

    refuse_unless_safe()
    connections.close_all()
    return dict(os.environ)


def _supervise(
    environment: dict[str, str],
    options: argparse.Namespace,
    *,
    demo: bool,
    log: IO[str] | None = None,
) -> int:
    """Web and worker in this process group; when one ends, all end.

    What they say goes to ``log``, or with None to where this process says it.
    """
    python = [sys.executable, "-m", "rangkul.commands.cli"]
    environment.setdefault("RANGKUL_SITE", f"http://{_LOOPBACK}:{options.port}")
    children = {
        name: subprocess.Popen([*python, *words], env=environment, stdout=log, stderr=log)
        for name, words in (("web", ["web", "--port", str(options.port)]), ("worker", ["worker"]))
    }
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: stopping.append(got))
    try:
        if _wait_until_served(options.port, children["web"], stopping):
            _tell(options.port, demo=demo, log=log)
        while not stopping and all(child.poll() is None for child in children.values()):
            time.sleep(0.2)
        ended = [name for name, child in children.items() if child.poll() is not None]
        if ended and not stopping:
            print(f"rangkul: {ended[0]} ended by itself; stopping everything", file=sys.stderr)
            _show_end_of(log)
        return 0 if stopping else 1
    finally:
        _stop(children)


def _stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_until_served(port: int, web: subprocess.Popen[bytes], stopping: list[int]) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end and not stopping and web.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{_LOOPBACK}:{port}/sehat", timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _opened(path: Path) -> IO[str]:
    """The log of this run, for its owner's eyes only; the one before is dropped."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    return path.open("a")


def _show_end_of(log: IO[str] | None) -> None:
    if log is None:
        return
    lines = Path(log.name).read_text(errors="replace").splitlines()
    print(f"The last lines of {log.name}:", *lines[-_LAST_LINES:], sep="\n  ", file=sys.stderr)


def _tell(port: int, *, demo: bool, log: IO[str] | None) -> None:
    print(f"\nRangkul is at http://{_LOOPBACK}:{port}/  (Ctrl-C stops everything)", flush=True)
    if log is not None:
        print(f"What it does is written to {log.name}", flush=True)
    if demo:
        from rangkul.commands import demo as demonstration

        print("This is a demonstration with invented people. Sign in with one click:")
        print(f"  http://{_LOOPBACK}:{port}/demo/\n", flush=True)
        for line in demonstration.introductions():
            print(f"  {line}")
        print(flush=True)
    else:
        print(
            "This is an empty trial system: it listens on this machine only. Create the first\n"
            "administrator from another terminal with:  rangkul init\n",
            flush=True,
        )


@contextlib.contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """One ``run`` for one instance: a second would stop the database under the first."""
    root.mkdir(parents=True, exist_ok=True)
    lock = root / "running"
    handle = lock.open("a+")
    try:
        if os.name == "posix":
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                raise RangkulError(
                    f"Rangkul is already running from {root}; stop it first, or set RANGKUL_HOME"
                ) from fault
        yield
    finally:
        handle.close()
