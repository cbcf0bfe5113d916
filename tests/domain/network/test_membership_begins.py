"""A place in an agency holds from its first day on: not a day, and not a query, before it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from tests.people import Cast
from tests.rows import app_as, as_owner

from rangkul.network import queries
from rangkul.network.models import Membership


@pytest.fixture
def promised(committed_db: None, cast: Cast) -> Iterator[Cast]:
    """Ratih's place begins tomorrow."""
    with as_owner() as owner:
        owner.execute(
            "update network_membership set since = now() + interval '1 day' where id = %s",
            [cast.ratih.membership_id],
        )
    yield cast


def test_nobody_acts_before_the_first_day(promised: Cast) -> None:
    ratih = promised.ratih
    assert queries.get_acting_membership(ratih.user_id, ratih.membership_id) is None
    assert queries.get_live_actor(user_id=ratih.user_id, agency_id=ratih.agency_id) is None
    assert queries.list_memberships(ratih.user_id) == []


def test_the_database_believes_no_scope_before_the_first_day(promised: Cast) -> None:
    with (
        pytest.raises(psycopg.Error) as refused,
        app_as(promised.ratih) as app,
    ):
        app.execute("select house.current_agency()")
    assert refused.value.diag.message_detail == "membership ended"


def test_on_the_day_itself_everything_opens(promised: Cast) -> None:
    ratih = promised.ratih
    Membership.objects.using("owner").filter(id=ratih.membership_id).update(
        since="2026-01-05 00:00Z"
    )
    assert queries.get_live_actor(user_id=ratih.user_id, agency_id=ratih.agency_id) is not None
    with app_as(ratih) as app:
        assert app.execute("select house.current_agency()").fetchone() == (ratih.agency_id,)


def test_a_supervisor_of_tomorrow_is_nobodys_stand_in(promised: Cast) -> None:
    wahyuni = promised.wahyuni
    assert wahyuni in queries.list_supervisors(wahyuni.agency_id)
    Membership.objects.using("owner").filter(id=wahyuni.membership_id).update(
        since="2999-01-05 00:00Z"
    )
    assert queries.list_supervisors(wahyuni.agency_id) == []
