"""What lies ahead: cancelled by fate, left for a reason, barred by papers, signed by a number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from tests import people
from tests.domain.repatriation.scene import (
    HOME_DESK,
    KUPANG,
    MAKASSAR,
    SEMARANG,
    STROKES,
    TRANSIT_DESK,
    Road,
    make_road,
    officer,
)
from tests.people import NOW, Cast

from rangkul.clocks.models import Clock
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.jobs import way_home
from rangkul.referrals.models import Message, Packet, Request
from rangkul.repatriation import board as boards
from rangkul.repatriation import events, operations, queries
from rangkul.repatriation.models import Clearance, Handover, Hold, Leg, Pin
from rangkul.repatriation.operations import Mark
from rangkul.trail.models import Act


@pytest.fixture
def road(db: None, cast: Cast) -> Road:
    """Three women of Makassar, held by Semarang."""
    return make_road(cast)


def _on_the_way(road: Road) -> tuple[Leg, Leg]:
    """With the transit desk in Kupang; the desk at home has accepted them."""
    road.ready()
    first, second = road.leg(), road.leg(desk=HOME_DESK, homeward=True)
    road.ask(first)
    road.carry(first, road.organiser, road.transit)
    road.ask(second)
    road.answer(second, road.home)
    return first, second


def _posted(name: str) -> int:
    with psycopg.connect(people.owner_url()) as owner:
        row = owner.execute(
            "select count(*) from procrastinate_jobs where task_name = 'rangkul.deliver' "
            "and args ->> 'name' = %s", [name],
        ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def _hold(road: Road, by: Any) -> Hold:
    with acting(by):
        found = Hold.objects.filter(until__isnull=True, agency_id=by.agency_id).order_by("id")
        return found[0]


# -- fate --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fate", ["left", "missing", "died"])
def test_fate_cancels_what_is_ahead_and_the_desk_is_told(
    committed_db: None, cast: Cast, fate: str
) -> None:
    road = make_road(cast)
    _first, second = _on_the_way(road)
    before = _posted("referral.cancelled")
    held = _hold(road, road.transit)
    with acting(road.transit):
        operations.set_fate(hold_id=held.id, fate=fate, by=road.transit, at=timezone.now())
    # At once, though another agency than the organiser said it: nobody travels on.
    states = sorted(t.state for t in road.travellers(second))
    assert states == ["accepted", "accepted", "withdrawn"]
    from rangkul.foundation.outbox import Event

    name = {"left": events.LEFT, "missing": events.MISSING, "died": events.DIED}[fate]
    for _again in range(2):
        way_home.take_up_fate(Event(name, "hold", str(held.id), SEMARANG))
        way_home.take_up_fate(Event(name, "hold", str(held.id), KUPANG))
    with acting(road.home):
        requests = Request.objects.filter(receiver_desk_id=HOME_DESK)
        assert sorted(r.state for r in requests) == ["accepted", "accepted", "cancelled"]
        ended = requests.get(state="cancelled")
        assert Packet.objects.get(request=ended).destroy_reason == "cancelled"
    assert _posted("referral.cancelled") == before + 1
    with acting(road.organiser):
        row = next(
            r for r in boards.board(road.organiser, now=NOW).rows
            if r.returnee.id == held.returnee_id
        )  # fmt: skip
    assert [s.state for s in row.stations if s.leg_number == queries.leg_number(second.id)] == []
    assert row.missing == (["person"] if fate == "missing" else [])


def test_who_was_missing_and_is_found_is_planned_anew(road: Road) -> None:
    _first, second = _on_the_way(road)
    held = _hold(road, road.transit)
    with acting(road.transit):
        operations.set_fate(hold_id=held.id, fate="missing", by=road.transit, at=NOW)
        operations.set_fate(hold_id=held.id, fate="found", by=road.transit, at=NOW)
    person = held.returnee_id
    with acting(road.organiser):
        row = next(r for r in boards.board(road.organiser, now=NOW).rows if r.returnee.id == person)
    assert "plan" in row.missing
    other = road.leg(person, desk=HOME_DESK, homeward=True)
    road.ask(other)
    assert [t.state for t in road.travellers(other)] == ["asked"]
    assert second.id != other.id


def test_a_stretch_that_one_end_has_signed_is_not_cancelled_by_a_search(road: Road) -> None:
    _first, second = _on_the_way(road)
    minutes = road.minutes(second, road.transit)
    held = _hold(road, road.transit)
    with acting(road.transit):
        operations.set_fate(hold_id=held.id, fate="missing", by=road.transit, at=NOW)
    assert {t.state for t in road.travellers(second)} == {"accepted"}
    # The dock's telephone finds a line: she was on the boat all the while.
    road.sign(minutes, road.home)
    with acting(road.transit):
        operations.set_fate(hold_id=held.id, fate="found", by=road.transit, at=NOW)
    assert set(road.seen_holders().values()) == {MAKASSAR}


# -- off a leg ---------------------------------------------------------------------------------


def test_an_accepted_person_is_taken_off_with_a_reason_that_the_desk_reads(road: Road) -> None:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    one = road.people[0]
    with acting(road.organiser), pytest.raises(InvalidInput) as fault:
        operations.leave_leg(leg_id=leg.id, returnee_ids=[one], by=road.organiser, at=NOW)
    assert fault.value.errors == {"reason": "required"}
    with acting(road.organiser):
        [ended] = operations.leave_leg(
            leg_id=leg.id, returnee_ids=[one], reason="ill", by=road.organiser, at=NOW
        )
        act = Act.objects.get(name="repatriation.leg_left")
        assert (act.subject_id, act.reason) == (str(one), "ill")
    assert sorted(t.state for t in road.travellers(leg)) == ["accepted", "accepted", "withdrawn"]
    with acting(road.transit):
        assert Request.objects.get(id=ended).state == "cancelled"
        assert Message.objects.filter(request_id=ended).count() == 1
    road.sign(road.minutes(leg, road.organiser), road.transit)
    assert sorted(road.seen_holders().values()) == sorted([SEMARANG, KUPANG, KUPANG])


def test_nobody_is_taken_off_between_hands_or_afterwards_nor_by_another_agency(
    road: Road,
) -> None:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    first = road.travellers(leg)[0].id
    with (
        pytest.raises(DatabaseError, match="parent not reachable"),
        acting(road.transit),
        connection.cursor() as cursor,
    ):
        cursor.execute("select house.take_off(%s, %s)", [first, NOW])
    minutes = road.minutes(leg, road.organiser)
    for code in ("between_hands", "handed_over"):
        with acting(road.organiser), pytest.raises(InvalidInput) as fault:
            operations.leave_leg(
                leg_id=leg.id, returnee_ids=road.people[:1], reason="ill", by=road.organiser,
                at=NOW,
            )  # fmt: skip
        assert fault.value.errors == {"people": code}
        road.sign(minutes, road.transit)


# -- a desk with nobody ------------------------------------------------------------------------


def test_a_desk_with_nobody_is_chosen_knowingly_only(road: Road) -> None:
    with psycopg.connect(people.owner_url()) as owner:
        owner.execute(
            "insert into network_desk (id, agency_id, code, name, takes_reports, always_open, "
            "hours, languages, serves, accessible, phone, active, version) values (9399, %s, "
            "'uji-tanpa-petugas', 'Tanpa petugas', false, true, '{}', '{}', '{}', false, '', true,"
            " 1) on conflict do nothing", [MAKASSAR],
        )  # fmt: skip
    with pytest.raises(InvalidInput) as fault:
        road.leg(desk=9399)
    assert fault.value.errors == {"desk": "nobody_there"}
    assert operations.staffed(HOME_DESK)
    leg = road.leg(desk=9399, unstaffed_ok=True)
    assert leg.receiver_desk_id == 9399


# -- papers ------------------------------------------------------------------------------------


def test_a_foreign_person_leaves_the_country_with_the_embassy_s_knowledge(road: Road) -> None:
    foreign = road.add("Mai", nationality="VN")
    road.ready(foreign)
    leg = road.leg(foreign, desk=HOME_DESK, abroad=True)
    assert leg.homeward
    assert road.person(foreign).papers == "embassy"
    assert [t.hold_back for t in road.travellers(leg)] == ["embassy"]
    road.ask(leg)
    road.answer(leg, road.home)
    with pytest.raises(InvalidInput) as fault:
        road.minutes(leg, road.organiser)
    assert fault.value.errors == {"present": "held_back"}

    def missing() -> list[str]:
        with acting(road.organiser):
            rows = boards.board(road.organiser, now=NOW).rows
        return next(row.missing for row in rows if row.returnee.id == foreign)

    assert "embassy" in missing()

    def describe(**values: Any) -> None:
        with acting(road.organiser):
            operations.describe(returnee_ids=[foreign], values=values, by=road.organiser, at=NOW)

    describe(embassy_told_on=NOW.date())
    assert "embassy" in missing()
    describe(travel_paper="emergency")
    assert "embassy" not in missing()
    assert [t.hold_back for t in road.travellers(leg)] == [""]
    road.sign(road.minutes(leg, road.organiser), road.home)
    assert road.seen_holders()[foreign] == MAKASSAR
    # Who speaks with the embassy hears that she is there, and asks after her in the months.
    with acting(road.home):
        [held] = Hold.objects.filter(returnee_id=foreign, until__isnull=True)
        operations.confirm_arrival(hold_ids=[held.id], by=road.home, at=NOW)
        assert Clock.objects.filter(subject_kind="hold", state="running").count() == 3
    assert road.person(foreign).state == "arrived"


def test_a_foreign_child_is_not_sent_abroad_unjudged(road: Road) -> None:
    child = road.add("Linh", nationality="VN", born=2015)
    with acting(road.organiser):
        operations.describe(
            returnee_ids=[child],
            values={"embassy_told_on": NOW.date(), "travel_paper": "passport"},
            by=road.organiser, at=NOW,
        )  # fmt: skip
    leg = road.leg(child, desk=HOME_DESK, abroad=True)
    assert [t.hold_back for t in road.travellers(leg)] == ["safety"]


def test_within_the_country_nobody_waits_for_the_embassy(road: Road) -> None:
    foreign = road.add("Mai", nationality="VN")
    road.ready(foreign)
    leg = road.leg(foreign, desk=TRANSIT_DESK)
    assert [t.hold_back for t in road.travellers(leg)] == [""]
    with acting(road.organiser), pytest.raises(InvalidInput):
        operations.describe(
            returnee_ids=[foreign], values={"travel_paper": "bus_ticket"}, by=road.organiser, at=NOW
        )


# -- by number ---------------------------------------------------------------------------------


def _minutes_of_the_giver(road: Road) -> tuple[Leg, Handover]:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    return leg, road.minutes(leg, road.organiser)


def _by_number(road: Road, minutes: Handover, number: str, **changes: Any) -> int | None:
    wanted: dict[str, Any] = {
        "handover_id": minutes.id, "side": "receiver", "number": number, "name": "Kapten Uji",
        "mark": Mark("drawn", NOW, STROKES), "by": road.organiser, "at": NOW,
    }  # fmt: skip
    with acting(road.organiser):
        return operations.sign_by_pin(**(wanted | changes))


def test_an_escort_without_an_account_signs_by_the_number_of_its_own_desk(road: Road) -> None:
    leg, minutes = _minutes_of_the_giver(road)
    with acting(road.transit):
        number = operations.make_pin(leg_id=leg.id, side="receiver", by=road.transit, at=NOW)
    assert len(number) == 6 and number.isdecimal()
    with acting(road.organiser), pytest.raises(NotReachable):
        # The giver makes no number for the other end.
        operations.make_pin(leg_id=leg.id, side="receiver", by=road.organiser, at=NOW)
    assert _by_number(road, minutes, number) == 3
    assert set(road.seen_holders().values()) == {KUPANG}
    with acting(road.organiser):
        signed = queries.open_signature(Handover.objects.get(id=minutes.id), "receiver")
        assert signed["name"] == "Kapten Uji"
        # Used once; the minutes are signed.
        assert not Pin.objects.filter(ended_at__isnull=True).exists()
    # The very same again, from a device that lost its line: taken before, and counted once.
    assert _by_number(road, minutes, number) == 0
    with pytest.raises(InvalidInput) as fault:
        _by_number(road, minutes, number, mark=Mark("drawn", NOW - timedelta(hours=1), STROKES))
    assert fault.value.errors == {"mark": "signed"}


def test_a_wrong_number_counts_and_the_fifth_ends_it(road: Road) -> None:
    leg, minutes = _minutes_of_the_giver(road)
    with acting(road.transit):
        number = operations.make_pin(leg_id=leg.id, side="receiver", by=road.transit, at=NOW)
    wrong = f"{(int(number) + 1) % 1_000_000:06d}"
    for _try in range(5):
        assert _by_number(road, minutes, wrong) is None
    assert _by_number(road, minutes, number) is None
    assert set(road.seen_holders().values()) == {SEMARANG}
    with acting(road.organiser):
        assert Act.objects.filter(name="leg.pin_wrong").count() == 6


def test_a_number_needs_a_name_and_a_drawing_and_signs_for_the_other_end_only(road: Road) -> None:
    leg, minutes = _minutes_of_the_giver(road)
    with acting(road.transit):
        number = operations.make_pin(leg_id=leg.id, side="receiver", by=road.transit, at=NOW)
    with pytest.raises(InvalidInput) as fault:
        _by_number(road, minutes, number, name=" ", mark=Mark("drawn", NOW, ""))
    assert fault.value.errors == {"name": "required", "mark": "required"}
    with pytest.raises(NotReachable):
        _by_number(road, minutes, number, side="giver")


@pytest.mark.parametrize("column", ["salt", "digest"])
def test_neither_end_reads_what_the_number_could_be_guessed_from(road: Road, column: str) -> None:
    for who in (road.organiser, road.transit):
        with acting(who):
            assert list(Pin.objects.values_list("tries", flat=True)) == []
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                list(Pin.objects.values_list(column, flat=True))


def test_no_hour_of_signing_is_written_past_the_number(road: Road) -> None:
    """Planted fault: the app tries to set the other end's signature without account or number."""
    _leg, minutes = _minutes_of_the_giver(road)
    with pytest.raises(DatabaseError, match="not this side's move"), acting(road.organiser):
        Handover.objects.filter(id=minutes.id).update(
            receiver_signed_at=NOW, receiver_recorded_at=NOW, receiver_how="pin"
        )
    with pytest.raises(DatabaseError, match="permission denied"), acting(road.transit):
        Pin.objects.update(tries=0)
    assert set(road.seen_holders().values()) == {SEMARANG}


