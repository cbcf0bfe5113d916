"""Loads the demonstration's agencies, desks, staff and rosters; safe to repeat.

Every entry of an agency that exists is unconfirmed: none has been asked. Accounts are marked as
the demonstration's and have no password.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from rangkul.accounts.models import User
from rangkul.accounts.operations import create_user
from rangkul.commands.demo_data.entries import (
    AgencyEntry,
    DeskEntry,
    StaffEntry,
    read_agencies,
    read_staff,
)
from rangkul.foundation import hour
from rangkul.network.hours import Schedule, Span, spans_between
from rangkul.network.models import Agency, Desk, DutyShift, Membership
from rangkul.network.operations import (
    DeskDetails,
    Offer,
    create_agency,
    create_desk,
    create_membership,
    create_shifts,
)
from rangkul.reference.calendar import WorkingCalendar
from rangkul.reference.zones import zone_of

DAYS: Final = 14
_OLDEST: Final = 200
_DAY: Final = timedelta(days=1)

# Someone always answers at a desk that never closes; its people change at these hours.
_HANDOVERS: Final = (time(7), time(19))


@dataclass(frozen=True, slots=True)
class LoadedStaff:
    """An invented person with the rows made for her; ``desk_id`` is ``None`` without a desk."""

    entry: StaffEntry
    user_id: int
    agency_id: int
    membership_id: int
    desk_id: int | None


def load_directory(using: str, *, invented_too: bool = True) -> int:
    """Bring the agencies and desks in as the owner; what an agency has kept since stays.

    A real system leaves out those that do not exist. Returns how many agencies were read.
    """
    agencies: dict[str, Agency] = {}
    for entry in read_agencies():
        if invented_too or not entry.invented:
            agencies[entry.code] = _load_agency(entry, agencies, using=using)
    return len(agencies)


def _load_agency(entry: AgencyEntry, known: dict[str, Agency], *, using: str) -> Agency:
    agency = create_agency(
        using=using,
        code=entry.code,
        name=entry.name,
        short_name=entry.short_name,
        kind=entry.kind,
        level=entry.level,
        area=entry.area,
        parent_id=known[entry.parent].id if entry.parent else None,
        aliases=[(alias.name, alias.valid_from, alias.valid_until) for alias in entry.aliases],
    )
    for desk in entry.desks:
        create_desk(
            using=using,
            agency=agency,
            code=desk.code,
            details=_details(desk, entry.serves),
            offers=_offers(desk),
            always_open=desk.always_open,
            hours=desk.hours,
            confirmed_at=None
            if desk.confirmed_days_ago is None
            else hour.now() - desk.confirmed_days_ago * _DAY,
        )
    return agency


def _details(desk: DeskEntry, serves: Sequence[str]) -> DeskDetails:
    return DeskDetails(
        name=desk.name,
        phone=desk.phone or "",
        languages=desk.languages,
        serves=tuple(serves),
        accessible=desk.disability_access,
        takes_reports=desk.takes_reports,
        capacity=desk.capacity,
        latitude=desk.latitude,
        longitude=desk.longitude,
        whatsapp=desk.whatsapp,
        website=desk.website,
        address=desk.address,
        access_notes=desk.access_notes,
        hours_note=desk.hours_note,
        listed=desk.listed,
    )


def _offers(desk: DeskEntry) -> list[Offer]:
    return [
        Offer(
            service=service,
            sex=desk.sex or "",
            age_min=desk.age_min or 0,
            age_max=_OLDEST if desk.age_max is None else desk.age_max,
            residents_only=desk.residents_only,
        )
        for service in desk.services
    ]


def load_staff(using: str, *, at: datetime) -> list[LoadedStaff]:
    """Bring the invented people in as the owner, after `load_directory`; in their files' order."""
    agencies = {row.code: row.id for row in Agency.objects.using(using).all()}
    desks = {row.code: row.id for row in Desk.objects.using(using).all()}
    accounts = {row.username: row for row in User.objects.using(using).filter(is_demo=True)}
    loaded = []
    for entry in read_staff():
        user = accounts.get(entry.username) or create_user(
            username=entry.username,
            display_name=entry.name,
            language=entry.language,
            # Nobody receives mail there (RFC 2606); the demonstration writes letters into files.
            email=f"{entry.username}@demo.invalid",
            is_demo=True,
            using=using,
        )
        desk_id = desks[entry.desk] if entry.desk else None
        membership = create_membership(
            using=using,
            agency_id=agencies[entry.agency],
            user_id=user.id,
            roles=entry.roles,
            since=at,
            desk_ids=() if desk_id is None else (desk_id,),
            sex=entry.sex,
        )
        loaded.append(LoadedStaff(entry, user.id, membership.agency_id, membership.id, desk_id))
    return loaded


def load_duty(using: str, *, at: datetime, days: int = DAYS) -> int:
    """Put everyone who sits at a desk on its roster for the coming days; returns the turns made.

    Open hours are shared among the desk's people in turn; a desk that never closes changes hands
    morning and evening. Called again it continues the roster, and leaves alone whatever hours
    somebody is down for already.
    """
    people: dict[int, list[Membership]] = {}
    for membership in Membership.objects.using(using).filter(until=None).order_by("id"):
        for desk_id in membership.desk_ids:
            people.setdefault(desk_id, []).append(membership)
    made = 0
    desks = Desk.objects.using(using).select_related("agency").filter(id__in=people)
    for desk in desks.order_by("id"):
        spans = _uncovered(_turns(desk, at, days), desk, using=using)
        staff = people[desk.id]
        made += create_shifts(
            using=using,
            desk_id=desk.id,
            agency_id=desk.agency_id,
            turns=[
                # The ordinal day keeps the rotation the same when the loader runs again.
                (staff[(span.starts_at.toordinal() * 2 + half) % len(staff)].id, *_ends(span))
                for half, span in _numbered(spans)
            ],
        )
    return made


def _uncovered(spans: Sequence[Span], desk: Desk, *, using: str) -> list[Span]:
    """The hours for which nobody is on the roster yet."""
    if not spans:
        return []
    stand = list(
        DutyShift.objects.using(using)
        .filter(desk=desk, ends_at__gt=min(span.starts_at for span in spans))
        .values_list("starts_at", "ends_at")
    )
    return [
        span for span in spans
        if not any(start < span.ends_at and span.starts_at < end for start, end in stand)
    ]  # fmt: skip


def _ends(span: Span) -> tuple[datetime, datetime]:
    return span.starts_at, span.ends_at


def _numbered(spans: Sequence[Span]) -> list[tuple[int, Span]]:
    """Each span with 0 for a turn that begins before noon, 1 for a later one."""
    return [(int(span.starts_at.hour >= 12), span) for span in spans]


def _turns(desk: Desk, at: datetime, days: int) -> list[Span]:
    zone = ZoneInfo(zone_of(desk.agency.area_id))
    # From the evening before: a night turn that runs already must be on the roster.
    first = at.astimezone(zone).date() - _DAY
    if desk.always_open:
        marks = [
            datetime.combine(first + offset * _DAY, hour, tzinfo=zone)
            for offset in range(days + 2)
            for hour in _HANDOVERS
        ]
        return [Span(start, end) for start, end in pairwise(marks)]
    schedule = Schedule(False, desk.hours, zone, WorkingCalendar())
    return spans_between(schedule, first, days + 1)
