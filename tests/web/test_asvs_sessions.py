"""Keys of sessions begin and end; the way out is on every page; no folder is shown."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa import app_settings as mfa
from django.test import RequestFactory
from tests.clients import Client
from tests.people import Cast, sign_in
from tests.web.files import signed_in

from rangkul.accounts.knocking import knock_of
from rangkul.accounts.operations import create_user

pytestmark = pytest.mark.usefixtures("committed_db")

WORDS = "delapan-kura-kura-lewat"
NAME = "sessionid"


def test_a_sign_in_begins_a_session_of_its_own(cast: Cast) -> None:
    """Whoever plants a key in a browser does not come in with whoever signs in there."""
    create_user(username="kunci-uji", display_name="Kunci Uji", password=WORDS)
    client = Client()
    client.cookies["rangkul_language"] = "en"
    client.get("/akun/login/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies[NAME] = session.session_key
    before = client.cookies[NAME].value
    answer = client.post("/akun/login/", {"login": "kunci-uji", "password": WORDS})
    assert answer.status_code == 302
    after = client.cookies[NAME].value
    assert after not in ("", before)
    stranger = Client()
    stranger.cookies[NAME] = before
    assert stranger.get("/akun/saya/")["Location"].startswith("/akun/login/")
    set_ = client.cookies[NAME]
    assert set_["httponly"] and set_["samesite"] == "Lax"


def test_a_sign_out_ends_the_key(cast: Cast) -> None:
    client = signed_in(cast.ratih)
    key = client.cookies[NAME].value
    kept = Client()
    kept.cookies[NAME] = key
    assert kept.get("/akun/saya/").status_code == 200
    client.post("/akun/logout/")
    assert kept.get("/akun/saya/")["Location"].startswith("/akun/login/")


@pytest.mark.parametrize("address", ["/", "/kasus/", "/jaringan/", "/cari/", "/akun/saya/"])
def test_every_page_shows_the_way_out(cast: Cast, address: str) -> None:
    page = signed_in(cast.ratih).get(address).content.decode()
    assert 'action="/akun/logout/"' in page or 'href="/akun/logout/"' in page
    assert "/akun/logout/" not in Client().get("/akun/login/").content.decode()


def test_passwords_are_covered_while_they_are_typed(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.ratih)
    for browser, address, fields in (
        (Client(), "/akun/login/", 1), (client, "/akun/password/change/", 2),
    ):  # fmt: skip
        page = browser.get(address, follow=True).content.decode()
        assert page.count('type="password"') >= fields, address


@pytest.mark.parametrize(
    "address",
    ["/static/", "/static/rangkul/", "/static/rangkul/assets/", "/static/../settings.py",
     "/static/%2e%2e/%2e%2e/config/settings.py", "/.git/config", "/.env", "/media/"],
)  # fmt: skip
def test_no_folder_is_listed(cast: Cast, address: str) -> None:
    for client in (Client(), signed_in(cast.ratih)):
        answer = client.get(address)
        assert answer.status_code == 404
        assert b"SECRET_KEY" not in answer.content


@pytest.mark.parametrize(
    ("proxies", "sent", "believed"),
    [
        (0, None, "10.0.0.9"),
        (0, "203.0.113.5", "10.0.0.9"),
        (1, "203.0.113.5", "203.0.113.5"),
        # What stands before our proxy's own word was written by the visitor.
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (2, "198.51.100.1, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
    ],
)
def test_an_address_is_believed_from_our_own_proxies_only(
    rf: RequestFactory, settings: Any, proxies: int, sent: str | None, believed: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": sent, "X-Real-IP": "192.0.2.1"} if sent else {}
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", headers=headers)
    assert knock_of(request, "ratih").address == believed


def test_codes_are_long_enough_and_end() -> None:
    """Thirty seconds and no more; recovery codes of eight digits."""
    assert (mfa.TOTP_PERIOD, mfa.TOTP_TOLERANCE, mfa.TOTP_DIGITS) == (30, 0, 6)
    assert mfa.RECOVERY_CODE_DIGITS >= 8
