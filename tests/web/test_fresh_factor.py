"""Acts that weigh ask for a second factor of the last ten minutes, and lose nothing typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.clients import Client
from tests.people import Cast, sign_in

from rangkul.accounts import factors
from rangkul.accounts.models import User
from rangkul.foundation import hour
from rangkul.network.models import Membership

pytestmark = pytest.mark.django_db

SENTENCE = (
    "Whoever invites, gives roles or makes tokens has proved a second factor within ten minutes."
)
GIVEN = {
    "username": "segar.uji", "display_name": "Segar Baru Uji", "roles": ["pendamping"], "sex": "P",
    "email": "",
}  # fmt: skip


@pytest.fixture
def stale(cast: Cast) -> Client:
    """Sinta, an agency's admin, whose second factor is of this morning."""
    client = Client()
    client.cookies["rangkul_language"] = "en"
    sign_in(client, cast.sinta, fresh=False)
    return client


def with_phone(user_id: int) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(User.objects.get(pk=user_id), secret)
    return secret


def code_of(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def invited() -> bool:
    return Membership.objects.filter(user__username="segar.uji").exists()


@pytest.mark.promise("fresh-factor", chapter="sign-in", sentence=SENTENCE)
def test_without_a_fresh_factor_no_administrators_page_opens_or_takes_anything(
    stale: Client, cast: Cast, figure: Any
) -> None:
    with_phone(cast.sinta.user_id)
    member = cast.ratih.membership_id
    pages = [
        reverse("network-invite"), reverse("network-member", args=[member]),
        reverse("network-member-end", args=[member]),
        reverse("network-member-renew", args=[member]),
        reverse("network-member-wake", args=[member]),
        reverse("service-tokens"), reverse("service-token-withdraw"),
    ]  # fmt: skip
    for page in pages:
        answer = stale.get(page)
        assert answer.status_code in (302, 405), page
        if answer.status_code == 302:
            assert answer["Location"].startswith("/akun/pastikan/?next="), page
        assert stale.post(page, GIVEN).status_code == 403, page
    assert not invited()
    figure(f"{len(pages)} of {len(pages)} pages of administrators asked first")


@pytest.mark.planted("fresh-factor")
def test_planted_a_page_that_does_not_ask_takes_it(
    stale: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rangkul.desk.page.ask_factor", lambda request: None)
    assert stale.post(reverse("network-invite"), GIVEN).status_code == 200
    assert invited()


def test_what_was_typed_goes_on_with_the_code(stale: Client, cast: Cast) -> None:
    secret = with_phone(cast.sinta.user_id)
    page = stale.post(reverse("network-invite"), GIVEN)
    assert page.status_code == 403
    words = page.content.decode()
    for value in ("segar.uji", "Segar Baru Uji", "pendamping"):
        assert f'value="{value}"' in words
    wrong = stale.post(reverse("network-invite"), GIVEN | {"factor_code": "000000"})
    assert wrong.status_code == 422
    assert "does not fit" in wrong.content.decode()
    assert not invited()
    right = stale.post(reverse("network-invite"), GIVEN | {"factor_code": code_of(secret)})
    assert right.status_code == 200
    assert invited()
    # And for ten minutes nothing is asked.
    assert stale.get(reverse("network-invite")).status_code == 200


def test_the_page_that_asks_leads_back(stale: Client, cast: Cast) -> None:
    secret = with_phone(cast.sinta.user_id)
    where = stale.get(reverse("network-invite"))["Location"]
    assert "Is it you?" in stale.get(where).content.decode()
    answer = stale.post(where, {"next": reverse("network-invite"), "factor_code": code_of(secret)})
    assert answer["Location"] == reverse("network-invite")
    elsewhere = {"next": "https://jahat.example/", "factor_code": "1"}
    assert "jahat" not in stale.post(where, elsewhere).get("Location", "")


def test_a_code_serves_once(stale: Client, cast: Cast) -> None:
    secret = with_phone(cast.sinta.user_id)
    code = code_of(secret)
    assert stale.post("/akun/pastikan/", {"factor_code": code}).status_code == 302
    other = Client()
    sign_in(other, cast.sinta, fresh=False)
    assert other.post("/akun/pastikan/", {"factor_code": code}).status_code == 422


def test_a_factor_grows_old_after_ten_minutes(
    stale: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = stale.session
    factors.note_factor(session, user_id=cast.sinta.user_id)
    session.save()
    now = hour.seconds()
    assert stale.get(reverse("network-invite")).status_code == 200
    for late, fresh in ((9 * 60, True), (10 * 60 + 1, False), (-60, False)):
        monkeypatch.setattr(factors.hour, "seconds", lambda late=late: now + late)
        assert factors.is_fresh(session, user_id=cast.sinta.user_id) is fresh
    assert not factors.is_fresh(session, user_id=cast.ratih.user_id)


def test_a_password_is_no_second_factor(stale: Client, cast: Cast) -> None:
    with_phone(cast.sinta.user_id)
    user = User.objects.get(pk=cast.sinta.user_id)
    user.set_password("delapan-kura-kura-lewat")
    user.save()
    client = Client()
    sign_in(client, cast.sinta, fresh=False)
    answer = client.post("/akun/pastikan/", {"factor_code": "delapan-kura-kura-lewat"})
    assert answer.status_code == 422
    # Nor does it confirm that a second factor may be taken off.
    where = client.get("/akun/2fa/totp/deactivate/")["Location"]
    assert where.startswith("/akun/2fa/reauthenticate/")
    by_password = client.post("/akun/reauthenticate/", {"password": "delapan-kura-kura-lewat"})[
        "Location"
    ]
    assert by_password.startswith("/akun/2fa/reauthenticate/")
    assert client.get("/akun/2fa/totp/deactivate/").status_code == 302


def test_htmx_and_scripts_are_told_in_their_own_way(stale: Client, cast: Cast) -> None:
    with_phone(cast.sinta.user_id)
    part = stale.get(reverse("network-invite"), headers={"HX-Request": "true"})
    assert part.status_code == 401
    assert part["HX-Redirect"].startswith("/akun/pastikan/")
    script = stale.post(reverse("network-invite"), GIVEN, headers={"X-Requested-With": "fetch"})
    assert script.status_code == 403
    assert "error" in script.json()


def test_without_any_second_key_one_is_led_to_setting_it_up(stale: Client) -> None:
    assert stale.get("/akun/pastikan/?next=/")["Location"] == "/akun/2fa/"


@pytest.mark.promise(
    "no-click-with-real-data", chapter="sign-in",
    sentence="One click neither signs a real person in nor confirms that it is her.",
)  # fmt: skip
def test_one_click_confirms_nobody_real(
    stale: Client, cast: Cast, settings: SettingsWrapper, figure: Any
) -> None:
    with_phone(cast.sinta.user_id)
    tried = 0
    for demo, is_demo in ((False, False), (False, True), (True, False)):
        settings.DEMO = demo
        user = User.objects.get(pk=cast.sinta.user_id)
        user.is_demo = is_demo
        from rangkul.accounts.policy import may_enter_by_click

        assert not may_enter_by_click(user)
        tried += 1
    settings.DEMO = False
    assert stale.post("/akun/pastikan/", {"factor_click": "1"}).status_code == 422
    assert stale.post(reverse("network-invite"), GIVEN | {"factor_click": "1"}).status_code == 422
    assert not invited()
    figure(f"0 of {tried + 2} clicks counted")


@pytest.mark.planted("no-click-with-real-data")
def test_planted_a_click_that_counted_would_be_seen(
    stale: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_phone(cast.sinta.user_id)
    monkeypatch.setattr("rangkul.desk.fresh.may_enter_by_click", lambda user: True)
    assert stale.post("/akun/pastikan/", {"factor_click": "1"}).status_code == 302


def test_no_address_of_the_page_names_what_was_typed(stale: Client, cast: Cast) -> None:
    with_phone(cast.sinta.user_id)
    page = stale.post(reverse("network-invite"), GIVEN)
    assert "Location" not in page
    assert not re.search(r"[?&][^\"]*segar", page.content.decode())
