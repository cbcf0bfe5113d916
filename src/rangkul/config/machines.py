"""Which addresses are for machines: they sign in by a secret in each call, and open their own
transaction."""

from __future__ import annotations

from typing import Final

API: Final = "/api/"
PHONES: Final = "/openrosa/"
BY_TOKEN: Final = (API, PHONES)
