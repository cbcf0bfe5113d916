"""Which desks fit a need, in which order, and why: rules that can be read out to a survivor.

The order has named steps and nothing is added up: a desk stands behind another because of the
first step in which it is worse, and says so. Nothing here asks the database or the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.network.agreements import EVERYONE, Covering
from rangkul.network.duty import Cover
from rangkul.network.hours import Schedule, WeeklyHours, next_opening, opening
from rangkul.network.reasons import Reason, ReasonCode
from rangkul.reference.ages import years_of
from rangkul.reference.calendar import WorkingCalendar
from rangkul.reference.services import get_service
from rangkul.reference.zones import zone_of

R = ReasonCode
NATION: Final = "ID"
CHILD_UNDER: Final = 18
_OLDEST: Final = 200
_EARTH_KM: Final = 6371.0
# Within this distance two desks are the same walk or bus ride apart.
_KM_STEP: Final = 5
# The ring of everything in another province.
_BEYOND: Final = 3


@dataclass(frozen=True, slots=True)
class SurvivorFacts:
    """What must be known of a person to find her a desk, and nothing more.

    ``age_years`` is ``None`` when unknown: then the age group bounds it (``age_band``, a code of
    *kelompok_usia*, "" when that is not known either), and at the least ``is_child``. ``sex`` and
    ``worker_sex`` (whom she would rather see) are "P", "L" or "" for unknown or no wish.
    ``area_code`` is where she is registered, "" when unknown. ``languages`` are codes of *bahasa*.
    """

    age_years: int | None
    is_child: bool
    sex: str
    area_code: str
    needs_access: bool = False
    languages: tuple[str, ...] = ()
    worker_sex: str = ""
    age_band: str = ""

    @property
    def ages(self) -> tuple[int, int]:
        """The ages in completed years that the person may have, both included."""
        if self.age_years is not None:
            return self.age_years, self.age_years
        if self.age_band:
            youngest, oldest = years_of(self.age_band)
            return youngest, _OLDEST if oldest is None else oldest
        return (0, CHILD_UNDER - 1) if self.is_child else (CHILD_UNDER, _OLDEST)


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed, when, and near which place (area code, and a point if there is one)."""

    service: str
    at: datetime
    near_area: str
    near_point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A desk that offers the service, with everything that the order asks about."""

    desk_id: int
    desk_name: str
    agency_id: int
    agency_name: str
    agency_kind: str
    area_code: str
    area_name: str
    confirmed: bool
    serves: tuple[str, ...]
    sex: str
    age_min: int
    age_max: int
    residents_only: bool
    accessible: bool
    languages: tuple[str, ...]
    capacity: int | None
    free_places: int | None
    free_places_at: datetime | None
    always_open: bool
    hours: WeeklyHours
    latitude: float | None
    longitude: float | None
    phone: str
    agreement: Covering | None = None

    @property
    def turns_away_outsiders(self) -> bool:
        """Whether only residents are taken: an agreement with the sender may lift that."""
        lifted = self.agreement is not None and self.agreement.terms.residency == EVERYONE
        return self.residents_only and not lifted

    @property
    def areas(self) -> tuple[str, ...]:
        """The area codes that the desk serves: its agency's own where none are named."""
        return self.serves or (self.area_code,)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose hours hang at the door."""
        return ZoneInfo(zone_of(self.area_code))


class Step(StrEnum):
    """The steps of the order, first to last."""

    ELIGIBILITY = "eligibility"
    OPEN = "open"
    PLACE = "place"
    LANGUAGE = "language"
    AGREEMENT = "agreement"
    DISTANCE = "distance"
    CONFIRMED = "confirmed"


WHY_THIS_ORDER: Final[Mapping[Step, Promise]] = {
    Step.ELIGIBILITY: _("The service is offered and this person can be taken"),
    Step.OPEN: _("Open when needed, with someone on duty"),
    Step.PLACE: _("Has a free place"),
    Step.LANGUAGE: _("Language and worker suit the person"),
    Step.AGREEMENT: _("In the own province, or covered by an agreement"),
    Step.DISTANCE: _("Near"),
    Step.CONFIRMED: _("Confirmed by the agency itself"),
}
"""What each step asks, in the order in which it is asked."""


class Coverage(IntEnum):
    """How far a desk's areas hold a place."""

    NONE = 0
    PARTLY = 1
    FULLY = 2


