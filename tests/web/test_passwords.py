"""What a password must be, and what is not asked of it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.clients import Client
from tests.people import Cast

from rangkul.accounts import passwords
from rangkul.accounts.models import User
from rangkul.accounts.operations import create_user, first_password

pytestmark = pytest.mark.django_db

SENTENCE = (
    "A password has at least 15 signs, 8 beside a second factor, and is none that is commonly used "
    "or made of the house's, the agency's or the person's own names."
)
# Long enough each; each made of what anybody would try.
GUESSED = (
    "password12345678", "passwordpassword", "rangkulrangkul123", "Rangkul2026!!!!!!",
    "qwertyuiop123456",
    "aaaaaaaaaaaaaaaaaaaa", "123456789012345678", "R4ngkulR4ngkul2026", "abcabcabcabcabcabc",
    "katasandirahasia1", "indonesiamerdeka1945", "uptdppaujikotasemarang",
    "UPTD-Uji-Semarang-2026",
    "ratihratihratih1", "Ratih.Wulandari.1990", "wulandari-uji-2026!!", "kemensos-indonesia-1",
    "asdfghjklasdfghjkl", "semarang semarang 33",
)  # fmt: skip
GOOD = (
    "delapan kura-kura lewat", "kopi pagi tanpa gula batu", "長い合言葉をここに書いておく十五文字",
    "jembatanmerahpulangsenja", "aku suka hujan pukul empat",
)  # fmt: skip


@pytest.fixture
def ratih(cast: Cast) -> User:
    return User.objects.get(pk=cast.ratih.user_id)


def refused(password: str, user: User | None) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return True
    return False


@pytest.mark.promise("good-passwords", chapter="sign-in", sentence=SENTENCE)
def test_what_anybody_would_try_is_refused_and_what_is_long_is_taken(
    ratih: User, figure: Any
) -> None:
    assert [word for word in GUESSED if not refused(word, ratih)] == []
    assert [word for word in GOOD if refused(word, ratih)] == []
    assert refused("kura-kura tiga", ratih)
    assert not refused("kura-kura tiga1", ratih)
    TOTP.activate(ratih, generate_totp_secret())
    assert not refused("kopilaut", ratih)
    assert refused("kopilau", ratih)
    assert refused("password", ratih)
    figure(
        f"{len(GUESSED)} of {len(GUESSED)} guessable refused, {len(GOOD)} of {len(GOOD)} good taken"
    )


@pytest.mark.planted("good-passwords")
def test_planted_djangos_own_rules_let_them_through(ratih: User, settings: SettingsWrapper) -> None:
    from django.contrib.auth import password_validation

    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    ]
    password_validation.get_default_password_validators.cache_clear()
    try:
        assert [word for word in GUESSED if not refused(word, ratih)] != []
    finally:
        password_validation.get_default_password_validators.cache_clear()


def test_long_ones_are_taken_and_endless_ones_not(ratih: User) -> None:
    words = " ".join(f"kata{chr(97 + n % 26)}{n}" for n in range(40))[:200]
    assert len(words) > 128
    assert not refused(words, ratih)
    assert refused("k" + "opi laut " * 40, ratih)


def test_one_time_passwords_hold_the_rules() -> None:
    for _ in range(200):
        assert not refused(first_password(), None)
    with pytest.raises(ValidationError):
        create_user(username="lemah-uji", display_name="Lemah Uji", password="dua belas ab")


def test_nothing_hinders_pasting_and_nothing_runs_out(client: Client) -> None:
    page = client.get("/akun/login/").content.decode()
    field = page[page.index('id="id_password"') :].split(">")[0]
    for hindrance in ("onpaste", "maxlength", 'autocomplete="off"'):
        assert hindrance not in field
    assert not [field.name for field in User._meta.fields if "expire" in field.name]


def test_a_password_beside_which_the_factor_goes_is_not_short_in_secret(ratih: User) -> None:
    assert passwords.least_length(ratih) == 15
    TOTP.activate(ratih, generate_totp_secret())
    assert passwords.least_length(ratih) == 8
    assert passwords.least_length(None) == 15
