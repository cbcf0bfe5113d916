"""Public numbers of desks, agencies and colleagues: an answer never bears an internal id."""

from __future__ import annotations

from rangkul.foundation import numbers
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber

AGENCY, DESK, COLLEAGUE = "LB", "MJ", "PG"


def number_of(kind: str, row_id: int | None) -> str:
    """The public number of a row of this kind; "" for none."""
    return numbers.number_of(kind, row_id) if row_id is not None else ""


def id_in_path(kind: str, number: str) -> int:
    """The row that a number in an address names. Raises ``NotReachable``."""
    try:
        return _fitting(numbers.read_number(kind, number))
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault


def id_in_field(kind: str, number: str, field: str) -> int:
    """The row that a number in a field names. Raises ``InvalidInput`` beside that field."""
    try:
        return _fitting(numbers.read_number(kind, number))
    except MistypedNumber as fault:
        raise InvalidInput({field: "unknown"}) from fault


def _fitting(sequence: int) -> int:
    """Desks, agencies and memberships are counted in 32 bits; the series in 35."""
    if sequence >= 1 << 31:
        raise MistypedNumber("beyond any row")
    return sequence
