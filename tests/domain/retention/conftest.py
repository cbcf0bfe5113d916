"""A filled world, really committed; a list of tombstones of the test's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.people import Cast

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture
def ring_path(committed_db: None, cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A copy of the tests' ring with a list of its own beside it."""
    from rangkul.foundation import keyring

    path = tmp_path / "keyring.json"
    shutil.copyfile(os.environ["RANGKUL_TEST_RING"], path)
    path.chmod(0o600)
    settings.KEY_RING_PATH = path
    settings.KEY_RING = keyring.load(path)
    # Whole worlds are made in a second here; how many keys a person may open is asked elsewhere.
    settings.KEYS_PER_PERSON = settings.KEYS_PER_PROCESS = 1_000_000
    yield path


@pytest.fixture
def world(ring_path: Path, cast: Cast) -> World:
    """Ratih's case, closed, with everything in it that an erasure must find."""
    from tests.domain.retention.scene import filled_world

    return filled_world(cast)
