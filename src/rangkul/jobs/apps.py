"""Registers jobs with Django."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work after the page: load, call one operation, done."""

    name = "rangkul.jobs"
    label = "jobs"
