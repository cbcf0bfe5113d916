"""Registers people with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who the survivor is, kept apart from what happened."""

    name = "rangkul.people"
    label = "people"
