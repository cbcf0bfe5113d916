"""Registers clocks with Django."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    """Deadlines: started, paused, met, missed; ids and times only."""

    name = "rangkul.clocks"
    label = "clocks"
