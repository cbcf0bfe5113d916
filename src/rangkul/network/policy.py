"""Who may change an agency's own entries, and which roles one colleague may give another.

Everyone signed in reads the directory; row security lets an agency write only its own rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.access.roles import (
    CASE_ROLES,
    ROLES,
    NationalCoordinator,
    ProvinceCoordinator,
    SystemAdministrator,
    check_roles,
    get_role,
)
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.network.agreements import Member, Party
from rangkul.network.models import Agency

CASE_ROLE_CODES: Final = frozenset(role.code for role in CASE_ROLES)

# Named by the ministry or the operator when an agency is made, never by the agency itself: they
# reach beyond it.
FROM_OUTSIDE: Final = frozenset({NationalCoordinator.code, SystemAdministrator.code})

# One or two vouched persons of a school, village, PKK group or health post (Roles, §14).
MOST_REPORTERS: Final = 2

# Named by the governor or the task force: only an agency of that level can hold the person.
_PROVINCE_LEVELS: Final = frozenset({"provinsi", "nasional"})


class OwnCaseRole(RangkulError):
    """An admin would give herself a role, or a desk, in which survivors' files are seen."""

    code = "own_case_role"

    message_id = (
        "Peran dan meja yang membuka data penyintas tidak dapat Anda berikan kepada diri sendiri. "
        "Mintalah admin lain di lembaga Anda."
    )
    message_en = (
        "You cannot give yourself a role or a desk that opens survivors' data. "
        "Please ask another admin of your agency."
    )

    def __init__(self) -> None:
        super().__init__(self.message_en)


class OwnMembership(RangkulError):
    """Somebody would end her own membership and stand outside at once."""

    code = "own_membership"

    message_id = "Keanggotaan Anda sendiri hanya dapat diakhiri oleh admin lain di lembaga Anda."
    message_en = "Your own membership can only be ended by another admin of your agency."

    def __init__(self) -> None:
        super().__init__(self.message_en)


class WorksElsewhere(RangkulError):
    """An admin would renew the sign-in of somebody who works in another agency too."""

    code = "works_elsewhere"

    message_id = (
        "Orang ini juga bekerja di lembaga lain. Sandi barunya hanya dapat dibuat oleh pengelola "
        "sistem, supaya tidak ada lembaga yang masuk atas nama lembaga lain."
    )
    message_en = (
        "This person works in another agency too. Only the operator can renew the sign-in, so that "
        "no agency enters for another."
    )

    def __init__(self) -> None:
        super().__init__(self.message_en)


class LastAdmin(RangkulError):
    """The agency would be left without anyone who looks after its staff."""

    code = "last_admin"

    message_id = "Lembaga perlu seorang admin. Tunjuk dahulu admin lain, lalu ubah yang ini."
    message_en = "An agency needs an admin. Please name another admin first, then change this one."

    def __init__(self) -> None:
        super().__init__(self.message_en)


class RoleFromOutside(RangkulError):
    """The role reaches beyond the agency, so the agency cannot give it."""

    code = "role_from_outside"

    def __init__(self, role: str) -> None:
        named = get_role(role)
        self.role = role
        self.message_id = (
            f"Peran {named.label_id} menjangkau lebih luas daripada lembaga Anda, "
            "jadi ditetapkan oleh yang berwenang di atasnya."
        )
        self.message_en = (
            f"The role {named.label_en} reaches beyond your agency, so it is given by the "
            "authority above it."
        )
        super().__init__(self.message_en)


class TooManyReporters(RangkulError):
    """An institution has its registered reporters already; ``MOST_REPORTERS`` of them."""

    code = "too_many_reporters"

    message_id = (
        "Lembaga ini sudah mempunyai dua pelapor terdaftar. Akhiri dahulu salah satunya: "
        "yang sedikit itu dikenal, dilatih, dan dijamin."
    )
    message_en = (
        "This institution has two registered reporters already. Please end one of them first: "
        "the few are known, trained and vouched for."
    )

    def __init__(self) -> None:
        super().__init__(self.message_en)


class NotAMember(RangkulError):
    """Somebody would enter or change an agreement for which the acting agency cannot speak."""

    code = "not_a_member"

    message_id = (
        "Perjanjian dicatat oleh lembaga yang menjadi pihak di dalamnya; untuk wilayah, oleh "
        "lembaga tingkat provinsi atau nasional di wilayah itu."
    )
    message_en = (
        "An agreement is kept by an agency that is a party to it; for an area, by an agency of "
        "province or national level there."
    )

    def __init__(self) -> None:
        super().__init__(self.message_en)


def speaks_for(agency: Agency, members: Iterable[Member]) -> bool:
    """Whether the agency may keep an agreement with these members.

    One that is named speaks for itself; for an area an agency of its province's level does.
    """
    party = Party(agency.id, agency.area_id, agency.kind)
    wide = agency.level in _PROVINCE_LEVELS
    return any(
        member.closeness(party) and (member.agency_id is not None or wide) for member in members
    )


def require_spokesman(agency: Agency, members: Iterable[Member]) -> None:
    """Go on only for a member's own agency. Raises `NotAMember`."""
    if not speaks_for(agency, members):
        raise NotAMember


def require_edit(by: Actor) -> None:
    """Go on only with `Permission.EDIT_AGENCY`; raises ``Forbidden``."""
    require(by.roles, Permission.EDIT_AGENCY)


def require_staffing(by: Actor) -> None:
    """Go on only with `Permission.MANAGE_STAFF`; raises ``Forbidden``."""
    require(by.roles, Permission.MANAGE_STAFF)


def grantable_roles(*, agency_level: str) -> frozenset[str]:
    """The role codes that an admin of an agency of this level may give at all."""
    barred = set(FROM_OUTSIDE)
    if agency_level not in _PROVINCE_LEVELS:
        barred.add(ProvinceCoordinator.code)
    return frozenset(ROLES) - barred


def check_grant(
    by: Actor,
    *,
    user_id: int | None,
    agency_level: str,
    old_roles: Collection[str],
    new_roles: Collection[str],
    old_desks: Collection[int],
    new_desks: Collection[int],
) -> None:
    """Accept what ``by`` would make of a colleague's (or, ``None``, a newcomer's) membership.

    Raises ``RolesConflict``, ``UnknownRole``, `RoleFromOutside`, `OwnCaseRole`.
    """
    check_roles(new_roles)
    added = set(new_roles) - set(old_roles)
    for role in sorted(added - grantable_roles(agency_level=agency_level)):
        raise RoleFromOutside(role)
    if user_id == by.user_id:
        check_own_grant(
            added=added,
            sees_files=not CASE_ROLE_CODES.isdisjoint(new_roles),
            new_desk=not set(new_desks) <= set(old_desks),
        )


def check_own_grant(*, added: Collection[str], sees_files: bool, new_desk: bool) -> None:
    """Raise `OwnCaseRole` when a person would widen her own view of survivors' data."""
    if not CASE_ROLE_CODES.isdisjoint(added) or (sees_files and new_desk):
        raise OwnCaseRole