def coverage(code: str, areas: Iterable[str]) -> Coverage:
    """Whether an area (code) lies in any of ``areas``; partly when it is wider than one of them."""
    best = Coverage.NONE
    for area in areas:
        if area == NATION or code == area or code.startswith(f"{area}."):
            return Coverage.FULLY
        if area.startswith(f"{code}."):
            best = Coverage.PARTLY
    return best


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A desk that can be asked. ``place`` counts from 1; ``standing`` is 0 (best) up, per step.

    ``behind_by`` is the step in which it first falls behind the desk above it, ``None`` for the
    first and for equals. ``opens_at`` is the moment from which the desk answers.
    """

    candidate: Candidate
    reasons: tuple[Reason, ...]
    standing: Mapping[Step, int]
    cover: Cover
    opens_at: datetime | None
    distance_km: float | None
    place: int = 0
    behind_by: Step | None = None

    @property
    def desk_id(self) -> int:
        """The desk."""
        return self.candidate.desk_id

    @property
    def reasons_for(self) -> tuple[Reason, ...]:
        """What speaks for it."""
        return tuple(reason for reason in self.reasons if reason.is_for)

    @property
    def reasons_against(self) -> tuple[Reason, ...]:
        """What to know before choosing it."""
        return tuple(reason for reason in self.reasons if not reason.is_for)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A desk that offers the service but cannot take this person, with every reason."""

    candidate: Candidate
    reasons: tuple[Reason, ...]

    @property
    def desk_id(self) -> int:
        """The desk."""
        return self.candidate.desk_id


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Desks in order, and those left out with the reason."""

    ranked: tuple[Suggestion, ...] = ()
    hidden: tuple[Hidden, ...] = ()

    @property
    def steps(self) -> Sequence[str]:
        """The explanation of the order, step by step."""
        return [str(words) for words in WHY_THIS_ORDER.values()]


@dataclass(slots=True)
class _Judged:
    """Reasons and standings while they are gathered."""

    reasons: list[Reason] = field(default_factory=list)
    standing: dict[Step, int] = field(default_factory=dict)

    def good(self, code: ReasonCode, **params: object) -> None:
        self.reasons.append(Reason(code, is_for=True, params=params))

    def bad(self, code: ReasonCode, **params: object) -> None:
        self.reasons.append(Reason(code, is_for=False, params=params))


def refusals(candidate: Candidate, person: SurvivorFacts) -> tuple[Reason, ...]:
    """Why the desk cannot take this person at all; empty when it can or when that is not known."""
    judged = _Judged()
    youngest, oldest = person.ages
    if oldest < candidate.age_min or youngest > candidate.age_max:
        judged.bad(R.WRONG_AGE, age_min=candidate.age_min, age_max=candidate.age_max)
    if candidate.sex and person.sex and candidate.sex != person.sex:
        judged.bad(R.WRONG_SEX, sex=candidate.sex)
    if (
        candidate.turns_away_outsiders
        and person.area_code
        and not coverage(person.area_code, candidate.areas)
    ):
        judged.bad(R.RESIDENTS_ONLY)
    if person.needs_access and not candidate.accessible:
        judged.bad(R.NOT_ACCESSIBLE)
    return tuple(judged.reasons)


def _judge_eligibility(j: _Judged, c: Candidate, need: Need, person: SurvivorFacts) -> None:
    j.good(R.OFFERS_SERVICE, service=need.service)
    unsure = 0
    youngest, oldest = person.ages
    if youngest < c.age_min or oldest > c.age_max:
        j.bad(R.AGE_UNSURE, age_min=c.age_min, age_max=c.age_max)
        unsure += 1
    if c.sex and not person.sex:
        j.bad(R.SEX_UNSURE, sex=c.sex)
        unsure += 1
    here = bool(need.near_area) and bool(coverage(need.near_area, c.areas))
    home = coverage(person.area_code, c.areas) if person.area_code else Coverage.NONE
    if c.turns_away_outsiders and home is not Coverage.FULLY:
        j.bad(R.RESIDENCE_UNSURE)
        unsure += 1
    if here or home:
        j.good(R.SERVES_HERE)
        if not home and not c.turns_away_outsiders and person.area_code:
            j.good(R.TAKES_OUTSIDERS)
    else:
        j.bad(R.SERVES_ELSEWHERE)
        unsure += 1
    if person.needs_access:
        j.good(R.ACCESSIBLE)
    j.standing[Step.ELIGIBILITY] = unsure


def _judge_open(
    j: _Judged, c: Candidate, need: Need, calendar: WorkingCalendar, cover: Cover
) -> datetime | None:
    """Open when needed: before the service's answer falls due, so that a clock can be met."""
    zone = c.zone
    schedule = Schedule(c.always_open, c.hours, zone, calendar)
    opens = next_opening(schedule, need.at)
    due = need.at + get_service(need.service).accept_by.within
    in_time = opens is not None and opens <= due
    if c.always_open:
        j.good(R.OPEN_ALWAYS)
    elif opens is None:
        j.bad(R.HOURS_UNKNOWN)
    elif opens == need.at:
        j.good(R.OPEN_NOW, at=opening(schedule, need.at).until, zone=zone)
    elif in_time:
        j.good(R.OPENS_IN_TIME, at=opens, zone=zone)
    else:
        j.bad(R.OPENS_LATE, at=opens, zone=zone)
    if cover.is_covered:
        j.good(R.ON_DUTY)
    else:
        j.bad(R.NO_COVER)
    j.standing[Step.OPEN] = (0 if in_time else 2) + (0 if cover.is_covered else 1)
    return opens


