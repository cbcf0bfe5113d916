"""Registers alerts with Django."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Calls for attention: content-free, once each, on the ways a person chose."""

    name = "rangkul.alerts"
    label = "alerts"
