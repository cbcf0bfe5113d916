"""An agency keeps its desks: what they are called, offer, when they are open, how full they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from rangkul.foundation import outgoing
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.locks import check_version
from rangkul.network import events, policy
from rangkul.network.hours import UnreadableHours, check_hours
from rangkul.network.models import Desk, DeskService, Sex
from rangkul.network.operations.agencies import lock_own_agency
from rangkul.network.ranking import NATION
from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES, ServiceCode
from rangkul.trail.operations import record

OLDEST: Final = 200


@dataclass(frozen=True, slots=True)
class DeskDetails:
    """What a desk's form says; ``serves`` holds area codes ("ID": the nation, empty: own area)."""

    name: str
    phone: str = ""
    languages: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    accessible: bool = False
    takes_reports: bool = False
    active: bool = True
    capacity: int | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One service and whom the desk takes for it; ages in completed years, both included."""

    service: str
    sex: str = ""
    age_min: int = 0
    age_max: int = OLDEST
    residents_only: bool = False


def lock_own_desk(by: Actor, desk_id: int) -> Desk:
    """A desk of the acting agency, locked until the transaction ends; raises ``NotReachable``."""
    found = Desk.objects.select_for_update().filter(agency_id=by.agency_id, id=desk_id).first()
    if found is None:
        raise NotReachable("desk")
    return found


def check_details(details: DeskDetails, *, services: Sequence[str]) -> None:
    """Refuse details that cannot stand; raises ``InvalidInput`` with a sentence for each field."""
    errors: dict[str, str] = {}
    if not details.name.strip():
        errors["name"] = _("Please write the desk's name.")
    if any(not reference.is_code("bahasa", code) for code in details.languages):
        errors["languages"] = _("One of the languages is not in the list.")
    areas = {code for code in details.serves if code != NATION}
    if areas - set(reference.get_areas(areas)):
        errors["serves"] = _("One of the areas is not in the list.")
    if details.capacity is not None and details.capacity < 0:
        errors["capacity"] = _("The number of places cannot be negative.")
    point = (details.latitude, details.longitude)
    if (point[0] is None) != (point[1] is None):
        errors["latitude"] = _("Please give both numbers of the position, or neither.")
    elif point[0] is not None and point[1] is not None:
        if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
            errors["latitude"] = _("This position is not on the map.")
        elif ServiceCode.HUNIAN in services:
            errors["latitude"] = shelter_stands_nowhere()
    if errors:
        raise InvalidInput(errors)


def _check_inside(details: DeskDetails, by: Actor) -> None:
    """Refuse a telephone or a position in the directory by which a house would be found."""
    texts = {"phone": details.phone}
    if details.latitude is not None and details.longitude is not None:
        texts |= {"latitude": str(details.latitude), "longitude": str(details.longitude)}
    if kept := outgoing.leaving(texts, by):
        raise InvalidInput(dict.fromkeys(kept, shelter_stands_nowhere()))


def shelter_stands_nowhere() -> str:
    """Why a shelter has no position here."""
    return _("A shelter's position is not kept here, so that nobody can find out where it stands.")


def apply_details(desk: Desk, details: DeskDetails) -> None:
    """Write the form's words into the row; a capacity below the free places drops that number."""
    desk.name, desk.phone = details.name.strip(), details.phone.strip()
    desk.languages, desk.serves = list(details.languages), list(details.serves)
    desk.accessible, desk.takes_reports = details.accessible, details.takes_reports
    desk.active, desk.capacity = details.active, details.capacity
    desk.latitude, desk.longitude = details.latitude, details.longitude
    if _more_than_there_are(desk.free_places, desk.capacity):
        desk.free_places, desk.free_places_at = None, None


def _more_than_there_are(free_places: int | None, capacity: int | None) -> bool:
    return free_places is not None and capacity is not None and free_places > capacity


@transaction.atomic
def open_desk(*, details: DeskDetails, by: Actor, at: datetime) -> Desk:
    """Open a new desk in the acting agency. Trail: ``network.desk_opened``."""
    policy.require_edit(by)
    check_details(details, services=())
    _check_inside(details, by)
    # The agency's row is locked: two admins at once do not count the same desks.
    agency = lock_own_agency(by)
    desk = Desk(agency=agency, code=f"{agency.code}.meja-{agency.desks.count() + 1}")
    apply_details(desk, details)
    desk.save(force_insert=True)
    record(by=by, at=at, name=events.DESK_OPENED, subject_kind="desk", subject_id=desk.id)
    return desk


