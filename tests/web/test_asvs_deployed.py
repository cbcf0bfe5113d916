"""A house as its keeper sets it up: Django warns of nothing, cookies are bound to its host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rangkul.foundation import keyring

DEPLOYED = (
    "Set up as the operators' guide says, the house passes every deployment check, and each cookie "
    "is for TLS and this one host alone and, but for language and theme, out of a script's reach."
)
_ASK = """
import json, django
django.setup()
from django.conf import settings
from rangkul.accounts import tries
from rangkul.look.templatetags import look
print(json.dumps({
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME,
              settings.LANGUAGE_COOKIE_NAME, tries.COOKIE, look.THEME_COOKIE],
    "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
               settings.LANGUAGE_COOKIE_SECURE],
    "script": [not settings.SESSION_COOKIE_HTTPONLY, not settings.CSRF_COOKIE_HTTPONLY],
    "samesite": [settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE,
                 settings.LANGUAGE_COOKIE_SAMESITE],
    "domain": [settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN],
    "messages": settings.MESSAGE_STORAGE,
    "debug": settings.DEBUG,
    "hsts": [settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS,
             settings.SECURE_SSL_REDIRECT],
    "refused": settings.SECURE_REDIRECT_EXEMPT,
}))
"""


def environment(folder: Path, **changed: str) -> dict[str, str]:
    """What the operators' guide writes into ``web.env``."""
    ring = folder / "keyring.json"
    if not ring.exists():
        keyring.create(ring)
    inherited = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("RANGKUL_", "DATABASE_", "DJANGO_", "PYTEST_"))
    }  # fmt: skip
    return inherited | {
        "DATABASE_URL": "postgresql://rangkul_app:uji@db.example/rangkul?sslmode=verify-full",
        "RANGKUL_KEYRING": str(ring),
        "RANGKUL_HOSTS": "rangkul.contoh.example",
        "RANGKUL_TLS": "1",
        "DJANGO_SETTINGS_MODULE": "rangkul.config.settings",
    } | changed  # fmt: skip


def run(*command: str, within: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Python, in that environment."""
    return subprocess.run(
        [sys.executable, *command], env=within, capture_output=True, text=True, check=False
    )


@pytest.mark.promise("deployed", chapter="web", sentence=DEPLOYED)
def test_a_house_as_the_guide_sets_it_up(tmp_path: Path, figure: Any) -> None:
    within = environment(tmp_path)
    checked = run("-m", "django", "check", "--deploy", "--fail-level", "INFO", within=within)
    assert checked.returncode == 0, checked.stderr
    asked = run("-c", _ASK, within=within)
    assert asked.returncode == 0, asked.stderr
    found = json.loads(asked.stdout)
    assert [name for name in found["names"] if not name.startswith("__Host-")] == []
    assert found["secure"] == [True] * 3
    assert found["script"] == [False] * 2
    assert set(found["samesite"]) == {"Lax"}
    assert found["domain"] == [None, None]
    assert "cookie" not in found["messages"]
    assert found["debug"] is False
    assert found["hsts"][0] >= 31_536_000 and found["hsts"][1:] == [True, True]
    assert found["refused"] == ["^api/", "^openrosa/"]
    # One warning is answered with a reason, and no other is silenced.
    assert "(1 silenced)" in checked.stdout + checked.stderr
    figure(f"0 warnings of `check --deploy`; {len(found['names'])} of 5 cookies bound to the host")


@pytest.mark.planted("deployed")
def test_a_house_without_tls_is_told(tmp_path: Path) -> None:
    within = environment(tmp_path, RANGKUL_TLS="")
    checked = run("-m", "django", "check", "--deploy", "--fail-level", "INFO", within=within)
    assert checked.returncode == 1
    for warning in ("W004", "W008", "W012", "W016"):
        assert f"security.{warning}" in checked.stderr
    found = json.loads(run("-c", _ASK, within=within).stdout)
    assert [name for name in found["names"] if name.startswith("__Host-")] == []
    assert found["secure"] == [False] * 3
