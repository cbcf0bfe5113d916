"""Registers desk with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The staff's screens."""

    name = "rangkul.desk"
    label = "desk"
