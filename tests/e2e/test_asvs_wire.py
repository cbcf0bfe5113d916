"""What goes over the wire: pages ask no other host, and heads that are no request are refused."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from tests.e2e.house import Door, House

SENTENCE = "No page, style or script of the house makes a browser ask another host for anything."
PAGES = (
    "/", "/kasus/", "/laporan/", "/rujukan/", "/cari/", "/pemberitahuan/", "/jaringan/",
    "/hunian/", "/rapat/", "/akun/saya/",
)  # fmt: skip
PEOPLE = ("mega", "tiara")


def hosts(page: Page, addresses: Iterable[str], base: str) -> set[str]:
    """Every host that these pages asked for something."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda line: asked.add(urlsplit(line.url).netloc))
    for address in addresses:
        page.goto(base + address)
        page.wait_for_load_state("networkidle")
    return asked - {""}


@pytest.mark.promise("no-third-party", chapter="web", sentence=SENTENCE)
def test_pages_ask_this_house_alone(door: Door, figure: Any) -> None:
    here = urlsplit(door.base).netloc
    asked = hosts(door.context().new_page(), ["/akun/login/"], door.base)
    for person in PEOPLE:
        asked |= hosts(door.enter(person), PAGES, door.base)
    assert asked == {here}
    figure(f"{len(PAGES) * len(PEOPLE) + 1} pages in a browser: 1 host asked, this one")


@pytest.mark.planted("no-third-party")
def test_a_page_that_asks_another_would_be_seen(door: Door) -> None:
    page = door.context().new_page()
    page.route("**/bare", lambda route: route.fulfill(
        body='<img src="http://jejak.invalid/1.gif">', content_type="text/html",
    ))  # fmt: skip
    assert "jejak.invalid" in hosts(page, ["/bare"], door.base)


def asked(house: House, head: bytes) -> bytes:
    """What the server answers to exactly these bytes before it hangs up."""
    part = urlsplit(house.base)
    with socket.create_connection((part.hostname, part.port), timeout=20) as line:
        answer = b""
        try:
            line.sendall(head)
            while piece := line.recv(65_536):
                answer += piece
        except (ConnectionResetError, BrokenPipeError):
            pass
    return answer


def _head(*lines: str, first: str = "GET /sehat HTTP/1.1") -> bytes:
    return "\r\n".join((first, "Host: 127.0.0.1", "Connection: close", *lines, "", "")).encode()


def test_a_plain_request_is_answered(house: House) -> None:
    """Beside the refusals below: the same bytes without the fault."""
    assert asked(house, _head()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        _head("X-Long: " + "x" * 200_000),
        _head(*[f"X-{number}: x" for number in range(2_000)]),
        _head(first="GET /" + "x" * 200_000 + " HTTP/1.1"),
    ],
    ids=["a long header", "many headers", "a long address"],
)
def test_a_head_too_large_is_refused(house: House, head: bytes) -> None:
    answer = asked(house, head)
    assert not answer or answer.split(b" ", 2)[1] in {b"400", b"414", b"431"}, answer[:80]
    assert asked(house, _head()).startswith(b"HTTP/1.1 200")


_SECOND = "GET /sehat?selundup HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: +5",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
    ],
    ids=["two lengths", "an odd length", "not chunked at last", "unknown coding"],
)
def test_where_a_message_ends_is_never_guessed(house: House, lines: tuple[str, ...]) -> None:
    """RFC 9112, 6.3: what has no one length is no request."""
    head = _head(*lines, first="POST /akun/kunci/ HTTP/1.1").replace(b"Connection: close\r\n", b"")
    answer = asked(house, head + b"0\r\n\r\n" + _SECOND.encode())
    assert answer.startswith(b"HTTP/1.1 400"), answer[:80]
    assert answer.count(b"HTTP/1.1 ") == 1


def test_chunks_count_before_a_length(house: House) -> None:
    """RFC 9112, 6.1: with both, the chunks decide, and nothing behind them is answered twice."""
    head = _head(
        "Content-Length: 4", "Transfer-Encoding: chunked", first="POST /akun/kunci/ HTTP/1.1"
    ).replace(b"Connection: close\r\n", b"")
    answer = asked(house, head + b"0\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b" 200 " not in answer.split(b"\r\n", 1)[0]
