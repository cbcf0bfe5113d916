"""Entries of desks as the open data and an agency's upkeep read them; how true they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connections
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.utils import DEFAULT_DB_ALIAS

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.network.entries import STALE_AFTER, UNDOABLE, Entry, entry_of
from rangkul.network.models import Agency, Desk, DeskService, DirectoryChange
from rangkul.network.queries.directory import in_force
from rangkul.reference import queries as reference
from rangkul.reference.zones import LABELS, zone_of

# Any row that is written gets a new xmin, so that no change hides behind an equal count.
_STAMP = """
select sum(n)::text, sum(x)::text, max(m) from (
  select count(*) n, sum(xmin::text::bigint) x, max(changed_at) m from network_desk
  union all select count(*), sum(xmin::text::bigint), null from network_deskservice
  union all select count(*), sum(xmin::text::bigint), null from network_agency) parts
"""


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A desk with its agency (area and parent joined) and what it offers; ``zone`` its own."""

    desk: Desk
    entry: Entry

    @property
    def agency(self) -> Agency:
        """Whose desk it is."""
        return self.desk.agency

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its hours are meant."""
        return ZoneInfo(zone_of(self.desk.agency.area_id))


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of the directory from another; ``changed_at`` is its last change."""

    mark: str
    changed_at: datetime | None


def directory_stamp(*, at: datetime) -> Stamp:
    """The directory's present state in one query; a day more is another state, entries age."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_STAMP)
        count, written, changed_at = cursor.fetchone()
    days = "/".join(at.astimezone(ZoneInfo(zone)).date().isoformat() for zone in LABELS)
    return Stamp(f"{count}.{written}.{days}", changed_at)


def _entries(found: QuerySet[Desk]) -> list[DeskEntry]:
    live = DeskService.objects.using(found.db).filter(active=True).order_by("service")
    rows = found.select_related("agency__area", "agency__parent").prefetch_related(
        Prefetch("offers", queryset=live)
    )
    return [DeskEntry(desk, entry_of(desk, desk.offers.all())) for desk in rows.order_by("code")]


def list_listed_entries(*, at: datetime) -> list[DeskEntry]:
    """What everybody may read: listed desks in service of agencies in force, by code; two queries.

    A desk that offers nothing and receives no reports is no door and is left out.
    """
    return [
        each
        for each in _entries(
            Desk.objects.filter(in_force(at, prefix="agency__"), listed=True, active=True)
        )
        if each.entry.offers or each.entry.details.takes_reports
    ]


def list_entries_of(
    agency_ids: Iterable[int] | None, *, using: str = DEFAULT_DB_ALIAS
) -> list[DeskEntry]:
    """All desks of these agencies (``None``: of all), those out of service too; two queries."""
    found = Desk.objects.using(using).all()
    return _entries(found if agency_ids is None else found.filter(agency_id__in=set(agency_ids)))


# -- how true the entries are kept ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """Of so many entries in service so many are confirmed, and not too long ago."""

    name: str
    total: int
    confirmed: int
    agency_id: int = 0

    @property
    def open(self) -> int:
        """How many wait for somebody's word."""
        return self.total - self.confirmed


def list_to_confirm(actor: Actor, *, at: datetime) -> list[Desk]:
    """The acting agency's desks in service that nobody confirmed for half a year, by name."""
    old = Q(confirmed_at=None) | Q(confirmed_at__lt=at - STALE_AFTER)
    found = Desk.objects.filter(old, agency_id=actor.agency_id, active=True)
    return list(found.order_by("name", "id"))


def agencies_with_old_entries(*, at: datetime) -> dict[int, int]:
    """Agency → how many of its listed desks in service wait for a word; one query."""
    old = Q(confirmed_at=None) | Q(confirmed_at__lt=at - STALE_AFTER)
    found = Desk.objects.filter(in_force(at, prefix="agency__"), old, active=True, listed=True)
    return {row["agency_id"]: row["n"] for row in found.values("agency_id").annotate(n=Count("id"))}


def upkeep_by_province(provinces: Iterable[str] | None, *, at: datetime) -> list[Kept]:
    """How many entries are confirmed, by the agency's province (``None``: all), worst first."""
    found = Desk.objects.filter(in_force(at, prefix="agency__"), active=True)
    if provinces is not None:
        here = Q()
        for code in provinces:
            here |= Q(agency__area=code) | Q(agency__area__code__startswith=f"{code}.")
        found = found.filter(here) if here else found.none()
    fresh = Q(confirmed_at__gte=at - STALE_AFTER)
    counted: dict[str, list[int]] = {}
    rows = found.values("agency__area_id").annotate(n=Count("id"), ok=Count("id", filter=fresh))
    for row in rows:
        code = row["agency__area_id"].partition(".")[0]
        sums = counted.setdefault(code, [0, 0])
        sums[0] += row["n"]
        sums[1] += row["ok"]
    names = reference.get_areas(counted)
    kept = [Kept(names[code].name, total, ok) for code, (total, ok) in counted.items()]
    return sorted(kept, key=lambda each: (each.confirmed / each.total, each.name))


def agencies_behind(province: str, *, at: datetime, limit: int = 50) -> list[Kept]:
    """The agencies of a province (code) with entries that wait for a word, most of them first."""
    here = Q(agency__area=province) | Q(agency__area__code__startswith=f"{province}.")
    fresh = Count("id", filter=Q(confirmed_at__gte=at - STALE_AFTER))
    found = Desk.objects.filter(in_force(at, prefix="agency__"), here, active=True)
    rows = found.values("agency_id", "agency__short_name").annotate(n=Count("id"), ok=fresh)
    behind = rows.filter(n__gt=F("ok")).order_by(F("ok") - F("n"), "agency__short_name")[:limit]
    return [
        Kept(row["agency__short_name"], row["n"], row["ok"], row["agency_id"]) for row in behind
    ]


# -- history ----------------------------------------------------------------------------------


def list_changes(actor: Actor, desk_id: int, *, limit: int = 50) -> list[DirectoryChange]:
    """The newest changes of an own desk's entry; another agency's has none here (404)."""
    if not Desk.objects.filter(id=desk_id, agency_id=actor.agency_id).exists():
        raise NotReachable("desk")
    found = DirectoryChange.objects.filter(desk_id=desk_id, agency_id=actor.agency_id)
    return list(found.order_by("-number")[:limit])


def undoable(changes: Iterable[DirectoryChange]) -> DirectoryChange | None:
    """Of a desk's changes, newest first, the one that can still be taken back: only the last."""
    last = next(iter(changes), None)
    return last if last is not None and last.kind in UNDOABLE else None