# -- the investigators -------------------------------------------------------------------------


def _asked(road: Road) -> tuple[int, Clearance]:
    adult = road.add("Ningsih", clearance="")
    road.ready(adult)
    with acting(road.organiser):
        operations.ask_clearance(
            returnee_ids=[adult], agency_id=KUPANG, words="LP 12 bulan Februari",
            by=road.organiser, at=NOW,
        )  # fmt: skip
    with acting(road.transit):
        [found] = operations.read_clearances(by=road.transit, at=NOW)
    assert (found.called, found.words) == ("Ningsih", "LP 12 bulan Februari")
    assert found.row.due_at == NOW + timedelta(days=7)
    return adult, found.row


def _answer(road: Road, row: Clearance, answer: str, **changes: Any) -> Clearance:
    by = changes.pop("by", road.transit)
    with acting(by):
        return operations.answer_as_investigator(
            clearance_id=row.id, answer=answer, expected_version=row.version, by=by, at=NOW,
            **changes,
        )  # fmt: skip


def test_the_investigators_see_what_is_asked_and_clear(road: Road) -> None:
    adult, row = _asked(road)
    leg = road.leg(adult, desk=HOME_DESK, homeward=True)
    assert [t.hold_back for t in road.travellers(leg)] == ["clearance"]
    with acting(road.home):
        assert queries.list_clearances(road.home) == []
    with pytest.raises(NotReachable):
        _answer(road, row, "given", by=road.home)
    _answer(road, row, "given")
    assert road.person(adult).clearance == "given"
    assert [t.hold_back for t in road.travellers(leg)] == [""]
    with acting(road.organiser):
        heard = NOW + timedelta(days=20)
        assert operations.take_up_clearance(returnee_id=adult, by=road.organiser, at=heard)
        clock = Clock.objects.get(procedure="investigator_clearance", subject_id=str(adult))
        # As of their answer: however late one hears of it, they were in time.
        assert clock.state == "met"
        assert clock.ended_at is not None
        assert clock.ended_at < clock.due_at


