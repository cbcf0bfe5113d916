"""The directory as the public reads it: kept in memory for moments, the same for everybody.

A page of the portal costs no reading of the whole directory: each process keeps what is public of
it, asks every other second whether anything changed since, and reads it anew when it did, or after
a minute. Nothing of a visitor is ever kept.
"""

from __future__ import annotations

import json
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Prefetch, Sum

from rangkul.foundation.errors import NotReachable
from rangkul.network.finding import (
    Found,
    Moment,
    PublicDesk,
    PublicOffer,
    Wish,
    counts,
    find,
    middles,
    stand,
    without_place,
)
from rangkul.network.hours import WeeklyHours
from rangkul.network.models import Agency, Desk, DeskService
from rangkul.network.ranking import NATION
from rangkul.reference import queries as reference
from rangkul.reference.calendar import WorkingCalendar
from rangkul.reference.services import SERVICES, ServiceCode
from rangkul.reference.zones import zone_of

# Seconds: how often a change is looked for, and after how long all is read anew in any case.
_LOOK_EVERY: Final = 2.0
_LASTS: Final = 60.0
_NEXT_DOOR: Final = 0.6
_SERVICE_ORDER: Final = {str(code): index for index, code in enumerate(SERVICES)}


@dataclass(frozen=True, slots=True)
class Directory:
    """All listed desks at one moment, and the names of the areas that they serve or stand in.

    ``placed`` are latitude, longitude and id of those that gave a position, from south to north.
    """

    desks: Mapping[int, PublicDesk]
    by_province: Mapping[str, tuple[PublicDesk, ...]]
    national: tuple[PublicDesk, ...]
    placed: Sequence[tuple[float, float, int]]
    middles: Mapping[str, tuple[float, float]]
    area_names: Mapping[str, str]
    languages: tuple[str, ...]
    counted: dict[datetime, Mapping[str, int]] = field(default_factory=dict)

    def around(self, wish: Wish) -> list[PublicDesk]:
        """Desks that may fit a place: of its province, of the nation, a short way beyond."""
        if not wish.area:
            return list(self.national)
        province = wish.area.split(".")[0]
        found = {desk.id: desk for desk in self.by_province.get(province, ())}
        found |= {desk.id: desk for desk in self.national}
        if wish.point is not None:
            lat, lon = wish.point
            first = bisect_left(self.placed, (lat - _NEXT_DOOR,))
            last = bisect_left(self.placed, (lat + _NEXT_DOOR,))
            for _, there, desk_id in self.placed[first:last]:
                if abs(there - lon) < _NEXT_DOOR:
                    found[desk_id] = self.desks[desk_id]
        return list(found.values())


@dataclass(slots=True)
class _Kept:
    """The directory that this process holds, and of when and of which state it is."""

    directory: Directory | None = None
    state: tuple[Any, ...] = ()
    read_at: float = 0.0
    looked_at: float = 0.0
    lock: Lock = field(default_factory=Lock)


_kept = _Kept()


def directory() -> Directory:
    """The directory of at most two seconds ago; one reader at a time, the others take the last."""
    now = time.monotonic()
    held = _kept.directory
    if held is not None and now - _kept.looked_at < _LOOK_EVERY:
        return held
    # While one looks, everybody else reads on; at the very first they wait.
    if not _kept.lock.acquire(blocking=held is None):
        return held if held is not None else directory()
    try:
        state = _state()
        if _kept.directory is None or state != _kept.state or now - _kept.read_at > _LASTS:
            _kept.directory, _kept.state, _kept.read_at = _read(), state, now
        _kept.looked_at = now
        return _kept.directory
    finally:
        _kept.lock.release()


def forget() -> None:
    """Read it anew at the next question."""
    _kept.directory, _kept.looked_at = None, 0.0


def find_desks(wish: Wish, *, at: datetime) -> list[Found]:
    """Listed desks that fit, the nearest first: rules in ``network.finding``."""
    return find(directory().around(wish), wish, at)


def get_public_desk(desk_id: int, *, at: datetime) -> Found:
    """One listed desk of an agency in force; raises ``NotReachable`` for every other."""
    desk, now = directory().desks.get(desk_id), Moment(at)
    if desk is None or not now.stands(desk):
        raise NotReachable("desk")
    return stand(desk, now)


def count_by_province(*, at: datetime) -> Mapping[str, int]:
    """How many desks there are for each province (code); counted once an hour, for a day begins
    with an hour in each of the nation's zones."""
    held = directory()
    the_hour = at.replace(minute=0, second=0, microsecond=0)
    found = held.counted.get(the_hour)
    if found is None:
        found = held.counted[the_hour] = counts(held.desks.values(), at)
    return found


