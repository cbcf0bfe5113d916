"""Registers the network with Django."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Agencies, desks, memberships."""

    name = "rangkul.network"
    label = "network"
