"""A scene for each test: the case of the sender, the desk of the receiver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.people import Cast

if TYPE_CHECKING:
    from tests.domain.referrals.scene import Scene

# The scene's module needs Django set up, and this file is read before that.


@pytest.fixture
def desks(cast: Cast) -> None:
    """The receiving desks, standing in the clone."""
    from tests.domain.referrals.scene import seed_desks

    seed_desks()


@pytest.fixture
def scene(db: None, cast: Cast, desks: None) -> Iterator[Scene]:
    """A case inside one transaction, seen as its companion; it is rolled back."""
    from tests.domain.referrals.scene import make_scene

    from rangkul.foundation.scope import acting

    with acting(cast.ratih):
        yield make_scene(cast)
