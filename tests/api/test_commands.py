"""``rangkul token``: as an admin who proves to be there."""

from __future__ import annotations

import argparse
import re

import pytest
from tests.api.machine import Machine
from tests.people import Cast
from tests.rows import as_owner

from rangkul.commands import token
from rangkul.foundation.errors import RangkulError

PASSWORD = "jembatan-antar-meja"


@pytest.fixture
def admin(cast: Cast, committed_db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Sinta, with a password."""
    from django.contrib.auth.hashers import make_password

    with as_owner() as owner:
        owner.execute(
            "update accounts_user set password = %s where username = 'sinta'",
            [make_password(PASSWORD)],
        )
    monkeypatch.setenv("RANGKUL_PASSWORD", PASSWORD)
    return "sinta"


def _run(act: str, *words: str) -> None:
    token.run(argparse.Namespace(act=act, words=list(words)))


def test_from_the_account_to_its_end(admin: str, capsys: pytest.CaptureFixture[str]) -> None:
    _run("create", "--by", admin, "--label", "SIMFONI", "--role", "petugas_pengaduan",
         "--desk", "uji-semarang-pengaduan", "--days", "30")  # fmt: skip
    said = capsys.readouterr().out
    secret = said.strip().splitlines()[-1]
    found = re.search(r"token ([0-9a-f-]{36})", said)
    assert found is not None
    assert Machine(secret).get("/reports").status == 200
    _run("list", "--by", admin)
    listed = capsys.readouterr().out
    assert "live" in listed and "SIMFONI" in listed and secret not in listed
    _run("withdraw", "--by", admin, "--id", found[1])
    assert Machine(secret).get("/reports").status == 401


def test_not_without_the_password_nor_the_role(admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (
        ("--label", "x", "--role", "petugas_pengaduan", "--desk", "uji-kupang-pengaduan"),
        ("--label", "x", "--role", "koordinator_nasional"),
        ("--label", "x"),
    ):
        with pytest.raises(RangkulError):
            _run("create", "--by", admin, *words)
    monkeypatch.setenv("RANGKUL_PASSWORD", "salah-sama-sekali")
    for name in (admin, "tidak-ada"):
        with pytest.raises(RangkulError, match="do not belong together"):
            _run("list", "--by", name)
