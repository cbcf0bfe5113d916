"""Setting up a shelter: its houses, rooms and beds, and where a house stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.locks import check_version
from rangkul.foundation.vault import DataClass
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.shelter import events, policy, queries, sealed, workflow
from rangkul.shelter.models import Bed, House, Room, Stay
from rangkul.shelter.operations.free import hold, publish
from rangkul.shelter.sealed import HousePlace
from rangkul.trail.operations import record

MOST_BEDS: Final = 24
_MOST_ROOMS: Final = 99
_LONGEST: Final = {"name": 80, "address": 400, "phone": 40, "way": 600}
_KEPT: Final = ("kind", "criteria", "stay_days", "accessible", "open", "name_sealed")
_DEGREES: Final = re.compile(r"-?\d{1,3}(\.\d{1,8})?")


@dataclass(frozen=True, slots=True)
class HouseDetails:
    """What the form of a house says; ``stay_days`` is how long one may stay without extension."""

    desk_id: int
    name: str
    kind: str
    stay_days: int
    criteria: tuple[str, ...]
    accessible: bool = False
    open: bool = True


@transaction.atomic
def make_house(*, details: HouseDetails, by: Actor, at: datetime) -> House:
    """A new house behind one of the agency's desks for shelter. Raises ``InvalidInput``."""
    require(by.roles, Permission.KEEP_HOUSES)
    _check(details, by)
    house = House(agency_id=by.agency_id, subject=uuid4(), made_at=at, made_by=by.user_id)
    _apply(house, details)
    house.save(force_insert=True)
    _record(events.HOUSE_MADE, house, by=by, at=at)
    publish(house.desk_id, by=by, at=at)
    return house


@transaction.atomic
def change_house(
    *, house_id: int, details: HouseDetails, expected_version: int, by: Actor, at: datetime
) -> House:
    """Correct a house. A house in which somebody lives is not closed. Raises ``StaleForm``."""
    house = _lock_house(by, house_id)
    check_version(expected=expected_version, found=house.version)
    _check(details, by)
    if details.desk_id != house.desk_id:
        raise InvalidInput({"desk_id": "another_house"})
    if not details.open and _lived_in(house):
        raise InvalidInput({"open": "lived_in"})
    _apply(house, details)
    house.version += 1
    house.save(update_fields=[*_KEPT, "version"])
    _record(events.HOUSE_CHANGED, house, by=by, at=at)
    publish(house.desk_id, by=by, at=at)
    return house


@transaction.atomic
def write_place(
    *, house_id: int, place: HousePlace, expected_version: int, by: Actor, at: datetime
) -> House:
    """Write down where the house stands; only its own officers may, and only they read it.

    ``expected_version`` is the house's ``place_version``. Raises ``StaleForm``, ``InvalidInput``.
    """
    require(by.roles, Permission.SEE_HOUSE_ADDRESS)
    house = _lock(policy.placed_by(by), house_id, by)
    check_version(expected=expected_version, found=house.place_version)
    _check_place(place)
    house.place_version += 1
    house.place_sealed = sealed.seal(
        by.agency_id, house.subject, DataClass.LOCATION, sealed.house_place_place(house),
        place.to_json(),
    )  # fmt: skip
    house.save(update_fields=["place_sealed", "place_version"])
    _record(events.PLACE_WRITTEN, house, by=by, at=at)
    return house


@transaction.atomic
def add_room(
    *, house_id: int, sex: str, group: str, beds: int, by: Actor, at: datetime, cots: int = 0,
    accessible: bool = False,
) -> Room:  # fmt: skip
    """A room with so many beds and cots, lettered A, B, C …; its number follows the last."""
    house = _lock_house(by, house_id)
    _check_room(sex, group)
    if beds < 0 or cots < 0 or not 1 <= beds + cots <= MOST_BEDS:
        raise InvalidInput({"beds": "how_many"})
    last = max(house.rooms.values_list("number", flat=True), default=0)
    if last >= _MOST_ROOMS:
        raise InvalidInput({"beds": "how_many"})
    room = Room.objects.create(
        agency_id=by.agency_id, house=house, number=last + 1, sex=sex, age_group=group,
        accessible=accessible,
    )  # fmt: skip
    _add_beds(room, [workflow.BED] * beds + [workflow.COT] * cots)
    _record(
        events.ROOM_MADE, house, by=by, at=at,
        detail={"room": room.id, "sex": sex, "group": group, "beds": beds, "cots": cots},
    )  # fmt: skip
    publish(house.desk_id, by=by, at=at)
    return room


