"""An agency keeps its staff: invites, changes roles and desks, ends a membership."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.access.roles import RegisteredReporter
from rangkul.accounts import operations as accounts
from rangkul.accounts import sessions
from rangkul.accounts.operations import create_user
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.locks import check_version
from rangkul.network import events, policy
from rangkul.network.models import Agency, Desk, DutyShift, Membership, Sex
from rangkul.trail.operations import record


def _own_desks(by: Actor, desk_ids: Collection[int]) -> list[int]:
    """The desks, if all are the acting agency's; raises ``InvalidInput``."""
    known = set(
        Desk.objects.filter(agency_id=by.agency_id, id__in=set(desk_ids)).values_list(
            "id", flat=True
        )
    )
    if known != set(desk_ids):
        raise InvalidInput({"desks": _("One of the desks is not your agency's.")})
    return sorted(known)


def _check_reporters(
    by: Actor, roles: Collection[str], *, at: datetime, besides: int | None = None
) -> None:
    """Raise `policy.TooManyReporters` when this would be one too many; two at once wait in line."""
    if RegisteredReporter.code not in roles:
        return
    Agency.objects.select_for_update().get(id=by.agency_id)
    others = Membership.objects.filter(
        Q(until=None) | Q(until__gt=at), agency_id=by.agency_id,
        roles__contains=[RegisteredReporter.code],
    )  # fmt: skip
    if besides is not None:
        others = others.exclude(id=besides)
    if others.count() >= policy.MOST_REPORTERS:
        raise policy.TooManyReporters


def _check_roles_given(roles: Collection[str]) -> None:
    if not roles:
        raise InvalidInput({"roles": _("Please choose at least one role.")})


@transaction.atomic
def invite_member(
    *,
    username: str,
    display_name: str,
    email: str,
    sex: str,
    roles: Collection[str],
    desk_ids: Collection[int],
    password: str,
    by: Actor,
    at: datetime,
) -> Membership:
    """Make an account with a first password and a membership for it in the acting agency.

    At the first sign-in the person chooses a password of her own and sets up a second factor.
    Raises ``Forbidden``, ``InvalidInput`` (a taken name, a weak password, foreign desks),
    ``RolesConflict``, ``UnknownRole``, `policy.RoleFromOutside`, `policy.TooManyReporters`.
    """
    policy.require_staffing(by)
    _check_roles_given(roles)
    if sex not in {"", *Sex.values}:
        raise InvalidInput({"sex": _("Please choose from the list.")})
    agency = Agency.objects.get(id=by.agency_id)
    desks = _own_desks(by, desk_ids)
    policy.check_grant(
        by, user_id=None, agency_level=agency.level, old_roles=(), new_roles=roles, old_desks=(),
        new_desks=desks,
    )  # fmt: skip
    _check_reporters(by, roles, at=at)
    try:
        with transaction.atomic():
            user = create_user(
                username=username, display_name=display_name, email=email, password=password,
                one_time=True, at=hour.now(),
            )  # fmt: skip
    except IntegrityError as fault:
        raise InvalidInput(
            {"username": _("This sign-in name is taken. Please choose another.")}
        ) from fault
    except ValidationError as fault:
        raise InvalidInput({"password": " ".join(fault.messages)}) from fault
    membership = Membership.objects.create(
        agency=agency, user=user, roles=sorted(set(roles)), desk_ids=desks, sex=sex, since=at
    )
    record(
        by=by, at=at, name=events.MEMBER_INVITED, subject_kind="membership",
        subject_id=membership.id, detail={"roles": membership.roles, "desks": desks},
    )  # fmt: skip
    return membership


def _lock_live_member(by: Actor, membership_id: int, at: datetime) -> Membership:
    found = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("agency")
        .filter(Q(until=None) | Q(until__gt=at), agency_id=by.agency_id, id=membership_id)
        .first()
    )
    if found is None:
        raise NotReachable("membership")
    return found


def _check_admin_remains(membership: Membership, at: datetime) -> None:
    """Raise ``LastAdmin`` when nobody else of the agency could look after its staff."""
    others = Membership.objects.filter(
        Q(until=None) | Q(until__gt=at), agency_id=membership.agency_id, user__is_active=True
    ).exclude(id=membership.id)
    if not any(may(other.roles, Permission.MANAGE_STAFF) for other in others):
        raise policy.LastAdmin