def _judge_place(j: _Judged, c: Candidate) -> None:
    """An unknown number stands between a free place and none."""
    if c.free_places is None:
        j.standing[Step.PLACE] = 1
    elif c.free_places > 0:
        j.good(R.FREE_PLACES, count=c.free_places)
        j.standing[Step.PLACE] = 0
    else:
        j.bad(R.FULL)
        j.standing[Step.PLACE] = 2


def _judge_language(j: _Judged, c: Candidate, person: SurvivorFacts, cover: Cover) -> None:
    spoken = tuple(code for code in person.languages if code in c.languages)
    missing = tuple(code for code in person.languages if code not in c.languages)
    worse = 0
    if spoken:
        j.good(R.SPEAKS, languages=spoken)
    if person.languages and not spoken:
        j.bad(R.LANGUAGE_MISSING, languages=missing)
        worse += 1
    if person.worker_sex:
        if any(worker.sex == person.worker_sex for worker in cover.on_duty):
            j.good(R.WORKER_SEX, sex=person.worker_sex)
        else:
            j.bad(R.WORKER_SEX_MISSING, sex=person.worker_sex)
            worse += 1
    j.standing[Step.LANGUAGE] = worse


def _judge_agreement(j: _Judged, c: Candidate, need: Need) -> None:
    """Beyond the own province a desk with which nothing is agreed stands behind one with which."""
    beyond = bool(need.near_area) and ring(need.near_area, c.area_code) == _BEYOND
    if c.agreement is not None:
        j.good(R.AGREED, title=c.agreement.title, payer=c.agreement.payer)
        if c.residents_only and not c.turns_away_outsiders:
            j.good(R.AGREED_RESIDENCY)
    j.standing[Step.AGREEMENT] = 1 if beyond and c.agreement is None else 0


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points (latitude, longitude in degrees) along a great circle."""
    (lat1, lon1), (lat2, lon2) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


def ring(near_area: str, area_code: str) -> int:
    """How widely one must look: 0 same district, 1 same regency, 2 same province, 3 beyond."""
    near, there = near_area.split("."), area_code.split(".")
    shared = 0
    for one, other in zip(near[:3], there[:3], strict=False):
        if one != other:
            break
        shared += 1
    if not near_area or shared == 0:
        return _BEYOND
    return _BEYOND - shared


def _judge_distance(j: _Judged, c: Candidate, need: Need) -> float | None:
    """Kilometres when both points are known, else borders; borders stand for rough distances."""
    borders = ring(need.near_area, c.area_code)
    words = {0: R.SAME_DISTRICT, 1: R.SAME_REGENCY, 2: R.SAME_PROVINCE}
    if borders in words:
        j.good(words[borders])
    elif need.near_area:
        j.bad(R.OTHER_PROVINCE)
    if need.near_point is None or c.latitude is None or c.longitude is None:
        j.standing[Step.DISTANCE] = (1, 4, 20, 200)[borders]
        return None
    km = distance_km(need.near_point, (c.latitude, c.longitude))
    j.reasons.append(Reason(R.DISTANCE, is_for=borders < 3, params={"km": max(1, round(km))}))
    j.standing[Step.DISTANCE] = int(km // _KM_STEP)
    return km


def judge(
    candidate: Candidate,
    need: Need,
    person: SurvivorFacts,
    *,
    calendar: WorkingCalendar,
    cover: Cover,
) -> Suggestion:
    """What speaks for and against a desk that can take the person."""
    j = _Judged()
    _judge_eligibility(j, candidate, need, person)
    opens = _judge_open(j, candidate, need, calendar, cover)
    _judge_place(j, candidate)
    _judge_language(j, candidate, person, cover)
    _judge_agreement(j, candidate, need)
    km = _judge_distance(j, candidate, need)
    if not candidate.confirmed:
        j.bad(R.UNCONFIRMED)
    j.standing[Step.CONFIRMED] = 0 if candidate.confirmed else 1
    return Suggestion(candidate, tuple(j.reasons), j.standing, cover, opens, km)


def _key(suggestion: Suggestion) -> tuple[object, ...]:
    standing = tuple(suggestion.standing[step] for step in Step)
    return (*standing, suggestion.candidate.desk_name, suggestion.candidate.desk_id)


def _behind_by(above: Suggestion, below: Suggestion) -> Step | None:
    return next((s for s in Step if below.standing[s] > above.standing[s]), None)


def rank(
    candidates: Iterable[Candidate],
    need: Need,
    person: SurvivorFacts,
    *,
    calendar: WorkingCalendar,
    covers: Mapping[int, Cover],
    limit: int,
) -> Suggestions:
    """The first ``limit`` desks in order, and those that cannot take the person.

    ``covers`` may miss a desk: then nobody is on duty there.
    """
    hidden: list[Hidden] = []
    fitting: list[Suggestion] = []
    for candidate in candidates:
        refused = refusals(candidate, person)
        if refused:
            hidden.append(Hidden(candidate, refused))
            continue
        cover = covers.get(candidate.desk_id, Cover(candidate.desk_id))
        fitting.append(judge(candidate, need, person, calendar=calendar, cover=cover))
    fitting.sort(key=_key)
    ranked: list[Suggestion] = []
    for found in fitting[:limit]:
        behind = _behind_by(ranked[-1], found) if ranked else None
        ranked.append(
            Suggestion(
                found.candidate, found.reasons, found.standing, found.cover, found.opens_at,
                found.distance_km, place=len(ranked) + 1, behind_by=behind,
            )
        )  # fmt: skip
    hidden.sort(key=lambda h: (ring(need.near_area, h.candidate.area_code), h.candidate.desk_name))
    return Suggestions(tuple(ranked), tuple(hidden[:limit]))
