"""A stay: another bed, a night out, longer, leaving by every way; what the sender hears."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.domain.shelter.scene import DESK, LATER, NOW, Shelter, colleague

from rangkul.access.policy import Forbidden, OwnException
from rangkul.clocks.models import Clock
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.network.models import Desk
from rangkul.referrals.models import Request
from rangkul.shelter import operations, workflow
from rangkul.shelter.models import Admission, Bed, DayNote, Stay
from rangkul.shelter.operations import Person
from rangkul.shelter.policy import BedTaken
from rangkul.shelter.sealed import Needs


def clocks(shelter: Shelter, admission: Admission) -> dict[str, str]:
    """Procedure → state of the admission's newest clock of that name."""
    with acting(shelter.officer):
        rows = Clock.objects.filter(subject_kind="admission", subject_id=str(admission.id))
        return {clock.procedure: clock.state for clock in rows.order_by("started_at", "id")}


def request_now(shelter: Shelter, admission: Admission) -> Request:
    """The request behind an admission as it stands."""
    with acting(shelter.officer):
        return Request.objects.get(id=admission.request_id)


def test_the_clocks_of_a_stay(shelter: Shelter) -> None:
    admission = shelter.placed()
    assert clocks(shelter, admission) == {
        "shelter_stay": "running", "shelter_stay_review": "running",
        "shelter_health_check": "running", "shelter_companion": "running",
    }  # fmt: skip
    with acting(shelter.officer):
        due = Clock.objects.get(procedure="shelter_stay", subject_id=str(admission.id)).due_at
        operations.write_intake(
            admission_id=admission.id, needs=Needs(health_checked=True), belongings="",
            expected_version=0, by=shelter.officer, at=LATER,
        )  # fmt: skip
    assert due == NOW + timedelta(days=7)
    assert clocks(shelter, admission)["shelter_health_check"] == "met"
    assert clocks(shelter, admission)["shelter_companion"] == "running"


def test_another_bed_frees_the_first(shelter: Shelter) -> None:
    admission, other = shelter.placed("1A"), shelter.placed("1B")
    [stay] = shelter.stays(admission)

    def move(bed: str) -> Admission:
        with acting(shelter.officer):
            version = Admission.objects.get(id=admission.id).version
            return operations.move_bed(
                admission_id=admission.id, stay_id=stay, bed_id=shelter.beds[bed],
                expected_version=version, by=shelter.officer, at=LATER,
            )  # fmt: skip

    with pytest.raises(BedTaken):
        move("1B")
    with pytest.raises(InvalidInput) as fault:
        move("3A")
    assert fault.value.errors == {"bed-0": "other_sex"}
    [gone] = shelter.stays(other)
    leave(shelter, other, [gone], "home")
    move("1B")
    with acting(shelter.officer):
        assert Stay.objects.get(id=stay).bed_id == shelter.beds["1B"]
    assert shelter.placed("1A").state == "placed"


def leave(shelter: Shelter, admission: Admission, stays: list[int], how: str) -> Admission:
    """End these persons' stays, by plan or not."""
    by = shelter.officer
    with acting(by):
        version = Admission.objects.get(id=admission.id).version
        known = {"admission_id": admission.id, "stay_ids": stays, "expected_version": version}
        if how in workflow.DESTINATIONS:
            return operations.discharge(destination=how, by=by, at=LATER, **known)
        if how in workflow.MISS_REASONS and how != "own_wish":
            return operations.miss(reason=how, by=by, at=LATER, **known)
        return operations.lose(how=how, by=by, at=LATER, **known)


