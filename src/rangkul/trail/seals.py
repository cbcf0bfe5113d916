"""What a seal states of a batch of acts, and the signature that only the key ring can make.

A seal is one line of JSON. The same line stands in the database and in every checkpoint file
outside it; each names the digest of the line before, so that none can be left out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rangkul.foundation.errors import RangkulError
from rangkul.foundation.keyring import KeyRing

FORMAT: Final = 1
# What the first seal names as the one before it.
NOTHING: Final = "0" * 64
ACTS: Final = "acts"
RESUMED: Final = "resumed"
_CONTEXT: Final = b"rangkul trail seal 1\n"
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


class SealUnreadable(RangkulError):
    """A line is no seal, or its signature is not the key's."""

    code = "seal_unreadable"


@dataclass(frozen=True, slots=True)
class Seal:
    """The batch of acts numbered ``first`` ≤ n < ``below`` and the root of their tree.

    ``kind`` is ``acts``, or ``resumed`` where sealing goes on after a restore: then the seals
    after ``continues`` and before this one are void. Of what they spoke of this one has what the
    older copy held; the rest was lost with the newer database.
    """

    number: int
    at: str
    kind: str
    first: int
    below: int
    acts: int
    root: str
    previous: str
    continues: int = 0
    key: str = ""
    signature: str = ""
    format: int = FORMAT

    def body(self) -> bytes:
        """The bytes under the signature: every other field, in the order of its name."""
        stated = asdict(self)
        del stated["signature"]
        return _CONTEXT + _encode(stated).encode()

    def line(self) -> str:
        """The seal as one line of ASCII, without its end."""
        return _encode(asdict(self))

    def digest(self) -> str:
        """What the next seal names as ``previous``: SHA-256 of the line, in hex."""
        return hashlib.sha256(self.line().encode()).hexdigest()

    def signed(self, key: Ed25519PrivateKey) -> Seal:
        """The same seal with the key's name and signature."""
        named = replace(self, key=key_id(key.public_key()))
        return replace(named, signature=key.sign(named.body()).hex())


def following(last: Seal | None, *, at: datetime, below: int, acts: int, root: bytes) -> Seal:
    """The unsigned seal of a batch that follows ``last``."""
    return Seal(
        number=last.number + 1 if last else 1,
        at=at.astimezone(UTC).isoformat(timespec="seconds"),
        kind=ACTS,
        first=last.below if last else 0,
        below=below,
        acts=acts,
        root=root.hex(),
        previous=last.digest() if last else NOTHING,
    )


def resumption(
    *, checkpoint: Seal, last: Seal | None, at: datetime, below: int, acts: int, root: bytes
) -> Seal:
    """The unsigned seal with which sealing goes on after ``last``, the newest that was restored.

    ``checkpoint`` is the newest seal outside the database; new acts are numbered from ``below`` on.
    """
    return Seal(
        number=checkpoint.number + 1,
        at=at.astimezone(UTC).isoformat(timespec="seconds"),
        kind=RESUMED,
        first=last.below if last else 0,
        below=below,
        acts=acts,
        root=root.hex(),
        previous=checkpoint.digest(),
        continues=last.number if last else 0,
    )


def read(line: str, key: Ed25519PublicKey | None = None) -> Seal:
    """The seal of one line; with ``key`` only if the key signed it. Raises `SealUnreadable`."""
    try:
        found = Seal(**json.loads(line))
        if found.format != FORMAT or found.line() != line:
            raise ValueError("another form")
        if key is not None:
            key.verify(bytes.fromhex(found.signature), found.body())
    except (ValueError, TypeError, RecursionError) as fault:
        raise SealUnreadable(f"not a seal: {line[:60]!r}") from fault
    except InvalidSignature as fault:
        raise SealUnreadable(f"seal {found.number} does not bear this key's signature") from fault
    return found


def private_key(ring: KeyRing) -> Ed25519PrivateKey:
    """The key that signs seals; it exists only while a process holds the ring."""
    return Ed25519PrivateKey.from_private_bytes(ring.derive("trail/seals"))


def public_key(ring: KeyRing) -> Ed25519PublicKey:
    """The key that checks them: to be kept by an auditor, apart from the machine."""
    return private_key(ring).public_key()


def key_id(key: Ed25519PublicKey) -> str:
    """Sixteen hex digits that name a public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
