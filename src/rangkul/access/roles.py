"""The roles, written so that a data-protection officer can read them, and which two never meet.

Roles add up: a person may hold several in one agency and acts in one agency at a time. What stands
under `never` cannot be configured into a role; `with_additions` refuses it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import product
from types import MappingProxyType
from typing import ClassVar, Final

from rangkul.access.permissions import (
    CASE_CONTENT,
    INTAKE_CONTENT,
    PERSON_CONTENT,
    SERVICE_CONTENT,
    Permission,
)
from rangkul.foundation.errors import RangkulError

P = Permission


class NeverGranted(RangkulError):
    """An agency tried to configure into a role what this role never does."""

    code = "never_granted"


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


class Role:
    """What every role states: its code, its names, what it may do, what it never does."""

    code: ClassVar[str]
    label_id: ClassVar[str]
    label_en: ClassVar[str]
    permissions: ClassVar[frozenset[Permission]]
    never: ClassVar[frozenset[Permission]]

    def __init_subclass__(cls) -> None:
        """Refuse, at import, a role that grants what it says it never does."""
        super().__init_subclass__()
        contradiction = cls.permissions & cls.never
        if contradiction:
            raise NeverGranted(f"{cls.code} grants and forbids {sorted(contradiction)}")


class IntakeOfficer(Role):
    """The first voice a survivor hears: trained staff of a hotline, desk, shelter or hospital.

    Does: receives every report, however it comes; asks about danger before asking who someone is;
    gives the first advice; opens a file under a pseudonym; calls the companion on duty.
    Sees: the reports of the own desk until they are handed over; from then on only that they were
    received and are in hand. That there may have been an earlier contact, without who it was.
    Never: turns a report away, looks people up out of curiosity, decides who is to be believed,
    uncovers an identity in a case file, closes anything.
    """

    code = "petugas_pengaduan"
    label_id = "Petugas pengaduan"
    label_en = "Intake officer"
    permissions = frozenset(
        {
            P.TAKE_REPORT,
            P.TRIAGE,
            P.SEE_DESK_REPORTS,
            P.CALL_COMPANION,
            P.OPEN_CASE,
            P.RECEIVE_DATA_REQUEST,
            P.LOG_OBSTACLE,
            P.SEE_DIRECTORY,
        }
    )
    never = frozenset(
        {
            P.SEE_UNIT_CASES,
            P.OPEN_IDENTITY,
            P.MERGE_PERSONS,
            P.APPROVE_LOWER_RISK,
            P.APPROVE_OTHER_BASIS,
            P.CLOSE_CASE,
        }
    )


class Companion(Role):
    """The person at the survivor's side, of a kind and training that UU 12/2022 art. 26 names.

    Does: assesses and plans together with the survivor, asks for consent, prepares and sends what
    a service needs, visits, writes down obstacles, proposes closing when both are ready.
    Sees: the whole file of those assigned, and their identity after giving a reason.
    Never: the other files of the agency; lowers a risk alone; approves a packet without consent;
    closes alone; lends a password; keeps copies on a private phone.
    """

    code = "pendamping"
    label_id = "Pendamping"
    label_en = "Companion"
    permissions = frozenset(
        {
            P.TRIAGE,
            P.OPEN_CASE,
            P.SEE_OWN_CASES,
            P.OPEN_IDENTITY,
            P.WRITE_NOTE,
            P.WITHDRAW_NOTE,
            P.ASSESS,
            P.PLAN,
            P.CALL_CONFERENCE,
            P.JOIN_CONFERENCE,
            P.READ_SHOWN,
            P.RECORD_CONSENT,
            P.DRAFT_REFERRAL,
            P.SEND_REFERRAL,
            P.ORGANISE_RETURNS,
            P.PROPOSE_CLOSING,
            P.RECEIVE_DATA_REQUEST,
            P.LOG_OBSTACLE,
            P.PRINT_LETTERS,
            P.SEE_DIRECTORY,
            P.USE_EMERGENCY_ACCESS,
        }
    )
    never = frozenset(
        {
            P.SEE_UNIT_CASES,
            P.APPROVE_LOWER_RISK,
            P.APPROVE_OTHER_BASIS,
            P.REVIEW_EMERGENCY_ACCESS,
            P.CLOSE_CASE,
            P.HAND_OVER_CASELOAD,
        }
    )


class Supervisor(Role):
    """An experienced social worker whom the lead agency trusts with its unit's cases.

    Does: assigns and hands over; approves lowering of a risk, packets on another basis than
    consent, transfers, extensions and closings; guards mediation; chairs best-interest panels;
    looks within a day at emergency access that others used; steps in where a companion is away;
    answers, with the auditor, what a survivor asks about her own data.
    Sees: the unit's files, by pseudonym first.
    Never: approves what she herself asked for, changes a colleague's note (she adds her own),
    judges persons by outcome scores, reads the trail of her own unit's supervision.
    """

    code = "penyelia"
    label_id = "Manajer kasus / penyelia"
    label_en = "Case manager / supervisor"
    permissions = Companion.permissions | frozenset(
        {
            P.SEE_UNIT_CASES,
            P.ASSIGN_CASE,
            P.CALL_COMPANION,
            P.HAND_OVER_CASELOAD,
            P.APPROVE_LOWER_RISK,
            P.APPROVE_OTHER_BASIS,
            P.TRANSFER_CASE,
            P.EXTEND_STAY,
            P.OPEN_MEDIATION,
            P.CHAIR_BEST_INTEREST,
            P.CLOSE_CASE,
            P.REOPEN_CASE,
            P.MERGE_PERSONS,
            P.UNLINK_PERSONS,
            P.IMPORT_CASELOAD,
            P.REVIEW_EMERGENCY_ACCESS,
            P.HANDLE_DATA_REQUESTS,
        }
    )
    never = frozenset({P.READ_TRAIL, P.RUN_SYSTEM})


class ServiceOfficer(Role):
    """Staff of one service desk, licensed for that desk's profession.

    Does: accepts a packet, asks back, or declines with a reason; makes first contact; says whether
    the service was given and what comes next.
    Sees: the packets sent to the own desk, and nothing else of the file.
    Never: opens the file, forwards a packet (a new need is a new referral by the lead agency),
    sends notes back.
    """

    code = "petugas_layanan"
    label_id = "Petugas layanan"
    label_en = "Service officer"
    permissions = frozenset(
        {
            P.ANSWER_PACKETS,
            P.REPORT_OUTCOME,
            P.KEEP_SERVICE_RECORD,
            P.JOIN_CONFERENCE,
            P.READ_SHOWN,
            P.LOG_OBSTACLE,
            P.SEE_DIRECTORY,
        }
    )
    never = CASE_CONTENT | {P.READ_TRAIL, P.RUN_SYSTEM}


class HealthOfficer(ServiceOfficer):
    """Doctor, nurse or midwife at a health desk: sees the medical part of the packet.

    Returns attendance and the plan of care; the clinical record stays in the clinic's own system.
    """

    code = "petugas_kesehatan"
    label_id = "Petugas kesehatan"
    label_en = "Health officer"


class Psychologist(ServiceOfficer):
    """Psychologist or psychiatrist: sees the shared formulation and the risk to self.

    Returns attendance, risk and advice; what is said in therapy stays with her.
    """

    code = "psikolog"
    label_id = "Psikolog"
    label_en = "Psychologist"


class PoliceOfficer(ServiceOfficer):
    """Investigator of the women's and children's unit or of a trafficking desk.

    Sees facts, evidence and the own case number, and returns the progress of the case.
    Never therapy, shelter, workers' opinions or the results of instruments.
    """

    code = "petugas_polisi"
    label_id = "Petugas kepolisian"
    label_en = "Police officer"


class LegalOfficer(ServiceOfficer):
    """Legal-aid worker or advocate: sees the papers of the own clients.

    Notes under legal privilege are closed to everyone else, the lead agency included.
    """

    code = "petugas_hukum"
    label_id = "Petugas bantuan hukum"
    label_en = "Legal officer"


class ShelterOfficer(ServiceOfficer):
    """Staff of a shelter: keeps stays, rooms and daily needs.

    Answers "placed" with a meeting point; the address of the house stays inside the house.
    """

    code = "petugas_hunian"
    label_id = "Petugas hunian"
    label_en = "Shelter officer"
    permissions = ServiceOfficer.permissions | {
        P.KEEP_STAYS,
        P.KEEP_HOUSES,
        P.SEE_HOUSE_ADDRESS,
    }


class ProvinceCoordinator(Role):
    """Named by the governor or the task force to keep a province's network whole.

    Does: watches clocks, gaps, beds, obstacles, agreements; moves an unanswered referral, by its
    number, to another desk that may take it; calls meetings and follows up on them; proposes a case
    conference by the case's number to whoever holds the case, and sits there when invited.
    Sees: referrals by number and age, figures with small cells hidden.
    Never: identity, account, health, addresses, reporters, nor the file in a case conference.
    """

    code = "koordinator_provinsi"
    label_id = "Koordinator provinsi"
    label_en = "Province coordinator"
    permissions = frozenset(
        {
            P.SEE_PROVINCE,
            P.REASSIGN_UNANSWERED,
            P.PROPOSE_CONFERENCE,
            P.JOIN_CONFERENCE,
            P.CALL_MEETING,
            P.KEEP_AGREEMENTS,
            P.LOG_OBSTACLE,
            P.SEE_DIRECTORY,
        }
    )
    never = PERSON_CONTENT | {P.RUN_SYSTEM}


class NationalCoordinator(Role):
    """Secretariat of a ministry or of the national task force.

    Does: watches what moves between provinces, late journeys, standards; keeps reference lists and
    the versions of instruments after review.
    Sees: flows by origin, transit and destination, never below the limit for small numbers.
    Never: case rows, exports of small cells, a list of persons for any purpose.
    """

    code = "koordinator_nasional"
    label_id = "Koordinator nasional"
    label_en = "National coordinator"
    permissions = frozenset(
        {
            P.SEE_PROVINCE,
            P.SEE_NATION,
            P.CALL_MEETING,
            P.KEEP_AGREEMENTS,
            P.KEEP_STANDARDS,
            P.LOG_OBSTACLE,
            P.SEE_DIRECTORY,
        }
    )
    never = PERSON_CONTENT | {P.REASSIGN_UNANSWERED, P.RUN_SYSTEM}


class AgencyAdmin(Role):
    """Office staff chosen by the head of the agency.

    Does: invites, trains and ends users; keeps desks, opening hours, capacity, rosters, letters;
    draws up the agency's own forms, has them tried and publishes them.
    Sees: staff records and how often files were opened, never the files.
    Never: gives herself a case role (a second admin and a day's delay stand between), reads what
    the trail says, changes a clock that a law has set.
    """

    code = "admin_lembaga"
    label_id = "Admin lembaga"
    label_en = "Agency admin"
    permissions = frozenset(
        {
            P.EDIT_AGENCY,
            P.MANAGE_STAFF,
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


class RegisteredReporter(Role):
    """One or two vouched persons of a school, village, PKK group or health post.

    Does: sends a report.
    Sees: that it was received, and that it is in hand; nothing more, for she may be the suspect.
    Never: the file, the directory of shelters, the outcome, other reports from the place, or that
    someone is known here.
    When the own institution is suspected, this access ends without a word.
    """

    code = "pelapor_terdaftar"
    label_id = "Pelapor terdaftar"
    label_en = "Registered reporter"
    permissions = frozenset({P.SEND_REGISTERED_REPORT})
    never = (CASE_CONTENT | SERVICE_CONTENT | INTAKE_CONTENT) | {P.READ_TRAIL, P.RUN_SYSTEM}


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


SERVICE_ROLES: Final[tuple[type[ServiceOfficer], ...]] = (
    ServiceOfficer,
    HealthOfficer,
    Psychologist,
    PoliceOfficer,
    LegalOfficer,
    ShelterOfficer,
)
"""The service officer and its kinds; the kind decides which desk's packets are one's own."""

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
