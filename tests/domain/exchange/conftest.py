"""The cast, a committed clone, and two kinds of people who make a recipient usable."""

from __future__ import annotations

from tests.people import cast

__all__ = ["cast"]
