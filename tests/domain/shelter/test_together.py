"""A house answers by its own admission only; several who come together are one act."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from tests.domain.shelter.scene import DESK, NOW, Shelter

from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting
from rangkul.network.models import Desk
from rangkul.referrals import operations as referrals
from rangkul.referrals.models import Request
from rangkul.shelter import operations
from rangkul.shelter.models import Admission, BedMove, Stay
from rangkul.shelter.operations import GroupMember, Person
from rangkul.trail.models import Act


def answer(shelter: Shelter, request: Request, decision: str) -> Request:
    """The answer that the inbox would give."""
    with acting(shelter.officer):
        return referrals.answer(
            request_id=request.id, decision=decision, expected_version=request.version,
            reason="penuh" if decision == "decline" else "", by=shelter.officer, at=NOW,
        )  # fmt: skip


def test_no_page_but_the_shelters_own_says_yes_for_a_house(shelter: Shelter) -> None:
    request = shelter.request()
    with pytest.raises(DatabaseError, match="answers by its own admission"):
        answer(shelter, request, "accept")
    # Checked and free of conflict is not yet a bed.
    admission = shelter.asked(request)
    with pytest.raises(DatabaseError, match="answers by its own admission"):
        answer(shelter, request, "accept")
    assert shelter.place(admission, "1A").state == "placed"
    with acting(shelter.officer):
        assert Request.objects.get(id=request.id).state == "in_service"


def test_the_net_is_what_refuses(shelter: Shelter) -> None:
    """Planted fault: without the trigger the inbox would say yes before any check."""
    request = shelter.request()
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("rangkul_app",)
    import psycopg
    from tests import people

    with psycopg.connect(people.owner_url()) as owner:
        found = owner.execute(
            "select count(*) from pg_trigger where tgname = 'house_guard_shelter' and tgenabled = "
            "'O' and tgrelid = 'referrals_request'::regclass"
        ).fetchone()
    assert found == (1,)
    with acting(shelter.officer):
        operations.change_house(
            house_id=shelter.house.id, expected_version=shelter.house.version, by=shelter.officer,
            at=NOW, details=_closed(shelter),
        )  # fmt: skip
    # A desk that keeps no open house answers as any desk does.
    assert answer(shelter, request, "accept").state == "accepted"


def _closed(shelter: Shelter) -> operations.HouseDetails:
    from tests.domain.shelter.scene import CRITERIA, NAME

    return operations.HouseDetails(DESK, NAME, "rumah_aman", 7, CRITERIA, False, False)


def test_what_the_sender_takes_back_keeps_no_bed(shelter: Shelter) -> None:
    admission = shelter.placed("1A", arrives_at=NOW + timedelta(hours=6))
    with acting(shelter.officer):
        assert Desk.objects.get(id=DESK).free_places == 6
    ratih = shelter.cast.ratih
    from rangkul.consent.models import Basis

    with acting(ratih):
        basis = Basis.objects.latest("id")
        referrals.withdraw_consent(basis_id=basis.id, by=ratih, at=NOW)
    with acting(shelter.officer):
        stay = Stay.objects.get(admission=admission)
        assert (stay.state, stay.ending) == ("ended", "taken_back")
        assert Admission.objects.get(id=admission.id).state == "over"
        assert Desk.objects.get(id=DESK).free_places == 7


def test_who_lives_in_the_house_goes_on_living_there(shelter: Shelter) -> None:
    admission = shelter.placed("1A")
    ratih = shelter.cast.ratih
    from rangkul.consent.models import Basis

    with acting(ratih):
        referrals.withdraw_consent(basis_id=Basis.objects.latest("id").id, by=ratih, at=NOW)
    with acting(shelter.officer):
        assert Stay.objects.get(admission=admission).state == "staying"


def test_several_are_checked_in_one_act_or_none_of_them(shelter: Shelter) -> None:
    one, two = shelter.request(), shelter.request()

    def check(first: str, second: str) -> list[Admission]:
        with acting(shelter.officer):
            return operations.check_conflicts(
                found={one.id: first, two.id: second}, by=shelter.officer, at=NOW
            )

    with pytest.raises(InvalidInput) as fault:
        check("none", "")
    assert fault.value.errors == {f"conflict-{two.id}": "required"}
    with acting(shelter.officer):
        assert not Admission.objects.filter(request_id__in=[one.id, two.id]).exists()
    assert [a.conflict for a in check("none", "resident")] == ["none", "resident"]
    with acting(shelter.officer):
        assert Act.objects.filter(name="shelter.conflict_checked").count() == 2


def test_a_fault_of_one_of_a_group_names_whose_it_is(shelter: Shelter) -> None:
    first, second = shelter.asked(), shelter.asked()
    with acting(shelter.officer), pytest.raises(InvalidInput) as fault:
        operations.place_group(
            house_id=shelter.house.id, criteria=["kdrt"], by=shelter.officer, at=NOW,
            members=[
                GroupMember(first.id, (Person("P", "adult", shelter.beds["1A"]),)),
                GroupMember(second.id, (Person("P", "adult", shelter.beds["3A"]),)),
            ],
        )  # fmt: skip
    assert fault.value.errors == {f"{second.id}-bed-0": "other_sex"}
    with acting(shelter.officer):
        assert not Stay.objects.filter(admission_id=first.id).exists()


def _mother_and_child(shelter: Shelter) -> tuple[Admission, Admission, list[GroupMember]]:
    mother, child = shelter.asked(), shelter.asked(shelter.request(child=True))
    members = [
        GroupMember(mother.id, (Person("P", "adult", shelter.beds["2A"]),)),
        GroupMember(child.id, (Person("L", "child", shelter.beds["2C"]),)),
    ]
    return mother, child, members


def test_a_mother_and_her_child_share_a_room_though_asked_for_apart(shelter: Shelter) -> None:
    mother, child, members = _mother_and_child(shelter)

    def place(family: bool) -> list[Admission]:
        with acting(shelter.officer):
            return operations.place_group(
                house_id=shelter.house.id, criteria=["kdrt"], by=shelter.officer, at=NOW,
                members=members, family=family,
            )  # fmt: skip

    # Strangers do not share the family room: only as a family does the child come in here.
    with pytest.raises(InvalidInput) as fault:
        place(False)
    assert fault.value.errors == {
        f"{mother.id}-bed-0": "family_room", f"{child.id}-bed-0": "family_room",
    }  # fmt: skip
    placed = place(True)
    assert placed[0].family == placed[1].family is not None
    with acting(shelter.officer):
        stay = Stay.objects.get(admission=child)
        moved = operations.move_bed(
            admission_id=child.id, stay_id=stay.id, bed_id=shelter.beds["2B"],
            expected_version=Admission.objects.get(id=child.id).version, by=shelter.officer,
            at=NOW,
        )  # fmt: skip
        assert moved.family == placed[0].family
        [move] = BedMove.objects.filter(stay=stay)
    assert (move.from_bed_id, move.to_bed_id) == (shelter.beds["2C"], shelter.beds["2B"])


def test_a_family_asked_for_apart_moves_to_another_house_together(shelter: Shelter) -> None:
    """One after the other, into one room there: neither is stuck where they are."""
    mother, child, members = _mother_and_child(shelter)
    with acting(shelter.officer):
        operations.place_group(
            house_id=shelter.house.id, criteria=["kdrt"], by=shelter.officer, at=NOW,
            members=members, family=True,
        )  # fmt: skip
        other = operations.make_house(
            details=operations.HouseDetails(DESK, "Rumah Uji Kedua", "rptc", 14, ("kdrt",)),
            by=shelter.officer, at=NOW,
        )  # fmt: skip
        room = operations.add_room(
            house_id=other.id, sex="", group="family", beds=2, by=shelter.officer, at=NOW
        )
        beds = list(room.beds.order_by("letter"))
        for admission, bed in zip((mother, child), beds, strict=True):
            fresh = Admission.objects.get(id=admission.id)
            [stay] = Stay.objects.filter(admission=fresh)
            operations.move_house(
                admission_id=fresh.id, house_id=other.id, beds={stay.id: bed.id},
                expected_version=fresh.version, by=shelter.officer, at=NOW,
            )  # fmt: skip
        living = Stay.objects.filter(ended_at__isnull=True, bed__room=room)
        assert living.count() == 2


def test_a_group_is_offered_each_bed_once_and_a_family_one_room(shelter: Shelter) -> None:
    first, second, third = shelter.asked(), shelter.asked(), shelter.asked()
    with acting(shelter.officer):
        found = operations.suggest_group(house=shelter.house, admissions=[first, second, third])
    # Two women's beds in the house: the third does not fit now.
    beds = [berth.bed_id for berths in found.values() for berth in berths]
    assert sorted(beds) == sorted([shelter.beds["1A"], shelter.beds["1B"]])
    assert third.id not in found
    child = shelter.asked(shelter.request(child=True))
    with acting(shelter.officer):
        family = operations.suggest_group(
            house=shelter.house, admissions=[first, child], family=True
        )
    rooms = {berth.room_id for berths in family.values() for berth in berths}
    assert len(rooms) == 1


def test_into_another_house_without_leaving_and_the_beds_stay_known(shelter: Shelter) -> None:
    admission = shelter.placed("1A")
    with acting(shelter.officer):
        other = operations.make_house(
            details=operations.HouseDetails(DESK, "Rumah Uji Kedua", "rptc", 14, ("kdrt",)),
            by=shelter.officer, at=NOW,
        )  # fmt: skip
        room = operations.add_room(
            house_id=other.id, sex="P", group="adult", beds=1, by=shelter.officer, at=NOW
        )
        bed = room.beds.get()
        [stay] = Stay.objects.filter(admission=admission)
        free = Desk.objects.get(id=DESK).free_places

        def move(beds: dict[int, int]) -> Admission:
            return operations.move_house(
                admission_id=admission.id, house_id=other.id, beds=beds,
                expected_version=admission.version, by=shelter.officer, at=NOW,
            )  # fmt: skip

        with pytest.raises(InvalidInput) as fault:
            move({stay.id: shelter.beds["1B"]})
        assert fault.value.errors == {"bed-0": "required"}
        with pytest.raises(InvalidInput) as fault:
            move({})
        assert fault.value.errors == {"beds": "required"}
        moved = move({stay.id: bed.id})
        assert (moved.house_id, moved.due_at, moved.state) == (other.id, admission.due_at, "placed")
        [noted] = BedMove.objects.filter(stay=stay)
        assert (noted.from_bed_id, noted.to_bed_id) == (shelter.beds["1A"], bed.id)
        assert Stay.objects.get(id=stay.id).arrived_at == stay.arrived_at
        assert Desk.objects.get(id=DESK).free_places == free
        assert Act.objects.filter(name="shelter.house_moved").count() == 1
