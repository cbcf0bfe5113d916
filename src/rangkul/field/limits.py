"""How much a phone may send at once."""

from __future__ import annotations

from typing import Final

MOST_BYTES: Final = 10 * 1024 * 1024
"""What one POST may carry; a phone sends more in several."""

MOST_BODY: Final = MOST_BYTES + 64 * 1024
"""The same with what the heads of its parts add."""
