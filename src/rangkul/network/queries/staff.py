"""An agency's staff: who works there, in which roles, at which desks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from rangkul.access.roles import Companion, RegisteredReporter, Supervisor
from rangkul.accounts.policy import RESTS_SOON, rests_from
from rangkul.foundation.errors import NotReachable
from rangkul.network.models import Agency, Desk, Membership


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One membership with the names of its person and desks."""

    membership: Membership
    name: str
    username: str
    desks: tuple[str, ...]

    @property
    def id(self) -> int:
        """The membership."""
        return self.membership.id

    @property
    def rests_from(self) -> datetime:
        """When the account rests unless she signs in before."""
        return rests_from(self.membership.user)

    def entry_at(self, at: datetime) -> str:
        """How her way in stands: "" open, "soon" rests within two weeks, "rests", "invited",
        "lapsed" for a first password that ran out unused.
        """
        user = self.membership.user
        if user.must_change_password and user.invited_until:
            return "invited" if user.invited_until > at else "lapsed"
        if user.is_demo or self.rests_from > at + RESTS_SOON:
            return ""
        return "soon" if self.rests_from > at else "rests"


def _desk_names(agency_id: int) -> dict[int, str]:
    return dict(Desk.objects.filter(agency_id=agency_id).values_list("id", "name"))


def _member(row: Membership, desks: dict[int, str]) -> StaffMember:
    return StaffMember(
        membership=row,
        name=row.user.display_name,
        username=row.user.username,
        desks=tuple(desks[desk_id] for desk_id in row.desk_ids if desk_id in desks),
    )


def list_staff(agency_id: int, *, at: datetime, former_too: bool = False) -> list[StaffMember]:
    """The people of an agency by name, those who left only with ``former_too``; two queries."""
    rows = Membership.objects.filter(agency_id=agency_id).select_related("user")
    if not former_too:
        rows = rows.filter(Q(until=None) | Q(until__gt=at))
    desks = _desk_names(agency_id)
    return [_member(row, desks) for row in rows.order_by("user__display_name", "id")]


def list_companions(agency_id: int, *, at: datetime) -> list[StaffMember]:
    """Those of an agency who can carry cases: companions and supervisors; two queries."""
    carry = {Companion.code, Supervisor.code}
    return [
        member
        for member in list_staff(agency_id, at=at)
        if carry.intersection(member.membership.roles)
    ]


def reports_from(user_id: int) -> Agency | None:
    """The institution for which a person is, or was, a registered reporter; ``None`` for others."""
    row = (
        Membership.objects.select_related("agency")
        .filter(user_id=user_id, roles__contains=[RegisteredReporter.code])
        .order_by("-since", "-id")
        .first()
    )
    return row.agency if row else None


def count_reporters(agency_id: int, *, at: datetime) -> int:
    """How many registered reporters an institution has now."""
    live = Q(until=None) | Q(until__gt=at)
    return Membership.objects.filter(
        live, agency_id=agency_id, roles__contains=[RegisteredReporter.code]
    ).count()


def get_member(agency_id: int, membership_id: int) -> StaffMember:
    """One membership of the agency, a former one included; raises ``NotReachable``."""
    row = (
        Membership.objects.filter(agency_id=agency_id, id=membership_id)
        .select_related("user")
        .first()
    )
    if row is None:
        raise NotReachable("membership")
    return _member(row, _desk_names(agency_id))
