"""Web push: a browser that agreed is woken through its maker's push service (RFC 8030).

Written on ``cryptography`` and the standard library: the usual package would bring two HTTP
clients and a second encryption package for what are two formats of one page each. The payload is
encrypted for the browser alone (RFC 8291) and holds a language code, nothing else; the house shows
itself to the push service by a key derived from the key ring (VAPID, RFC 8292), so that no further
secret has to be made, kept or lost.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from rangkul.alerts import channels
from rangkul.alerts.channels import Browser, Message, Outcome
from rangkul.foundation import hour
from rangkul.foundation.keyring import KeyRing

TIMEOUT: Final = 10
# How long a push service keeps a call for a browser that is switched off, in seconds.
_KEPT: Final = 24 * 60 * 60
_TOKEN_LIFE: Final = 12 * 60 * 60
_RECORD: Final = 4096
_CURVE: Final = ec.SECP256R1()
# The order of P-256's group (SEC 2, 2.4.2): private keys lie between 1 and it.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# The push services of the browsers' makers; no other host is ever called, whatever a form says.
_SERVICES: Final = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)


class NotABrowser(ValueError):
    """Keys or an address that no browser of a known maker would give."""


def text_of(raw: bytes) -> str:
    """Base64url without padding, as the standards write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def bytes_of(text: str) -> bytes:
    """The other way round. Raises ``NotABrowser``."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NotABrowser("not base64url") from fault


def is_service(endpoint: str) -> bool:
    """Whether the address is that of a known push service (or of one the settings add)."""
    try:
        part = urlsplit(endpoint)
        host, port = part.hostname or "", part.port
    except ValueError:
        return False
    if not endpoint.isascii():
        return False
    if f"{part.scheme}://{part.netloc}" in settings.PUSH_SERVICES:
        return True
    known = any(host == name or host.endswith(f".{name}") for name in _SERVICES)
    return part.scheme == "https" and known and port in (None, 443) and "@" not in part.netloc


def check(endpoint: str, p256dh: str, auth: str) -> None:
    """Refuse what is no browser's subscription. Raises ``NotABrowser``."""
    if not is_service(endpoint):
        raise NotABrowser("no push service that we know")
    if len(bytes_of(auth)) != 16:
        raise NotABrowser("auth is not 16 bytes")
    _point(bytes_of(p256dh))


def _point(raw: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, raw)
    except ValueError as fault:
        raise NotABrowser("p256dh is no point of the curve") from fault


def _raw(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)


def encrypt(
    payload: bytes,
    browser: Browser,
    *,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body for one browser: one record of ``aes128gcm`` (RFC 8188) that only it can open.

    ``ours`` and ``salt`` are fresh for each message; the standard's own example gives them.
    Raises ``NotABrowser`` for keys that are none.
    """
    ours, salt = ours or ec.generate_private_key(_CURVE), salt or os.urandom(16)
    theirs = bytes_of(browser.p256dh)
    shared = ours.exchange(ec.ECDH(), _point(theirs))
    info = b"WebPush: info\0" + theirs + _raw(ours)
    secret = _derived(shared, bytes_of(browser.auth), info, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(_raw(ours))]) + _raw(ours)
    return head + AESGCM(key).encrypt(nonce, payload + b"\x02", None)


def server_key() -> ec.EllipticCurvePrivateKey:
    """The house's own key towards push services, the same for the life of the key ring."""
    ring: KeyRing = settings.KEY_RING
    number = int.from_bytes(ring.derive("push", 48), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, _CURVE)


def public_key() -> str:
    """What a browser is told when it subscribes."""
    return text_of(_raw(server_key()))


def authorization(endpoint: str, *, now: float) -> str:
    """The header by which the house shows itself (RFC 8292); ``now`` in Unix seconds."""
    part = urlsplit(endpoint)
    claims = {
        "aud": f"{part.scheme}://{part.netloc}",
        "exp": int(now) + _TOKEN_LIFE,
        "sub": settings.PUSH_CONTACT,
    }
    head = text_of(b'{"typ":"JWT","alg":"ES256"}')
    signed = f"{head}.{text_of(json.dumps(claims, separators=(',', ':')).encode())}"
    r, s = decode_dss_signature(server_key().sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"vapid t={signed}.{text_of(r.to_bytes(32) + s.to_bytes(32))}, k={public_key()}"


class Push:
    """Wakes every browser of a person; one that took the call is enough."""

    def send(self, message: Message) -> Outcome:
        """Call each browser once; those that no longer exist are named in the outcome."""
        answers = [(browser.id, _call(browser, message)) for browser in message.browsers]
        gone = tuple(browser for browser, state in answers if state == channels.GONE)
        states = {state for _browser, state in answers}
        if channels.SENT in states:
            return Outcome(channels.SENT, gone=gone)
        if channels.AGAIN in states:
            return Outcome(channels.AGAIN, "unreachable", gone=gone)
        if channels.REFUSED in states:
            return Outcome(channels.REFUSED, "refused", gone=gone)
        return Outcome(channels.GONE, "gone", gone=gone)

    def close(self) -> None:
        """Each call has a connection of its own: the services are many."""


def _call(browser: Browser, message: Message) -> str:
    if not is_service(browser.endpoint):
        return channels.GONE
    part = urlsplit(browser.endpoint)
    kind = HTTPSConnection if part.scheme == "https" else HTTPConnection
    connection = kind(part.hostname or "", part.port, timeout=TIMEOUT)
    try:
        connection.request(
            "POST",
            part.path + (f"?{part.query}" if part.query else ""),
            encrypt(message.language.encode(), browser),
            {
                "Authorization": authorization(browser.endpoint, now=hour.now().timestamp()),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(_KEPT),
                "Urgency": "high",
                # A call that still lies there is replaced: one is as good as ten.
                "Topic": "waits",
            },
        )
        status = connection.getresponse().status
    except NotABrowser:
        return channels.GONE
    except (HTTPException, OSError):
        return channels.AGAIN
    finally:
        connection.close()
    return _said(status)


def _said(status: int) -> str:
    if status < 300:
        return channels.SENT
    if status in (404, 410):
        return channels.GONE
    return channels.AGAIN if status == 429 or status >= 500 else channels.REFUSED
