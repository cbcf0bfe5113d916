"""Registers the foundation with Django."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """The ground floor."""

    name = "rangkul.foundation"
    label = "foundation"
