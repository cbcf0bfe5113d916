"""Where a house stands, for whoever does not work there: asked, and allowed by a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, OwnException, may, require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.shelter import events, policy, queries, sealed
from rangkul.shelter.models import House, PlaceLook
from rangkul.shelter.sealed import HousePlace
from rangkul.trail.operations import record

REASONS: Final = ("danger", "way", "repair", "inspection")
ALLOWED, REFUSED = "allowed", "refused"
SUBJECT: Final = "look"


@transaction.atomic
def ask_place(*, house_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Ask an officer of the house to let one see where it stands; asked twice is asked once.

    Raises ``NotReachable``, ``InvalidInput``.
    """
    house = queries.get_house_to_look(by, house_id).house
    if reason not in REASONS:
        raise InvalidInput({"reason": "unknown" if reason else "required"})
    if PlaceLook.objects.filter(house=house, asked_by=by.user_id, verdict="").exists():
        return
    look = PlaceLook(
        id=new_id(), agency_id=by.agency_id, house=house, reason=reason, asked_by=by.user_id,
        asked_at=at,
    )  # fmt: skip
    look.save(force_insert=True)
    _record(events.PLACE_LOOK_ASKED, house, look, by=by, at=at)
    post(Event(events.PLACE_LOOK_ASKED, SUBJECT, str(look.id), by.agency_id, by.user_id))


@transaction.atomic
def decide_look(*, look_id: UUID, verdict: str, by: Actor, at: datetime) -> House:
    """Let a colleague see the address for a quarter of an hour, or not: an officer of the house.

    Raises ``OwnException`` for one's own, ``Forbidden``, ``InvalidInput``, ``NotReachable``.
    """
    require(by.roles, Permission.SEE_HOUSE_ADDRESS)
    look = PlaceLook.objects.select_for_update().filter(id=look_id).first()
    if look is None:
        raise NotReachable("nobody asked this")
    if look.asked_by == by.user_id:
        raise OwnException
    house = queries.get_house_to_place(by, look.house_id).house
    if verdict not in (ALLOWED, REFUSED):
        raise InvalidInput({"verdict": "unknown" if verdict else "required"})
    if look.verdict:
        raise InvalidInput({"verdict": "decided"})
    look.verdict = verdict
    look.save(update_fields=["verdict"])
    name = events.PLACE_LOOK_ALLOWED if verdict == ALLOWED else events.PLACE_LOOK_REFUSED
    _record(name, house, look, by=by, at=at)
    post(Event(name, SUBJECT, str(look.id), by.agency_id, look.asked_by))
    return house


@transaction.atomic
def open_house_place(*, house_id: int, by: Actor, at: datetime) -> tuple[House, HousePlace]:
    """Where the house stands: for its own officers, and for whom a second person has let see it.

    Each opening is recorded. Raises ``Forbidden`` without either, ``NotReachable`` for a house of
    another agency.
    """
    if not may(by.roles, Permission.EXTEND_STAY):
        require(by.roles, Permission.SEE_HOUSE_ADDRESS)
    if policy.works_in_a_house(by) and queries.is_officer_of(by, house_id):
        house = queries.get_house_to_place(by, house_id).house
        detail: dict[str, object] = {}
    else:
        house = queries.get_house_to_look(by, house_id).house
        look = queries.live_look(by, house_id, at=at)
        if look is None:
            raise Forbidden(Permission.SEE_HOUSE_ADDRESS)
        detail = {"look": str(look.id), "allowed_by": look.decided_by}
    place = sealed.open_place(house)
    record(
        by=by, at=at, name=events.PLACE_OPENED, subject_kind="house", subject_id=house.id,
        detail=detail,
    )  # fmt: skip
    return house, place


def _record(name: str, house: House, look: PlaceLook, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="house", subject_id=house.id, reason=look.reason,
        detail={"look": str(look.id)},
    )  # fmt: skip
