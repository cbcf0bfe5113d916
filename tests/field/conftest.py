"""Phones for each test: the cast, a published form, a case, and a phone for whoever needs one."""

from __future__ import annotations

from tests.people import cast

__all__ = ["cast"]
