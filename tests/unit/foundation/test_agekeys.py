"""Public keys are read, secret ones refused without a word of them, and sealing opens for one."""

from __future__ import annotations

import hashlib

import pyrage
import pytest

from rangkul.foundation import agekeys
from rangkul.foundation.agekeys import NotAKey


def test_a_key_is_read_as_people_send_it() -> None:
    key = str(pyrage.x25519.Identity.generate().to_public())
    assert agekeys.read_key(f"  {key[:30]}\n{key[30:].upper()} ") == key


@pytest.mark.parametrize("text", ["", "age1", "age1" + "q" * 58, "ssh-ed25519 AAAA", "x" * 500])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NotAKey) as refused:
        agekeys.read_key(text)
    assert refused.value.why == agekeys.UNKNOWN


def test_a_secret_key_is_refused_and_not_repeated() -> None:
    secret = str(pyrage.x25519.Identity.generate())
    for text in (secret, secret.lower(), f"# public key: age1…\n{secret}"):
        with pytest.raises(NotAKey) as refused:
            agekeys.read_key(text)
        assert refused.value.why == agekeys.SECRET
        assert secret[20:30].lower() not in str(refused.value).lower()


def test_the_fingerprint_is_what_the_recipient_reckons() -> None:
    key = str(pyrage.x25519.Identity.generate().to_public())
    told = agekeys.fingerprint(key)
    assert told.replace(" ", "") == hashlib.sha256(key.encode()).hexdigest()[:20]


def test_sealed_opens_for_its_key_alone() -> None:
    one, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    sealed = agekeys.seal(b"isi", str(one.to_public()))
    assert pyrage.decrypt(sealed, [one]) == b"isi"
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [other])
