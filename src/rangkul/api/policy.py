"""Who may hand out a token, and for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError

# [local] A token is renewed at least once a year.
LONGEST_LIFE: Final = timedelta(days=366)


class NoServiceAccount(RangkulError):
    """The account is a person's: a token would let somebody act in a colleague's name."""

    code = "no_service_account"

    message_id = (
        "Akun ini milik orang yang masuk sendiri. Token hanya untuk akun layanan; "
        "buatlah akun layanan baru."
    )
    message_en = (
        "This account belongs to a person who signs in. Tokens are for service accounts only; "
        "please make a new service account."
    )

    def __init__(self) -> None:
        super().__init__(self.message_en)


class KeyReused(RangkulError):
    """The same ``Idempotency-Key`` came with another call (409)."""

    code = "key_reused"


def require_tokens(by: Actor) -> None:
    """Go on only with `Permission.MANAGE_STAFF`; raises ``Forbidden``."""
    require(by.roles, Permission.MANAGE_STAFF)
