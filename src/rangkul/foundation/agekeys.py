"""Keys of age (X25519): a recipient's public key as people send it, its fingerprint, and sealing.

What is sealed here opens with the recipient's secret key and nothing else; nobody in the house
holds one, so that not even the house reads again what it gave out.
"""

from __future__ import annotations

import hashlib
from typing import Final

import pyrage

from rangkul.foundation.errors import RangkulError

SECRET, UNKNOWN = "secret", "unknown"
_NEVER_OURS: Final = "AGE-SECRET-KEY-"
LONGEST: Final = 80


class NotAKey(RangkulError):
    """The text is no public key of age. ``why``: it is a ``secret`` key, or ``unknown``.

    The text itself never stands in the message: a secret key pasted by mistake is not kept.
    """

    code = "not_a_key"

    def __init__(self, why: str) -> None:
        super().__init__(f"not a public key of age: {why}")
        self.why = why


def read_key(text: str) -> str:
    """A public key as it was sent, in its one spelling. Raises ``NotAKey``."""
    bare = "".join(text.split())
    if _NEVER_OURS in bare.upper():
        raise NotAKey(SECRET)
    if len(bare) > LONGEST:
        raise NotAKey(UNKNOWN)
    try:
        return str(pyrage.x25519.Recipient.from_str(bare.lower()))
    except pyrage.RecipientError as fault:
        raise NotAKey(UNKNOWN) from fault


def fingerprint(key: str) -> str:
    """Twenty hex digits in groups of four, to be read aloud: the beginning of the key's SHA-256.

    Whoever has the key makes them with ``printf %s age1… | sha256sum``.
    """
    digest = hashlib.sha256(key.encode()).hexdigest()[:20]
    return " ".join(digest[at : at + 4] for at in range(0, 20, 4))


def seal(content: bytes, key: str) -> bytes:
    """Encrypted in memory to this one recipient. Raises ``NotAKey``."""
    recipient = pyrage.x25519.Recipient.from_str(read_key(key))
    return bytes(pyrage.encrypt(content, [recipient]))
