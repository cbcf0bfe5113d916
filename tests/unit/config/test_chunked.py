"""A body in pieces reaches Django whole, from phones alone, and never beyond the limit."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest

from rangkul.config.chunked import Chunked


class Slow(BytesIO):
    """Hands out what came, a piece at a time, as a line does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 3))


def seen(environ: dict[str, Any]) -> tuple[str, bytes]:
    """What the application behind it is told, and what it then reads."""
    found: list[tuple[str, bytes]] = []

    def application(inner: dict[str, Any], _start: Any) -> Iterable[bytes]:
        length = inner.get("CONTENT_LENGTH", "")
        found.append((length, inner["wsgi.input"].read(int(length or 0))))
        return []

    Chunked(application, most=10)(environ, lambda *_told: lambda _bytes: None)
    return found[0]


@pytest.mark.parametrize(
    ("path", "coding", "body", "length", "read"),
    [
        ("/openrosa/submission", "chunked", b"1234567", "7", b"1234567"),
        ("/openrosa/submission", " Chunked", b"", "0", b""),
        ("/openrosa/submission", "chunked", b"12345678901234", "11", b"12345678901"),
        ("/openrosa/submission", "", b"1234567", "", b""),
        ("/kasus/", "chunked", b"1234567", "", b""),
    ],
)
def test_who_is_told_what(path: str, coding: str, body: bytes, length: str, read: bytes) -> None:
    environ = {"PATH_INFO": path, "HTTP_TRANSFER_ENCODING": coding, "wsgi.input": Slow(body)}
    assert seen(environ) == (length, read)
