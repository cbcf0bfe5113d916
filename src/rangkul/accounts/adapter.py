"""Where sign-in differs from the library's habits: nobody signs up, names are lower case."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitation of an agency's administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a stranger cannot make an account."""
        return False
