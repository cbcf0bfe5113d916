"""The app's registration."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Tables that leave the house: recipients, exports, and what each of them held."""

    name = "rangkul.exchange"
    label = "exchange"
