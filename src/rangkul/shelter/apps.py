"""Registers shelter with Django."""

from django.apps import AppConfig


class ShelterConfig(AppConfig):
    """Houses, rooms, beds and stays; the address of a house stays inside its agency."""

    name = "rangkul.shelter"
    label = "shelter"

    def ready(self) -> None:
        """No word that leaves the agency, by any way, may tell where a house is."""
        from rangkul.foundation import outgoing
        from rangkul.shelter.keeper import tells_a_house

        outgoing.keep_inside(tells_a_house)
