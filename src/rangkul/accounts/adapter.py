"""Where sign-in differs from the library's habits: nobody signs up, names are lower case."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from rangkul.accounts import operations, policy, sessions, tries
from rangkul.accounts.knocking import knock_of, log
from rangkul.accounts.models import User
from rangkul.foundation import hour


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation of an agency's administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a stranger cannot make an account."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **_more: Any) -> HttpResponse | None:
        """Whoever comes with a passkey or from elsewhere meets the same rule as with a password."""
        if policy.may_enter(user, at=hour.now()):
            return None
        log.warning("a sign-in to account %d was refused: it is not in use", user.pk)
        messages.error(
            request, _("Signing in did not work. The administrator of your agency helps.")
        )
        return redirect(settings.LOGIN_URL)

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """She is in: this device is known from now on, and tries by others do not slow it."""
        answer: HttpResponse = super().post_login(request, user, **more)
        ways = sorted(
            {str(record["method"]) for record in get_authentication_records(request, user)}
        )
        log.info("account %d was opened by %s", user.pk, ", ".join(ways) or "no way that is known")
        now = hour.now()
        for name in (user.username, f"code of {user.pk}"):
            tries.came_in(knock_of(request, name), at=now)
        cookie = request.COOKIES.get(tries.COOKIE, "")
        for name in (user.username, f"code of {user.pk}"):
            cookie = tries.remember(cookie, name)
        answer.set_cookie(
            tries.COOKIE, cookie, max_age=tries.COOKIE_AGE, httponly=True,
            samesite="Lax", secure=settings.LANGUAGE_COOKIE_SECURE,
        )  # fmt: skip
        return answer

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Where a second factor stands, nothing less confirms a change of it; a passkey first."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"] != "reauthenticate"]
        return sorted(stronger, key=lambda method: "webauthn" not in method["id"]) or methods

    def clean_password(self, password: str, user: User | None = None) -> str:
        """The rules of a password; a one-time password is not one's own by typing it again."""
        kept: str = super().clean_password(password, user)
        if user is not None and user.must_change_password and user.check_password(kept):
            raise ValidationError(_("Please choose another one than the password you were given."))
        return kept

    def set_password(self, user: User, password: str) -> None:
        """Called by the library's form once everything in it is right; other sessions end."""
        actor = getattr(self.request, "actor", None)
        operations.change_password(user=user, password=password, by=actor, at=hour.now())
        sessions.end_all(user_id=user.pk, keep=self.request.session.session_key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """On to the house: whoever came here by the first sign-in has not seen it yet."""
        return "/"
