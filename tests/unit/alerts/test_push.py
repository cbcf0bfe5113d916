"""Web push: the standard's own example, keys that are none, and the header that shows who calls."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from rangkul.alerts import push
from rangkul.alerts.channels import Browser

ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
# RFC 8291, section 5 and appendix A.
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6T"
    "lzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4"
    "a-fN"
)


def test_the_standards_example_comes_out_byte_for_byte() -> None:
    ours = ec.derive_private_key(int.from_bytes(push.bytes_of(OURS)), ec.SECP256R1())
    body = push.encrypt(
        b"When I grow up, I want to be a watermelon",
        Browser(UUID(int=1), ENDPOINT, PUBLIC, AUTH),
        ours=ours,
        salt=push.bytes_of(SALT),
    )
    assert push.text_of(body) == BODY


def test_no_two_bodies_are_the_same() -> None:
    browser = Browser(UUID(int=1), ENDPOINT, PUBLIC, AUTH)
    assert push.encrypt(b"id", browser) != push.encrypt(b"id", browser)


@pytest.mark.parametrize(
    ("endpoint", "p256dh", "auth"),
    [
        ("https://127.0.0.1/x", PUBLIC, AUTH),
        ("https://fcm.googleapis.com.example.org/x", PUBLIC, AUTH),
        ("https://notfcm.googleapis.com/x", PUBLIC, AUTH),
        ("http://fcm.googleapis.com/x", PUBLIC, AUTH),
        ("https://fcm.googleapis.com:8443/x", PUBLIC, AUTH),
        ("https://fcm.googleapis.com@127.0.0.1/x", PUBLIC, AUTH),
        ("https://user@fcm.googleapis.com/x", PUBLIC, AUTH),
        ("https://fcm.googleapis.com:99999999/x", PUBLIC, AUTH),
        ("https://fcm.googleapis.com/ä", PUBLIC, AUTH),
        (ENDPOINT, PUBLIC[:-4], AUTH),
        (ENDPOINT, "A" * 87, AUTH),
        (ENDPOINT, "not base64!", AUTH),
        (ENDPOINT, PUBLIC, "AAAA"),
        (ENDPOINT, PUBLIC, ""),
    ],
)
def test_what_no_browser_gives_is_refused(endpoint: str, p256dh: str, auth: str) -> None:
    push.check(ENDPOINT, PUBLIC, AUTH)
    push.check("https://updates.push.services.mozilla.com/wpush/v2/x", PUBLIC, AUTH)
    with pytest.raises(push.NotABrowser):
        push.check(endpoint, p256dh, auth)


def test_the_house_shows_itself_by_a_key_that_never_changes() -> None:
    header = push.authorization(ENDPOINT, now=1_000_000.0)
    scheme, _space, rest = header.partition(" ")
    token, key = rest.split(", ")
    assert (scheme, key) == ("vapid", f"k={push.public_key()}")
    head, claims, signature = token.removeprefix("t=").split(".")
    told = json.loads(push.bytes_of(claims))
    assert told["aud"] == "https://fcm.googleapis.com"
    assert told["exp"] - 1_000_000 <= 24 * 3600
    assert told["sub"].startswith("mailto:")
    raw = push.bytes_of(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), push.bytes_of(push.public_key())
    )
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