@pytest.mark.parametrize(
    ("how", "state", "word", "change"),
    [
        ("home", "done", "served", ""),
        ("other_shelter", "done", "served_partly", ""),
        ("own_wish", "not_done", "own_wish", ""),
        ("missing", "not_done", "not_reached", "higher"),
        ("died", "done", "served_partly", "higher"),
    ],
)
def test_every_way_out_frees_the_bed_and_tells_the_sender(
    shelter: Shelter, how: str, state: str, word: str, change: str
) -> None:
    admission = shelter.placed("1A")
    over = leave(shelter, admission, shelter.stays(admission), how)
    assert (over.state, over.ended_at) == ("over", LATER)
    asked = request_now(shelter, admission)
    assert (asked.state, asked.outcome or asked.reason, asked.risk_change) == (state, word, change)
    with acting(shelter.officer):
        assert Desk.objects.get(id=DESK).free_places == 7
    running = {name for name, s in clocks(shelter, admission).items() if s == "running"}
    assert running == ({"search_after_loss"} if how == "missing" else set())
    assert shelter.placed("1A").state == "placed"


def test_a_search_ends_with_its_result(shelter: Shelter) -> None:
    admission = shelter.placed("1A")
    over = leave(shelter, admission, shelter.stays(admission), "missing")
    with acting(shelter.officer):
        with pytest.raises(InvalidInput):
            operations.end_search(
                admission_id=over.id, result="", expected_version=over.version,
                by=shelter.officer, at=LATER,
            )  # fmt: skip
        found = operations.end_search(
            admission_id=over.id, result="found_safe", expected_version=over.version,
            by=shelter.officer, at=LATER,
        )  # fmt: skip
    assert found.searching is False
    assert clocks(shelter, admission)["search_after_loss"] == "met"


def test_a_child_may_leave_before_the_mother(shelter: Shelter) -> None:
    family = [
        Person("P", "adult", shelter.beds["2A"]), Person("L", "child", shelter.beds["2C"]),
    ]  # fmt: skip
    admission = shelter.place(shelter.asked(), people=family)
    mother, child = shelter.stays(admission)
    assert leave(shelter, admission, [child], "family").state == "placed"
    assert request_now(shelter, admission).state == "in_service"
    assert leave(shelter, admission, [mother], "own_place").state == "over"
    assert request_now(shelter, admission).state == "done"


def test_who_does_not_come_frees_the_bed(shelter: Shelter) -> None:
    admission = shelter.placed("1A", arrives_at=NOW + timedelta(hours=3))
    over = leave(shelter, admission, shelter.stays(admission), "did_not_come")
    assert over.state == "over"
    asked = request_now(shelter, admission)
    assert (asked.state, asked.reason) == ("not_done", "did_not_come")


def test_leaving_by_own_wish_begins_anywhere(shelter: Shelter) -> None:
    expected = shelter.placed("1A", arrives_at=NOW + timedelta(hours=3))
    assert leave(shelter, expected, shelter.stays(expected), "own_wish").state == "over"
    admission = shelter.placed("1A")
    [stay] = shelter.stays(admission)
    with acting(shelter.officer):
        out = operations.go_out(
            admission_id=admission.id, stay_ids=[stay], reason="court",
            back_on=(NOW + timedelta(days=1)).date(), expected_version=admission.version,
            by=shelter.officer, at=LATER,
        )  # fmt: skip
        assert Stay.objects.get(id=stay).state == "away"
        with pytest.raises(BedTaken):
            late = operations.check_conflict(
                request_id=shelter.request().id, conflict="none", by=shelter.officer, at=NOW
            )
            shelter.place(late, "1A")
    assert leave(shelter, out, [stay], "own_wish").state == "over"


