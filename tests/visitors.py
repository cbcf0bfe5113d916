"""Somebody who writes at the public's door or tries a code: forms without scripts, and work."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from html import unescape
from itertools import count
from typing import Any

WORDS = "Tetangga saya mendengar teriakan setiap malam dari rumah nomor tujuh belas."

Post = Callable[[str, dict[str, Any]], str]
"""Posts fields to an address and gives back the page."""


def hidden(page: str, name: str) -> str:
    """A hidden field of the page's first form that has it."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name} in {page[:4000]}"
    return unescape(found[1])


def solved(page: str) -> dict[str, str]:
    """The work that this page asks for, done."""
    word = hidden(page, "effort")
    bits = re.search(r'data-bits="(\d+)"', page)
    assert bits
    for number in count():
        found = hashlib.sha256(f"{word}:{number}".encode()).digest()
        if int.from_bytes(found, "big") >> (256 - int(bits[1])) == 0:
            return {"effort": word, "answer": str(number)}
    raise AssertionError


def step(post: Post, page: str, do: str, place: str = "/info/tulis/", **fields: Any) -> str:
    """One step: what the page carries, what was typed, the button that was pressed."""
    return post(place, {"state": hidden(page, "state"), "do": do, **fields})


def written(
    post: Post, first: str, *, words: str = WORDS, danger: bool = False, area: str = "33.74",
    **contact: str,
) -> str:  # fmt: skip
    """All steps up to the page that is looked over; that page."""
    page = step(post, first, "danger", danger="ya" if danger else "tidak")
    if danger:
        page = step(post, page, "to-place")
    page = step(post, page, "place", q="", choose=area)
    page = step(post, page, "words", words=words, herself="lain", teller="tetangga", who="")
    return step(post, page, "contact", **{"way": "kode", **contact})


def sent(post: Post, look: str, **more: Any) -> str:
    """Send what is looked over, with the work done; the page with the code."""
    return step(post, look, "send", **solved(look), **more)


def codes(page: str) -> tuple[str, str]:
    """The code of a receipt page in digits and in words."""
    digits, words = re.findall(r'class="code-shown">([^<]+)<', page)
    return digits, words


def opened(post: Post, door: str, code: str, place: str = "/info/kode/") -> str:
    """The page behind a code, opened with the work done."""
    return post(place, {"code": code, "do": "open", **solved(door)})


def other_language(page: str) -> tuple[str, dict[str, str]]:
    """Where the foot of an answered page leads for the other language, and the fields it sends."""
    form = page[page.index('class="foot-ways"') :]
    address = re.search(r'<form method="post" action="([^"]*)"', form)
    assert address, "the page hands nothing on"
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return address[1], {name: unescape(value) for name, value in fields}
