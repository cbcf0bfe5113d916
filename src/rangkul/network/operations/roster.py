"""An agency keeps its rosters: turns of duty, a week copied onward, leave and who stands in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import duty, events, policy
from rangkul.network.hours import Span
from rangkul.network.models import Absence, Desk, DutyShift, Membership
from rangkul.reference.zones import zone_of
from rangkul.trail.operations import record

# A turn longer than this is a slip of the pen: nobody is on duty for two days.
_LONGEST: Final = timedelta(hours=48)
_MOST_WEEKS: Final = 12


def _own_desk(by: Actor, desk_id: int) -> Desk:
    found = Desk.objects.select_related("agency").filter(agency_id=by.agency_id, id=desk_id).first()
    if found is None:
        raise NotReachable("desk")
    return found


def _live_member(by: Actor, membership_id: int, at: datetime, field: str) -> Membership:
    found = Membership.objects.filter(
        Q(until=None) | Q(until__gt=at), agency_id=by.agency_id, id=membership_id
    ).first()
    if found is None:
        raise InvalidInput({field: _("Please choose someone who works in your agency.")})
    return found


@transaction.atomic
def add_shift(
    *,
    desk_id: int,
    membership_id: int,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    at: datetime,
) -> DutyShift:
    """Put a colleague on duty at a desk; turns may overlap, the page shows it."""
    policy.require_edit(by)
    desk = _own_desk(by, desk_id)
    member = _live_member(by, membership_id, at, "membership")
    if ends_at <= starts_at:
        raise InvalidInput({"ends": _("The turn ends before it begins.")})
    if ends_at - starts_at > _LONGEST:
        raise InvalidInput({"ends": _("A turn cannot be longer than 48 hours.")})
    shift = DutyShift.objects.create(
        agency_id=by.agency_id, desk=desk, membership=member, starts_at=starts_at, ends_at=ends_at
    )
    record(
        by=by, at=at, name=events.SHIFT_ADDED, subject_kind="desk", subject_id=desk.id,
        detail={"shift": shift.id, "membership": member.id},
    )  # fmt: skip
    return shift


@transaction.atomic
def remove_shift(*, shift_id: int, by: Actor, at: datetime) -> int:
    """Take a turn off the roster; returns the desk. Raises ``NotReachable``."""
    policy.require_edit(by)
    shift = DutyShift.objects.filter(agency_id=by.agency_id, id=shift_id).first()
    if shift is None:
        raise NotReachable("shift")
    desk_id, member_id = shift.desk_id, shift.membership_id
    shift.delete()
    record(
        by=by, at=at, name=events.SHIFT_REMOVED, subject_kind="desk", subject_id=desk_id,
        detail={"shift": shift_id, "membership": member_id},
    )  # fmt: skip
    return desk_id


@transaction.atomic
def copy_week(*, desk_id: int, monday: date, weeks: int, by: Actor, at: datetime) -> int:
    """Repeat a desk's week (from a local Monday) in the ``weeks`` (1 to 12) that follow.

    Turns that stand there already are not doubled; people who have left are passed over.
    Returns how many turns were added.
    """
    policy.require_edit(by)
    desk = _own_desk(by, desk_id)
    if not 1 <= weeks <= _MOST_WEEKS:
        raise InvalidInput({"weeks": _("Please choose between 1 and 12 weeks.")})
    if monday.weekday() != 0:
        raise InvalidInput({"week": _("A week begins on Monday.")})
    zone = ZoneInfo(zone_of(desk.agency.area_id))
    start = datetime.combine(monday, time(), tzinfo=zone)
    known = DutyShift.objects.filter(agency_id=by.agency_id, desk=desk)
    pattern = list(
        known.filter(starts_at__gte=start, starts_at__lt=start + duty.WEEK).filter(
            Q(membership__until=None) | Q(membership__until__gt=at)
        )
    )
    last = start + (weeks + 1) * duty.WEEK
    there = set(
        known.filter(starts_at__gte=start + duty.WEEK, starts_at__lt=last).values_list(
            "membership_id", "starts_at", "ends_at"
        )
    )
    made = [
        DutyShift(
            agency_id=by.agency_id, desk=desk, membership_id=row.membership_id,
            starts_at=span.starts_at, ends_at=span.ends_at,
        )
        for row in pattern
        for week in range(1, weeks + 1)
        for span in duty.moved_a_week([Span(row.starts_at, row.ends_at)], weeks=week)
        if (row.membership_id, span.starts_at, span.ends_at) not in there
    ]  # fmt: skip
    DutyShift.objects.bulk_create(made)
    record(
        by=by, at=at, name=events.WEEK_COPIED, subject_kind="desk", subject_id=desk.id,
        detail={"week": monday.isoformat(), "weeks": weeks, "shifts": len(made)},
    )  # fmt: skip
    return len(made)


@transaction.atomic
def enter_absence(
    *,
    membership_id: int,
    substitute_id: int | None,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
) -> Absence:
    """Enter leave, both days included, and who stands in; each may enter her own leave.

    Raises ``Forbidden``, ``InvalidInput``.
    """
    if membership_id != by.membership_id:
        policy.require_edit(by)
    member = _live_member(by, membership_id, at, "membership")
    substitute = (
        None if substitute_id is None else _live_member(by, substitute_id, at, "substitute")
    )
    if substitute is not None and substitute.id == member.id:
        raise InvalidInput({"substitute": _("Someone else has to stand in.")})
    if ends_on < starts_on:
        raise InvalidInput({"ends_on": _("The last day lies before the first.")})
    absence = Absence.objects.create(
        agency_id=by.agency_id, membership=member, substitute=substitute, starts_on=starts_on,
        ends_on=ends_on,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.ABSENCE_ENTERED, subject_kind="membership", subject_id=member.id,
        detail={"absence": absence.id, "substitute": substitute_id},
    )  # fmt: skip
    return absence


@transaction.atomic
def remove_absence(*, absence_id: int, by: Actor, at: datetime) -> int:
    """Take leave back; returns the membership. Raises ``Forbidden``, ``NotReachable``."""
    absence = Absence.objects.filter(agency_id=by.agency_id, id=absence_id).first()
    if absence is None:
        raise NotReachable("absence")
    member_id = absence.membership_id
    if member_id != by.membership_id:
        policy.require_edit(by)
    absence.delete()
    record(
        by=by, at=at, name=events.ABSENCE_REMOVED, subject_kind="membership", subject_id=member_id,
        detail={"absence": absence_id},
    )  # fmt: skip
    return member_id