@transaction.atomic
def change_room(
    *, room_id: int, sex: str, group: str, accessible: bool, expected_version: int, by: Actor,
    at: datetime,
) -> Room:  # fmt: skip
    """Say anew for whom a room is; not while somebody sleeps in it."""
    known = queries.get_room(by, room_id)
    house = _lock_house(by, known.house_id)
    room = Room.objects.select_for_update().get(id=room_id)
    check_version(expected=expected_version, found=room.version)
    _check_room(sex, group)
    if (sex, group) != (room.sex, room.age_group) and _taken(room):
        raise InvalidInput({"group": "lived_in"})
    room.sex, room.age_group, room.accessible = sex, group, accessible
    room.version += 1
    room.save(update_fields=["sex", "age_group", "accessible", "version"])
    _record(
        events.ROOM_CHANGED, house, by=by, at=at,
        detail={"room": room.id, "sex": sex, "group": group},
    )  # fmt: skip
    return room


@transaction.atomic
def add_bed(*, room_id: int, kind: str, by: Actor, at: datetime) -> Bed:
    """One more bed or cot in a room."""
    room = queries.get_room(by, room_id)
    house = _lock_house(by, room.house_id)
    if kind not in workflow.BED_KINDS:
        raise InvalidInput({"kind": "unknown"})
    if room.beds.count() >= MOST_BEDS:
        raise InvalidInput({"kind": "how_many"})
    bed = _add_beds(room, [kind])[0]
    _record(events.BED_ADDED, house, by=by, at=at, detail={"bed": bed.id, "kind": kind})
    publish(house.desk_id, by=by, at=at)
    return bed


@transaction.atomic
def close_bed(
    *, bed_id: int, reason: str, expected_version: int, by: Actor, at: datetime,
    until: date | None = None,
) -> Bed:  # fmt: skip
    """Say that nobody can sleep in a bed for now, and why; not while somebody does."""
    house, bed = _lock_bed(by, bed_id)
    check_version(expected=expected_version, found=bed.version)
    if reason not in workflow.CLOSE_REASONS:
        raise InvalidInput({"reason": "unknown" if reason else "required"})
    if until is not None and until < network.day_at(by.agency_id, at):
        raise InvalidInput({"until": "past"})
    if Stay.objects.filter(bed=bed, ended_at__isnull=True).exists():
        raise InvalidInput({"reason": "lived_in"})
    bed.closed_reason, bed.closed_at, bed.closed_until = reason, at, until
    _save_bed(bed)
    _record(events.BED_CLOSED, house, by=by, at=at, reason=reason, detail={"bed": bed.id})
    publish(house.desk_id, by=by, at=at)
    return bed


@transaction.atomic
def open_bed(*, bed_id: int, expected_version: int, by: Actor, at: datetime) -> Bed:
    """The bed can be slept in again."""
    house, bed = _lock_bed(by, bed_id)
    check_version(expected=expected_version, found=bed.version)
    bed.closed_reason, bed.closed_at, bed.closed_until = "", None, None
    _save_bed(bed)
    _record(events.BED_OPENED, house, by=by, at=at, detail={"bed": bed.id})
    publish(house.desk_id, by=by, at=at)
    return bed


# -- parts -------------------------------------------------------------------------------------


def _lock_house(by: Actor, house_id: int) -> House:
    require(by.roles, Permission.KEEP_HOUSES)
    return _lock(policy.managed_by(by), house_id, by)


