"""The roles, written so that a data-protection officer can read them, and which two never meet.

Roles add up: a person may hold several in one agency and acts in one agency at a time. What stands
under `never` cannot be configured into a role; `with_additions` refuses it.
"""

from __future__ import annotations

from rangkul.access.roles.casework import Companion, IntakeOfficer, Supervisor
from rangkul.access.roles.coordination import NationalCoordinator, ProvinceCoordinator
from rangkul.access.roles.holding import (
    CASE_ROLES,
    ROLES,
    RolesConflict,
    UnknownRole,
    check_roles,
    forbidden_pairs,
    get_role,
    roles_with,
    with_additions,
)
from rangkul.access.roles.keeping import AgencyAdmin, Auditor, SystemAdministrator
from rangkul.access.roles.reporting import RegisteredReporter
from rangkul.access.roles.role import NeverGranted, Role
from rangkul.access.roles.service_desks import (
    SERVICE_ROLES,
    HealthOfficer,
    LegalOfficer,
    PoliceOfficer,
    Psychologist,
    ServiceOfficer,
    ShelterOfficer,
)

__all__ = [
    "CASE_ROLES",
    "ROLES",
    "SERVICE_ROLES",
    "AgencyAdmin",
    "Auditor",
    "Companion",
    "HealthOfficer",
    "IntakeOfficer",
    "LegalOfficer",
    "NationalCoordinator",
    "NeverGranted",
    "PoliceOfficer",
    "ProvinceCoordinator",
    "Psychologist",
    "RegisteredReporter",
    "Role",
    "RolesConflict",
    "ServiceOfficer",
    "ShelterOfficer",
    "Supervisor",
    "SystemAdministrator",
    "UnknownRole",
    "check_roles",
    "forbidden_pairs",
    "get_role",
    "roles_with",
    "with_additions",
]
