"""Registers the trail with Django."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """The append-only record of acts."""

    name = "rangkul.trail"
    label = "trail"
