"""Who a session belongs to, read together with the places where that person works."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from rangkul.accounts.models import User
from rangkul.network import queries as network
from rangkul.network.models import Membership


class EntranceBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in; the account of a session comes with its memberships, in one query."""

    def get_user(self, user_id: Any) -> User | None:
        """The active account, its ``places`` noted on it; ``None`` for an unknown or ended one."""
        places = network.list_places(int(user_id))
        if not places:
            found: User | None = super().get_user(user_id)
            return found
        user: User = places[0].user
        user.places = places
        return user


def places_of(user: User) -> list[Membership] | None:
    """The memberships noted on the account; ``None`` where it came in another way."""
    if user.places is None:
        return None
    return [place for place in user.places if isinstance(place, Membership)]
