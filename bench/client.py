"""One user's connection to the server: kept alive, compressed, timed to the last byte."""

from __future__ import annotations

import gzip
import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlencode

_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: seconds until the last byte, bytes on the wire, the page itself."""

    status: int
    seconds: float
    wire: int
    page: str
    location: str


class Client:
    """Requests pages as the person whose session cookie it holds."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection(_HOST, port, timeout=30)
        self._cookies = dict(cookies)

    def get(self, path: str) -> Answer:
        """One page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form; a redirect is returned, not followed."""
        return self._ask("POST", path, urlencode(fields).encode())

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Referer": f"http://{_HOST}/",
            "Origin": f"http://{_HOST}:{self._connection.port}",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        raw = answer.read()
        seconds = time.perf_counter() - began
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        packed = answer.getheader("Content-Encoding") == "gzip"
        page = gzip.decompress(raw) if packed else raw
        return Answer(
            answer.status, seconds, len(raw), page.decode(), answer.getheader("Location") or ""
        )