@transaction.atomic
def change_roles(
    *,
    membership_id: int,
    roles: Collection[str],
    desk_ids: Collection[int],
    sex: str,
    version: int,
    by: Actor,
    at: datetime,
) -> Membership:
    """Give a colleague other roles and desks; open pages under the old ones stop at once.

    Raises ``Forbidden``, ``NotReachable``, ``StaleForm``, ``InvalidInput``, ``RolesConflict``,
    ``UnknownRole``, `policy.OwnCaseRole`, `policy.RoleFromOutside`, `policy.LastAdmin`,
    `policy.TooManyReporters`.
    """
    policy.require_staffing(by)
    _check_roles_given(roles)
    if sex not in {"", *Sex.values}:
        raise InvalidInput({"sex": _("Please choose from the list.")})
    found = _lock_live_member(by, membership_id, at)
    check_version(expected=version, found=found.version)
    desks = _own_desks(by, desk_ids)
    policy.check_grant(
        by, user_id=found.user_id, agency_level=found.agency.level, old_roles=found.roles,
        new_roles=roles, old_desks=found.desk_ids, new_desks=desks,
    )  # fmt: skip
    _check_reporters(by, roles, at=at, besides=found.id)
    if may(found.roles, Permission.MANAGE_STAFF) and not may(roles, Permission.MANAGE_STAFF):
        _check_admin_remains(found, at)
    # Recorded first: a change to one's own membership ends the scope that the trail is written in.
    record(
        by=by, at=at, name=events.ROLES_CHANGED, subject_kind="membership", subject_id=found.id,
        detail={"from": sorted(found.roles), "to": sorted(set(roles)), "desks": desks},
    )  # fmt: skip
    found.roles, found.desk_ids, found.sex = sorted(set(roles)), desks, sex
    found.version += 1
    found.save(update_fields=["roles", "desk_ids", "sex", "version"])
    return found


@transaction.atomic
def end_membership(*, membership_id: int, version: int, by: Actor, at: datetime) -> Membership:
    """End a colleague's membership now: the old reach is lost at this second, coming turns go.

    Her cases stay with the agency; `custody.operations.hand_over_caseload` gives them to someone.
    Raises ``Forbidden``, ``NotReachable``, ``StaleForm``, `policy.OwnMembership`,
    `policy.LastAdmin`.
    """
    policy.require_staffing(by)
    found = _lock_live_member(by, membership_id, at)
    if found.user_id == by.user_id:
        raise policy.OwnMembership
    check_version(expected=version, found=found.version)
    if may(found.roles, Permission.MANAGE_STAFF):
        _check_admin_remains(found, at)
    record(
        by=by, at=at, name=events.MEMBERSHIP_ENDED, subject_kind="membership", subject_id=found.id
    )
    DutyShift.objects.filter(
        agency_id=by.agency_id, membership_id=found.id, starts_at__gte=at
    ).delete()
    found.until = at
    found.version += 1
    found.save(update_fields=["until", "version"])
    if not _works_elsewhere(found, at):
        sessions.end_all(user_id=found.user_id)
    return found


def _works_elsewhere(membership: Membership, at: datetime) -> bool:
    """Whether the person has a live place in another agency too."""
    elsewhere = Membership.objects.filter(
        Q(until=None) | Q(until__gt=at), user_id=membership.user_id
    )
    return elsewhere.exclude(agency_id=membership.agency_id).exists()


@transaction.atomic
def renew_entry(
    *, membership_id: int, password: str, without_factors: bool, by: Actor, at: datetime
) -> Membership:
    """Give a colleague a new first password; her sessions end, her second factors if asked.

    For a forgotten password, a lost phone, an invitation that ran out. Whoever works in another
    agency too is helped by the operator alone: one agency's admin would else enter for the other.
    Raises ``Forbidden``, ``NotReachable``, ``InvalidInput`` (a weak password),
    `policy.OwnMembership`, `policy.WorksElsewhere`.
    """
    policy.require_staffing(by)
    found = _lock_live_member(by, membership_id, at)
    if found.user_id == by.user_id:
        raise policy.OwnMembership
    if _works_elsewhere(found, at):
        raise policy.WorksElsewhere
    try:
        accounts.renew_entry(
            user=found.user, password=password, without_factors=without_factors, at=hour.now()
        )
    except ValidationError as fault:
        raise InvalidInput({"password": " ".join(fault.messages)}) from fault
    record(
        by=by, at=at, name=events.ENTRY_RENEWED, subject_kind="membership", subject_id=found.id,
        detail={"without_factors": without_factors},
    )  # fmt: skip
    return found


@transaction.atomic
def wake_account(*, membership_id: int, by: Actor, at: datetime) -> Membership:
    """A colleague's account that rests, or soon would, opens again with her own password.

    Raises ``Forbidden``, ``NotReachable``.
    """
    policy.require_staffing(by)
    found = _lock_live_member(by, membership_id, at)
    accounts.wake(user=found.user, at=hour.now())
    record(by=by, at=at, name=events.ACCOUNT_WOKEN, subject_kind="membership", subject_id=found.id)
    return found
