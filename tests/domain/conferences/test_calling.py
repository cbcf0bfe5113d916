"""Calling, inviting, answering, moving, calling off: who may, and what each side then sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain.conferences.table import AGENDA, MEETING, START, Table, calling
from tests.people import KUPANG, NOW, SEMARANG, Cast

from rangkul.access.policy import Forbidden
from rangkul.conferences import operations, queries, workflow
from rangkul.conferences.models import Seat
from rangkul.conferences.operations import AgendaEntry
from rangkul.custody import operations as custody
from rangkul.foundation.counting import count_all
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail.models import Act


def test_the_guest_sees_the_table_and_no_case(table: Table) -> None:
    with acting(table.guest):
        found = operations.open_conference(
            conference_id=table.conference_id, by=table.guest, at=NOW
        )
    assert (found.details.title, found.details.place) == ("Rencana aman bersama", "Ruang 2")
    assert [words for _item, words in found.agenda] == [entry.words for entry in AGENDA]
    assert (found.is_lead, found.case_ids) == (False, [])
    assert {each.seat.agency_id for each in found.seats} == {SEMARANG, KUPANG}


@pytest.mark.parametrize("who", ["nining", "joko", "andi", "yohana", "dorce", "bagas", "ester"])
def test_nobody_else_sees_it(table: Table, cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    with acting(actor), pytest.raises(NotReachable):
        queries.get_conference(actor, table.conference_id)
    with acting(actor):
        assert queries.list_conferences(actor, now=NOW) == []


def test_supervisors_of_both_sides_see_it(table: Table, cast: Cast) -> None:
    for actor in (cast.wahyuni, cast.marten):
        with acting(actor):
            assert len(queries.list_conferences(actor, now=NOW)) == 1


def test_only_the_lead_calls_and_only_for_what_it_leads(table: Table, cast: Cast) -> None:
    case_id = table.scene.case_id
    with acting(cast.joko), pytest.raises(Forbidden):
        operations.call_conference(calling=calling(case_id), by=cast.joko, at=NOW)
    with acting(cast.nining), pytest.raises(NotReachable):
        operations.call_conference(calling=calling(case_id), by=cast.nining, at=NOW)
    with acting(cast.wahyuni):
        custody.join_agency(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
    with acting(cast.marten), pytest.raises(InvalidInput) as fault:
        operations.call_conference(calling=calling(case_id), by=cast.marten, at=NOW)
    assert fault.value.errors == {"cases": "not_led"}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"meeting": replace(MEETING, starts_at=NOW)}, "starts_at", "past"),
        ({"meeting": replace(MEETING, place=" ")}, "place", "required"),
        ({"meeting": replace(MEETING, manner="online")}, "link", "required"),
        ({"meeting": replace(MEETING, manner="sihir")}, "manner", "unknown"),
        ({"meeting": replace(MEETING, lasts_minutes=5)}, "lasts_minutes", "out_of_range"),
        ({"meeting": replace(MEETING, title="Soal Marlina")}, "title", "names_survivor"),
        ({"agenda": ()}, "agenda", "required"),
        ({"agenda": (AgendaEntry("danger", "Ibu Kusumaningrum"),)}, "agenda.0", "names_survivor"),
        ({"agenda": (AgendaEntry("mediation", "Berdamai"),)}, "agenda.0", "unknown"),
        ({"agenda": (AgendaEntry("danger", " "),)}, "agenda.0", "required"),
        ({"case_ids": ()}, "cases", "required"),
    ],
)
def test_what_cannot_stand_is_told(table: Table, changes: dict, field: str, code: str) -> None:
    wanted = replace(calling(table.scene.case_id), **changes)
    with acting(table.lead), pytest.raises(InvalidInput) as fault:
        operations.call_conference(calling=wanted, by=table.lead, at=NOW)
    assert fault.value.errors[field] == code


def test_mediation_is_no_agenda_item() -> None:
    """UU 12/2022 art. 23; not in the list, and the database knows no such kind."""
    assert not {"mediation", "mediasi", "settlement"} & set(workflow.AGENDA)


def test_a_file_of_another_incident_does_not_belong(table: Table, cast: Cast) -> None:
    from tests.web.files import open_file

    other = open_file(cast.ratih)
    with acting(cast.ratih), pytest.raises(InvalidInput) as fault:
        operations.call_conference(
            calling=calling(0, case_ids=(table.scene.case_id, other.case_id)),
            by=cast.ratih, at=NOW,
        )  # fmt: skip
    assert fault.value.errors == {"cases": "other_incident"}


def test_accepting_takes_the_seat_and_a_colleague_cannot_take_it_again(
    table: Table, cast: Cast
) -> None:
    seat = table.accept()
    assert (seat.state, seat.user_id) == ("accepted", cast.melki.user_id)
    with acting(cast.ratih):
        assert queries.view(cast.ratih, table.conference_id).names[cast.melki.user_id]
    with acting(cast.yohana), pytest.raises(NotReachable):
        operations.answer_seat(seat_id=seat.id, decision="decline", reason="no_time",
                               by=cast.yohana, at=NOW)  # fmt: skip


def test_declining_needs_a_reason_and_ends_what_was_shown(table: Table) -> None:
    share = table.show()
    with acting(table.guest):
        with pytest.raises(InvalidInput):
            operations.answer_seat(
                seat_id=table.desk_seat, decision="decline", by=table.guest, at=NOW
            )
        operations.answer_seat(
            seat_id=table.desk_seat, decision="decline", reason="no_time", by=table.guest, at=NOW
        )
        share.refresh_from_db()
    assert share.destroy_reason == "declined"


def test_inviting_twice_makes_one_seat(table: Table) -> None:
    with acting(table.lead):
        before = Seat.objects.count()
        seat = operations.offer_seat(
            conference_id=table.conference_id, desk_id=9202, by=table.lead, at=NOW
        )
        assert (seat.id, Seat.objects.count()) == (table.desk_seat, before)


def test_a_colleague_is_invited_by_name_another_agency_s_person_is_not(
    table: Table, cast: Cast
) -> None:
    with acting(table.lead):
        seat = operations.offer_seat(
            conference_id=table.conference_id, user_id=cast.nining.user_id, by=table.lead, at=NOW
        )
        with pytest.raises(NotReachable):
            operations.offer_seat(
                conference_id=table.conference_id, user_id=cast.melki.user_id, by=table.lead,
                at=NOW,
            )  # fmt: skip
    with acting(cast.nining):
        assert count_all(queries.waiting_counts(cast.nining)) == {"invitations": 1}
        operations.answer_seat(seat_id=seat.id, decision="accept", by=cast.nining, at=NOW)
        assert count_all(queries.waiting_counts(cast.nining)) == {}


def test_moving_it_needs_the_version_and_calling_off_ends_it(table: Table) -> None:
    later = replace(MEETING, starts_at=START + timedelta(days=1))
    with acting(table.lead):
        with pytest.raises(StaleForm):
            operations.move_conference(
                conference_id=table.conference_id, meeting=later, expected_version=7,
                by=table.lead, at=NOW,
            )  # fmt: skip
        operations.move_conference(
            conference_id=table.conference_id, meeting=later, expected_version=1,
            by=table.lead, at=NOW,
        )  # fmt: skip
        operations.cancel_conference(
            conference_id=table.conference_id, reason="survivor_wish", expected_version=2,
            by=table.lead, at=NOW,
        )  # fmt: skip
        with pytest.raises(IllegalMove):
            operations.move_conference(
                conference_id=table.conference_id, meeting=later, expected_version=3,
                by=table.lead, at=NOW,
            )  # fmt: skip
        names = set(Act.objects.values_list("name", flat=True))
    assert {"conference.called", "conference.moved", "conference.cancelled"} <= names
