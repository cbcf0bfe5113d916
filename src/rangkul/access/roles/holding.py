"""Every role by its code, what an agency may add to one, and which two never meet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import product
from types import MappingProxyType
from typing import Final

from rangkul.access.permissions import Permission
from rangkul.access.roles.casework import Companion, IntakeOfficer, Supervisor
from rangkul.access.roles.coordination import NationalCoordinator, ProvinceCoordinator
from rangkul.access.roles.keeping import AgencyAdmin, Auditor, SystemAdministrator
from rangkul.access.roles.reporting import RegisteredReporter
from rangkul.access.roles.role import NeverGranted, Role
from rangkul.access.roles.service_desks import SERVICE_ROLES, ShelterOfficer
from rangkul.foundation.errors import RangkulError


class UnknownRole(RangkulError):
    """A role code that no role bears; a misspelt role must not quietly mean 'no rights'."""

    code = "unknown_role"


class RolesConflict(RangkulError):
    """One person would hold, in one agency, two roles that must stay with two persons."""

    code = "roles_conflict"

    def __init__(self, first: type[Role], second: type[Role]) -> None:
        self.pair = frozenset({first.code, second.code})
        self.message_id = (
            f"Peran {first.label_id} dan {second.label_id} tidak boleh dipegang satu orang "
            "di lembaga yang sama. Mintalah kepala lembaga menunjuk orang lain untuk salah satunya."
        )
        self.message_en = (
            f"The roles {first.label_en} and {second.label_en} may not be held by one person "
            "in the same agency. Ask the head of the agency to name someone else for one of them."
        )
        super().__init__(self.message_en)


CASE_ROLES: Final[tuple[type[Role], ...]] = (
    IntakeOfficer,
    Companion,
    Supervisor,
    *SERVICE_ROLES,
)
"""Roles in which something about a survivor is seen."""

_ALL: Final[tuple[type[Role], ...]] = (
    *CASE_ROLES,
    ProvinceCoordinator,
    NationalCoordinator,
    AgencyAdmin,
    Auditor,
    RegisteredReporter,
    SystemAdministrator,
)

ROLES: Final = MappingProxyType({role.code: role for role in _ALL})
"""Every role by its code, in the order in which the road meets them."""


def get_role(code: str) -> type[Role]:
    """The role of this code; raises `UnknownRole`."""
    try:
        return ROLES[code]
    except KeyError:
        raise UnknownRole(code) from None


def roles_with(permission: Permission) -> tuple[type[Role], ...]:
    """The roles that hold a permission, in the order of `ROLES`."""
    return tuple(role for role in _ALL if permission in role.permissions)


def with_additions(role: str, additions: Collection[Permission]) -> frozenset[Permission]:
    """The role's permissions plus those an agency adds; raises `NeverGranted` for a `never`."""
    held = get_role(role)
    refused = held.never.intersection(additions)
    if refused:
        raise NeverGranted(f"{role} never has {sorted(refused)}")
    return held.permissions.union(additions)


def _pairs(
    left: Iterable[type[Role]], right: Iterable[type[Role]]
) -> Iterable[frozenset[type[Role]]]:
    return (frozenset(pair) for pair in product(left, right))


_FORBIDDEN: Final[frozenset[frozenset[type[Role]]]] = frozenset(
    {
        *_pairs((AgencyAdmin,), (Auditor,)),
        *_pairs((SystemAdministrator,), CASE_ROLES),
        *_pairs((Auditor,), CASE_ROLES),
        *_pairs((Auditor,), (SystemAdministrator,)),
        *_pairs((ShelterOfficer,), (RegisteredReporter,)),
    }
)


def forbidden_pairs() -> frozenset[frozenset[str]]:
    """The pairs of role codes that one person never holds in one agency.

    An admin does not audit herself; who can reach the servers sees no case; who watches over
    casework and machinery does neither; a shelter's officer is not its registered reporter.
    That a packet without consent needs two persons is no matter of roles: see
    `policy.require_second_person`.
    """
    return frozenset(frozenset(role.code for role in pair) for pair in _FORBIDDEN)


def check_roles(roles: Collection[str]) -> None:
    """Accept the roles one person would hold in one agency.

    Raises `RolesConflict`, `UnknownRole`.
    """
    held = [get_role(code) for code in dict.fromkeys(roles)]
    for position, first in enumerate(held):
        for second in held[position + 1 :]:
            if frozenset({first, second}) in _FORBIDDEN:
                raise RolesConflict(first, second)
