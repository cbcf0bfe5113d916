"""Suggesting desks for a need: a handful of candidates around a place, then the plain order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, Q, QuerySet, When

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.network.agreements import Party
from rangkul.network.models import AgreementVersion, DeskService
from rangkul.network.queries.agreements import (
    agreements_between,
    covering_each,
    get_version,
    party_of,
)
from rangkul.network.queries.directory import in_force
from rangkul.network.queries.roster import cover_of
from rangkul.network.ranking import (
    NATION,
    Candidate,
    Need,
    Suggestions,
    SurvivorFacts,
    rank,
    refusals,
)
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of

# How many candidates each ring gives at most, from the regency outwards.
_RINGS: Final = (60, 40, 30, 20)

# How many desks a search judges, and how much of what is typed it reads.
_FOUND: Final = 60
_MOST_WORDS: Final = 6
_LONGEST_WORD: Final = 40

_COLUMNS: Final = {
    "desk_id": "desk_id",
    "desk_name": "desk__name",
    "agency_id": "agency_id",
    "agency_name": "agency__short_name",
    "agency_kind": "agency__kind",
    "area_code": "agency__area_id",
    "area_name": "agency__area__full_name",
    "confirmed_on": "agency__confirmed_on",
    "confirmed_at": "desk__confirmed_at",
    "serves": "desk__serves",
    "sex": "sex",
    "age_min": "age_min",
    "age_max": "age_max",
    "residents_only": "residents_only",
    "accessible": "desk__accessible",
    "languages": "desk__languages",
    "capacity": "desk__capacity",
    "free_places": "desk__free_places",
    "free_places_at": "desk__free_places_at",
    "always_open": "desk__always_open",
    "hours": "desk__hours",
    "latitude": "desk__latitude",
    "longitude": "desk__longitude",
    "phone": "desk__phone",
}


def suggest_desks(
    actor: Actor,
    *,
    service: str,
    at: datetime,
    survivor: SurvivorFacts,
    near_area: str,
    limit: int = 8,
    near_point: tuple[float, float] | None = None,
    without_agencies: Collection[int] = (),
) -> Suggestions:
    """Desks that offer ``service`` (a code), the most fitting first, and those left out with why.

    ``at`` is when the service is needed, ``near_area`` the code of the place near which, ``""``
    when unknown. ``without_agencies`` are left out unseen: an official there is the suspect.
    Holidays are read from the calendar of ``near_area`` for every candidate; `opening` of the
    chosen desk reads its own. Four queries, and four more for the agreements of the acting
    agency. Raises ``Forbidden``, ``ValueError`` for a service that is none.
    """
    require(actor.roles, Permission.SEE_DIRECTORY)
    need = Need(service, at, near_area, near_point)
    candidates = _agreed(actor, need, _candidates(need, survivor, without_agencies))
    fitting = [c.desk_id for c in candidates if not refusals(c, survivor)]
    return rank(
        candidates,
        need,
        survivor,
        calendar=reference.working_calendar(near_area),
        covers=cover_of(fitting, at) if fitting else {},
        limit=limit,
    )


def suggest_stand_ins(
    actor: Actor,
    *,
    service: str,
    at: datetime,
    survivor: SurvivorFacts,
    near_area: str,
    silent_agency: int,
    limit: int = 5,
) -> Suggestions:
    """Desks that an agreement lets step in where a desk of ``silent_agency`` does not answer.

    The agreement is one in force on the day of ``at`` between the acting and the silent agency,
    whose term for ``service`` says so; the desks are those of its members who are bound to the
    actor by that same version, the silent agency's other desks among them. Nothing where nothing
    is agreed. Raises ``Forbidden``.
    """
    require(actor.roles, Permission.SEE_DIRECTORY)
    need = Need(service, at, near_area)
    zone = ZoneInfo(zone_of(near_area or party_of(silent_agency).area))
    covering = agreements_between(
        actor.agency_id, silent_agency, service, at.astimezone(zone).date()
    )
    agreed = {(c.agreement_id, c.version) for c in covering if c.terms.fallback}
    if not agreed:
        return Suggestions()
    members = reduce(or_, (_bound_by(get_version(*each)) for each in sorted(agreed)))
    found = _agreed(actor, need, _candidates(need, survivor, (actor.agency_id,), among=members))
    # Named by another, closer agreement as well, an agency stands under that one instead.
    candidates = [
        c for c in found
        if c.agreement and (c.agreement.agreement_id, c.agreement.version) in agreed
    ]  # fmt: skip
    fitting = [c.desk_id for c in candidates if not refusals(c, survivor)]
    return rank(
        candidates,
        need,
        survivor,
        calendar=reference.working_calendar(near_area),
        covers=cover_of(fitting, at) if fitting else {},
        limit=limit,
    )


def _bound_by(version: AgreementVersion) -> Q:
    """A condition on ``DeskService``: its agency may be a member, by its name or its area."""
    areas = Q(pk__in=())
    for member in version.members.all():
        if member.member_id is not None:
            areas |= Q(agency_id=member.member_id)
        elif member.area_id is not None:
            within = _within(member.area_id)
            areas |= within & Q(agency__kind__in=member.kinds) if member.kinds else within
    return areas


def search_desks(
    actor: Actor,
    *,
    words: str,
    service: str,
    at: datetime,
    survivor: SurvivorFacts,
    near_area: str,
    chosen: int | None = None,
    limit: int = 12,
) -> Suggestions:
    """Desks anywhere that offer ``service`` and bear every one of ``words``, judged as above.

    A word may stand in the desk's name, in its agency's names or in its place; a desk that was
    ``chosen`` before (id) is among them whatever the words. Nothing for neither. Four queries at
    most. Raises ``Forbidden``, ``ValueError`` for a service that is none.
    """
    require(actor.roles, Permission.SEE_DIRECTORY)
    need = Need(service, at, near_area)
    wanted = Q(desk_id=chosen) if chosen else Q(pk__in=())
    if typed := words.split()[:_MOST_WORDS]:
        wanted |= reduce(and_, (_bearing(word[:_LONGEST_WORD]) for word in typed))
    elif not chosen:
        return Suggestions()
    # The chosen one first: it must not fall behind the cut.
    found = (
        _offers(need, ())
        .filter(wanted)
        .order_by(Case(When(desk_id=chosen or 0, then=0), default=1), "desk_id")
    )
    rows = found.values_list(*_COLUMNS.values())[:_FOUND]
    candidates = _agreed(
        actor, need, [_candidate(dict(zip(_COLUMNS, row, strict=True))) for row in rows]
    )
    fitting = [c.desk_id for c in candidates if not refusals(c, survivor)]
    return rank(
        candidates,
        need,
        survivor,
        calendar=reference.working_calendar(near_area),
        covers=cover_of(fitting, at) if fitting else {},
        limit=limit,
    )


def _agreed(actor: Actor, need: Need, candidates: list[Candidate]) -> list[Candidate]:
    """The candidates, each with the agreement that covers the service between it and the actor."""
    if not candidates:
        return []
    receivers = {Party(c.agency_id, c.area_code, c.agency_kind) for c in candidates}
    # The agreement of the day where the need is; without a place, where the first desk stands.
    zone = ZoneInfo(zone_of(need.near_area or candidates[0].area_code))
    day = need.at.astimezone(zone).date()
    covered = covering_each(actor.agency_id, receivers, need.service, day)
    return [replace(c, agreement=covered.get(c.agency_id)) for c in candidates]


def _bearing(word: str) -> Q:
    return (
        Q(desk__name__icontains=word)
        | Q(agency__name__icontains=word)
        | Q(agency__short_name__icontains=word)
        | Q(agency__area__full_name__icontains=word)
    )


def _offers(need: Need, without_agencies: Collection[int]) -> QuerySet[DeskService]:
    found = DeskService.objects.filter(
        in_force(need.at, prefix="agency__"),
        service=need.service,
        active=True,
        desk__active=True,
    )
    return found.exclude(agency_id__in=without_agencies) if without_agencies else found


def _within(code: str) -> Q:
    return Q(agency__area_id=code) | Q(agency__area__code__startswith=f"{code}.")


def _candidates(
    need: Need, survivor: SurvivorFacts, without_agencies: Collection[int], among: Q | None = None
) -> list[Candidate]:
    """One query of four rings: regency, province, those who serve the place, the nation."""
    near = reference.ancestor_codes(need.near_area) if need.near_area else ()
    home = reference.ancestor_codes(survivor.area_code) if survivor.area_code else ()
    offers = _offers(need, without_agencies).filter(among or Q())
    serving = Q(desk__serves__overlap=sorted({NATION, *near, *home}))
    if near:
        province, regency = near[0], near[min(1, len(near) - 1)]
        rings = [
            offers.filter(_within(regency)),
            offers.filter(_within(province)).exclude(_within(regency)),
            offers.filter(serving).exclude(_within(province)),
            offers.exclude(serving).exclude(_within(province)),
        ]
    else:
        rings = [offers.filter(serving), offers.exclude(serving)]
    sliced = [
        found.order_by("desk_id").values_list(*_COLUMNS.values())[:size]
        for found, size in zip(rings, _RINGS[-len(rings) :], strict=True)
    ]
    rows = sliced[0].union(*sliced[1:], all=True)
    return [_candidate(dict(zip(_COLUMNS, row, strict=True))) for row in rows]


def _candidate(row: dict[str, Any]) -> Candidate:
    # The agency said so of itself as a whole, or somebody of it of this very desk.
    words = [row.pop(name) for name in ("confirmed_on", "confirmed_at")]
    confirmed = any(word is not None for word in words)
    serves, languages = tuple(row.pop("serves")), tuple(row.pop("languages"))
    return Candidate(**row, confirmed=confirmed, serves=serves, languages=languages)
