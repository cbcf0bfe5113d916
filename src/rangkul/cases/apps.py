"""Registers cases with Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The case file's content: incident, elements, plan, services, notes, closing."""

    name = "rangkul.cases"
    label = "cases"
