"""What those who keep the machine decide for an agency: its first day, its last, roles from above.

Each act runs as the owner and stands in the trail of the agency that it concerns.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from rangkul.access.roles import AgencyAdmin, ProvinceCoordinator, check_roles
from rangkul.foundation.errors import InvalidInput, NotReachable, RangkulError
from rangkul.network import events, policy
from rangkul.network.models import Agency, DutyShift, Membership
from rangkul.network.operations.outside import create_agency, create_membership
from rangkul.trail.operations import OUTSIDE, record

# What an agency cannot give itself, and its first admin, whom nobody inside could name.
_GIVEN_FROM_OUTSIDE: Final = policy.FROM_OUTSIDE | {ProvinceCoordinator.code, AgencyAdmin.code}


class AgencyStands(RangkulError):
    """An agency bears this code already."""

    code = "agency_stands"


class NotFromOutside(RangkulError):
    """The role is the agency's own to give: nobody outside decides who sees its files."""

    code = "not_from_outside"


def found_agency(
    *,
    using: str,
    at: datetime,
    code: str,
    name: str,
    short_name: str,
    kind: str,
    level: str,
    area: str,
    parent: str = "",
) -> Agency:
    """Make an agency of a new ``code``; ``area`` is a code, ``parent`` the code of another agency.

    Side effect: the trail. Raises `AgencyStands`, ``NotReachable`` (parent), ``InvalidInput``.
    """
    empty = {
        field: _("Please fill this in.")
        for field, words in (("code", code), ("name", name), ("short_name", short_name))
        if not words.strip()
    }
    if empty:
        raise InvalidInput(empty)
    with transaction.atomic(using=using):
        if Agency.objects.using(using).filter(code=code).exists():
            raise AgencyStands(f"an agency with the code {code} stands already")
        above = _agency(parent, using=using).id if parent else None
        agency = create_agency(
            using=using, code=code, name=name.strip(), short_name=short_name.strip(), kind=kind,
            level=level, area=area, parent_id=above,
        )  # fmt: skip
        _record(events.AGENCY_FOUNDED, agency, using=using, at=at)
    return agency


def _agency(code: str, *, using: str, locked: bool = False) -> Agency:
    found = Agency.objects.using(using)
    row = (found.select_for_update() if locked else found).filter(code=code).first()
    if row is None:
        raise NotReachable(f"no agency has the code {code}")
    return row


def _record(
    name: str,
    agency: Agency,
    *,
    using: str,
    at: datetime,
    membership: Membership | None = None,
    detail: dict[str, object] | None = None,
) -> None:
    record(
        by=None, at=at, name=name, purpose=OUTSIDE, using=using, agency_id=agency.id,
        subject_kind="membership" if membership else "agency",
        subject_id=membership.id if membership else agency.id, detail=detail,
    )  # fmt: skip


# -- roles from above -------------------------------------------------------------------------


def give_role(*, using: str, agency: str, user_id: int, role: str, at: datetime) -> Membership:
    """Give a person a role that reaches beyond the agency (a code), or make her its admin.

    She gets a place there where she has none. An admin is given only where no live one is left:
    after that the agency names its own. Side effect: the trail. Raises `NotFromOutside`,
    ``NotReachable``, ``RolesConflict``, ``UnknownRole``, `policy.RoleFromOutside` where an agency
    of this level cannot hold the role.
    """
    check_roles([role])
    if role not in _GIVEN_FROM_OUTSIDE:
        raise NotFromOutside(f"{role} is given by the agency's own admin, on the screen")
    with transaction.atomic(using=using):
        row = _agency(agency, using=using, locked=True)
        grantable = policy.grantable_roles(agency_level=row.level)
        if role not in grantable | policy.FROM_OUTSIDE:
            raise policy.RoleFromOutside(role)
        if role == AgencyAdmin.code and _has_admin(row, using=using):
            raise NotFromOutside(f"{agency} has an admin, who gives this role on the screen")
        membership = create_membership(
            using=using, agency_id=row.id, user_id=user_id, roles=[role], since=at
        )
        if role not in membership.roles:
            wanted = {*membership.roles, role}
            check_roles(wanted)
            _set_roles(membership, wanted, using=using)
        _record(
            events.ROLE_GIVEN, row, using=using, at=at, membership=membership,
            detail={"role": role},
        )  # fmt: skip
    return membership


