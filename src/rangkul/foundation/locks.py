"""Small answers to two people at once."""

from __future__ import annotations

from rangkul.foundation.errors import StaleForm


def check_version(*, expected: int | None, found: int) -> None:
    """Raise ``StaleForm`` when the form was opened on another version of the row.

    ``expected`` is ``None`` where the caller made the row in the same act.
    """
    if expected is not None and expected != found:
        raise StaleForm(expected=expected, found=found)