def test_still_needed_has_a_day_and_a_reason_and_holds_no_adult(road: Road) -> None:
    adult, row = _asked(road)
    for changes, errors in (
        ({}, {"because": "required", "until": "required"}),
        ({"because": "Rekonstruksi", "until": NOW.date()}, {"until": "too_far"}),
        (
            {"because": "Rekonstruksi", "until": NOW.date() + timedelta(days=90)},
            {"until": "too_far"},
        ),
    ):
        with pytest.raises(InvalidInput) as fault:
            _answer(road, row, "needed", **changes)
        assert fault.value.errors == errors
    until = NOW.date() + timedelta(days=5)
    _answer(road, row, "needed", because="Rekonstruksi hari Kamis", until=until)
    with acting(road.organiser):
        person = queries.get_returnee(road.organiser, adult)
        told = queries.clearance_of(person)
        assert told is not None
        assert (told.because, told.row.needed_until) == ("Rekonstruksi hari Kamis", until)
        # The clock against them runs on.
        assert not operations.take_up_clearance(returnee_id=adult, by=road.organiser, at=NOW)
        operations.record_choice(
            returnee_ids=[adult], kind="clearance", words="Ia ingin pulang sekarang.",
            by=road.organiser, at=NOW,
        )  # fmt: skip
    assert road.person(adult).obstacle == ""


def test_only_the_investigators_answer_for_themselves(road: Road) -> None:
    _adult, row = _asked(road)
    with pytest.raises(DatabaseError, match="not this side's move"), acting(road.organiser):
        Clearance.objects.filter(id=row.id).update(
            answer="given", answered_at=NOW, answered_by=road.organiser.user_id
        )
    with acting(officer(9394)):
        assert not Clearance.objects.exists()
