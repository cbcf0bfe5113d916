"""The directory: agencies and desks by name, kind, place and service; how a desk stands now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from rangkul.foundation.errors import NotReachable
from rangkul.network import hours
from rangkul.network.entries import STALE_AFTER, Standing, standing
from rangkul.network.hours import Opening, Schedule
from rangkul.network.models import Agency, AgencyAlias, Desk, DeskService
from rangkul.reference import queries as reference
from rangkul.reference.calendar import WorkingCalendar
from rangkul.reference.services import SERVICES
from rangkul.reference.zones import LABELS, zone_of

PAGE: Final = 25
_SERVICE_ORDER: Final = {str(code): index for index, code in enumerate(SERVICES)}


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One line of the directory; ``services`` in the order in which people need them.

    ``confirmed``: somebody of it has said so of its entry or of a desk's.
    ``stale``: one of its listed desks was confirmed once, and too long ago.
    """

    id: int
    name: str
    short_name: str
    kind: str
    area_name: str
    confirmed: bool
    stale: bool
    desk_count: int
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """A page of the directory; ``after`` opens the next one, "" on the last."""

    rows: tuple[AgencyRow, ...]
    after: str


@dataclass(frozen=True, slots=True)
class DeskCard:
    """A desk as a page shows it: the row, what it offers, and how it stands at the moment asked.

    The desk of an agency that has ended, or has not begun, is closed and offers nothing.
    """

    desk: Desk
    offers: tuple[DeskService, ...]
    opening: Opening
    zone: ZoneInfo
    standing: Standing

    @property
    def services(self) -> tuple[str, ...]:
        """The services offered, in the order in which people need them."""
        return tuple(offer.service for offer in self.offers)


def in_service_order(codes: Sequence[str]) -> tuple[str, ...]:
    """Service codes in the order in which a person usually needs them; codes appear once."""
    return tuple(sorted(set(codes), key=lambda code: _SERVICE_ORDER.get(code, len(SERVICES))))


def in_force(at: datetime, *, prefix: str = "") -> Q:
    """A condition on agencies that exist on the day that it is, at ``at``, where each stands.

    ``prefix`` is the way to the agency. Where the nation's zones are on one day no zone is asked.
    """
    zones: dict[date, list[str]] = {}
    for zone in LABELS:
        zones.setdefault(at.astimezone(ZoneInfo(zone)).date(), []).append(zone)
    found = Q()
    for day, those in zones.items():
        begun = Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": day})
        lasts = Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gte": day})
        there = Q(**{f"{prefix}area__timezone__in": those}) if len(zones) > 1 else Q()
        found |= there & begun & lasts
    return found


def day_at(agency_id: int, at: datetime) -> date:
    """The day that it is, at ``at``, where the agency stands. Raises ``NotReachable``."""
    return _day_of(get_agency(agency_id), at)


def _day_of(agency: Agency, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone_of(agency.area_id))).date()


def stands(agency: Agency, at: datetime) -> bool:
    """Whether the agency exists at ``at``: the same rule as `in_force`, for one row."""
    first, last, day = agency.valid_from, agency.valid_until, _day_of(agency, at)
    return (first is None or first <= day) and (last is None or day <= last)


def answers(desk: Desk, at: datetime) -> bool:
    """Whether somebody may turn to this desk: in service, its agency (joined) not ended."""
    return desk.active and stands(desk.agency, at)


def _begins_a_word(words: str) -> list[str]:
    """One pattern for each word typed: it must begin a word of a name."""
    return [rf"\m{re.escape(word)}" for word in words.split()]


def _named(found: QuerySet[Agency], words: str) -> QuerySet[Agency]:
    """Keep agencies of which every typed word begins a word of the name or of one alias."""
    for pattern in _begins_a_word(words):
        alias = AgencyAlias.objects.filter(agency=OuterRef("pk"), name__iregex=pattern)
        found = found.filter(
            Q(name__iregex=pattern) | Q(short_name__iregex=pattern) | Q(Exists(alias))
        )
    return found


def _met_late(words: str) -> Combinable:
    """0 for names that begin with what was typed, 1 for those that hold it further on."""
    if not words:
        return Value(0, output_field=IntegerField())
    begins = Q(short_name__istartswith=words) | Q(name__istartswith=words)
    return Case(When(begins, then=0), default=1, output_field=IntegerField())


def _behind(cursor: str) -> Q:
    """What stands behind the row that a page ended with; a cursor that is none starts anew."""
    met, _, last_id = cursor.partition(".")
    if not (met.isdecimal() and last_id.isdecimal()):
        return Q()
    last = Agency.objects.filter(id=int(last_id)).values_list("short_name", flat=True).first()
    if last is None:
        return Q()
    later = Q(short_name__gt=last) | Q(short_name=last, id__gt=int(last_id))
    return Q(("met__gt", int(met))) | (Q(("met", int(met))) & later)


def search_directory(
    *,
    at: datetime,
    words: str = "",
    kind: str = "",
    area: str = "",
    service: str = "",
    after: str = "",
    limit: int = PAGE,
) -> DirectoryPage:
    """Agencies by words that begin a name or alias, by kind, area code (with all in it), service.

    Walked by key: ``after`` is the last page's. Two queries, three behind the first page.
    """
    typed = " ".join(words.split())[:80]
    found = Agency.objects.filter(in_force(at))
    if kind:
        found = found.filter(kind=kind)
    if area:
        found = found.filter(Q(area_id=area) | Q(area__code__startswith=f"{area}."))
    if service:
        offered = DeskService.objects.filter(
            agency=OuterRef("pk"), service=service, active=True, desk__active=True
        )
        found = found.filter(Exists(offered))
    named = _named(found, typed).annotate(met=_met_late(typed)).filter(_behind(after))
    agencies = list(named.select_related("area").order_by("met", "short_name", "id")[: limit + 1])
    shown = agencies[:limit]
    desks = {
        row["agency_id"]: row
        for row in Desk.objects.filter(agency__in=[a.id for a in shown], active=True)
        .values("agency_id")
        .annotate(
            desks=Count("id", distinct=True),
            said=Count("id", distinct=True, filter=Q(confirmed_at__isnull=False)),
            old=Count(
                "id", distinct=True, filter=Q(listed=True, confirmed_at__lt=at - STALE_AFTER)
            ),
            offered=ArrayAgg("offers__service", distinct=True, filter=Q(offers__active=True)),
        )
    }
    rows = tuple(_agency_row(agency, desks.get(agency.id)) for agency in shown)
    last = agencies[limit - 1] if len(agencies) > limit else None
    return DirectoryPage(rows, f"{last.met}.{last.id}" if last else "")


