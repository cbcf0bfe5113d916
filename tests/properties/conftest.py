"""The cast and the referrals' scene for the tests of this folder."""

from tests.domain.referrals.conftest import desks, scene
from tests.people import cast

__all__ = ["cast", "desks", "scene"]
