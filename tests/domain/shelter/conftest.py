"""The house that these tests begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.people import Cast, cast

if TYPE_CHECKING:
    from tests.domain.shelter.scene import Shelter

__all__ = ["cast"]

# The scene's module needs Django set up, and this file is read before that.


@pytest.fixture
def shelter(db: None, cast: Cast) -> Shelter:
    """A house of four rooms in Kupang."""
    from tests.domain.shelter.scene import build

    return build(cast)
