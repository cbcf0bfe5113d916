"""Single sign-on against a real provider: invited people only, by an answer that holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.clients import Client
from tests.people import NOW, Cast, sign_in
from tests.web import oidc
from tests.web.oidc import CLIENT, SECRET, Provider

from rangkul.accounts import sso
from rangkul.accounts.models import User
from rangkul.accounts.sso_settings import from_environment
from rangkul.foundation.scope import acting
from rangkul.network import operations

pytestmark = pytest.mark.django_db

ADDRESS = "baru.sso@uji.example"
SENTENCE = (
    "Single sign-on lets in only people who were invited, by an answer of the configured provider "
    "that is signed, for us, for this very question, and not out of date."
)


@pytest.fixture
def provider(settings: SettingsWrapper) -> Iterator[Provider]:
    with oidc.running() as running:
        configure(settings, running)
        running.person["email"] = ADDRESS
        yield running


def configure(settings: SettingsWrapper, running: Provider, trust: str = "") -> None:
    settings.SSO = from_environment(
        {
            "RANGKUL_OIDC_ISSUER": running.issuer, "RANGKUL_OIDC_CLIENT_ID": CLIENT,
            "RANGKUL_OIDC_SECRET": SECRET, "RANGKUL_OIDC_NAME": "Kantor Uji",
            "RANGKUL_OIDC_TRUST_MFA": trust,
        }
    )  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = settings.SSO.providers


@pytest.fixture
def invited(cast: Cast, db: None) -> User:
    with acting(cast.sinta):
        place = operations.invite_member(
            username="baru.sso", display_name="Baru Sso Uji", email=ADDRESS, sex="P",
            roles=["pendamping"], desk_ids=[], password="kf7p-2mwx-9qhd-vt4n", by=cast.sinta,
            at=NOW,
        )  # fmt: skip
    return place.user


def enter(client: Client, provider: Provider, onward: str = "/kasus/") -> Any:
    """Through the provider and back, as a browser goes."""
    there = client.get("/akun/sso/", {"next": onward})
    assert there.status_code == 302
    assert there["Location"].startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.authorize(there["Location"]))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.promise("single-sign-on", chapter="sign-in", sentence=SENTENCE)
def test_an_invited_person_comes_in_and_is_bound_by_the_subject(
    client: Client, provider: Provider, invited: User, figure: Any
) -> None:
    answer = enter(client, provider)
    assert answer["Location"] == "/kasus/"
    assert is_in(client)
    bound = SocialAccount.objects.get(user=invited)
    assert (bound.provider, bound.uid, bound.extra_data) == ("sso", "s-1", {})
    invited.refresh_from_db()
    assert not invited.has_usable_password()
    assert not invited.must_change_password
    # A second factor of this house is asked for all the same.
    assert client.get("/kasus/")["Location"] == "/akun/2fa/"
    # Later the subject counts, whatever the address says then.
    provider.person["email"] = "lain@uji.example"
    again = Client()
    enter(again, provider)
    assert is_in(again)
    figure("1 of 1 invited person came in, bound by the subject")


BENDS: dict[str, Any] = {
    "another nonce": {"nonce": "ganti"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "lain"},
    "two audiences, another party": {"aud": [CLIENT, "lain"], "azp": "lain"},
    "another issuer": {"iss": "https://jahat.example"},
    "out of date": {"exp": 1_700_000_000, "iat": 1_699_999_000},
    "asked long ago": {"iat": 1_699_999_000},
    "no end": {"exp": None},
    "no subject": {"sub": None},
}


def bent(change: dict[str, Any]) -> Any:
    def bend(claims: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in (claims | change).items() if v is not None}

    return bend


@pytest.mark.promise("single-sign-on", chapter="sign-in", sentence=SENTENCE)
def test_no_bent_answer_lets_anybody_in(provider: Provider, invited: User, figure: Any) -> None:
    refused = 0
    for name, change in BENDS.items():
        provider.bend = bent(change)
        client = Client()
        answer = enter(client, provider)
        assert not is_in(client), name
        assert answer["Location"] == "/akun/login/", name
        refused += 1
    provider.bend = lambda claims: claims
    signs = (
        provider.unsigned, provider.hashed_with_public_key,
        lambda claims: provider.signed(claims, provider.stranger),
        lambda claims: provider.signed(claims)[:-6] + "AAAAAA",
        lambda claims: "bukan token",
    )  # fmt: skip
    for sign in signs:
        provider.sign = sign
        client = Client()
        enter(client, provider)
        assert not is_in(client)
        refused += 1
    assert not SocialAccount.objects.filter(user=invited).exists()
    figure(f"{refused} of {refused} bent answers refused")


@pytest.mark.planted("single-sign-on")
def test_planted_a_nonce_that_nobody_compares(
    client: Client, provider: Provider, invited: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sso.hmac, "compare_digest", lambda one, other: True)
    provider.bend = bent({"nonce": "ganti"})
    enter(client, provider)
    assert is_in(client)


@pytest.mark.planted("single-sign-on")
def test_planted_the_librarys_own_reading_takes_an_unsigned_answer(
    client: Client, provider: Provider, invited: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    import jwt

    def unread(self: Any, id_token: str, *, client_id: str) -> dict[str, Any]:
        found: dict[str, Any] = jwt.decode(id_token, options={"verify_signature": False})
        return found

    monkeypatch.setattr(sso.HouseOidc, "checked", unread)
    provider.sign = provider.unsigned
    enter(client, provider)
    assert is_in(client)


def test_an_answer_to_another_browsers_question_is_refused(
    provider: Provider, invited: User
) -> None:
    asked, other = Client(), Client()
    there = asked.get("/akun/sso/")
    back = provider.authorize(there["Location"])
    assert other.get(back)["Location"] == "/akun/login/"
    assert not is_in(other)
    forged = back.replace("state=", "state=x")
    assert asked.get(forged)["Location"] == "/akun/login/"
    assert not is_in(asked)


def test_an_unknown_person_is_told_one_sentence_and_gets_no_account(
    client: Client, provider: Provider, cast: Cast
) -> None:
    client.cookies["rangkul_language"] = "en"
    before = User.objects.count()
    provider.person = {"sub": "x", "email": "orang@lain.example", "email_verified": True}
    page = client.get(enter(client, provider)["Location"]).content.decode()
    assert "Nobody here is known under that sign-in." in page
    assert User.objects.count() == before


@pytest.mark.parametrize(
    "hindrance", ["unverified", "lapsed", "has signed in", "two with the address"]
)
def test_an_address_alone_binds_nobody(
    client: Client, provider: Provider, invited: User, hindrance: str
) -> None:
    from rangkul.accounts.operations import create_user
    from rangkul.foundation import hour

    if hindrance == "unverified":
        provider.person["email_verified"] = "true"
    elif hindrance == "lapsed":
        User.objects.filter(pk=invited.pk).update(invited_until=hour.now() - timedelta(hours=1))
    elif hindrance == "has signed in":
        User.objects.filter(pk=invited.pk).update(last_login=hour.now())
    else:
        create_user(
            username="kembar", display_name="Kembar", email=ADDRESS, one_time=True,
            password="kf7p-2mwx-9qhd-vt4x", at=hour.now(),
        )  # fmt: skip
    enter(client, provider)
    assert not is_in(client)


def test_the_providers_second_factor_counts_only_where_it_is_trusted(
    provider: Provider, invited: User, settings: SettingsWrapper
) -> None:
    provider.person["amr"] = ["pwd", "mfa"]
    client = Client()
    enter(client, provider)
    assert client.get("/kasus/")["Location"] == "/akun/2fa/"
    configure(settings, provider, trust="mfa, hwk")
    client = Client()
    enter(client, provider)
    assert client.get("/kasus/").status_code == 200
    # An act that weighs asks for a factor of this house even so.
    provider.person["amr"] = ["pwd"]
    client = Client()
    enter(client, provider)
    assert client.get("/kasus/")["Location"] == "/akun/2fa/"
    # Whoever has a factor here is asked for it.
    TOTP.activate(invited, generate_totp_secret())
    provider.person["amr"] = ["mfa"]
    client = Client()
    assert enter(client, provider)["Location"].startswith("/akun/2fa/authenticate/")
    assert not is_in(client)


def test_an_account_of_long_ago_binds_itself_after_a_fresh_factor(
    client: Client, provider: Provider, cast: Cast
) -> None:
    sign_in(client, cast.ratih, fresh=False)
    assert client.get("/akun/sso/ikat/")["Location"].startswith("/akun/pastikan/")
    sign_in(client, cast.ratih)
    provider.person = {"sub": "s-ratih"}
    there = client.get("/akun/sso/ikat/")
    assert client.get(provider.authorize(there["Location"]))["Location"] == "/akun/saya/"
    assert SocialAccount.objects.get(uid="s-ratih").user_id == cast.ratih.user_id
    # Nobody else takes the same subject.
    other = Client()
    sign_in(other, cast.sinta)
    there = other.get("/akun/sso/ikat/")
    other.get(provider.authorize(there["Location"]))
    assert SocialAccount.objects.get(uid="s-ratih").user_id == cast.ratih.user_id
    # One without a password keeps the way; with one it may go.
    client.post("/akun/sso/lepas/")
    assert SocialAccount.objects.filter(uid="s-ratih").exists()


def test_without_a_provider_there_is_no_such_way(client: Client, db: None) -> None:
    assert client.get("/akun/sso/").status_code == 404
    assert client.get("/akun/sso/kembali/").status_code == 404
    assert "/akun/sso/" not in client.get("/akun/login/").content.decode()


def test_a_provider_that_does_not_answer_is_said_plainly(
    client: Client, settings: SettingsWrapper, db: None
) -> None:
    with oidc.running() as gone:
        configure(settings, gone)
    client.cookies["rangkul_language"] = "en"
    page = client.get("/akun/sso/", follow=True).content.decode()
    assert "does not answer now" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"RANGKUL_OIDC_ISSUER": "http://masuk.example"}, "https"),
        ({"RANGKUL_OIDC_ISSUER": "https://masuk.example"}, "missing"),
        (
            {"RANGKUL_OIDC_ISSUER": "https://m.example", "RANGKUL_OIDC_CLIENT_ID": "r",
             "RANGKUL_OIDC_SECRET_FILE": "/nowhere/at/all"},
            "cannot be read",
        ),
    ],
)  # fmt: skip
def test_half_a_configuration_stops_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        from_environment(given)


@pytest.mark.parametrize("address", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_nobody_is_followed_elsewhere(
    client: Client, provider: Provider, invited: User, address: str
) -> None:
    provider.moved[address] = f"{provider.issuer}/elsewhere{address}"
    there = client.get("/akun/sso/", {"next": "/kasus/"})
    if there["Location"].startswith(f"{provider.issuer}/authorize?"):
        client.get(provider.authorize(there["Location"]))
    assert not is_in(client)
    assert provider.strayed == []


def test_planted_a_library_that_follows_gives_the_code_away(
    client: Client, provider: Provider, invited: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.socialaccount.adapter import DefaultSocialAccountAdapter

    monkeypatch.setattr(
        sso.SsoAdapter, "get_requests_session", DefaultSocialAccountAdapter.get_requests_session
    )
    provider.moved["/token"] = f"{provider.issuer}/elsewhere/token"
    enter(client, provider)
    assert provider.strayed == ["/elsewhere/token"]
