"""Registers repatriation with Django."""

from django.apps import AppConfig


class RepatriationConfig(AppConfig):
    """Who holds whom on the way home, and what is missing before the next leg."""

    name = "rangkul.repatriation"
    label = "repatriation"