def _agency_row(agency: Agency, desks: Mapping[str, Any] | None) -> AgencyRow:
    codes = (desks["offered"] or []) if desks else []
    return AgencyRow(
        id=agency.id,
        name=agency.name,
        short_name=agency.short_name,
        kind=agency.kind,
        area_name=agency.area.full_name,
        confirmed=agency.confirmed_on is not None or bool(desks and desks["said"]),
        stale=bool(desks and desks["old"]),
        desk_count=desks["desks"] if desks else 0,
        services=in_service_order(codes),
    )


# -- agencies and desks -----------------------------------------------------------------------


def get_agency(agency_id: int) -> Agency:
    """One agency with its area; raises ``NotReachable``."""
    found = Agency.objects.select_related("area", "parent").filter(id=agency_id).first()
    if found is None:
        raise NotReachable("agency")
    return found


def get_agency_page(agency_id: int) -> tuple[Agency, list[AgencyAlias]]:
    """An agency and its other names, newest first; raises ``NotReachable``."""
    agency = get_agency(agency_id)
    aliases = sorted(
        agency.aliases.all(), key=lambda a: (a.valid_until or date.max, a.name), reverse=True
    )
    return agency, aliases


def _with_offers() -> QuerySet[Desk]:
    live = DeskService.objects.filter(active=True)
    return Desk.objects.select_related("agency__area").prefetch_related(
        Prefetch("offers", queryset=live)
    )


def _card(desk: Desk, at: datetime, calendar: WorkingCalendar) -> DeskCard:
    offers = sorted(
        (offer for offer in desk.offers.all() if offer.active),
        key=lambda offer: _SERVICE_ORDER.get(offer.service, len(SERVICES)),
    )
    schedule = schedule_of(desk, calendar)
    told = standing(desk.confirmed_at, at)
    if not stands(desk.agency, at):
        return DeskCard(desk, (), Opening(False, None, None, ""), schedule.zone, told)
    return DeskCard(desk, tuple(offers), hours.opening(schedule, at), schedule.zone, told)


def get_desk(desk_id: int) -> Desk:
    """One desk with its agency; raises ``NotReachable``."""
    found = Desk.objects.select_related("agency__area").filter(id=desk_id).first()
    if found is None:
        raise NotReachable("desk")
    return found


def get_desks(desk_ids: Iterable[int]) -> dict[int, Desk]:
    """These desks by id, with their telephone; one query, an unknown id is left out."""
    return Desk.objects.in_bulk(set(desk_ids))


def get_desk_card(desk_id: int, *, at: datetime) -> DeskCard:
    """A desk with what it offers and how it stands at ``at``; three queries, ``NotReachable``."""
    desk = _with_offers().filter(id=desk_id).first()
    if desk is None:
        raise NotReachable("desk")
    return _card(desk, at, reference.working_calendar(desk.agency.area_id))


def list_desks(agency_id: int, *, at: datetime, closed_too: bool = False) -> list[DeskCard]:
    """The desks of an agency by name; those taken out of service only with ``closed_too``."""
    found = _with_offers().filter(agency_id=agency_id).order_by("-active", "name", "id")
    desks = list(found if closed_too else found.filter(active=True))
    if not desks:
        return []
    calendar = reference.working_calendar(desks[0].agency.area_id)
    return [_card(desk, at, calendar) for desk in desks]


def list_desks_of(agency_ids: Iterable[int], *, at: datetime) -> list[DeskCard]:
    """The desks in service of several agencies, in the order of these, by name; three queries."""
    order = {agency_id: place for place, agency_id in enumerate(agency_ids)}
    desks = list(_with_offers().filter(agency_id__in=order, active=True).order_by("name", "id"))
    calendars = reference.working_calendars({desk.agency.area_id for desk in desks})
    desks.sort(key=lambda desk: order[desk.agency_id])
    return [_card(desk, at, calendars[desk.agency.area_id]) for desk in desks]


# -- hours ------------------------------------------------------------------------------------


def schedule_of(desk: Desk, calendar: WorkingCalendar) -> Schedule:
    """A desk's hours in its own zone; the agency must be joined."""
    zone = ZoneInfo(zone_of(desk.agency.area_id))
    return Schedule(desk.always_open, desk.hours, zone, calendar)


def opening(desk: Desk, at: datetime) -> Opening:
    """How a desk stands at ``at`` in its own zone, its area's holidays included; one query."""
    return hours.opening(schedule_of(desk, reference.working_calendar(desk.agency.area_id)), at)


def open_now(desk: Desk, at: datetime) -> bool:
    """Whether somebody should be at the desk at ``at``; one query."""
    return opening(desk, at).is_open


def next_opening(desk: Desk, at: datetime) -> datetime | None:
    """When the desk can first be reached from ``at`` on, ``at`` itself while open; one query."""
    found = opening(desk, at)
    return at if found.is_open else found.opens_at