def _has_admin(agency: Agency, *, using: str) -> bool:
    return (
        Membership.objects.using(using)
        .filter(agency=agency, until=None, roles__contains=[AgencyAdmin.code], user__is_active=True)
        .exists()
    )


def _set_roles(membership: Membership, roles: Iterable[str], *, using: str) -> None:
    membership.roles = sorted(roles)
    membership.version += 1
    membership.save(using=using, update_fields=["roles", "version"])


def take_role(*, using: str, agency: str, user_id: int, role: str, at: datetime) -> Membership:
    """Take back a role that was given from outside; with her last role her place ends too.

    Pages open under it stop at once. Side effect: the trail. Raises `NotFromOutside` for a role
    that is the agency's own, the admin's among them, ``NotReachable`` where she does not hold it.
    """
    if role not in _GIVEN_FROM_OUTSIDE - {AgencyAdmin.code}:
        raise NotFromOutside(f"{role} is taken back by the agency's own admin, on the screen")
    with transaction.atomic(using=using):
        row = _agency(agency, using=using)
        membership = (
            Membership.objects.using(using)
            .select_for_update()
            .filter(agency=row, user_id=user_id, until=None, roles__contains=[role])
            .first()
        )
        if membership is None:
            raise NotReachable(f"nobody of this name holds {role} at {agency}")
        left = set(membership.roles) - {role}
        if left:
            _set_roles(membership, left, using=using)
        else:
            _end_place(membership, at=at, using=using)
        _record(
            events.ROLE_TAKEN, row, using=using, at=at, membership=membership,
            detail={"role": role},
        )  # fmt: skip
    return membership


def _end_place(membership: Membership, *, at: datetime, using: str) -> None:
    DutyShift.objects.using(using).filter(membership=membership, starts_at__gte=at).delete()
    membership.until = at
    membership.version += 1
    membership.save(using=using, update_fields=["until", "version"])


# -- the last day -----------------------------------------------------------------------------


def end_agency(*, using: str, agency: str, last_day: date, at: datetime) -> Agency:
    """Say on which day the agency (a code) works for the last time; from then on it is no more.

    Until the end of that day all goes on, so that what it holds can be handed over. Afterwards
    nobody enters for it, its desks are closed and offer nothing, and neither directory nor
    suggestions name it. Whether it still holds anything the caller asks. Side effect: the trail.
    Raises ``NotReachable``, ``InvalidInput``.
    """
    with transaction.atomic(using=using):
        row = _agency(agency, using=using, locked=True)
        if row.valid_from is not None and last_day < row.valid_from:
            raise InvalidInput({"last_day": _("The last day lies before the first.")})
        _set_last_day(row, last_day, using=using)
        _record(
            events.AGENCY_ENDED, row, using=using, at=at,
            detail={"last_day": last_day.isoformat()},
        )  # fmt: skip
    return row


def resume_agency(*, using: str, agency: str, at: datetime) -> Agency:
    """Take the last day back: the agency (a code) goes on, with the people it had.

    Side effect: the trail. Raises ``NotReachable`` where no last day is set.
    """
    with transaction.atomic(using=using):
        row = _agency(agency, using=using, locked=True)
        if row.valid_until is None:
            raise NotReachable(f"{agency} has no last day")
        _set_last_day(row, None, using=using)
        _record(events.AGENCY_GOES_ON, row, using=using, at=at)
    return row


def _set_last_day(agency: Agency, day: date | None, *, using: str) -> None:
    agency.valid_until = day
    agency.version += 1
    agency.save(using=using, update_fields=["valid_until", "version"])
