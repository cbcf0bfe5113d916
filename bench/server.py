"""The real server and worker under measurement, as processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from bench.ground import Ground
from bench.memory import family, processor_seconds, pss_mb


class Server:
    """``rangkul web`` with one process and ``rangkul worker``, as the app role."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start both and wait for the first answer."""
        environment = os.environ | self._ground.instance.environment(owner=False)
        environment.pop("RANGKUL_EMBEDDED_OWNER_URL", None)
        environment.pop("RANGKUL_POOL", None)
        # The bench is faster than any person.
        environment["RANGKUL_REQUESTS_PER_MINUTE"] = "0"
        command = [sys.executable, "-m", "rangkul.commands.cli"]
        self._children = [
            subprocess.Popen([*command, "web", "--port", str(self.port)], env=environment),
            subprocess.Popen([*command, "worker"], env=environment),
        ]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sehat", timeout=2):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("the server did not answer within a minute")

    def memory(self) -> dict[str, int]:
        """MB of the whole group: web, worker, PostgreSQL, and all together."""
        web, worker = (pss_mb(family([child.pid])) for child in self._children)
        database = pss_mb(family([self._ground.postmaster()]))
        return {
            "web": round(web),
            "worker": round(worker),
            "postgresql": round(database),
            "all": round(web + worker + database),
        }

    def processor_seconds(self) -> float:
        """Processor time of web and PostgreSQL so far."""
        roots = [self._children[0].pid, self._ground.postmaster()]
        return processor_seconds(family(roots))

    def stop(self) -> None:
        """Stop both."""
        for child in self._children:
            child.terminate()
        for child in self._children:
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
