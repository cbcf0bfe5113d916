"""A scene for each test: Semarang's case, a desk of Kupang that can be invited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.people import Cast

if TYPE_CHECKING:
    from tests.domain.conferences.table import Table

# The table's module needs Django set up, and this file is read before that.


@pytest.fixture
def table(committed_db: None, cast: Cast) -> Iterator[Table]:
    """A case and a conference about it, really committed: guards look at other agencies' scopes."""
    from tests.domain.conferences.table import make_table

    yield make_table(cast)
