"""The cast stands, and the database knows who of them is still there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from tests.people import Cast

from rangkul.foundation.scope import acting


def test_everyone_but_former_members_can_act(db: None, cast: Cast) -> None:
    for actor in cast.everyone().values():
        if actor in cast.former:
            continue
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("select house.current_agency(), house.current_actor()")
            assert cursor.fetchone() == (actor.agency_id, actor.user_id)


@pytest.mark.parametrize("login", ["darto", "benyamin"])
def test_former_members_are_refused(db: None, cast: Cast, login: str) -> None:
    with (
        pytest.raises(DatabaseError, match="scope refused"),
        acting(cast.everyone()[login]),
        connection.cursor() as cursor,
    ):
        cursor.execute("select house.current_agency()")
