"""Who is invited, or owes a decision, is called: by id, once, and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.domain.conferences.table import HELD, NAME, Table, due
from tests.domain.referrals.scene import DESK
from tests.people import KUPANG, NOW, SEMARANG
from tests.rows import as_owner

from rangkul.conferences import events, operations
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs import conference_alerts
from rangkul.jobs import conferences as conference_jobs


def _alerts() -> list[tuple[Any, ...]]:
    """Every call: kind, agency, audience, desk, person, about what, whether it has ended."""
    with as_owner() as owner:
        return owner.execute(
            "select kind, agency_id, audience, desk_id, user_id, about_kind, about_id, "
            "ended_at is not null from alerts_alert where kind <> 'clock_late' order by at, id"
        ).fetchall()


def _offered(seat_id: UUID, agency: int) -> Event:
    return Event(events.SEAT_OFFERED, "seat", str(seat_id), agency)


def test_the_invited_desk_is_called_once_until_it_answers(table: Table) -> None:
    for _ in range(2):
        conference_alerts.tell_invited(_offered(table.desk_seat, KUPANG))
    call = ("conference.seat_offered", KUPANG, "desk", DESK, None, "conference")
    assert _alerts() == [(*call, str(table.conference_id), False)]
    table.accept()
    conference_alerts.let_invited_rest(
        Event(events.SEAT_ANSWERED, "seat", str(table.desk_seat), SEMARANG)
    )
    assert [each[-1] for each in _alerts()] == [True]
    # Late post about an invitation that was answered meanwhile.
    conference_alerts.tell_invited(_offered(table.desk_seat, KUPANG))
    assert len(_alerts()) == 1


def test_a_colleague_is_called_by_herself(table: Table) -> None:
    with acting(table.lead):
        seat = operations.offer_seat(
            conference_id=table.conference_id, user_id=table.cast.nining.user_id, by=table.lead,
            at=NOW,
        )  # fmt: skip
    conference_alerts.tell_invited(_offered(seat.id, SEMARANG))
    assert [each[1:5] for each in _alerts()] == [
        (SEMARANG, "person", None, table.cast.nining.user_id)
    ]


def test_a_seat_of_another_agency_calls_nobody(table: Table) -> None:
    conference_alerts.tell_invited(_offered(table.desk_seat, SEMARANG))
    assert _alerts() == []


def test_all_at_the_table_hear_that_it_is_called_off(table: Table) -> None:
    conference_alerts.tell_invited(_offered(table.desk_seat, KUPANG))
    with acting(table.lead):
        operations.cancel_conference(
            conference_id=table.conference_id, reason=_reason(), by=table.lead, at=NOW,
            expected_version=table.row().version,
        )  # fmt: skip
    event = Event(events.CONFERENCE_CANCELLED, "conference", str(table.conference_id), KUPANG)
    for _ in range(2):
        conference_alerts.tell_table(event)
    assert [(each[0], each[-1]) for each in _alerts()] == [
        ("conference.seat_offered", True), ("conference.cancelled", False),
    ]  # fmt: skip


def _reason() -> str:
    from rangkul.conferences.workflow import CANCEL_REASONS

    return next(iter(CANCEL_REASONS))


@pytest.fixture
def owed(table: Table) -> UUID:
    """A decision that Kupang's desk owes, with its clock running there."""
    table.accept()
    table.hold()
    decision = table.decide()
    conference_jobs.start_owner_s_clock(
        Event(events.DECISION_MADE, "decision", str(decision.id), KUPANG)
    )
    return decision.id


def _due_at() -> datetime:
    """The end of the day on which it falls due, in Kupang (UTC+8)."""
    return datetime.combine(due(), datetime.min.time(), tzinfo=HELD.tzinfo) + timedelta(
        hours=16, seconds=-1
    )


def test_the_owner_is_called_as_the_day_begins(table: Table, owed: UUID) -> None:
    conference_alerts.tell_owners(_due_at() - timedelta(hours=25))
    assert _alerts() == []
    for hours in (24, 23, 1):
        conference_alerts.tell_owners(_due_at() - timedelta(hours=hours))
    assert _alerts() == [("decision.due", KUPANG, "desk", DESK, None, "decision", str(owed), False)]


def test_what_is_done_calls_nobody(table: Table, owed: UUID) -> None:
    with acting(table.guest):
        operations.end_decision(decision_id=owed, move="finish", by=table.guest, at=HELD)
    conference_alerts.tell_owners(_due_at() - timedelta(hours=3))
    assert _alerts() == []


def test_done_after_the_call_the_call_ends(table: Table, owed: UUID) -> None:
    conference_alerts.tell_owners(_due_at() - timedelta(hours=3))
    conference_alerts.let_owner_rest(Event(events.DECISION_ENDED, "decision", str(owed), SEMARANG))
    assert [each[-1] for each in _alerts()] == [True]


def test_no_word_of_the_conference_stands_in_a_call(table: Table, owed: UUID) -> None:
    conference_alerts.tell_invited(_offered(table.desk_seat, KUPANG))
    conference_alerts.tell_owners(_due_at() - timedelta(hours=3))
    with as_owner() as owner:
        rows = str(owner.execute("select * from alerts_alert").fetchall())
    assert "Visum" not in rows and "Rencana" not in rows and NAME not in rows
