"""Tells the network how many beds are free, in the very transaction that took or freed one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from rangkul.foundation.actor import Actor
from rangkul.network import operations as network_operations
from rangkul.network import queries as network
from rangkul.shelter import queries
from rangkul.shelter.models import House

# A number that nobody renewed for a day looks like a forgotten one to whoever seeks a place.
_STALE: Final = timedelta(days=1)


def hold(desk_id: int, *, by: Actor) -> None:
    """Let acts on the beds of one desk come one after the other, until the transaction ends.

    Taken before any bed and in the order of the ids, so that no two acts wait for each other.
    """
    houses = House.objects.select_for_update().filter(agency_id=by.agency_id, desk_id=desk_id)
    list(houses.order_by("id").values_list("id", flat=True))


def publish(desk_id: int, *, by: Actor, at: datetime) -> None:
    """Publish the free places of a desk as its beds stand now.

    The desk is held, so that of two acts at once the second counts what the first did. A desk that
    states fewer places than it has beds never shows more free ones than it states.
    """
    hold(desk_id, by=by)
    free = queries.count_free(by.agency_id, desk_id)
    if free is None:
        return
    desk = network.get_desk(desk_id)
    if desk.capacity is not None:
        free = min(free, desk.capacity)
    fresh = desk.free_places_at is not None and at - desk.free_places_at < _STALE
    if desk.free_places != free or not fresh:
        network_operations.set_places(desk_id=desk_id, free_places=free, by=by, at=at)
