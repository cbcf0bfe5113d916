"""The same scene as the referrals', which rest on what is recorded here."""

from tests.domain.referrals.conftest import desks, scene

__all__ = ["desks", "scene"]
