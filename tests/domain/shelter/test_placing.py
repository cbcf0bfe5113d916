"""Admissions: the conflict check first, a bed that suits, yes and no told to the sender."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.domain.shelter.scene import ADDRESS, DESK, LATER, NOW, PHONE, Shelter, colleague

from rangkul.access.policy import Forbidden
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.scope import acting
from rangkul.network.models import Desk
from rangkul.referrals.models import Message, Request
from rangkul.shelter import operations, queries
from rangkul.shelter.models import Admission, Stay
from rangkul.shelter.operations import GroupMember, Person
from rangkul.shelter.policy import BedTaken
from rangkul.trail.models import Act


def free(shelter: Shelter) -> int | None:
    """What the network shows of the desk."""
    with acting(shelter.officer):
        return Desk.objects.get(id=DESK).free_places


def request_now(shelter: Shelter, admission: Admission) -> Request:
    """The request behind an admission as it stands."""
    with acting(shelter.officer):
        return Request.objects.get(id=admission.request_id)


def test_a_request_becomes_a_stay_and_the_sender_hears_yes(shelter: Shelter) -> None:
    assert free(shelter) == 7
    admission = shelter.placed("1A")
    assert admission.state == "placed"
    assert admission.due_at == NOW + timedelta(days=7)
    assert request_now(shelter, admission).state == "in_service"
    assert free(shelter) == 6
    with acting(shelter.officer):
        assert Stay.objects.get(admission=admission).state == "staying"
        names = list(Act.objects.filter(subject_kind="admission").values_list("name", flat=True))
    assert {"shelter.conflict_checked", "shelter.placed", "shelter.arrived"} <= set(names)


def test_nobody_is_placed_before_the_conflict_check_or_with_a_conflict(shelter: Shelter) -> None:
    request = shelter.request()
    with acting(shelter.officer):
        admission = operations.check_conflict(
            request_id=request.id, conflict="resident", by=shelter.officer, at=NOW
        )
    with pytest.raises(InvalidInput) as fault:
        shelter.place(admission, "1A")
    assert fault.value.errors == {"conflict": "conflict"}
    assert request_now(shelter, admission).state == "sent"


def test_identity_stays_covered_until_the_yes(shelter: Shelter) -> None:
    from rangkul.referrals import operations as referrals

    admission = shelter.asked()
    with acting(shelter.officer):
        before = referrals.open_packet(
            request_id=admission.request_id, by=shelter.officer, at=NOW
        ).content
    shelter.place(admission, "1A")
    with acting(shelter.officer):
        after = referrals.open_packet(
            request_id=admission.request_id, by=shelter.officer, at=NOW
        ).content
    assert "called_name" not in dict(before.facts)
    assert "called_name" in dict(after.facts)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"willing": False}, {"willing": "never_held"}),
        ({"criteria": []}, {"criteria": "required"}),
        ({"criteria": ["saksi"]}, {"criteria": "not_served"}),
        ({"criteria": ["hiv"]}, {"criteria": "unknown"}),
        ({"arrives_at": NOW - timedelta(hours=1)}, {"arrives_at": "past"}),
        ({"people": [Person("", "adult", 1)]}, {"sex-0": "required"}),
        ({"people": []}, {"people": "how_many"}),
    ],
)
def test_what_a_placing_needs(
    shelter: Shelter, changes: dict[str, object], errors: dict[str, str]
) -> None:
    admission = shelter.asked()
    with pytest.raises(InvalidInput) as fault:
        shelter.place(admission, *([] if "people" in changes else ["1A"]), **changes)
    assert fault.value.errors == errors


def test_a_man_is_not_put_among_women_and_a_family_stays_together(shelter: Shelter) -> None:
    admission = shelter.asked()
    man = [Person("L", "adult", shelter.beds["1A"])]
    with pytest.raises(InvalidInput) as fault:
        shelter.place(admission, people=man)
    assert fault.value.errors == {"bed-0": "other_sex"}
    family = [
        Person("P", "adult", shelter.beds["2A"]),
        Person("L", "child", shelter.beds["2B"]),
        Person("P", "child", shelter.beds["2C"]),
    ]
    placed = shelter.place(admission, people=family)
    assert len(shelter.stays(placed)) == 3
    assert free(shelter) == 4


def test_the_second_in_a_bed_is_told_and_loses_nothing(shelter: Shelter) -> None:
    shelter.placed("3A", people=[Person("L", "adult", shelter.beds["3A"])])
    late = shelter.asked()
    with pytest.raises(BedTaken):
        shelter.place(late, people=[Person("L", "adult", shelter.beds["3A"])])
    with acting(shelter.officer):
        assert Admission.objects.get(id=late.id).state == "asked"
    assert request_now(shelter, late).state == "sent"


def test_a_form_of_yesterday_is_refused(shelter: Shelter) -> None:
    admission = shelter.asked()
    shelter.place(admission, "1A")
    with pytest.raises(StaleForm):
        shelter.place(admission, "1B", expected_version=1)


def test_a_booked_bed_is_kept_until_the_arrival(shelter: Shelter) -> None:
    arrives = NOW + timedelta(hours=6)
    admission = shelter.placed("1A", arrives_at=arrives)
    assert admission.arrived_at is None
    assert free(shelter) == 6
    assert request_now(shelter, admission).state == "accepted"
    with acting(shelter.officer):
        assert [a.id for a in queries.list_arriving(shelter.officer, house_id=shelter.house.id)]
        arrived = operations.arrive(
            admission_id=admission.id, expected_version=admission.version, by=shelter.officer,
            at=arrives,
        )  # fmt: skip
    assert arrived.due_at == arrives + timedelta(days=7)
    assert request_now(shelter, admission).state == "in_service"


def test_a_refusal_needs_a_reason_and_another_way(shelter: Shelter) -> None:
    admission = shelter.asked()

    def refuse(reason: str, alternative: str) -> Admission:
        with acting(shelter.officer):
            return operations.refuse(
                admission_id=admission.id, reason=reason, alternative=alternative,
                expected_version=admission.version, by=shelter.officer, at=LATER,
            )  # fmt: skip

    with pytest.raises(InvalidInput) as fault:
        refuse("", "")
    assert fault.value.errors == {"reason": "required", "alternative": "required"}
    refused = refuse("penuh", "RPTC provinsi masih punya tempat")
    assert (refused.state, refused.reason) == ("refused", "penuh")
    assert request_now(shelter, admission).state == "declined"
    with acting(shelter.officer):
        words = operations.read_words(admission_id=admission.id, by=shelter.officer, at=LATER)
    assert words.note == "RPTC provinsi masih punya tempat"


def test_the_waiting_list_tells_the_sender_and_leaves_the_clock_alone(shelter: Shelter) -> None:
    admission = shelter.asked()
    with acting(shelter.officer):
        waiting = operations.put_on_list(
            admission_id=admission.id, expected_version=admission.version, words="Penuh malam ini",
            by=shelter.officer, at=LATER,
        )  # fmt: skip
        assert [w.admission for w in queries.list_undecided(shelter.officer)] == [waiting]
        assert Message.objects.filter(request_id=admission.request_id).count() == 1
    assert request_now(shelter, admission).state == "sent"
    assert shelter.place(waiting, "1A").state == "placed"


@pytest.mark.parametrize(
    "words",
    [f"Datang ke {ADDRESS}", "Rumah aman uji CENDANA wangi", f"Telepon {PHONE}", "-10.1771"],
)
def test_words_to_the_sender_never_tell_where_it_is(shelter: Shelter, words: str) -> None:
    admission = shelter.asked()
    with pytest.raises(InvalidInput) as fault:
        shelter.place(admission, "1A", words=words)
    assert fault.value.errors == {"words": "tells_place"}
    assert shelter.place(admission, "1A", words="Bertemu di terminal, pukul 10").state == "placed"


def test_a_group_comes_in_together_or_not_at_all(shelter: Shelter) -> None:
    first, second = shelter.asked(), shelter.asked()
    one = (Person("P", "adult", shelter.beds["1A"]),)

    def place(beds: list[tuple[Person, ...]]) -> list[Admission]:
        with acting(shelter.officer):
            return operations.place_group(
                house_id=shelter.house.id, criteria=["korban_tppo"], by=shelter.officer, at=NOW,
                members=[
                    GroupMember(admission.id, people)
                    for admission, people in zip((first, second), beds, strict=True)
                ],
            )  # fmt: skip

    with pytest.raises(BedTaken):
        place([one, one])
    assert free(shelter) == 7
    placed = place([one, (Person("P", "adult", shelter.beds["1B"]),)])
    assert [a.state for a in placed] == ["placed", "placed"]
    with acting(shelter.officer):
        assert Act.objects.filter(name="shelter.placed").count() == 2


def test_the_own_agencys_case_is_asked_for_by_its_companion(shelter: Shelter) -> None:
    from tests.domain.referrals.scene import make_scene

    from rangkul.shelter.models import House
    from rangkul.shelter.operations import HouseDetails

    cast = shelter.cast
    with acting(cast.laras):
        house: House = operations.make_house(
            details=HouseDetails(9102, "Rumah Uji Marlina", "rptc", 14, ("kdrt",)), by=cast.laras,
            at=NOW,
        )  # fmt: skip
        room = operations.add_room(
            house_id=house.id, sex="P", group="adult", beds=1, by=cast.laras, at=NOW
        )
        bed_id = room.beds.get().id
    with acting(cast.ratih):
        scene = make_scene(cast)
        asked = operations.ask_in_house(
            case_id=scene.case_id, desk_id=9102, criteria=["kdrt"], children=0, by=cast.ratih,
            at=NOW,
        )  # fmt: skip
        assert asked.sex == "P"
        with pytest.raises(InvalidInput):
            operations.ask_in_house(
                case_id=scene.case_id, desk_id=9102, criteria=["kdrt"], children=0,
                by=cast.ratih, at=NOW,
            )  # fmt: skip
    with acting(cast.laras):
        checked = operations.check_conflict(
            admission_id=asked.id, expected_version=asked.version, conflict="none",
            by=cast.laras, at=NOW,
        )  # fmt: skip
        placed = operations.place(
            admission_id=asked.id, house_id=house.id, people=[Person("P", "adult", bed_id)],
            expected_version=checked.version, willing=True, criteria=["kdrt"], by=cast.laras,
            at=NOW,
        )  # fmt: skip
    assert placed.due_at == NOW + timedelta(days=14)
    with acting(cast.ratih):
        assert [a.state for a in queries.list_of_case(cast.ratih, scene.case_id)] == ["placed"]


def test_only_the_desks_officers_decide(shelter: Shelter) -> None:
    admission = shelter.asked()
    melki, marten = shelter.cast.melki, shelter.cast.marten
    with pytest.raises(Forbidden):
        shelter.place(admission, "1A", by=melki)
    with acting(marten), pytest.raises(Forbidden):
        operations.refuse(
            admission_id=admission.id, reason="penuh", alternative="x", by=marten, at=NOW,
            expected_version=admission.version,
        )  # fmt: skip
    with acting(shelter.cast.laras), pytest.raises(NotReachable):
        queries.get_own_admission(shelter.cast.laras, admission.id)
    with acting(colleague()):
        assert queries.get_own_admission(colleague(), admission.id)
