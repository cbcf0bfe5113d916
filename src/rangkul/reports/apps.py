"""Registers reports with Django."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """A report by any channel, its triage, and its way into a case."""

    name = "rangkul.reports"
    label = "reports"
