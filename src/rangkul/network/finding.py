"""Which desks the public is shown for a place and a need, in which order; and what of each.

Nothing here asks the database or the clock, and nothing is known of who asks. A shelter is a
contact and never a place: ``PublicDesk`` of a desk that offers one holds neither address nor
coordinates nor any area narrower than what it serves, so that no page could show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from rangkul.network.hours import Opening, Schedule, Span, WeeklyHours, opening, spans_on
from rangkul.network.ranking import CHILD_UNDER, NATION, distance_km, ring
from rangkul.reference.calendar import WorkingCalendar
from rangkul.reference.zones import zone_of

STALE_AFTER: Final = timedelta(days=180)
"""Unconfirmed for longer, an entry says that a call comes first."""

SIGN_LANGUAGES: Final = frozenset({"inl", "sibi"})

_KM_STEP: Final = 10
# What stands for a distance where none is known: same district, regency, province; beyond.
_ABOUT_KM: Final = (5, 15, 90, 400)
# Within so many kilometres a desk beyond the province's border is still a way out.
_NEAR_KM: Final = 60.0
_DEGREES: Final = 0.6
_PROVINCE, _BEYOND = 2, 3


class Who(StrEnum):
    """For whom help is looked for; one word is asked, and it may stay open."""

    ANYONE = ""
    WOMAN = "p"
    MAN = "l"
    CHILD = "a"
    DISABILITY = "d"


@dataclass(frozen=True, slots=True)
class PublicOffer:
    """One service that a desk offers, and to whom."""

    service: str
    sex: str
    age_min: int
    age_max: int
    residents_only: bool

    def takes(self, who: Who) -> bool:
        """Whether this service is for such a person; a disability shuts nobody out."""
        if who is Who.CHILD:
            return self.age_min < CHILD_UNDER
        if who in (Who.WOMAN, Who.MAN):
            return self.sex in ("", "P" if who is Who.WOMAN else "L") and (
                self.age_max >= CHILD_UNDER
            )
        return True


@dataclass(frozen=True, slots=True)
class PublicDesk:
    """A desk as everybody may see it. ``area_code`` is "" where it must not be told.

    ``serves`` holds area codes, "ID" for the nation, and is never empty. ``confirmed_at`` is when
    its agency last said that the entry is right.
    """

    id: int
    name: str
    agency_name: str
    area_code: str
    area_name: str
    serves: tuple[str, ...]
    offers: tuple[PublicOffer, ...]
    is_shelter: bool
    always_open: bool
    hours: WeeklyHours
    hours_note: str
    languages: tuple[str, ...]
    accessible: bool
    access_notes: str
    address: str
    latitude: float | None
    longitude: float | None
    phone: str
    whatsapp: str
    website: str
    confirmed_at: datetime | None
    first_day: date | None
    last_day: date | None
    zone: ZoneInfo
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)

    @property
    def services(self) -> tuple[str, ...]:
        """What is offered, each service once."""
        return tuple(dict.fromkeys(offer.service for offer in self.offers))

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, where the desk gave them."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    @property
    def schedule(self) -> Schedule:
        """Its hours in its own zone, with the holidays there."""
        return Schedule(self.always_open, self.hours, self.zone, self.calendar)

    @property
    def tells_hours(self) -> bool:
        """Whether clock times may be told: those of a shelter for several zones would say in
        which of them it stands."""
        if not self.is_shelter or self.always_open:
            return True
        return NATION not in self.serves and len({zone_of(code) for code in self.serves}) == 1

    def is_stale(self, at: datetime) -> bool:
        """Whether nobody has said for half a year that the entry is right."""
        return self.confirmed_at is None or at - self.confirmed_at > STALE_AFTER


def without_place(desk: PublicDesk) -> PublicDesk:
    """A desk that offers shelter as a contact alone; every other desk as it is.

    Free words go too: a sentence on the ramp at the back door names the door. What it serves is at
    least a regency, for a house that serves its own village is in it.
    """
    if not desk.is_shelter:
        return desk
    serves = tuple(dict.fromkeys(".".join(code.split(".")[:2]) for code in desk.serves))
    return replace(
        desk, area_code="", area_name="", serves=serves, address="", latitude=None, longitude=None,
        website="", access_notes="", hours_note="",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for. ``area`` is a code or "", ``point`` the middle of its regency where
    known; ``services`` any of which helps, empty for all."""

    area: str = ""
    point: tuple[float, float] | None = None
    services: frozenset[str] = frozenset()
    who: Who = Who.ANYONE
    open_now: bool = False
    language: str = ""
    wheelchair: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A desk that fits: how it stands at the hour, and how near it is, as far as that is known.

    ``nearness`` is 0 same district, 1 same regency, 2 same province, 3 beyond; of a shelter it
    says how widely it serves. ``km`` is from the middle of the place asked for, only beyond its
    regency. ``serves_here`` is false for a desk that is near but serves other places.
    """

    desk: PublicDesk
    opening: Opening
    today: tuple[Span, ...]
    nearness: int
    km: float | None
    serves_here: bool
    is_stale: bool


def serves(desk: PublicDesk, area: str) -> bool:
    """Whether the desk serves the area, a part of it, or what it is part of."""
    return any(code == NATION or _meet(code, area) for code in desk.serves)


def _meet(code: str, area: str) -> bool:
    """Whether one area lies in the other, either way."""
    return code == area or area.startswith(f"{code}.") or code.startswith(f"{area}.")


def _fits(desk: PublicDesk, wish: Wish) -> bool:
    if wish.wheelchair and not desk.accessible:
        return False
    if wish.language and wish.language not in desk.languages:
        return False
    if not wish.services and wish.who in (Who.ANYONE, Who.DISABILITY):
        return True
    return any(
        offer.takes(wish.who)
        for offer in desk.offers
        if not wish.services or offer.service in wish.services
    )


def _nearness(desk: PublicDesk, area: str) -> int:
    """How widely one must look; a shelter is as near as what it serves is narrow."""
    if not area:
        return 0 if NATION in desk.serves else _BEYOND
    if desk.area_code:
        return ring(area, desk.area_code)
    here = [code for code in desk.serves if code != NATION and _meet(code, area)]
    return min((_BEYOND - min(len(code.split(".")), 2) for code in here), default=_BEYOND)


def _km(desk: PublicDesk, wish: Wish) -> float | None:
    """Kilometres from the middle of the place; within the regency that middle says nothing."""
    if wish.point is None or desk.point is None or ring(wish.area, desk.area_code) < _PROVINCE:
        return None
    return distance_km(wish.point, desk.point)


def _is_offered(desk: PublicDesk, wish: Wish) -> bool:
    """Whether the place lets the desk be named: it serves there, stands in the same province, or
    is a short way beyond the border."""
    if not wish.area:
        return NATION in desk.serves
    if serves(desk, wish.area) or (desk.area_code and ring(wish.area, desk.area_code) < _BEYOND):
        return True
    if wish.point is None or desk.point is None:
        return False
    if max(abs(a - b) for a, b in zip(wish.point, desk.point, strict=True)) > _DEGREES:
        return False
    return distance_km(wish.point, desk.point) <= _NEAR_KM


def _helps_disability(desk: PublicDesk) -> bool:
    said = desk.accessible or bool(desk.access_notes)
    return said or not SIGN_LANGUAGES.isdisjoint(desk.languages)


@dataclass(slots=True)
class Moment:
    """What clocks and hours say at one moment; desks that keep the same hours are judged once."""

    at: datetime
    _days: dict[str, date] = field(default_factory=dict)
    _openings: dict[tuple[object, ...], tuple[Opening, tuple[Span, ...]]] = field(
        default_factory=dict
    )

    def day(self, zone: ZoneInfo) -> date:
        """The day that it is in a zone."""
        if zone.key not in self._days:
            self._days[zone.key] = self.at.astimezone(zone).date()
        return self._days[zone.key]

    def stands(self, desk: PublicDesk) -> bool:
        """Whether the desk's agency is in force on the day that it is there."""
        if desk.first_day is None and desk.last_day is None:
            return True
        day = self.day(desk.zone)
        return (desk.first_day is None or desk.first_day <= day) and (
            desk.last_day is None or day <= desk.last_day
        )

    def hours(self, desk: PublicDesk) -> tuple[Opening, tuple[Span, ...]]:
        """How the desk stands, and its hours of the day. What is the same is the same object."""
        key = (desk.always_open, id(desk.hours), desk.zone.key, id(desk.calendar))
        if key not in self._openings:
            schedule = desk.schedule
            today = tuple(spans_on(schedule, self.day(desk.zone)))
            self._openings[key] = (opening(schedule, self.at), today)
        return self._openings[key]


