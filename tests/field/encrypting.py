"""The phone's side of ODK's encrypted records, written from the specification alone.

Nothing of the house's own opening is used: what is wrong in both would pass unseen.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.serialization import load_der_public_key

Mask = type[hashes.SHA1] | type[hashes.SHA256]


def encrypted(
    public_key: str, xml: bytes, files: Mapping[str, bytes], *, form: str, version: str, name: str,
    mask: Mask = hashes.SHA256,
) -> tuple[bytes, dict[str, bytes]]:  # fmt: skip
    """The manifest, and the sealed files by name, of one filling."""
    key = load_der_public_key(base64.b64decode(public_key))
    secret = os.urandom(32)
    sealed_key = base64.b64encode(_rsa(key, secret, mask)).decode()
    vector = list(hashlib.md5(name.encode("utf-8") + secret, usedforsecurity=False).digest())
    lines = [form, version, sealed_key, name]
    sealed: dict[str, bytes] = {}
    for counter, (filename, content) in enumerate([*files.items(), ("submission.xml", xml)]):
        vector[counter % 16] = (vector[counter % 16] + 1) & 0xFF
        sealed[f"{filename}.enc"] = _aes(secret, bytes(vector), content)
        lines.append(f"{filename}::{hashlib.md5(content, usedforsecurity=False).hexdigest()}")
    source = "\n".join(lines) + "\n"
    digest = hashlib.md5(source.encode("utf-8"), usedforsecurity=False).digest()
    signature = base64.b64encode(_rsa(key, digest, mask)).decode()
    media = "".join(f"<media><file>{filename}.enc</file></media>" for filename in files)
    manifest = (
        f'<data xmlns="http://opendatakit.org/submissions" id="{form}" encrypted="yes" '
        f'version="{version}"><base64EncryptedKey>{sealed_key}</base64EncryptedKey>'
        f'<meta xmlns="http://openrosa.org/xforms"><instanceID>{name}</instanceID></meta>{media}'
        f"<encryptedXmlFile>submission.xml.enc</encryptedXmlFile><base64EncryptedElementSignature>"
        f"{signature}</base64EncryptedElementSignature></data>"
    )
    return manifest.encode(), sealed


def _rsa(key: PublicKeyTypes, text: bytes, mask: Mask) -> bytes:
    assert isinstance(key, rsa.RSAPublicKey)
    return key.encrypt(text, padding.OAEP(padding.MGF1(mask()), hashes.SHA256(), None))


def _aes(secret: bytes, vector: bytes, content: bytes) -> bytes:
    short = 16 - len(content) % 16
    encryptor = Cipher(algorithms.AES(secret), CFB(vector)).encryptor()
    return encryptor.update(content + bytes([short]) * short) + encryptor.finalize()
