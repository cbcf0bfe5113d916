"""Sealing what a stolen database must not give away: sessions and second factors."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from rangkul.foundation.errors import RangkulError

_MARK: Final = "s1:"
_NONCE: Final = 12


class NotSealedByUs(RangkulError):
    """A value that this ring did not seal, or not for this place."""

    code = "not_sealed_by_us"


def seal(text: str, *, purpose: str, place: str = "") -> str:
    """``text`` under AES-256-GCM with the ring's key for ``purpose``, bound to ``place``."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _key(purpose).encrypt(nonce, text.encode(), place.encode())
    return _MARK + base64.b64encode(nonce + sealed).decode("ascii")


def unseal(sealed: str, *, purpose: str, place: str = "") -> str:
    """What was sealed; raises ``NotSealedByUs`` for all else, plain words included."""
    if not is_sealed(sealed):
        raise NotSealedByUs("plain")
    try:
        raw = base64.b64decode(sealed.removeprefix(_MARK), validate=True)
        return _key(purpose).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
    except (binascii.Error, ValueError, InvalidTag) as fault:
        raise NotSealedByUs("damaged, or of another ring") from fault


def is_sealed(value: str) -> bool:
    """Whether this bears our mark."""
    return value.startswith(_MARK)


def digest(text: str, *, purpose: str) -> str:
    """Forty hex digits (160 bits of HMAC-SHA256) under the ring's key for ``purpose``."""
    key = settings.KEY_RING.derive(purpose)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:40]


def _key(purpose: str) -> AESGCM:
    return AESGCM(settings.KEY_RING.derive(purpose))
