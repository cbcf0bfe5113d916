"""One world for all the walls' tests: built once, every state of it undone after its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from tests import world as worlds
from tests.api.machine import machine_of
from tests.people import Cast, seed
from tests.walls.asking import Asking, Reduced, Who, lists_of
from tests.walls.standing import standing
from tests.walls.states import give_to
from tests.world import World

from rangkul.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class Walls:
    """The world, everybody who stands around it, and what each was answered before it stood."""

    world: World
    people: Mapping[Who, Actor]
    asking: Asking
    before: Mapping[str, Reduced]


@contextmanager
def raised() -> Iterator[Walls]:
    """Everybody stands, is asked once before anything else does, and then the world is built."""
    seed()
    worlds.open_desks()
    cast = Cast()
    with standing() as people:
        tokens = {who: machine_of(actor).secret for who, actor in people.items()}
        with transaction.atomic():
            asking = Asking(people, tokens, {})
            # What is read once for each process is read before anything is compared.
            lists_of(asking)
            before = lists_of(asking)
            world = worlds.build(cast)
            give_to(world, people)
            yield Walls(world, people, asking.within(world), before)
            transaction.set_rollback(True)
