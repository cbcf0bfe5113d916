"""Registers consent with Django."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """What the survivor agreed to share: which data, with whom, for what, until when."""

    name = "rangkul.consent"
    label = "consent"
