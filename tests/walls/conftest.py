"""One world for all the walls' tests, which one worker runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.walls.scenery import Walls


@pytest.fixture(scope="module")
def walls(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walls]:
    """Built once; each state is undone after its rows, the whole at the end."""
    # The models are not to be read before Django is set up.
    from tests.walls.scenery import raised

    with django_db_blocker.unblock(), raised() as built:
        yield built
