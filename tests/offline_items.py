"""A phone's sealing written a second time, from its description: nothing of the house's own."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BLOCK = 4096


@dataclass(frozen=True)
class Phone:
    """What a phone has of the house: a mark for its person, a number and a point."""

    person: bytes
    number: int
    point: bytes

    def seal(self, content: Any, item: UUID | None = None) -> bytes:
        """One item as a phone hands it over."""
        pair = ec.generate_private_key(ec.SECP256R1())
        own = pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.point)
        shared = pair.exchange(ec.ECDH(), theirs)
        key = HKDF(SHA256(), 32, salt=own + self.point, info=b"rangkul/offline/1").derive(shared)
        number = struct.pack(">I", self.number)
        header = b"RKO1" + number + (item or uuid4()).bytes + self.person + own
        said = json.dumps(content).encode()
        said += b" " * (-len(said) % BLOCK)
        nonce = os.urandom(12)
        return header + nonce + AESGCM(key).encrypt(nonce, said, header)
