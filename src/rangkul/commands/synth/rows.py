"""Rows as COPY takes them: one line of text for each, gathered by table.

The text form is written by hand because it is a third of the cost of binding values one by one;
``TABLES`` says in which order a line names its columns. Columns left out take their default.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

NULL: Final = r"\N"

TABLES: Final[dict[str, str]] = {
    "accounts_user": "id username email display_name language is_active is_demo created_at "
    "password",
    "network_agency": "id code name short_name kind level area_id confirmed_on version",
    "network_desk": "id agency_id code name always_open hours capacity free_places free_places_at "
    "languages serves accessible latitude longitude phone whatsapp website address access_notes "
    "hours_note takes_reports active listed changed_at confirmed_at version",
    "network_deskservice": "agency_id desk_id service sex age_min age_max residents_only active",
    "network_membership": "id agency_id user_id roles desk_ids sex version since",
    "network_dutyshift": "agency_id desk_id membership_id starts_at ends_at",
    "custody_case": "id subject lead_agency_id opened_at reach",
    "custody_caseaccess": "case_id agency_id basis opened_at since until",
    "custody_assignment": "id agency_id case_id user_id part since until assigned_by",
    "foundation_datakey": "id owner_kind owner_id audience audience_agency_id subject data_class "
    "kek_version wrapped created_at reach",
    "cases_casefile": "id case_id audience reach state risk risk_at categories violence_kinds "
    "flags pseudonym work_label sex age_band is_child languages worker_sex desk_id area "
    "incident_key legal_determination opened_at closed_at close_reason version",
    "cases_incident": "id case_id audience reach happened_from precision place_kinds area "
    "origin_area transit_areas destination_area destination_country process means purpose "
    "account_sealed recorded_at recorded_by version",
    "cases_note": "id case_id audience audience_agency_id reach kind body_sealed happened_at "
    "written_at written_by agency_id withdraw_reason",
    "cases_need": "id case_id audience reach words_sealed service urgency state by_desk_id outcome "
    "stated_at stated_by ended_at version",
    "people_person": "id case_id audience reach part sex birth_year relation contact_bans "
    "identity_sealed contact_sealed location_sealed state added_at added_by version",
    "people_token": "token agency_id subject subject_kind ref name parts spelling",
    "assessments_submission": "id case_id audience reach instrument version instance_id "
    "source standing answers result happened_at entered_at assessed_by",
    "assessments_sealedanswers": "id case_id audience reach submission_id data_class part "
    "values_sealed",
    "clocks_clock": "id agency_id desk_id user_id procedure procedure_version subject_kind "
    "subject_id case_id risk state started_at due_at pause_reason ended_at",
    "reports_report": "id subject agency_id desk_id state channel reporter_kind "
    "reporter_confidential happened_on reported_at entered_at area risk answers result "
    "violence_kinds account_sealed reporter_sealed survivor_sealed case_id outcome taken_by "
    "handled_by version",
    "consent_basis": "id case_id audience reach letter article service recipient_desk_id "
    "fallback_desk_ids purposes levels given_by manner notice_version language why best_interest "
    "guardian_excluded recorded_at recorded_by valid_until",
    "consent_crossing": "id case_id audience reach basis_id kind subject from_agency_id "
    "to_agency_id desk_id service purpose crossed_at crossed_by",
    "referrals_request": "id sender_agency_id sender_user_id receiver_agency_id receiver_desk_id "
    "service state risk is_child basis_letter sent_at accept_by first_contact_by outcome_by "
    "answered_at answered_by first_contact_at ended_at reason outcome risk_change version reach",
    "referrals_packet": "id request_id version content_sealed facts withheld sealed_at expires_at "
    "opened_at opened_by destroyed_at destroy_reason reach",
    "referrals_message": "id request_id kind from_agency_id from_user_id body_sealed written_at "
    "reach",
    "referrals_referral": "id case_id audience reach need_id basis_id request_id levels token "
    "made_at made_by",
    "trail_act": "id at xid agency_id actor_id purpose name subject_kind subject_id case_id reason "
    "detail digest",
}
"""Table → its columns in the order of a line, parents before children."""

_ESCAPES: Final = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})

# Made once: `json.dumps` with arguments makes an encoder for every call.
_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Buffers = dict[str, list[str]]
"""Table → its lines."""


def buffers() -> Buffers:
    """Empty buffers for every table."""
    return {table: [] for table in TABLES}


def joined(lines: Buffers) -> dict[str, bytes]:
    """The filled tables as the bytes that COPY reads."""
    return {table: ("\n".join(rows) + "\n").encode() for table, rows in lines.items() if rows}


def line(*values: str) -> str:
    """One row of values that are encoded already."""
    return "\t".join(values)


def text(value: str) -> str:
    """Free words; codes need no escape."""
    return value.translate(_ESCAPES)


def number(value: int | float | None) -> str:
    """A number or NULL."""
    return NULL if value is None else str(value)


def moment(value: datetime | None) -> str:
    """A moment with its zone, or NULL."""
    return NULL if value is None else value.isoformat()


def flag(value: bool) -> str:
    """A truth value."""
    return "t" if value else "f"


def array(values: Iterable[object]) -> str:
    """An array of codes or numbers; codes hold no comma, quote or brace."""
    return "{" + ",".join(map(str, values)) + "}"


def sealed(value: bytes) -> str:
    """A byte string in hexadecimal."""
    return r"\\x" + value.hex()


def identifier(value: UUID) -> str:
    """A UUID without its dashes, as PostgreSQL also reads it."""
    return value.hex


def json_text(value: object) -> str:
    """A JSON value."""
    return _JSON(value).translate(_ESCAPES)
