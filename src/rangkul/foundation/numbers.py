"""Public numbers under the house's key: the number of a row, and the row of a number."""

from __future__ import annotations

from django.conf import settings

from rangkul.foundation.errors import NotReachable
from rangkul.foundation.ids import MistypedNumber, NumberSeries
from rangkul.foundation.keyring import KeyRing


def _series(prefix: str) -> NumberSeries:
    ring: KeyRing = settings.KEY_RING
    return ring.numbers(prefix)


def number_of(prefix: str, row_id: int) -> str:
    """The number of this row, such as ``RK-7F3K-9QXT``."""
    return _series(prefix).number(row_id)


def read_number(prefix: str, number: str) -> int:
    """The row that ``number`` names, without asking the database. Raises ``MistypedNumber``."""
    return _series(prefix).sequence(number)


def row_of(prefix: str, number: str) -> int:
    """The same; raises ``NotReachable``, as for a row that is not there."""
    try:
        return read_number(prefix, number)
    except MistypedNumber as fault:
        raise NotReachable("no row has this number") from fault
