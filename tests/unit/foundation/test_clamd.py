"""What clamd says: the program where it is installed, and the stand-in that takes its place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from tests import clamd
from tests.clamd import NAME, eicar

from rangkul.foundation import scanning


@pytest.fixture(params=sorted({None, clamd.program()}, key=str), ids=str, scope="module")
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Of each scanner that this machine can have."""
    with clamd.scanner(request.param) as made:
        yield made.address


def packed(content: bytes, times: int) -> bytes:
    """An archive within an archive, ``times`` deep."""
    for _ in range(times):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("isi.txt", content)
        content = stream.getvalue()
    return content


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"Surat keterangan", ""),
        (b"", ""),
        (eicar(), NAME),
        (b"Kata pengantar. " + eicar(), NAME),
        (packed(eicar(), 1), NAME),
        (packed(eicar(), 2), NAME),
        (packed(b"Surat keterangan", 2), ""),
        (bytes(1 << 20), ""),
    ],
    ids=["words", "nothing", "the test virus", "within words", "packed", "packed twice",
         "harmless, packed twice", "a mebibyte"],
)  # fmt: skip
def test_what_is_found(address: str, content: bytes, found: str) -> None:
    assert scanning.scan(content, address=address) == found


def test_a_stream_beyond_the_limit_has_no_verdict(address: str) -> None:
    with pytest.raises(scanning.ScannerAway, match="INSTREAM size limit exceeded"):
        scanning.scan(bytes(clamd.MOST + (1 << 17)), address=address)


def test_it_says_what_it_is(address: str) -> None:
    assert scanning.version(address=address).startswith("ClamAV")
