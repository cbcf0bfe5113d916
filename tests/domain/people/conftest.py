"""The cast for the tests of this folder."""

from tests.people import cast

__all__ = ["cast"]