def middle_of(area: str) -> tuple[float, float] | None:
    """The middle of the area's regency as the desks there tell it; ``None`` where none does."""
    return directory().middles.get(".".join(area.split(".")[:2]))


def area_names() -> Mapping[str, str]:
    """The names of all areas that desks stand in or serve, by code."""
    return directory().area_names


def spoken_languages() -> tuple[str, ...]:
    """The languages that are spoken at any listed desk (codes), in the list's order."""
    return directory().languages


def _state() -> tuple[Any, ...]:
    """What changes with every change of an entry: every act raises its row's version."""
    desks = Desk.objects.aggregate(Count("id"), Sum("version"), Max("changed_at"))
    agencies = Agency.objects.aggregate(Count("id"), Sum("version"))
    return (*desks.values(), *agencies.values())


def _read() -> Directory:
    """Three queries and one of names."""
    live = DeskService.objects.order_by("id")
    rows = list(
        Desk.objects.filter(active=True, listed=True)
        .select_related("agency__area")
        .prefetch_related(Prefetch("offers", queryset=live))
        .order_by("id")
    )
    same = _Same(reference.working_calendars({row.agency.area_id for row in rows}))
    desks = {row.id: without_place(_desk(row, same)) for row in rows}
    named = {code for desk in desks.values() for code in (*desk.serves, desk.area_code)}
    areas = reference.get_areas(named - {NATION, ""})
    spoken = {code for desk in desks.values() for code in desk.languages}
    return Directory(
        desks=desks,
        by_province=_by_province(desks),
        national=tuple(desk for desk in desks.values() if NATION in desk.serves),
        placed=sorted((*desk.point, desk.id) for desk in desks.values() if desk.point is not None),
        middles=middles(desks.values()),
        area_names={
            code: ", ".join(area.full_name.split(", ")[: -code.count(".") or None][:2])
            for code, area in areas.items()
        },
        languages=tuple(code for code, _ in reference.choices("bahasa") if code in spoken),
    )


def _by_province(desks: Mapping[int, PublicDesk]) -> dict[str, tuple[PublicDesk, ...]]:
    found: dict[str, list[PublicDesk]] = {}
    for desk in desks.values():
        codes = {code.split(".")[0] for code in (*desk.serves, desk.area_code) if code}
        for province in codes - {NATION}:
            found.setdefault(province, []).append(desk)
    return {province: tuple(there) for province, there in found.items()}


class _Same:
    """Hours and calendars that are the same as one object: what they say is worked out once."""

    def __init__(self, calendars: Mapping[str, WorkingCalendar]) -> None:
        self._calendars = calendars
        self._national = WorkingCalendar()
        self._hours: dict[str, WeeklyHours] = {}

    def calendar(self, area: str) -> WorkingCalendar:
        """The working days of an area; the nation's own for all without corrections."""
        found = self._calendars[area]
        return found if found.overrides else self._national

    def hours(self, hours: WeeklyHours) -> WeeklyHours:
        """These hours, or the same that were met before."""
        return self._hours.setdefault(json.dumps(hours, sort_keys=True), hours)


def _desk(row: Desk, same: _Same) -> PublicDesk:
    offers = sorted(row.offers.all(), key=lambda offer: _SERVICE_ORDER.get(offer.service, 99))
    agency = row.agency
    return PublicDesk(
        id=row.id,
        name=row.name,
        agency_name=agency.name,
        area_code=agency.area_id,
        area_name=agency.area.full_name,
        serves=tuple(row.serves) or (agency.area_id,),
        offers=tuple(
            PublicOffer(each.service, each.sex, each.age_min, each.age_max, each.residents_only)
            for each in offers
            if each.active
        ),
        # A rested shelter still stands where it stands.
        is_shelter=any(each.service == ServiceCode.HUNIAN for each in offers),
        always_open=row.always_open,
        hours=same.hours(row.hours),
        hours_note=row.hours_note,
        languages=tuple(row.languages),
        accessible=row.accessible,
        access_notes=row.access_notes,
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        phone=row.phone,
        whatsapp=row.whatsapp,
        website=row.website,
        confirmed_at=row.confirmed_at,
        first_day=agency.valid_from,
        last_day=agency.valid_until,
        zone=ZoneInfo(zone_of(agency.area_id)),
        calendar=same.calendar(agency.area_id),
    )
