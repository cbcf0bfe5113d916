"""What goes from step to step in a hidden field: sealed here, opened here, kept nowhere.

A page of the portal has no session. What was typed so far, or a code that was opened, travels with
the form itself, under a key of the ring, bound to what it is for and good for a while. Whoever
finds the page's source finds bytes.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from rangkul.foundation.keyring import KeyRing

MOST: Final = 200_000
_BLOCK: Final = 512


def seal(purpose: str, content: dict[str, Any], *, at: datetime) -> str:
    """``content`` for a hidden field; its length tells no more than how many blocks it has."""
    plain = json.dumps({"at": int(at.timestamp()), "of": content}, ensure_ascii=False).encode()
    plain += b" " * (-len(plain) % _BLOCK)
    nonce = os.urandom(12)
    closed = nonce + AESGCM(_key(purpose)).encrypt(nonce, plain, purpose.encode())
    return base64.urlsafe_b64encode(closed).decode()


def unseal(purpose: str, text: str, *, at: datetime, life: timedelta) -> dict[str, Any] | None:
    """What was sealed for this purpose; ``None`` for what is not ours, or older than ``life``."""
    if not 0 < len(text) <= MOST:
        return None
    try:
        closed = base64.urlsafe_b64decode(text)
        plain = AESGCM(_key(purpose)).decrypt(closed[:12], closed[12:], purpose.encode())
    except (binascii.Error, ValueError, InvalidTag):
        return None
    found = json.loads(plain)
    if not timedelta() <= at - datetime.fromtimestamp(found["at"], at.tzinfo) + _SLACK <= life:
        return None
    return dict(found["of"])


# What two machines' looks at the database's clock may differ by.
_SLACK: Final = timedelta(seconds=2)


def _key(purpose: str) -> bytes:
    ring: KeyRing = settings.KEY_RING
    return ring.derive(f"portal/{purpose}")
