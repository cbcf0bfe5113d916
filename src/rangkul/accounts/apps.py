"""Registers accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The user and sign-in."""

    name = "rangkul.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Hear from the libraries who came in, and which second factor was used or changed."""
        from allauth.account.signals import authentication_step_completed
        from allauth.mfa.signals import (
            authenticator_added,
            authenticator_removed,
            authenticator_reset,
        )
        from django.contrib.auth.signals import user_logged_in

        from rangkul.accounts import factors, sessions

        user_logged_in.connect(sessions.on_entry, dispatch_uid="rangkul.entry")
        authentication_step_completed.connect(factors.on_step, dispatch_uid="rangkul.factors")
        for changed in (authenticator_added, authenticator_removed, authenticator_reset):
            changed.connect(sessions.on_factor_change, dispatch_uid="rangkul.factor_change")
