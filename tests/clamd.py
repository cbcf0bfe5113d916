"""A real clamd with one local signature, for as long as a test needs it.

The signature knows the harmless test file of EICAR, which every scanner is tried with.
Its text is put together at run time, so that no scanner takes this repository as harmful.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rangkul.foundation import scanning

_HALVES = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*")
NAME = "Uji.Eicar.UNOFFICIAL"
_STARTS_WITHIN = 40.0


def eicar() -> bytes:
    """The test file that every scanner finds."""
    return "".join(_HALVES).encode("ascii")


def program() -> str:
    """Where clamd is. Skips the test where there is none, and fails in the house's own CI."""
    found = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        sentence = "no clamd on this machine (Debian: apt-get install clamav-daemon)"
        if os.environ.get("RANGKUL_CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A clamd of our own on a socket in ``folder``; its address."""
    signatures = folder / "signatures"
    signatures.mkdir(exist_ok=True)
    name = NAME.removesuffix(".UNOFFICIAL")
    (signatures / "local.ndb").write_text(f"{name}:0:*:{eicar().hex()}\n")
    socket = folder / "clamd.sock"
    socket.unlink(missing_ok=True)
    settings = folder / "clamd.conf"
    settings.write_text(
        f"Foreground yes\nLocalSocket {socket}\nDatabaseDirectory {signatures}\n"
        f"LogFile {folder / 'clamd.log'}\nTemporaryDirectory {folder}\nStreamMaxLength 25M\n"
        "OfficialDatabaseOnly no\nConcurrentDatabaseReload no\n"
    )
    running_ = subprocess.Popen(
        [program(), "--config-file", str(settings)], stdout=subprocess.DEVNULL,
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


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """The address of a clamd that stands for one module."""
    program()
    # A socket's path is short: not under pytest's own folders.
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder, running(Path(folder)) as address:
        yield address
