"""The cast with e-mail addresses: whoever is called by letter needs one."""

from __future__ import annotations

import pytest
from tests.people import Cast


@pytest.fixture
def mailed(db: None, cast: Cast) -> Cast:
    """Everybody has an address, in the running transaction."""
    from rangkul.accounts.models import User

    for login, actor in cast.everyone().items():
        User.objects.filter(id=actor.user_id).update(email=f"{login}@uji.example")
    return cast
