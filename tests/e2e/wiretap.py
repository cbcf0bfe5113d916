"""A line between browser and house that keeps what the browser said on it, byte for byte."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

_PIECE = 65_536


class Wiretap(socketserver.ThreadingTCPServer):
    """Hands every connection on to ``base``; ``said`` is all that came from the browser's side."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, base: str) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Line)
        part = urlsplit(base)
        self.goal = (part.hostname or "127.0.0.1", part.port or 80)
        self.said = bytearray()

    @property
    def base(self) -> str:
        """Where a browser finds the house through this line."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Line(socketserver.BaseRequestHandler):
    server: Wiretap

    def handle(self) -> None:
        with socket.create_connection(self.server.goal, timeout=60) as onward:
            back = threading.Thread(target=_pass_on, args=(onward, self.request), daemon=True)
            back.start()
            for piece in _pieces(self.request):
                self.server.said += piece
                onward.sendall(piece)
            onward.shutdown(socket.SHUT_WR)
            back.join(timeout=60)


def _pass_on(source: socket.socket, goal: socket.socket) -> None:
    for piece in _pieces(source):
        try:
            goal.sendall(piece)
        except OSError:
            return


def _pieces(source: socket.socket) -> Iterator[bytes]:
    try:
        while piece := source.recv(_PIECE):
            yield piece
    except OSError:
        return


@contextmanager
def listening(base: str) -> Iterator[Wiretap]:
    """A line to ``base`` for as long as it is needed."""
    with Wiretap(base) as tap:
        threading.Thread(target=tap.serve_forever, daemon=True).start()
        try:
            yield tap
        finally:
            tap.shutdown()
