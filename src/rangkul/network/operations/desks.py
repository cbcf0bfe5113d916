"""An agency keeps its desks: what they are called, offer, when they are open, how full they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from rangkul.foundation import outgoing
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.locks import check_version
from rangkul.network import events, policy
from rangkul.network.entries import OLDEST, DeskDetails, Offer, differences, entry_of
from rangkul.network.hours import UnreadableHours, check_hours
from rangkul.network.models import Desk, DeskService, DirectoryChange, Sex
from rangkul.network.operations.agencies import lock_own_agency
from rangkul.network.ranking import NATION
from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES, ServiceCode
from rangkul.trail.operations import record

_NUMBER: Final = re.compile(r"\+?[\d][\d ()./-]{2,30}")
_website: Final = URLValidator(schemes=["http", "https"])


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
    if details.address.strip() and ServiceCode.HUNIAN in services:
        errors["address"] = shelter_stands_nowhere()
    errors |= _unreachable(details)
    if errors:
        raise InvalidInput(errors)


def _unreachable(details: DeskDetails) -> dict[str, str]:
    """By what nobody could be reached: an address that is no website, letters for a number."""
    errors = {}
    if details.whatsapp.strip() and not _NUMBER.fullmatch(details.whatsapp.strip()):
        errors["whatsapp"] = _("Please write the WhatsApp number in digits.")
    if details.website.strip():
        try:
            _website(details.website.strip())
        except ValidationError:
            errors["website"] = _("Please write the website as it begins: https:// or http://.")
    return errors


def check_inside(details: DeskDetails, by: Actor) -> None:
    """Refuse words or a position in the directory by which a house would be found."""
    told = ("phone", "whatsapp", "website", "address", "access_notes", "hours_note", "name")
    texts = {name: str(getattr(details, name)) for name in told}
    if details.latitude is not None and details.longitude is not None:
        texts |= {"latitude": str(details.latitude), "longitude": str(details.longitude)}
    if kept := outgoing.leaving(texts, by):
        raise InvalidInput(dict.fromkeys(kept, shelter_stands_nowhere()))


def shelter_stands_nowhere() -> str:
    """Why a shelter has neither address nor position here."""
    return _("A shelter's place is not kept here, so that nobody can find out where it stands.")


def apply_details(desk: Desk, details: DeskDetails) -> None:
    """Write the form's words into the row; a capacity below the free places drops that number."""
    for each in fields(DeskDetails):
        value = getattr(details, each.name)
        if isinstance(value, str):
            value = value.strip()
        setattr(desk, each.name, list(value) if isinstance(value, tuple) else value)
    if _more_than_there_are(desk.free_places, desk.capacity):
        desk.free_places, desk.free_places_at = None, None


def _more_than_there_are(free_places: int | None, capacity: int | None) -> bool:
    return free_places is not None and capacity is not None and free_places > capacity


@transaction.atomic
def open_desk(*, details: DeskDetails, by: Actor, at: datetime) -> Desk:
    """Open a new desk in the acting agency. Trail: ``network.desk_opened``."""
    policy.require_edit(by)
    check_details(details, services=())
    check_inside(details, by)
    # The agency's row is locked: two admins at once do not count the same desks.
    agency = lock_own_agency(by)
    desk = Desk(agency=agency, code=f"{agency.code}.meja-{agency.desks.count() + 1}", changed_at=at)
    apply_details(desk, details)
    desk.save(force_insert=True)
    note_change(desk, {}, entry_of(desk).values(), kind="opened", by=by, at=at)
    record(by=by, at=at, name=events.DESK_OPENED, subject_kind="desk", subject_id=desk.id)
    return desk


@transaction.atomic
def edit_desk(*, desk_id: int, details: DeskDetails, version: int, by: Actor, at: datetime) -> Desk:
    """Correct an own desk. Raises ``StaleForm``, ``InvalidInput``, ``NotReachable``."""
    policy.require_edit(by)
    desk = lock_own_desk(by, desk_id)
    check_version(expected=version, found=desk.version)
    check_details(details, services=_services_of(desk))
    check_inside(details, by)
    before = values_of(desk)
    apply_details(desk, details)
    save_change(desk, before, kind="edited", by=by, at=at)
    record(
        by=by, at=at, name=events.DESK_EDITED, subject_kind="desk", subject_id=desk.id,
        detail={"active": desk.active},
    )  # fmt: skip
    return desk


def _services_of(desk: Desk) -> list[str]:
    return list(desk.offers.filter(active=True).values_list("service", flat=True))


def values_of(desk: Desk) -> dict[str, Any]:
    """All that the entry says, with the free places, which are no part of a form."""
    return entry_of(desk).values() | {"free_places": desk.free_places}


def save_change(
    desk: Desk,
    before: Mapping[str, Any],
    *,
    kind: str,
    by: Actor | None,
    at: datetime,
    undoes: int | None = None,
) -> None:
    """Save a desk that was changed, with what it said before; nothing is noted if nothing differs.

    ``by`` is ``None`` for what comes from outside, as the owner.
    """
    desk.version += 1
    before, after = differences(before, values_of(desk))
    if after.keys() - {"free_places"}:
        desk.changed_at = at
    desk.save()
    if after:
        note_change(desk, before, after, kind=kind, by=by, at=at, undoes=undoes)


def note_change(
    desk: Desk,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    kind: str,
    by: Actor | None,
    at: datetime,
    undoes: int | None = None,
) -> DirectoryChange:
    """Add a line to the desk's history."""
    return DirectoryChange.objects.using(desk._state.db).create(
        agency_id=desk.agency_id, desk=desk, kind=kind, before=before, after=after,
        number=desk.version, undoes=undoes, at=at, by_user=by.user_id if by else None,
    )  # fmt: skip


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
    before = values_of(desk)
    try:
        desk.hours = check_hours(hours)
    except UnreadableHours as fault:
        raise InvalidInput(
            {"hours": _("Each time needs a beginning and a later end, and times may not overlap.")}
        ) from fault
    desk.always_open = always_open
    save_change(desk, before, kind="hours", by=by, at=at)
    record(
        by=by, at=at, name=events.HOURS_SET, subject_kind="desk", subject_id=desk.id,
        detail={"always_open": always_open},
    )  # fmt: skip
    return desk


def check_offers(offers: Sequence[Offer], *, has_place: bool) -> None:
    """Refuse services that cannot stand; raises ``InvalidInput`` by service code."""
    errors: dict[str, str] = {}
    for offer in offers:
        if offer.service not in set(SERVICES):
            errors[offer.service] = _("This service is not in the list.")
        elif not 0 <= offer.age_min <= offer.age_max <= OLDEST:
            errors[offer.service] = _("The lowest age lies above the highest.")
        elif offer.sex not in {"", *Sex.values}:
            errors[offer.service] = _("Please choose whom the desk takes.")
        elif offer.service == ServiceCode.HUNIAN and has_place:
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
    check_offers(offers, has_place=bool(desk.address) or desk.latitude is not None)
    before = values_of(desk)
    desk.offers.all().delete()
    DeskService.objects.bulk_create(offer_rows(desk, offers))
    save_change(desk, before, kind="services", by=by, at=at)
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
    before = values_of(desk)
    desk.free_places, desk.free_places_at = free_places, at
    save_change(desk, before, kind="places", by=by, at=at)
    record(
        by=by, at=at, name=events.PLACES_SET, subject_kind="desk", subject_id=desk.id,
        detail={"free": free_places},
    )  # fmt: skip
    return desk
