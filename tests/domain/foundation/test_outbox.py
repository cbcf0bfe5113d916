"""The outbox: a job is there exactly when the data are."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from procrastinate.exceptions import ConnectorException
from tests.people import NOW, SEMARANG, Cast, names, owner_url

from rangkul.custody import operations as custody
from rangkul.foundation.outbox import DELIVER, Event, post
from rangkul.foundation.scope import acting


def _jobs() -> list[tuple[object, ...]]:
    with psycopg.connect(owner_url()) as owner:
        return owner.execute("select task_name, args from procrastinate_jobs").fetchall()


def _cases() -> int:
    with psycopg.connect(owner_url()) as owner:
        row = owner.execute("select count(*) from custody_case").fetchone()
    assert row is not None
    return int(row[0])


def test_the_job_commits_with_the_data(committed_db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        case_id = custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW).id
        post(Event("case.opened", "case", str(case_id), SEMARANG, cast.ratih.user_id))
        assert _jobs() == []
    assert _cases() == 1
    assert _jobs() == [
        (
            DELIVER,
            {
                "name": "case.opened",
                "subject_kind": "case",
                "subject_id": str(case_id),
                "agency_id": SEMARANG,
                "actor_id": cast.ratih.user_id,
                "membership_id": None,
            },
        )
    ]


def test_the_job_vanishes_with_the_data(committed_db: None, cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), acting(cast.ratih):
        case_id = custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW).id
        post(Event("case.opened", "case", str(case_id), SEMARANG))
        _ = case_id // 0
    assert _cases() == 0
    assert _jobs() == []


def test_a_refused_job_takes_the_data_with_it(committed_db: None, cast: Cast) -> None:
    """The job's insert fails (planted): then the case was not opened either."""
    with psycopg.connect(owner_url()) as owner:
        owner.execute("revoke insert on procrastinate_jobs from rangkul_app")
    with pytest.raises(ConnectorException), acting(cast.ratih):
        case_id = custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW).id
        post(Event("case.opened", "case", str(case_id), SEMARANG))
    assert _cases() == 0


def test_no_name_stands_in_a_job(committed_db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        post(Event("case.opened", "case", "1", SEMARANG, cast.ratih.user_id))
    written = str(_jobs())
    assert not [name for name in names() if name in written]


def test_the_app_changes_no_table_of_the_queue(db: None) -> None:
    with (
        pytest.raises(DatabaseError, match="must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("alter table procrastinate_jobs add column note text")
