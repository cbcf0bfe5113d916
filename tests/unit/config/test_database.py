"""Which lines to a database are taken, and what becomes of its URL."""

from __future__ import annotations

import pytest

from rangkul.config.database import LineNotSafe, settings_of


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://rangkul@/rangkul?host=/run/postgresql",
        "postgresql://rangkul@localhost/rangkul",
        "postgresql://rangkul@127.0.0.1:5433/rangkul",
        "postgresql://rangkul@[::1]/rangkul",
        "postgresql://rangkul@db.contoh.id/rangkul?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql://rangkul@10.0.0.7/rangkul?sslmode=disable",
    ],
)
def test_a_line_that_is_safe_or_named_open_is_taken(url: str) -> None:
    assert settings_of(url, pool=False)["USER"] == "rangkul"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://rangkul@db.contoh.id/rangkul",
        "postgresql://rangkul@10.0.0.7/rangkul?sslmode=prefer",
        "postgresql://rangkul@db.contoh.id/rangkul?sslmode=require",
        "postgresql://rangkul@db.contoh.id/rangkul?sslmode=verify-ca",
        "postgresql://rangkul@localhost,db.contoh.id/rangkul",
        "postgresql://rangkul@localhost/rangkul?hostaddr=10.0.0.7",
    ],
)
def test_a_line_that_anybody_may_answer_is_refused(url: str) -> None:
    with pytest.raises(LineNotSafe, match="sslmode=verify-full"):
        settings_of(url, pool=False)


def test_parts_go_where_django_and_the_driver_look() -> None:
    made = settings_of(
        "postgresql://rangkul:kunci@db.contoh.id:5433/data?sslmode=verify-full", pool=True
    )
    assert (made["NAME"], made["PASSWORD"], made["PORT"]) == ("data", "kunci", "5433")
    assert made["OPTIONS"]["sslmode"] == "verify-full"
    assert made["OPTIONS"]["pool"]["max_size"] == 12
