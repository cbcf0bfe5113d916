"""Between the libraries' sign-in and `tries`: who knocks from where, and what becomes of it.

Each knock is a line of the log: whose account was opened and by what, what was refused or slowed
and by what. A refused name is not written: it may be a password in the wrong field (ASVS 16.3.1).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Final

from allauth.account.adapter import get_adapter
from axes.handlers.base import AxesBaseHandler
from django.http import HttpRequest

from rangkul.accounts import tries
from rangkul.foundation import hour

log: Final = logging.getLogger("rangkul.door")


def knock_of(request: HttpRequest, name: str) -> tries.Knock:
    """Who is tried in this request, and from which device or address."""
    name = name.strip().lower()
    cookie = request.COOKIES.get(tries.COOKIE, "")
    address = str(get_adapter(request).get_client_ip(request))
    return tries.Knock(name, address, tries.device_of(cookie, name))


class Handler(AxesBaseHandler):
    """What django-axes asks before each password; it keeps and logs nothing of its own."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether this try may be judged now; if not, the page that asks for patience answers."""
        name = str((credentials or {}).get("username") or "")
        wait = tries.admit(knock_of(request, name), at=hour.now())
        if wait <= timedelta(0):
            return True
        log.warning("a sign-in by password was asked to wait")
        vars(request).update(axes_locked_out=True, wait_minutes=wait // timedelta(minutes=1) + 1)
        return False

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Nobody is."""
        return False

    def get_failures(self, request: HttpRequest, credentials: Any = None) -> int:
        """Not told: a count would tell which names are tried."""
        return 0

    def user_login_failed(
        self, sender: Any, credentials: Any, request: Any = None, **_: Any
    ) -> None:
        """It was counted before it was judged."""
        log.warning("a sign-in by password was refused")

    def user_logged_in(self, sender: Any, request: Any, user: Any, **_: Any) -> None:
        """Seen by the backend (`EntranceBackend`) and the adapter."""

    def user_logged_out(self, sender: Any, request: Any, user: Any, **_: Any) -> None:
        """Nothing follows from it."""
