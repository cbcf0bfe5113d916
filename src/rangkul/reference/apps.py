"""Registers the reference data with Django."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Areas, code lists, calendars, procedures."""

    name = "rangkul.reference"
    label = "reference"
