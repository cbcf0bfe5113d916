"""Where sign-in differs from the library's habits: nobody signs up, names are lower case."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from rangkul.accounts import operations
from rangkul.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitation of an agency's administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a stranger cannot make an account."""
        return False

    def clean_password(self, password: str, user: User | None = None) -> str:
        """The rules of a password; a one-time password is not one's own by typing it again."""
        kept: str = super().clean_password(password, user)
        if user is not None and user.must_change_password and user.check_password(kept):
            raise ValidationError(_("Please choose another one than the password you were given."))
        return kept

    def set_password(self, user: User, password: str) -> None:
        """Called by the library's form once everything in it is right."""
        actor = getattr(self.request, "actor", None)
        operations.change_password(user=user, password=password, by=actor, at=timezone.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """On to the house: whoever came here by the first sign-in has not seen it yet."""
        return "/"
