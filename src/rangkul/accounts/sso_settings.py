"""Single sign-on as the environment says it; half a configuration stops the start."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PROVIDER_ID: Final = "sso"


@dataclass(frozen=True, slots=True)
class Sso:
    """The one provider, or none (``issuer`` empty).

    ``trusted`` are the ``amr`` and ``acr`` values by which it says that a second factor was proved.
    """

    issuer: str = ""
    client_id: str = ""
    secret: str = field(default="", repr=False)
    name: str = ""
    trusted: frozenset[str] = frozenset()

    @property
    def providers(self) -> dict[str, Any]:
        """What the library reads as ``SOCIALACCOUNT_PROVIDERS``."""
        if not self.issuer:
            return {}
        app = {
            "provider_id": PROVIDER_ID,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {
                "server_url": self.issuer,
                "oauth_pkce_enabled": True,
                "fetch_userinfo": False,
            },
        }
        return {"openid_connect": {"APPS": [app]}}


def from_environment(environment: Mapping[str, str]) -> Sso:
    """Read RANGKUL_OIDC_…; raises ``ImproperlyConfigured`` for half of it, or without TLS."""
    issuer = environment.get("RANGKUL_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return Sso()
    address = urlsplit(issuer)
    on_this_machine = address.hostname in {"127.0.0.1", "::1", "localhost"}
    if address.scheme != "https" and not (address.scheme == "http" and on_this_machine):
        raise ImproperlyConfigured("RANGKUL_OIDC_ISSUER must be an https address.")
    client_id = environment.get("RANGKUL_OIDC_CLIENT_ID", "")
    secret = environment.get("RANGKUL_OIDC_SECRET", "") or _from_file(
        environment.get("RANGKUL_OIDC_SECRET_FILE", "")
    )
    if not client_id or not secret:
        raise ImproperlyConfigured(
            "RANGKUL_OIDC_ISSUER is set, but RANGKUL_OIDC_CLIENT_ID or the secret "
            "(RANGKUL_OIDC_SECRET or RANGKUL_OIDC_SECRET_FILE) is missing."
        )
    trusted = environment.get("RANGKUL_OIDC_TRUST_MFA", "")
    return Sso(
        issuer=issuer,
        client_id=client_id,
        secret=secret,
        name=environment.get("RANGKUL_OIDC_NAME", "") or str(address.hostname),
        trusted=frozenset(value.strip() for value in trusted.split(",") if value.strip()),
    )


def _from_file(name: str) -> str:
    if not name:
        return ""
    path = Path(name)
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ImproperlyConfigured(f"{path} can be read by others. Run: chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise ImproperlyConfigured(f"{path} cannot be read ({fault.strerror}).") from fault
