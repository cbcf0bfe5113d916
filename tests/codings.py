"""Every form in which a word may stand: as careless code writes it, as a thief would guess it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_SHORTEST = 4
# Short words backwards occur in any text: Nara in Semarang.
_TOO_SHORT_REVERSED = 6


def codings(word: str) -> dict[bytes, str]:
    """Every form in which a word may stand somewhere → the form's name; all compared in lower."""
    raw = word.encode()
    found: dict[bytes, str] = {}

    def add(name: str, form: bytes) -> None:
        if len(form) >= _SHORTEST:
            found.setdefault(form.lower(), name)

    for written in {word, word.lower(), word.upper()}:
        coded = written.encode()
        add("utf-8", coded)
        add("utf-16", written.encode("utf-16-le"))
        add("utf-16-be", written.encode("utf-16-be"))
        add("hex", coded.hex().encode())
        add("hex of utf-16", written.encode("utf-16-le").hex().encode())
        add("address", quote(written).encode())
        add("form", quote_plus(written).encode())
        add("json", json.dumps(written)[1:-1].encode())
        if len(written) > _TOO_SHORT_REVERSED:
            add("reversed", written[::-1].encode())
        for form in (coded, written.encode("utf-16-le")):
            for name, text in _base64(form):
                add(name, text)
    add("without spaces", raw.replace(b" ", b""))
    return found


def _base64(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The part of the base64 that does not depend on its neighbours, at each of three places."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw)
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        if last - first >= 8:
            yield "base64", whole[first:last]
            yield "base64url", whole[first:last].replace(b"+", b"-").replace(b"/", b"_")


DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha512", "blake2b", "sha3_256")


def digests(word: str) -> dict[bytes, str]:
    """Every unsalted digest of a word, in bytes, hex and base64 → its name; compared in lower."""
    found: dict[bytes, str] = {}
    written = {word, word.lower(), word.upper(), word.replace(" ", ""), f"{word}\n"}
    for text in written:
        for name in DIGESTS:
            raw = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
            coded = base64.b64encode(raw)[:20]
            for form, stands in (("", raw), (" in hex", raw.hex().encode()), (" in base64", coded)):
                found.setdefault(stands.lower(), f"{name}{form}")
    return found