def test_out_for_the_night_and_back(shelter: Shelter) -> None:
    admission = shelter.placed("1A")
    [stay] = shelter.stays(admission)
    with acting(shelter.officer):
        out = operations.go_out(
            admission_id=admission.id, stay_ids=[stay], reason="family_visit",
            back_on=NOW.date(), expected_version=admission.version, by=shelter.officer, at=LATER,
        )  # fmt: skip
        back = operations.come_back(
            admission_id=admission.id, stay_ids=[stay], expected_version=out.version,
            by=shelter.officer, at=LATER,
        )  # fmt: skip
        assert Stay.objects.get(id=stay).state == "staying"
        with pytest.raises(InvalidInput):
            operations.come_back(
                admission_id=admission.id, stay_ids=[stay], expected_version=back.version,
                by=shelter.officer, at=LATER,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "fault"), [(2, "past"), (3, ""), (17, ""), (18, "too_far")]
)  # fmt: skip
def test_the_day_of_coming_back_is_counted_where_the_house_stands(
    shelter: Shelter, day: int, fault: str
) -> None:
    """Half past one on 3 March in Kupang is 2 March in Greenwich."""
    admission = shelter.placed("1A")
    [stay] = shelter.stays(admission)
    night = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)

    def out() -> Admission:
        return operations.go_out(
            admission_id=admission.id, stay_ids=[stay], reason="family_visit",
            back_on=date(2026, 3, day), expected_version=admission.version, by=shelter.officer,
            at=night,
        )  # fmt: skip

    with acting(shelter.officer):
        if not fault:
            assert out().state == "placed"
            return
        with pytest.raises(InvalidInput) as refused:
            out()
    assert refused.value.errors == {"back_on": fault}


def ask_longer(shelter: Shelter, admission: Admission, by: Actor | None = None) -> Admission:
    """Seven days more."""
    by = by or shelter.officer
    with acting(by):
        operations.ask_extension(
            admission_id=admission.id, days=7, reason="court_soon",
            expected_version=admission.version, by=by, at=LATER,
        )  # fmt: skip
        return Admission.objects.get(id=admission.id)


def test_a_longer_stay_is_decided_by_another(shelter: Shelter) -> None:
    admission = ask_longer(shelter, shelter.placed())
    marten = shelter.cast.marten
    with acting(shelter.officer), pytest.raises(Forbidden):
        operations.decide_extension(
            admission_id=admission.id, granted=True, expected_version=admission.version,
            by=shelter.officer, at=LATER,
        )  # fmt: skip
    with acting(marten):
        granted = operations.decide_extension(
            admission_id=admission.id, granted=True, expected_version=admission.version,
            by=marten, at=LATER,
        )  # fmt: skip
        with pytest.raises(IllegalMove):
            operations.decide_extension(
                admission_id=admission.id, granted=True, expected_version=granted.version,
                by=marten, at=LATER,
            )  # fmt: skip
    assert granted.due_at == NOW + timedelta(days=14)
    with acting(shelter.officer):
        running = Clock.objects.get(
            procedure="shelter_stay", subject_id=str(admission.id), state="running"
        )
    assert running.due_at == granted.due_at


def test_nobody_grants_what_she_asked_for(shelter: Shelter) -> None:
    both = Actor(
        shelter.officer.user_id, shelter.officer.agency_id, shelter.officer.membership_id, 1,
        frozenset({"petugas_hunian", "penyelia"}), shelter.officer.desk_ids,
    )  # fmt: skip
    admission = ask_longer(shelter, shelter.placed(), by=both)
    with acting(both), pytest.raises(OwnException):
        operations.decide_extension(
            admission_id=admission.id, granted=True, expected_version=admission.version, by=both,
            at=LATER,
        )  # fmt: skip


def test_a_refused_extension_says_why_and_changes_no_end(shelter: Shelter) -> None:
    admission = ask_longer(shelter, shelter.placed())
    marten = shelter.cast.marten
    with acting(marten):
        with pytest.raises(InvalidInput):
            operations.decide_extension(
                admission_id=admission.id, granted=False, expected_version=admission.version,
                by=marten, at=LATER,
            )  # fmt: skip
        refused = operations.decide_extension(
            admission_id=admission.id, granted=False, reason="next_place_ready",
            expected_version=admission.version, by=marten, at=LATER,
        )  # fmt: skip
    assert refused.due_at == NOW + timedelta(days=7)


