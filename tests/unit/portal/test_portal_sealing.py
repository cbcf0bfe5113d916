"""What the public's browser seals: opened by the house, by nobody else, and only whole."""

from __future__ import annotations

import base64
import json
import os
import struct
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rangkul.foundation import pairs
from rangkul.foundation.errors import InvalidInput
from rangkul.portal import sealing

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SAID = {"words": "Ia dikunci.", "who": "Melati"}


def sealed(content: object = SAID, *, agency: int = 7, to: int = 7, magic: bytes = b"RKD1") -> str:
    """As a browser seals: to the pair of ``to``, named as ``agency``'s."""
    key = sealing.key_of(to, at=AT)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), base64.b64decode(str(key["point"]))
    )
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    header = magic + struct.pack(">II", int(key["number"]), agency) + point
    secret = pairs.derived_key(own.exchange(ec.ECDH(), theirs), point, theirs, "door")
    nonce = os.urandom(12)
    plain = content if isinstance(content, bytes) else json.dumps(content).encode().ljust(4096)
    closed = AESGCM(secret).encrypt(nonce, plain, header)
    return base64.b64encode(header + nonce + closed).decode()


def test_what_a_browser_sealed_is_opened() -> None:
    assert sealing.open_part(sealed(), at=AT) == SAID


@pytest.mark.parametrize("text", ["", "x", "ä" * 200, base64.b64encode(bytes(400)).decode()])
def test_what_is_no_sealed_part_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        sealing.open_part(text, at=AT)


def test_what_was_altered_moved_or_of_another_kind_is_refused() -> None:
    wrong = [
        sealed(agency=8), sealed(magic=b"RKO1"), sealed()[:-8] + "AAAAAAA=", sealed([1, 2]),
        sealed(magic=b"RKF1"), sealed({"words": "\ud800"}),
    ]  # fmt: skip
    for text in wrong:
        with pytest.raises(InvalidInput):
            sealing.open_part(text, at=AT)


def test_a_key_of_the_future_is_not_taken() -> None:
    with pytest.raises(InvalidInput):
        sealing.open_part(sealed(), at=datetime(2020, 1, 1, tzinfo=UTC))


def test_a_file_is_opened_as_it_was_chosen() -> None:
    content = bytes(range(256)) * 40
    closed = base64.b64decode(sealed(content, magic=b"RKF1"))
    assert sealing.open_file(closed, at=AT) == content
    assert len(closed) == len(content) + sealing.ROOM
    assert sealing.open_file(content, at=AT) == content
    for wrong in (closed[:-1], closed[:40], closed[:-1] + b"x"):
        with pytest.raises(InvalidInput):
            sealing.open_file(wrong, at=AT)


def test_behind_a_code_the_pair_is_nobodys_agency() -> None:
    house = sealing.HOUSE
    assert sealing.open_part(sealed(agency=house, to=house), at=AT) == SAID
    with pytest.raises(InvalidInput):
        sealing.open_part(sealed(agency=house, to=7), at=AT)
