"""Asks clamd whether bytes carry something harmful (INSTREAM); nothing touches a disk."""

from __future__ import annotations

import socket
import struct
from typing import Final

from rangkul.foundation.errors import RangkulError

_CHUNK: Final = 1 << 16
_TIMEOUT: Final = 20.0
_MOST_ANSWER: Final = 4096


class ScannerAway(RangkulError):
    """clamd does not answer, or not as it should: nothing is known of the bytes."""

    code = "scanner_away"


def scan(content: bytes, *, address: str, timeout: float = _TIMEOUT) -> str:
    """The name of what was found, "" for nothing. ``address`` is ``unix:/path`` or ``host:port``.

    Raises ``ScannerAway`` when clamd is down, too slow, or says anything but a verdict.
    """
    answer = _ask(b"zINSTREAM\0", content, address, timeout)
    # "stream: OK", "stream: Name FOUND", "... ERROR" (clamd's manual page).
    told = answer.removeprefix("stream: ")
    if told == "OK":
        return ""
    if told.endswith(" FOUND"):
        return told.removesuffix(" FOUND")
    raise ScannerAway(f"clamd says: {told[:80] or 'nothing'}")


def version(*, address: str, timeout: float = 2.0) -> str:
    """What clamd calls itself and its signatures. Raises ``ScannerAway``."""
    answer = _ask(b"zVERSION\0", None, address, timeout)
    if not answer.startswith("ClamAV"):
        raise ScannerAway(f"clamd says: {answer[:80] or 'nothing'}")
    return answer


def _ask(command: bytes, content: bytes | None, address: str, timeout: float) -> str:
    try:
        with _connect(address, timeout) as line:
            line.sendall(command)
            if content is not None:
                try:
                    for start in range(0, len(content), _CHUNK):
                        part = content[start : start + _CHUNK]
                        line.sendall(struct.pack(">I", len(part)) + part)
                    line.sendall(bytes(4))
                except (BrokenPipeError, ConnectionResetError):
                    # It has said why before it hung up: a stream beyond its limit.
                    pass
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < _MOST_ANSWER:
                part = line.recv(1024)
                if not part:
                    break
                answer += part
    except (OSError, ValueError) as fault:
        raise ScannerAway(f"clamd cannot be reached ({type(fault).__name__})") from fault
    if not answer.endswith(b"\0"):
        raise ScannerAway("clamd hung up in the middle of its answer")
    return answer.rstrip(b"\0").decode("ascii", "replace").strip()


def _connect(address: str, timeout: float) -> socket.socket:
    if address.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(timeout)
            line.connect(address.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=timeout)
