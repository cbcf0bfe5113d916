"""Registers accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The user and sign-in."""

    name = "rangkul.accounts"
    label = "accounts"
