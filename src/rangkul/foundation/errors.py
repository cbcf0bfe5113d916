"""The faults that every floor may raise and every face knows how to word."""

from __future__ import annotations


class RangkulError(Exception):
    """A fact that stopped an act. ``code`` is stable; the text names no survivor."""

    code = "error"


class NotReachable(RangkulError):
    """The thing does not exist, or not for this person: the two look the same (404)."""

    code = "not_reachable"


class StaleForm(RangkulError):
    """Somebody changed the row since the form was opened (409)."""

    code = "stale_form"

    def __init__(self, *, expected: int, found: int) -> None:
        super().__init__(f"form knows version {expected}, the row is at {found}")
        self.expected = expected
        self.found = found


class InvalidInput(RangkulError):
    """Values that cannot be taken, by field; the words are for the person who typed them."""

    code = "invalid_input"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = errors