def _key(found: Found, wish: Wish) -> tuple[object, ...]:
    """Serving here before not; then how far, open before closed, confirmed before stale."""
    about = found.km if found.km is not None else _ABOUT_KM[found.nearness]
    unfit = wish.who is Who.DISABILITY and not _helps_disability(found.desk)
    return (
        not found.serves_here,
        unfit,
        int(about // _KM_STEP),
        not found.opening.is_open,
        found.is_stale,
        about,
        found.desk.name,
        found.desk.id,
    )


def stand(desk: PublicDesk, now: Moment, *, wish: Wish | None = None) -> Found:
    """One desk as it stands at a moment, for whoever looks for it from a place."""
    wish = wish or Wish()
    hours, today = now.hours(desk)
    return Found(
        desk, hours, today, _nearness(desk, wish.area), _km(desk, wish),
        not wish.area or serves(desk, wish.area), desk.is_stale(now.at),
    )  # fmt: skip


def find(desks: Iterable[PublicDesk], wish: Wish, at: datetime) -> list[Found]:
    """The desks that fit, the nearest first; all of them."""
    now = Moment(at)
    fitting = [
        stand(desk, now, wish=wish)
        for desk in desks
        if _is_offered(desk, wish) and _fits(desk, wish) and now.stands(desk)
    ]
    if wish.open_now:
        fitting = [found for found in fitting if found.opening.is_open]
    return sorted(fitting, key=lambda found: _key(found, wish))


def middles(desks: Iterable[PublicDesk]) -> dict[str, tuple[float, float]]:
    """The middle of each regency as its own desks tell it: the mean of the positions they gave."""
    points: dict[str, list[tuple[float, float]]] = {}
    for desk in desks:
        regency = ".".join(desk.area_code.split(".")[:2])
        if desk.point is not None and "." in regency:
            points.setdefault(regency, []).append(desk.point)
    return {
        regency: (sum(p[0] for p in near) / len(near), sum(p[1] for p in near) / len(near))
        for regency, near in points.items()
    }


def counts(desks: Iterable[PublicDesk], at: datetime) -> Mapping[str, int]:
    """How many desks stand in or serve each province (code); those of the nation in none."""
    now, found = Moment(at), dict[str, int]()
    for desk in desks:
        if not now.stands(desk):
            continue
        places = [code for code in desk.serves if code != NATION]
        if desk.area_code and NATION not in desk.serves:
            places.append(desk.area_code)
        for province in {code.split(".")[0] for code in places}:
            found[province] = found.get(province, 0) + 1
    return found
