"""A list between two steps, as ciphertext that the browser carries: the house keeps nothing of it.

Compressed, then sealed under a key that only this agency's person can be given; bound to its kind,
to the person and to a few hours. See ``docs/decisions/0005``.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.keyring import KeyRing

_HOURS: Final = timedelta(hours=12)
_KEY_ID: Final = UUID("6f0c9e1e-7d0a-5a53-9b0e-8f6f3b1c0a55")
_MOST_TEXT: Final = 40_000_000


class ListUnreadable(RangkulError):
    """The carried list is not ours, not this person's, too old, or was altered."""

    code = "list_unreadable"


def seal_list(kind: str, content: Mapping[str, Any], *, by: Actor, at: datetime) -> str:
    """``content`` (plain JSON) as text for a form's hidden field."""
    until = int((at + _HOURS).timestamp())
    text = json.dumps({"until": until, "content": content}, ensure_ascii=False)
    sealed = vault.seal(_key(by), _place(kind, by), zlib.compress(text.encode(), 6))
    return base64.b64encode(sealed).decode("ascii")


def open_list(kind: str, carried: str, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The content again. Raises ``ListUnreadable``."""
    key = _key(by)
    try:
        sealed = base64.b64decode(carried, validate=True)
        packed = vault.open_with({key.id: key}, sealed, _place(kind, by))
        # Only we can have sealed it, so its size is our own doing; the bound is a second lock.
        text = zlib.decompressobj().decompress(packed, _MOST_TEXT)
        held: dict[str, Any] = json.loads(text)
    except (binascii.Error, ValueError, zlib.error, vault.VaultError) as fault:
        raise ListUnreadable("not ours, or altered") from fault
    if at.timestamp() > held["until"]:
        raise ListUnreadable("too old")
    content: dict[str, Any] = held["content"]
    return content


def _key(by: Actor) -> vault.OpenKey:
    ring: KeyRing = settings.KEY_RING
    return vault.OpenKey(_KEY_ID, ring.derive(f"import/{by.agency_id}/{by.user_id}"))


def _place(kind: str, by: Actor) -> vault.Place:
    return vault.Place("import_list", kind, by.user_id)
