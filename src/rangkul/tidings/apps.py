"""Registers tidings with Django."""

from django.apps import AppConfig


class TidingsConfig(AppConfig):
    """A survivor's own code."""

    name = "rangkul.tidings"
    label = "tidings"