@transaction.atomic
def edit_desk(*, desk_id: int, details: DeskDetails, version: int, by: Actor, at: datetime) -> Desk:
    """Correct an own desk. Raises ``StaleForm``, ``InvalidInput``, ``NotReachable``."""
    policy.require_edit(by)
    desk = lock_own_desk(by, desk_id)
    check_version(expected=version, found=desk.version)
    check_details(details, services=_services_of(desk))
    _check_inside(details, by)
    apply_details(desk, details)
    _save(desk)
    record(
        by=by, at=at, name=events.DESK_EDITED, subject_kind="desk", subject_id=desk.id,
        detail={"active": desk.active},
    )  # fmt: skip
    return desk


def _services_of(desk: Desk) -> list[str]:
    return list(desk.offers.filter(active=True).values_list("service", flat=True))


def _save(desk: Desk) -> None:
    desk.version += 1
    desk.save()


@transaction.atomic
def set_hours(
    *,
    desk_id: int,
    always_open: bool,
    hours: Mapping[str, Sequence[Sequence[str]]],
    version: int,
    by: Actor,
    at: datetime,
) -> Desk:
    """Set the weekly hours (see `hours.check_hours`), or that the desk never closes."""
    policy.require_edit(by)
    desk = lock_own_desk(by, desk_id)
    check_version(expected=version, found=desk.version)
    try:
        desk.hours = check_hours(hours)
    except UnreadableHours as fault:
        raise InvalidInput(
            {"hours": _("Each time needs a beginning and a later end, and times may not overlap.")}
        ) from fault
    desk.always_open = always_open
    _save(desk)
    record(
        by=by, at=at, name=events.HOURS_SET, subject_kind="desk", subject_id=desk.id,
        detail={"always_open": always_open},
    )  # fmt: skip
    return desk


def check_offers(offers: Sequence[Offer], *, has_position: bool) -> None:
    """Refuse services that cannot stand; raises ``InvalidInput`` by service code."""
    errors: dict[str, str] = {}
    for offer in offers:
        if offer.service not in set(SERVICES):
            errors[offer.service] = _("This service is not in the list.")
        elif not 0 <= offer.age_min <= offer.age_max <= OLDEST:
            errors[offer.service] = _("The lowest age lies above the highest.")
        elif offer.sex not in {"", *Sex.values}:
            errors[offer.service] = _("Please choose whom the desk takes.")
        elif offer.service == ServiceCode.HUNIAN and has_position:
            errors[offer.service] = shelter_stands_nowhere()
    if len({offer.service for offer in offers}) != len(offers):
        errors["services"] = _("A service stands twice.")
    if errors:
        raise InvalidInput(errors)


def offer_rows(desk: Desk, offers: Sequence[Offer]) -> list[DeskService]:
    """The rows of what a desk offers."""
    return [
        DeskService(
            agency_id=desk.agency_id, desk_id=desk.id, service=offer.service, sex=offer.sex,
            age_min=offer.age_min, age_max=offer.age_max, residents_only=offer.residents_only,
        )
        for offer in offers
    ]  # fmt: skip


@transaction.atomic
def set_services(
    *, desk_id: int, offers: Sequence[Offer], version: int, by: Actor, at: datetime
) -> Desk:
    """Say what the desk offers and to whom; what is not named is offered no longer."""
    policy.require_edit(by)
    desk = lock_own_desk(by, desk_id)
    check_version(expected=version, found=desk.version)
    check_offers(offers, has_position=desk.latitude is not None)
    desk.offers.all().delete()
    DeskService.objects.bulk_create(offer_rows(desk, offers))
    _save(desk)
    record(
        by=by, at=at, name=events.SERVICES_SET, subject_kind="desk", subject_id=desk.id,
        detail={"services": [offer.service for offer in offers]},
    )  # fmt: skip
    return desk


@transaction.atomic
def set_places(*, desk_id: int, free_places: int | None, by: Actor, at: datetime) -> Desk:
    """Publish how many places are free now; ``None`` is unknown. No version: the newest word wins.

    Whoever works at the desk may say it, and an agency admin. Raises ``Forbidden``,
    ``InvalidInput``, ``NotReachable``.
    """
    if desk_id not in by.desk_ids:
        policy.require_edit(by)
    desk = lock_own_desk(by, desk_id)
    if free_places is not None and free_places < 0:
        raise InvalidInput({"free_places": _("The number of places cannot be negative.")})
    if _more_than_there_are(free_places, desk.capacity):
        raise InvalidInput({"free_places": _("More places are free than the desk has.")})
    desk.free_places, desk.free_places_at = free_places, at
    _save(desk)
    record(
        by=by, at=at, name=events.PLACES_SET, subject_kind="desk", subject_id=desk.id,
        detail={"free": free_places},
    )  # fmt: skip
    return desk
