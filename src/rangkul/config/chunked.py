"""Bodies that a phone sends piece by piece: read whole, within a limit, before Django looks.

Django believes a ``Content-Length`` and nothing else: a body in pieces would be none to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from rangkul.config.machines import PHONES


class Chunked:
    """Tells the application behind it how long a chunked body of a phone is; all else as it came.

    Of a longer one than ``most`` one byte more is kept: enough to be refused as too large.
    """

    def __init__(self, application: WSGIApplication, *, most: int) -> None:
        self.application, self.most = application, most

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:  # fmt: skip
        coding = environ.get("HTTP_TRANSFER_ENCODING", "").strip().lower()
        if coding == "chunked" and environ.get("PATH_INFO", "").startswith(PHONES):
            body = _read(environ, self.most + 1)
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return self.application(environ, start_response)


def _read(environ: WSGIEnvironment, most: int) -> bytes:
    """At most so many bytes; a server may hand them out in pieces."""
    pieces, left = [], most
    while left > 0:
        piece = environ["wsgi.input"].read(left)
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
