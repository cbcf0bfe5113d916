"""Looks at every word that leaves an agency: none may tell what its houses are called or where."""

from __future__ import annotations

from rangkul.foundation.actor import Actor
from rangkul.shelter import sealed
from rangkul.shelter.discretion import tells_place
from rangkul.shelter.models import House

CODE = "tells_place"


def tells_a_house(words: str, by: Actor) -> str:
    """``tells_place`` where the words give away a house of the writer's agency, else "".

    What stands there is compared and forgotten: nobody reads it, so nothing is recorded.
    """
    houses = list(House.objects.filter(agency_id=by.agency_id))
    names = sealed.house_names(houses) if houses else {}
    told = any(
        tells_place(words, name=names[house.id], place=sealed.open_place(house)) for house in houses
    )
    return CODE if told else ""
