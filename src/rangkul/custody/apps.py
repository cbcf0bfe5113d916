"""Registers custody with Django."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Whose a case is."""

    name = "rangkul.custody"
    label = "custody"
