"""Registers field with Django."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """Filling in far from a signal."""

    name = "rangkul.field"
    label = "field"
