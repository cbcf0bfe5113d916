"""A house in Kupang with rooms of every kind, its people, and requests that come from Semarang."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from tests.domain.referrals.scene import make_scene, seed_desks
from tests.people import KUPANG, NOW, SEMARANG, SERVICE_DESK, Cast, owner_url

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals.models import Request
from rangkul.shelter import operations
from rangkul.shelter.models import Admission, Bed, House
from rangkul.shelter.operations import HouseDetails, Person
from rangkul.shelter.sealed import HousePlace

DESK = SERVICE_DESK[KUPANG]
NAME, ADDRESS = "Rumah Aman Uji Cendana Wangi", "Jalan Flamboyan Rahasia 41 Lorong Dalam"
PHONE, LATITUDE, LONGITUDE = "0380987654", "-10.17718", "123.60713"
WAY = "Pagar hijau lumut, ketuk tiga kali"
PLACE = HousePlace(ADDRESS, LATITUDE, LONGITUDE, PHONE, WAY)
CRITERIA = ("kdrt", "korban_tppo", "anak")
ROOMS = (("P", "adult", 2, 0), ("P", "family", 2, 1), ("L", "adult", 1, 0), ("P", "child", 1, 0))


def _member(user_id: int, login: str, role: str, agency: int, desk: int) -> Actor:
    """A person of the house, made by the owner once."""
    with psycopg.connect(owner_url()) as owner:
        if owner.execute("select 1 from accounts_user where id = %s", [user_id]).fetchone() is None:
            owner.execute(
                "insert into accounts_user (id, username, display_name, email, password, language,"
                " is_active, is_demo, created_at) values (%s, %s, %s, '', '!', 'id', true, false,"
                " now())",
                [user_id, login, f"{login.title()} Uji"],
            )
            owner.execute(
                "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, "
                "version, since, until) values (%s, %s, %s, %s, %s, '', 1, '2025-01-06', null)",
                [user_id, agency, user_id, [role], [desk]],
            )
    return Actor(user_id, agency, user_id, 1, frozenset({role}), frozenset({desk}))


def officer() -> Actor:
    """Who keeps the house in Kupang."""
    return _member(9062, "regina", "petugas_hunian", KUPANG, DESK)


def colleague() -> Actor:
    """Another officer of the same house."""
    return _member(9063, "fransiska", "petugas_hunian", KUPANG, DESK)


@dataclass(frozen=True, slots=True)
class Shelter:
    """The house, its officer and its beds by room and letter ("1A")."""

    cast: Cast
    officer: Actor
    house: House
    beds: dict[str, int]

    def request(self, *, child: bool = False) -> Request:
        """A new request for shelter from Ratih in Semarang."""
        with acting(self.cast.ratih):
            scene = make_scene(self.cast, child=child)
            return scene.send(scene.consent("hunian")) if not child else self._for_child(scene)

    @staticmethod
    def _for_child(scene: Any) -> Request:
        from rangkul.consent.deciding import Deciding
        from rangkul.consent.queries import BasisWords

        basis = scene.consent(
            "hunian", given_by="wali",
            words=BasisWords(best_interest="Aman malam ini", child_view="Mau ikut"),
            deciding=Deciding(relation="ibu", child_age=9, child_says="ya"),
        )  # fmt: skip
        sent: Request = scene.send(basis)
        return sent

    def asked(self, request: Request | None = None) -> Admission:
        """A request whose conflict check found nothing."""
        request = request or self.request()
        with acting(self.officer):
            return operations.check_conflict(
                request_id=request.id, conflict="none", by=self.officer, at=NOW
            )

    def place(
        self, admission: Admission, *beds: str, people: Sequence[Person] = (), at: datetime = NOW,
        **changes: Any,
    ) -> Admission:  # fmt: skip
        """Place adult women in these beds, unless the persons are given."""
        persons = people or [Person("P", "adult", self.beds[bed]) for bed in beds]
        wanted: dict[str, Any] = {
            "admission_id": admission.id, "house_id": self.house.id, "people": persons,
            "expected_version": admission.version, "willing": True, "criteria": ["kdrt"],
            "by": self.officer, "at": at,
        }  # fmt: skip
        with acting(self.officer):
            return operations.place(**(wanted | changes))

    def placed(self, bed: str = "1A", **changes: Any) -> Admission:
        """A woman who lives in this bed."""
        return self.place(self.asked(), bed, **changes)

    def stays(self, admission: Admission) -> list[int]:
        """The ids of the admission's persons."""
        with acting(self.officer):
            return list(admission.stays.order_by("ordinal").values_list("id", flat=True))


def build(cast: Cast, rooms: Sequence[tuple[str, str, int, int]] = ROOMS) -> Shelter:
    """Make the house as its officer."""
    seed_desks()
    by = officer()
    with acting(by):
        house = operations.make_house(
            details=HouseDetails(DESK, NAME, "rumah_aman", 7, CRITERIA), by=by, at=NOW
        )
        house = operations.write_place(
            house_id=house.id, place=PLACE, expected_version=0, by=by, at=NOW
        )
        for sex, group, beds, cots in rooms:
            operations.add_room(
                house_id=house.id, sex=sex, group=group, beds=beds, cots=cots, by=by, at=NOW
            )
        found = {
            f"{bed.room.number}{bed.letter}": bed.id
            for bed in Bed.objects.filter(room__house=house).select_related("room")
        }
    return Shelter(cast, by, house, found)


LATER = NOW + timedelta(hours=1)
__all__ = [
    "CRITERIA",
    "DESK",
    "LATER",
    "NOW",
    "SEMARANG",
    "Shelter",
    "build",
    "colleague",
    "officer",
]