def _lock(condition: Q, house_id: int, by: Actor) -> House:
    desk_id = House.objects.filter(condition, id=house_id).values_list("desk_id", flat=True).first()
    if desk_id is None:
        raise NotReachable("no such house for this person")
    hold(desk_id, by=by)
    return House.objects.get(id=house_id)


def _lock_bed(by: Actor, bed_id: int) -> tuple[House, Bed]:
    house = _lock_house(by, queries.get_bed(by, bed_id).room.house_id)
    return house, Bed.objects.select_for_update().get(id=bed_id)


def _save_bed(bed: Bed) -> None:
    bed.version += 1
    bed.save(update_fields=["closed_reason", "closed_at", "closed_until", "version"])


def _apply(house: House, details: HouseDetails) -> None:
    house.desk_id, house.kind, house.stay_days = details.desk_id, details.kind, details.stay_days
    house.criteria, house.accessible = list(details.criteria), details.accessible
    house.open = details.open
    house.name_sealed = sealed.seal(
        house.agency_id, house.subject, DataClass.IDENTITY, sealed.house_name_place(house),
        details.name.strip(),
    )  # fmt: skip


def _check(details: HouseDetails, by: Actor) -> None:
    errors = {}
    if not details.name.strip():
        errors["name"] = "required"
    elif len(details.name) > _LONGEST["name"]:
        errors["name"] = "too_long"
    if details.kind not in workflow.HOUSE_KINDS:
        errors["kind"] = "unknown"
    if not 1 <= details.stay_days <= 366:
        errors["stay_days"] = "days"
    if not details.criteria:
        errors["criteria"] = "required"
    if any(not reference.is_code("kriteria_rptc", code) for code in details.criteria):
        errors["criteria"] = "unknown"
    if not _is_own_desk(details.desk_id, by):
        errors["desk_id"] = "unknown"
    if errors:
        raise InvalidInput(errors)


def _is_own_desk(desk_id: int, by: Actor) -> bool:
    """Whether it is a desk of the agency; an officer without the admin's right keeps to her own."""
    try:
        desk = network.get_desk(desk_id)
    except NotReachable:
        return False
    own = desk.agency_id == by.agency_id
    return own and (desk_id in by.desk_ids or _keeps_agency(by))


def _keeps_agency(by: Actor) -> bool:
    return may(by.roles, Permission.EDIT_AGENCY)


def _check_place(place: HousePlace) -> None:
    errors = {}
    if not place.address.strip():
        errors["address"] = "required"
    for name in ("address", "phone", "way"):
        if len(getattr(place, name)) > _LONGEST[name]:
            errors[name] = "too_long"
    if bool(place.latitude) != bool(place.longitude):
        errors["latitude"] = "both"
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = getattr(place, name)
        if value and not (_DEGREES.fullmatch(value) and abs(float(value)) <= most):
            errors[name] = "degrees"
    if errors:
        raise InvalidInput(errors)


def _check_room(sex: str, group: str) -> None:
    if group not in workflow.ROOM_GROUPS:
        raise InvalidInput({"group": "unknown"})
    if sex not in workflow.ROOM_SEXES or (not sex and group != workflow.FAMILY):
        raise InvalidInput({"sex": "unknown"})


def _add_beds(room: Room, kinds: Sequence[str]) -> list[Bed]:
    start = room.beds.count()
    return [
        Bed.objects.create(
            agency_id=room.agency_id, room=room, letter=chr(ord("A") + start + index), kind=kind
        )
        for index, kind in enumerate(kinds)
    ]


def _lived_in(house: House) -> bool:
    return Stay.objects.filter(bed__room__house=house, ended_at__isnull=True).exists()


def _taken(room: Room) -> bool:
    return Stay.objects.filter(bed__room=room, ended_at__isnull=True).exists()


def _record(
    name: str, house: House, *, by: Actor, at: datetime, reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    record(
        by=by, at=at, name=name, subject_kind="house", subject_id=house.id, reason=reason,
        detail=detail or {},
    )  # fmt: skip
