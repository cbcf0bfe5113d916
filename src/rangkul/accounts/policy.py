"""Who may enter: not who rests since long, nor with a first password that has run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from rangkul.accounts.models import User

RESTS_AFTER: Final = timedelta(days=90)
"""So long without a sign-in, and the account waits for its administrator (a local rule)."""
RESTS_SOON: Final = timedelta(days=14)
"""So long before that it is said."""
INVITED_FOR: Final = timedelta(days=7)
"""How long a first password opens the page on which it is changed."""


def may_enter_by_click(user: User) -> bool:
    """Only the demonstration's own people, and only while it is a demonstration."""
    return bool(settings.DEMO) and user.is_demo and user.is_active


def rests_from(user: User) -> datetime:
    """When this account rests unless somebody signs in with it or wakes it before."""
    lives = [user.created_at, user.last_login, user.woken_at]
    return max(moment for moment in lives if moment is not None) + RESTS_AFTER


def may_enter(user: User, *, at: datetime) -> bool:
    """Whether this account opens to whoever proves to be its person."""
    if not user.is_active:
        return False
    if user.must_change_password and user.invited_until and user.invited_until <= at:
        return False
    return user.is_demo or rests_from(user) > at
