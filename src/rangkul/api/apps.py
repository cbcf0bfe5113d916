"""Registers api with Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The same road as JSON."""

    name = "rangkul.api"
    label = "api"