def test_the_intake_is_written_once_and_changed_by_version(shelter: Shelter) -> None:
    admission = shelter.placed()
    by = shelter.officer

    def write(version: int, medicine: str) -> None:
        with acting(by):
            operations.write_intake(
                admission_id=admission.id, needs=Needs(medicine=medicine, own_room=True),
                belongings="Satu cincin", expected_version=version, by=by, at=LATER,
            )  # fmt: skip

    write(0, "Paracetamol")
    with pytest.raises(StaleForm):
        write(0, "Amoksisilin")
    write(1, "Amoksisilin")
    with acting(by):
        view = operations.read_intake(admission_id=admission.id, by=by, at=LATER)
    assert view is not None
    assert (view.needs.medicine, view.belongings) == ("Amoksisilin", "Satu cincin")
    assert view.needs.own_room
    with acting(shelter.cast.marten), pytest.raises(Forbidden):
        operations.read_intake(admission_id=admission.id, by=shelter.cast.marten, at=LATER)


def test_a_note_is_withdrawn_by_its_writer_and_never_erased(shelter: Shelter) -> None:
    admission = shelter.placed()
    with acting(shelter.officer):
        note = operations.write_note(
            admission_id=admission.id, body="Tidur nyenyak", by=shelter.officer, at=LATER
        )
    with acting(colleague()), pytest.raises(NotReachable):
        operations.withdraw_note(note_id=note.id, reason="mistaken", by=colleague(), at=LATER)
    with acting(shelter.officer):
        operations.withdraw_note(note_id=note.id, reason="mistaken", by=shelter.officer, at=LATER)
        [view] = operations.read_notes(admission_id=admission.id, by=shelter.officer, at=LATER)
        assert DayNote.objects.count() == 1
    assert (view.body, view.note.withdraw_reason) == ("Tidur nyenyak", "mistaken")


def test_a_bed_is_closed_only_while_nobody_sleeps_in_it(shelter: Shelter) -> None:
    shelter.placed("1A")
    by = shelter.officer

    def close(bed: str) -> Bed:
        with acting(by):
            return operations.close_bed(
                bed_id=shelter.beds[bed], reason="repair", expected_version=1, by=by, at=LATER
            )

    with pytest.raises(InvalidInput) as fault:
        close("1A")
    assert fault.value.errors == {"reason": "lived_in"}
    close("1B")
    with acting(by):
        assert Desk.objects.get(id=DESK).free_places == 5
    with pytest.raises(InvalidInput) as refused:
        shelter.placed("1B")
    assert refused.value.errors == {"bed-0": "closed"}
    with acting(by):
        operations.open_bed(bed_id=shelter.beds["1B"], expected_version=2, by=by, at=LATER)
    assert shelter.placed("1B").state == "placed"


def test_the_address_is_opened_by_the_houses_officers_and_each_time_recorded(
    shelter: Shelter,
) -> None:
    from tests.domain.shelter.scene import PLACE

    from rangkul.trail.models import Act

    with acting(shelter.officer):
        _house, place = operations.open_house_place(
            house_id=shelter.house.id, by=shelter.officer, at=LATER
        )
        assert Act.objects.filter(name="shelter.place_opened").count() == 1
    assert place == PLACE
    for other in (shelter.cast.marten, shelter.cast.dorce, shelter.cast.melki):
        with acting(other), pytest.raises(Forbidden):
            operations.open_house_place(house_id=shelter.house.id, by=other, at=LATER)
    with acting(shelter.cast.laras), pytest.raises(NotReachable):
        operations.open_house_place(house_id=shelter.house.id, by=shelter.cast.laras, at=LATER)


def test_an_admin_keeps_rooms_and_sees_no_stay(shelter: Shelter) -> None:
    from rangkul.shelter import queries

    admission = shelter.placed()
    dorce = shelter.cast.dorce
    with acting(dorce):
        assert queries.get_house(dorce, shelter.house.id, to_manage=True)
        with pytest.raises(NotReachable):
            queries.get_admission(dorce, admission.id)
        room = operations.add_room(
            house_id=shelter.house.id, sex="L", group="adult", beds=2, by=dorce, at=LATER
        )
        assert room.number == 5
        assert Desk.objects.get(id=DESK).free_places == 8
