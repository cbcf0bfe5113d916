"""Who keeps an agency, audits it, or runs its machines; none of them sees a case."""

from __future__ import annotations

from rangkul.access.permissions import PERSON_CONTENT, Permission
from rangkul.access.roles.role import Role

P = Permission


class AgencyAdmin(Role):
    """Office staff chosen by the head of the agency.

    Does: invites, trains and ends users; keeps desks, opening hours, capacity, rosters, letters;
    draws up the agency's own forms, has them tried and publishes them; registers recipients of
    exports, which a supervisor confirms.
    Sees: staff records and how often files were opened, never the files.
    Never: makes or fetches an export, gives herself a case role (a second admin and a day's delay
    stand between), reads what the trail says, changes a clock that a law has set.
    """

    code = "admin_lembaga"
    label_id = "Admin lembaga"
    label_en = "Agency admin"
    permissions = frozenset(
        {
            P.EDIT_AGENCY,
            P.MANAGE_STAFF,
            P.KEEP_RECIPIENTS,
            P.KEEP_HOUSES,
            P.KEEP_AGREEMENTS,
            P.KEEP_FORMS,
            P.SEE_DIRECTORY,
        }
    )
    never = PERSON_CONTENT | {P.READ_TRAIL, P.OPEN_INCIDENT_CONTENT, P.KEEP_STANDARDS, P.RUN_SYSTEM}


class Auditor(Role):
    """Independent of casework: an inspectorate, or the officer of UU 27/2022 art. 53 (unverified).

    Does: reads who did what, when and why; looks after consents, legal bases, retention, breaches
    and the requests of those whose data these are.
    Sees: acts without their content; content only for one named incident, for a limited time, with
    a second approver, and the supervisor is told.
    Never: edits, does casework, reveals a reporter.
    """

    code = "auditor"
    label_id = "Auditor / petugas pelindungan data"
    label_en = "Auditor / data protection officer"
    permissions = frozenset(
        {
            P.READ_TRAIL,
            P.RECEIVE_DATA_REQUEST,
            P.HANDLE_DATA_REQUESTS,
            P.OPEN_INCIDENT_CONTENT,
            P.SEE_DIRECTORY,
        }
    )
    never = PERSON_CONTENT | {P.MANAGE_STAFF, P.EDIT_AGENCY, P.RUN_SYSTEM}


class SystemAdministrator(Role):
    """Technical staff under contract and oath.

    Does: keeps servers, backups, updates and the machinery of the keys.
    Sees: no case: content is locked with keys that no single person holds; an emergency session is
    timed, done by two, recorded and reviewed.
    Never: looks something up for anyone, switches the trail off, restores into a test site, holds
    a case role.
    """

    code = "administrator_sistem"
    label_id = "Administrator sistem"
    label_en = "System administrator"
    permissions = frozenset({P.RUN_SYSTEM})
    never = PERSON_CONTENT | {P.READ_TRAIL, P.OPEN_INCIDENT_CONTENT, P.MANAGE_STAFF}
