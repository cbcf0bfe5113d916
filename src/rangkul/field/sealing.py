"""Encrypted fillings as ODK's phones make them, opened with the private half of a form key.

After ODK's specification of encrypted records: the record's own AES key comes sealed by RSA-OAEP;
each file is AES-256-CFB with padding, under a start value that grows from file to file; and one
digest over all of it, sealed likewise, shows whether anything was changed on the way.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.padding import PKCS7

from rangkul.assessments.markup import Element
from rangkul.foundation.errors import RangkulError

BITS: Final = 2048
_ENDING: Final = ".enc"
_SPACE: Final = "http://opendatakit.org/submissions"
_MOST_FILES: Final = 100


class NotOpened(RangkulError):
    """An encrypted filling that cannot be opened; ``why`` is a code."""

    code = "encrypted_not_opened"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the phone says of an encrypted record; ``names`` are its files in order, the answers
    last."""

    form_id: str
    version: str
    key: str
    instance_id: str
    names: tuple[str, ...]
    signature: str


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """The answers as the phone wrote them, and its pictures and recordings by name."""

    xml: bytes
    files: Mapping[str, bytes]


def is_manifest(root: Element) -> bool:
    """Whether this is not a filling, but what stands beside an encrypted one."""
    return root.get("encrypted") == "yes"


def read_manifest(root: Element) -> Manifest:
    """Raises ``NotOpened`` for one that is not whole."""

    def text(name: str) -> str:
        child = root.child(name)
        return child.text.strip() if child else ""

    meta = root.child("meta")
    instance = meta.child("instanceID") if meta else None
    media = [file.text.strip() for each in root.children if each.name == "media"
             for file in each.children if file.name == "file"]  # fmt: skip
    manifest = Manifest(
        root.get("id"), root.get("version"), text("base64EncryptedKey"),
        instance.text.strip() if instance else "", (*media, text("encryptedXmlFile")),
        text("base64EncryptedElementSignature"),
    )  # fmt: skip
    whole = manifest.key and manifest.instance_id and manifest.signature
    named = all(name.endswith(_ENDING) and len(name) > len(_ENDING) for name in manifest.names)
    once = len(set(manifest.names)) == len(manifest.names) <= _MOST_FILES
    if root.space != _SPACE or not (whole and named and once):
        raise NotOpened("manifest")
    return manifest


def make_key() -> tuple[bytes, bytes]:
    """A new pair: the public half (DER, SubjectPublicKeyInfo), the private half (DER, PKCS #8)."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return (
        private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )  # fmt: skip


def open_record(
    manifest: Manifest, files: Mapping[str, bytes], privates: Sequence[bytes]
) -> OpenedRecord:
    """Open a record with whichever of the agency's private keys fits it.

    Raises ``NotOpened``: ``missing`` a file, ``key`` not one of ours, ``damaged``, ``signature``.
    """
    if any(name not in files for name in manifest.names):
        raise NotOpened("missing")
    opener, secret = _opener(manifest, privates)
    plain: dict[str, bytes] = {}
    seed = bytearray(hashlib.md5(
        manifest.instance_id.encode() + secret, usedforsecurity=False
    ).digest())  # fmt: skip
    for place, name in enumerate(manifest.names):
        seed[place % 16] = (seed[place % 16] + 1) % 256
        plain[name.removesuffix(_ENDING)] = _decrypted(secret, bytes(seed), files[name])
    if not hmac.compare_digest(opener.open(manifest.signature), _digest(manifest, plain)):
        raise NotOpened("signature")
    xml = plain.pop(manifest.names[-1].removesuffix(_ENDING))
    return OpenedRecord(xml, plain)


@dataclass(frozen=True, slots=True)
class _Opener:
    """A private key with the padding that this phone's system makes of ODK's name for it."""

    key: rsa.RSAPrivateKey
    padding: padding.OAEP

    def open(self, text: str) -> bytes:
        try:
            return self.key.decrypt(base64.b64decode(text, validate=False), self.padding)
        except (ValueError, binascii.Error):
            return b""


def _opener(manifest: Manifest, privates: Sequence[bytes]) -> tuple[_Opener, bytes]:
    for der in privates:
        key = serialization.load_der_private_key(der, password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            continue
        # ODK names the padding as Java does; by the system under it the mask's hash differs.
        for mask in (hashes.SHA256(), hashes.SHA1()):
            opener = _Opener(key, padding.OAEP(padding.MGF1(mask), hashes.SHA256(), None))
            secret = opener.open(manifest.key)
            if len(secret) == 32:
                return opener, secret
    raise NotOpened("key")


def _decrypted(secret: bytes, start: bytes, sealed: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(secret), CFB(start)).decryptor()
    padded = decryptor.update(sealed) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as fault:
        raise NotOpened("damaged") from fault


def _digest(manifest: Manifest, plain: Mapping[str, bytes]) -> bytes:
    """What the signature is made of: who, which version, the sealed key, and each file's digest."""
    lines = [manifest.form_id]
    lines += [manifest.version] if manifest.version else []
    lines += [manifest.key, manifest.instance_id]
    lines += [
        f"{name}::{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
        for name, content in plain.items()
    ]
    source = "".join(f"{line}\n" for line in lines).encode()
    return hashlib.md5(source, usedforsecurity=False).digest()
