"""Who acts for an agency when nobody of it pressed a button: its supervisors, else whoever may."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rangkul.access.policy import Forbidden
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import acting
from rangkul.network import queries as network


def hands_of(agency_id: int, *, first: int | None = None) -> list[Actor]:
    """``first`` (a user) where that person still works there, the supervisors, then all others.

    An agency whose supervisor has just left still has hand-offs that must not stand still.
    """
    wanted = network.get_live_actor(user_id=first, agency_id=agency_id) if first else None
    found = {
        actor.membership_id: actor
        for actor in [
            *([wanted] if wanted else []),
            *network.list_supervisors(agency_id),
            *(network.actor_of(member) for member in network.list_members_of([agency_id])),
        ]
    }
    return list(found.values())


def by_first_who_may(actors: Iterable[Actor], act: Callable[[Actor], None]) -> bool:
    """Let the first of these act who can see the thing and may; whether anybody could."""
    for actor in actors:
        try:
            with acting(actor):
                act(actor)
        except (NotReachable, Forbidden):
            continue
        return True
    return False
