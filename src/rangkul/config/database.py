"""How a ``postgresql://`` URL becomes Django's settings, and which lines to it are refused."""

from __future__ import annotations

import ipaddress
from typing import Any

from psycopg.conninfo import conninfo_to_dict


class LineNotSafe(ValueError):
    """The database is on another machine and the line to it proves nothing of who answers."""


def settings_of(url: str, *, pool: bool) -> dict[str, Any]:
    """Django's form of ``url``; parts it does not know go to the driver as they are.

    A database on another machine is reached by TLS whose certificate is checked for its name
    (``sslmode=verify-full``); ``sslmode=disable`` written out leaves it to a line that its keeper
    has shut by other means. Raises ``LineNotSafe`` for anything between (OWASP ASVS 5.0, 12.3.1).
    """
    part = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    if not _stays_here(part) and part.get("sslmode") not in {"verify-full", "disable"}:
        raise LineNotSafe(
            f"The database at {part.get('host') or part.get('hostaddr')} is on another machine: "
            "add sslmode=verify-full to its URL (and sslrootcert=…), or sslmode=disable where the "
            "line itself is closed, such as a tunnel."
        )
    options: dict[str, Any] = {
        key: value
        for key, value in part.items()
        if key not in {"user", "password", "host", "port", "dbname"}
    }
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": part.get("dbname", ""),
        "USER": part.get("user", ""),
        "PASSWORD": part.get("password", ""),
        "HOST": part.get("host", ""),
        "PORT": part.get("port", ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
    }


def _stays_here(part: dict[str, str]) -> bool:
    """Whether every host of the URL is this machine: a socket's folder, or its own address."""
    hosts = (part.get("hostaddr") or part.get("host") or "").split(",")
    return all(_is_here(host) for host in hosts)


def _is_here(host: str) -> bool:
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
