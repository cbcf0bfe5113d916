"""Registers assessments with Django."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Instruments, their answers, and what they recommend."""

    name = "rangkul.assessments"
    label = "assessments"
