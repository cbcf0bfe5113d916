"""Held, decided, carried out, minuted: clocks at the owner's agency, a signature, addenda only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.domain.conferences.table import HELD, Table, due
from tests.people import NOW, Cast

from rangkul.access.policy import Forbidden
from rangkul.clocks import queries as clocks
from rangkul.conferences import operations, queries
from rangkul.conferences.models import Seat
from rangkul.conferences.operations.minuting import NotTheChair
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs import conferences as jobs
from rangkul.trail.models import Act


def event_of(decision) -> Event:
    return Event(
        "conference.decision_made", "decision", str(decision.id), decision.owner_agency_id,
        actor_id=decision.owner_user_id,
    )  # fmt: skip


def test_who_accepted_and_came_is_present_all_others_absent(table: Table, cast: Cast) -> None:
    with acting(table.lead):
        operations.offer_seat(
            conference_id=table.conference_id, user_id=cast.nining.user_id, by=table.lead, at=NOW
        )
    table.accept()
    with acting(table.lead):
        seats = list(Seat.objects.all())
        with pytest.raises(InvalidInput):
            operations.hold_conference(
                conference_id=table.conference_id, attended=[s.id for s in seats],
                expected_version=1, by=table.lead, at=NOW,
            )  # fmt: skip
        operations.hold_conference(
            conference_id=table.conference_id, attended=[s.id for s in seats],
            expected_version=1, by=table.lead, at=HELD,
        )  # fmt: skip
        came = {s.user_id: s.attended for s in Seat.objects.all()}
    assert came == {
        cast.ratih.user_id: True, cast.melki.user_id: True, cast.nining.user_id: False,
    }  # fmt: skip


def test_a_decision_starts_one_clock_at_its_owner_however_often_delivered(
    table: Table, cast: Cast
) -> None:
    table.accept()
    table.hold()
    decision = table.decide()
    for _again in range(3):
        jobs.start_owner_s_clock(event_of(decision))
    with acting(cast.melki):
        (clock,) = clocks.list_subject(cast.melki, "decision", decision.id)
        owed = queries.list_owed(cast.melki, until=HELD + timedelta(days=30))
    assert (clock.due_at, clock.desk_id) == (decision.due_at, decision.owner_desk_id)
    assert [each.words for each in owed] == ["Visum dijadwalkan"]
    with acting(cast.ratih):
        assert clocks.list_subject(cast.ratih, "decision", decision.id) == []
        plan = queries.decisions_of_case(cast.ratih, table.scene.case_id)
    assert [each.decision.id for each in plan] == [decision.id]


def test_done_meets_the_clock_and_a_late_delivery_starts_none(table: Table, cast: Cast) -> None:
    table.accept()
    table.hold()
    one, two = table.decide(), table.decide("Kursi roda dipinjamkan")
    jobs.start_owner_s_clock(event_of(one))
    with acting(cast.melki):
        operations.end_decision(decision_id=one.id, move="finish", by=cast.melki, at=HELD)
        with pytest.raises(InvalidInput):
            operations.end_decision(decision_id=two.id, move="give_up", by=cast.melki, at=HELD)
        operations.end_decision(
            decision_id=two.id, move="give_up", reason="no_means", by=cast.melki, at=HELD
        )
        with pytest.raises(IllegalMove):
            operations.end_decision(decision_id=two.id, move="finish", by=cast.melki, at=HELD)
    jobs.start_owner_s_clock(event_of(one))
    jobs.start_owner_s_clock(event_of(two))
    with acting(cast.melki):
        states = [c.state for c in clocks.list_subject(cast.melki, "decision", one.id)]
        assert (states, clocks.list_subject(cast.melki, "decision", two.id)) == (["met"], [])


def test_the_lead_cannot_say_that_another_s_task_is_done(table: Table, cast: Cast) -> None:
    table.accept()
    table.hold()
    decision = table.decide()
    with acting(cast.ratih), pytest.raises(Forbidden):
        operations.end_decision(decision_id=decision.id, move="finish", by=cast.ratih, at=HELD)
    with acting(cast.andi), pytest.raises(NotReachable):
        operations.end_decision(decision_id=decision.id, move="finish", by=cast.andi, at=HELD)


def test_nothing_is_decided_before_it_was_held_or_for_yesterday(table: Table) -> None:
    with pytest.raises(IllegalMove):
        table.decide()
    table.hold()
    with pytest.raises(InvalidInput) as fault:
        table.decide("Marlina dijemput", due_on=(HELD - timedelta(days=1)).date())
    assert fault.value.errors == {"words": "names_survivor", "due_on": "past"}


def sign(table: Table, by, body: str = "Disepakati menjemput bersama."):
    with acting(by):
        return operations.sign_minutes(
            conference_id=table.conference_id, body=body,
            expected_version=queries.get_conference(by, table.conference_id).version,
            by=by, at=HELD,
        )  # fmt: skip


def test_the_chair_signs_once_its_digest_is_in_the_trail_and_nothing_changes_after(
    table: Table, cast: Cast
) -> None:
    table.accept()
    table.hold()
    table.decide()
    with pytest.raises(NotTheChair):
        sign(table, cast.wahyuni)
    made = sign(table, cast.ratih)
    with acting(cast.ratih):
        act = Act.objects.get(name="conference.minutes_signed")
    assert act.detail["sha256"] == bytes(made.digest).hex()
    with pytest.raises(IllegalMove):
        sign(table, cast.ratih, "Lain lagi.")
    with pytest.raises(IllegalMove):
        table.decide("Terlambat")


def test_minutes_that_name_the_survivor_are_not_signed(table: Table, cast: Cast) -> None:
    table.hold()
    with pytest.raises(InvalidInput):
        sign(table, cast.ratih, "Marlina setuju.")


def test_a_correction_is_an_addendum_and_everybody_at_the_table_prints_both(
    table: Table, cast: Cast
) -> None:
    table.accept()
    table.hold()
    with acting(cast.ratih), pytest.raises(InvalidInput):
        operations.add_addendum(
            conference_id=table.conference_id, body="Ralat", by=cast.ratih, at=HELD
        )
    sign(table, cast.ratih)
    with acting(cast.ratih):
        second = operations.add_addendum(
            conference_id=table.conference_id, body="Ralat: pukul sembilan.", by=cast.ratih, at=HELD
        )
    assert second.number == 2
    with acting(cast.melki):
        pdf = operations.print_minutes(conference_id=table.conference_id, by=cast.melki, at=HELD)
        view = queries.view(cast.melki, table.conference_id)
    assert pdf.startswith(b"%PDF")
    assert [each.body["body"] for each in view.minutes] == [
        "Disepakati menjemput bersama.", "Ralat: pukul sembilan.",
    ]  # fmt: skip
    assert due() > HELD.date()
