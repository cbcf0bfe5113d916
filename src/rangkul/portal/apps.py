"""Registers the portal with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages for whoever needs help, without sign-in; holds no model."""

    name = "rangkul.portal"
    label = "portal"
