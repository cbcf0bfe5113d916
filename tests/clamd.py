"""A clamd with one local signature, for as long as a test needs it.

The signature knows the harmless test file of EICAR, which every scanner is tried with.
Its text is put together at run time, so that no scanner takes this repository as harmful.
Where the program is not installed a stand-in answers in its place, as faithfully as the tests of
the two side by side can tell (``tests/unit/foundation/test_clamd.py``).
"""

from __future__ import annotations

import io
import os
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rangkul.foundation import scanning

_HALVES = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*")
NAME = "Uji.Eicar.UNOFFICIAL"
MOST = 25 << 20
_STARTS_WITHIN = 40.0


def eicar() -> bytes:
    """The test file that every scanner finds."""
    return "".join(_HALVES).encode("ascii")


def program() -> str | None:
    """Where clamd is; ``None`` on a machine without it, which the house's own CI is not."""
    found = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if found is None and os.environ.get("RANGKUL_CI"):
        raise AssertionError("no clamd on this machine (Debian: apt-get install clamav-daemon)")
    return found


@contextmanager
def running(folder: Path, found: str) -> Iterator[str]:
    """The clamd of this path on a socket in ``folder``; its address."""
    signatures = folder / "signatures"
    signatures.mkdir(exist_ok=True)
    name = NAME.removesuffix(".UNOFFICIAL")
    (signatures / "local.ndb").write_text(f"{name}:0:*:{eicar().hex()}\n")
    socket = folder / "clamd.sock"
    socket.unlink(missing_ok=True)
    settings = folder / "clamd.conf"
    settings.write_text(
        f"Foreground yes\nLocalSocket {socket}\nDatabaseDirectory {signatures}\n"
        f"LogFile {folder / 'clamd.log'}\nTemporaryDirectory {folder}\nStreamMaxLength {MOST}\n"
        "OfficialDatabaseOnly no\nConcurrentDatabaseReload no\n"
    )
    running_ = subprocess.Popen(
        [found, "--config-file", str(settings)], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"unix:{socket}"
    try:
        _wait(running_, address, folder)
        yield address
    finally:
        running_.terminate()
        running_.wait(10)


def _wait(running_: subprocess.Popen[bytes], address: str, folder: Path) -> None:
    end = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < end and running_.poll() is None:
        try:
            scanning.version(address=address)
            return
        except scanning.ScannerAway:
            time.sleep(0.1)
    log = folder / "clamd.log"
    raise AssertionError(f"clamd did not start: {log.read_text() if log.exists() else ''}")


class _Answer(socketserver.StreamRequestHandler):
    """One command of clamd's protocol: ``zVERSION``, ``zINSTREAM`` in chunks, or unknown."""

    def handle(self) -> None:
        command = self._until_nul()
        if command == b"zVERSION":
            self._say("ClamAV stand-in")
        elif command == b"zINSTREAM":
            content = self._chunks()
            if content is None:
                self._say("INSTREAM size limit exceeded. ERROR")
            else:
                self._say(f"stream: {f'{NAME} FOUND' if _is_harmful(content) else 'OK'}")
        else:
            self._say("UNKNOWN COMMAND")

    def _until_nul(self) -> bytes:
        read = b""
        while (byte := self.rfile.read(1)) not in (b"", b"\0"):
            read += byte
        return read

    def _chunks(self) -> bytes | None:
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            if len(content) + length > MOST:
                return None
            content += self.rfile.read(length)
        return content

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode("ascii") + b"\0")


def _is_harmful(content: bytes) -> bool:
    """Whether the signature stands in the bytes, or in what an archive of them holds."""
    if eicar() in content:
        return True
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(_is_harmful(archive.read(name)) for name in archive.namelist())


class _Daemon(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def standing_in(folder: Path) -> Iterator[str]:
    """A daemon that speaks clamd's protocol and knows the same signature; its address."""
    socket = folder / "clamd.sock"
    with _Daemon(str(socket), _Answer) as daemon:
        serving = threading.Thread(target=daemon.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield f"unix:{socket}"
        finally:
            daemon.shutdown()
            serving.join()


@dataclass(frozen=True)
class Scanner:
    """Where it listens, and what it is, in words for a figure."""

    address: str
    kind: str


@contextmanager
def scanner(found: str | None) -> Iterator[Scanner]:
    """The clamd of this path, or the stand-in for ``None``."""
    # A socket's path is short: not under pytest's own folders.
    with tempfile.TemporaryDirectory(prefix="clamd-") as name:
        folder = Path(name)
        if found is None:
            with standing_in(folder) as address:
                yield Scanner(address, "a stand-in for clamd")
        else:
            with running(folder, found) as address:
                yield Scanner(address, "a real clamd")


@pytest.fixture(scope="module")
def clamd() -> Iterator[Scanner]:
    """A clamd that stands for one module."""
    with scanner(program()) as made:
        yield made
