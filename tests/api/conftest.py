"""Machines for each test: a token for every member of the cast, and the desks that can be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.people import Cast, cast

if TYPE_CHECKING:
    from tests.api.machine import Machine

    from rangkul.foundation.actor import Actor

__all__ = ["cast"]

# The machine's module needs Django set up, and this file is read before that.


@pytest.fixture
def desks(cast: Cast, committed_db: None) -> None:
    """The receiving desks, standing in the clone."""
    from tests.domain.referrals.scene import seed_desks

    seed_desks()


@pytest.fixture
def machine_of(cast: Cast, committed_db: None) -> Callable[[Actor], Machine]:
    """A machine that acts in the roles of a member of the cast."""
    from tests.api.machine import machine_of

    return machine_of
