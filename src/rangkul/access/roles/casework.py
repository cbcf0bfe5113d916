"""Who carries a case: receives it, stands at the survivor's side, answers for the unit."""

from __future__ import annotations

from rangkul.access.permissions import Permission
from rangkul.access.roles.role import Role

P = Permission


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
    answers, with the auditor, what a survivor asks about her own data; exports a table of cases
    without identities, sealed to a recipient whose key she confirmed (a large one only with another
    supervisor).
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
            P.EXPORT_CASES,
            P.REVIEW_EMERGENCY_ACCESS,
            P.HANDLE_DATA_REQUESTS,
        }
    )
    never = frozenset({P.READ_TRAIL, P.RUN_SYSTEM})
