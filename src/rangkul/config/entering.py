"""Who a session belongs to, read together with the places where that person works."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from rangkul.accounts import policy, tries
from rangkul.accounts.knocking import knock_of
from rangkul.accounts.models import User
from rangkul.foundation import hour
from rangkul.network import queries as network
from rangkul.network.models import Membership


class EntranceBackend(AuthenticationBackend):
    """allauth's sign-in; the account of a session comes with its memberships, in one query."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """The person whose name and password these are, if she may enter.

        One password is hashed for every try, whoever it is for and whatever is wrong with it.
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and request is not None:
            tries.fitted(knock_of(request, user.username), at=hour.now())
        return user

    def user_can_authenticate(self, user: User) -> bool:
        """Not an account that has ended, rests, or was invited too long ago."""
        return policy.may_enter(user, at=hour.now())

    @classmethod
    def _stash_user(cls, user: User | None) -> User | None:
        """The library would tell whoever has the password that the account is not in use."""
        return None

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
