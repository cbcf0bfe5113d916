"""The agencies' key pairs to which a browser seals: derived from the ring, opened here alone.

ECDH on P-256 with an ephemeral pair of the browser's, HKDF-SHA256 bound to both points, AES-256-GCM
(the pattern of RFC 9180's base mode, in what WebCrypto offers everywhere). Whoever sealed cannot
open again. Each purpose has pairs of its own, a fresh one each quarter; former ones are derived
again for as long as the ring stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rangkul.foundation.keyring import KeyRing

POINT: Final = 65
NONCE: Final = 12
TAG: Final = 16
_PERIOD: Final = timedelta(days=90)
# NIST SP 800-186, 3.2.1.3: the order of P-256.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def key_number(at: datetime) -> int:
    """Which of an agency's pairs is given to browsers at this hour."""
    return int(at.timestamp() // _PERIOD.total_seconds())


def public_point(ring: KeyRing, purpose: str, *, agency_id: int, number: int) -> bytes:
    """The public half as an uncompressed point of P-256 (SEC 1, 2.3.3)."""
    public = _private(ring, purpose, agency_id, number).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def open_sealed(
    ring: KeyRing, purpose: str, *, agency_id: int, number: int, header: bytes, closed: bytes
) -> bytes:
    """What was sealed to an agency's pair. Raises ``InvalidTag`` or ``ValueError``.

    ``header`` ends with the browser's point and is bound in; ``closed`` is nonce, ciphertext, tag.
    """
    point = header[-POINT:]
    ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    private = _private(ring, purpose, agency_id, number)
    shared = private.exchange(ec.ECDH(), ephemeral)
    key = derived_key(shared, point, private.public_key(), purpose)
    return AESGCM(key).decrypt(closed[:NONCE], closed[NONCE:], header)


def derived_key(
    shared: bytes, ephemeral: bytes, public: ec.EllipticCurvePublicKey, purpose: str
) -> bytes:
    """The key of one sealed thing: bound to both points, so that neither can be exchanged."""
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    info = f"rangkul/{purpose}/1".encode()
    return HKDF(SHA256(), 32, salt=ephemeral + point, info=info).derive(shared)


def _private(
    ring: KeyRing, purpose: str, agency_id: int, number: int
) -> ec.EllipticCurvePrivateKey:
    # 384 bits for a number of 256: what the division leaves over is not noticeable.
    wide = int.from_bytes(ring.derive(f"{purpose}/{agency_id}/{number}", 48), "big")
    return ec.derive_private_key(wide % (_ORDER - 1) + 1, ec.SECP256R1())
