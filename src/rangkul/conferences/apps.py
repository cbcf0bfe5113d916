"""The app's registration."""

from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    """Case conferences across agencies."""

    name = "rangkul.conferences"
    label = "conferences"
