"""What the address of a mail server means."""

from __future__ import annotations

import pytest

from rangkul.alerts.letters import settings_of


def test_an_address_becomes_settings() -> None:
    made = settings_of("smtp://kabar%40contoh.id:rahasia@surel.contoh.id:2525")
    assert made["EMAIL_HOST"] == "surel.contoh.id"
    assert made["EMAIL_PORT"] == 2525
    assert (made["EMAIL_HOST_USER"], made["EMAIL_HOST_PASSWORD"]) == ("kabar@contoh.id", "rahasia")
    assert (made["EMAIL_USE_TLS"], made["EMAIL_USE_SSL"]) == (True, False)
    assert made["EMAIL_TIMEOUT"] > 0


def test_tls_is_left_out_only_by_name() -> None:
    assert settings_of("smtp://localhost:25?tls=no")["EMAIL_USE_TLS"] is False
    made = settings_of("smtps://surel.contoh.id", "dari luar")
    assert (made["EMAIL_PORT"], made["EMAIL_USE_SSL"], made["EMAIL_USE_TLS"]) == (465, True, False)
    assert made["EMAIL_HOST_PASSWORD"] == "dari luar"


@pytest.mark.parametrize("url", ["surel.contoh.id", "http://surel.contoh.id", "smtp://", ""])
def test_a_wrong_address_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="RANGKUL_EMAIL_URL"):
        settings_of(url)
