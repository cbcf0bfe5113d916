"""When a person last proved a second factor, in the session where she did."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest

from rangkul.accounts.models import User
from rangkul.foundation import hour

FRESH_FOR: Final = timedelta(minutes=10)
"""How long a second factor counts as fresh: for administrators' acts, exports, emergency access."""

_MARK: Final = "factor"
Session = MutableMapping[str, Any]


def note_factor(session: Session, *, user_id: int) -> None:
    """This person has just proved a second factor in this session."""
    session[_MARK] = {"user": user_id, "at": hour.seconds()}


def is_fresh(session: Session, *, user_id: int) -> bool:
    """Whether this person proved a second factor here within ``FRESH_FOR``.

    A mark from the time to come, as after the database's clock was set back, is not fresh.
    """
    mark = session.get(_MARK)
    if not isinstance(mark, dict) or mark.get("user") != user_id:
        return False
    age = hour.seconds() - float(mark.get("at", 0))
    # Two looks at the clock may differ by a little.
    return -1 <= age < FRESH_FOR.total_seconds()


def on_step(*, request: HttpRequest, user: User, method: str, **_more: Any) -> None:
    """The library has seen a step of a sign-in or of a confirmation: a second factor is noted."""
    if method == "mfa":
        note_factor(request.session, user_id=user.pk)
