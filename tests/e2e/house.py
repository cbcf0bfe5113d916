"""The demonstration as a real server for the browser journeys, and the people who sign in to it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from ops.screenshots import ARGUMENTS, CHROMIUM, Walk, open_context
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

__all__ = ["ARGUMENTS", "CHROMIUM", "Door", "House", "choose", "start_house"]

START_WITHIN = 180.0


@dataclass
class House:
    """``rangkul run`` on a free port with a home of its own: database, web and worker."""

    base: str
    home: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it as a person would, and leave nothing behind."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            shutil.rmtree(self.home, ignore_errors=True)


def start_house() -> House:
    """Start the demonstration; returns once it serves. Takes about half a minute."""
    home = Path(tempfile.mkdtemp(prefix="rangkul-e2e-"))
    # As root the database runs as another user, who must be able to come this way.
    home.chmod(0o711)
    port = _free_port()
    inherited = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("RANGKUL_", "DJANGO_", "DATABASE_", "PYTEST_", "EMPTY"))
    }  # fmt: skip
    log = home / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "rangkul.commands.cli", "run", "--port", str(port)],
            env=inherited | {"RANGKUL_HOME": str(home)}, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    house = House(f"http://127.0.0.1:{port}", home, process)
    end = time.monotonic() + START_WITHIN
    while "Rangkul is at" not in log.read_text(encoding="utf-8"):
        if process.poll() is not None or time.monotonic() > end:
            told = log.read_text(encoding="utf-8")
            house.stop()
            raise AssertionError(f"the demonstration did not start:\n{told}")
        time.sleep(0.2)
    return house


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Door:
    """Lets the demonstration's people in, each with a browser profile of their own."""

    base: str
    browser: Browser
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def context(
        self, *, size: str = "desk", language: str = "id", dark: bool = False
    ) -> BrowserContext:
        """A fresh profile whose faults are listened to."""
        context = open_context(self.browser, self.base, size=size, language=language, dark=dark)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda fault: self.faults.append(f"{fault.error}"))
        context.on("response", self._look_at)
        self._contexts.append(context)
        return context

    def _look_at(self, response: object) -> None:
        status = getattr(response, "status", 0)
        if status >= 500:
            self.faults.append(f"{status} at {getattr(response, 'url', '')}")

    def enter(self, person: str, *, size: str = "desk", language: str = "id") -> Page:
        """Sign in as ``person`` in a fresh profile; the page stands at *today*."""
        page = self.context(size=size, language=language).new_page()
        Walk(self.base, page).enter(person)
        return page

    def close(self) -> None:
        """Close every profile."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()


def choose(place: Page | Locator, question: str, *answers: str) -> None:
    """Tick the answers of one question, which is named by a part of its words."""
    for answer in answers:
        box = place.get_by_role("group", name=question).get_by_label(answer, exact=True)
        box.check()
        expect(box).to_be_checked()
