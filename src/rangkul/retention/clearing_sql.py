"""What an erasure takes from each table, and what it leaves, with the reason: one list for both.

The vault's keys go first: without them every sealed value is noise, here and in every copy. What
stands unsealed about a person is emptied; ids, codes, dates and who of the staff did what remain,
so that the trail stays whole and can be answered for.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_EMPTY: Final = "''"
_NONE: Final = "'{}'"
_BLANK: Final = r"'\x'::bytea"

_OF_CASE: Final = "case_id = p_case"
_OF_REQUESTS: Final = (
    "request_id in (select f.request_id from referrals_referral f where f.case_id = p_case)"
)
_OF_ADMISSIONS: Final = (
    "admission_id in (select a.id from shelter_admission a where a.case_id = p_case)"
)
_OF_REPORTS: Final = "report_id in (select r.id from reports_report r where r.case_id = p_case)"
_OF_TRANSFERS: Final = (
    "id in (select e.transfer_id from referrals_transferend e where e.case_id = p_case)"
)

# Table → (which rows, column → what it is set to).
CLEARED: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = MappingProxyType({
    "people_person": (_OF_CASE, {
        "sex": _EMPTY, "birth_year": "null", "relation": _EMPTY, "contact_allowed": "null",
        "contact_bans": _NONE, "identity_sealed": "null", "contact_sealed": "null",
        "location_sealed": "null",
    }),
    "cases_casefile": (_OF_CASE, {
        "risk": "'rendah'", "risk_at": "opened_at", "categories": _NONE, "violence_kinds": _NONE,
        "flags": _NONE, "pseudonym": _EMPTY, "work_label": _EMPTY, "sex": _EMPTY,
        "age_band": _EMPTY, "is_child": "false", "languages": _NONE, "worker_sex": _EMPTY,
        "area": _EMPTY, "legal_determination": _EMPTY, "incident_key": "gen_random_uuid()",
    }),
    "cases_incident": (_OF_CASE, {
        "happened_from": "null", "happened_until": "null", "precision": "'day'",
        "place_kinds": _NONE, "area": _EMPTY, "origin_area": _EMPTY, "transit_areas": _NONE,
        "destination_area": _EMPTY, "destination_country": _EMPTY, "process": _NONE,
        "means": _NONE, "purpose": _NONE, "account_sealed": "null",
    }),
    "cases_note": (_OF_CASE, {"body_sealed": _BLANK}),
    "cases_need": (_OF_CASE, {"words_sealed": _BLANK}),
    # The hash of a paper knows it again: it goes with the paper.
    "cases_attachment": (_OF_CASE, {
        "name_sealed": _BLANK, "content_sealed": _BLANK, "sha256": _BLANK, "size": "0",
    }),
    "assessments_submission": (_OF_CASE, {"answers": "'{}'::jsonb", "result": "'{}'::jsonb"}),
    "assessments_sealedanswers": (_OF_CASE, {"values_sealed": _BLANK}),
    "assessments_proposal": (_OF_CASE, {
        "wanted": "null", "level": _EMPTY, "why_sealed": "null",
    }),
    "consent_basis": (_OF_CASE, {
        "why_sealed": "null", "child_age": "null", "support": _NONE,
    }),
    "consent_evidence": (_OF_CASE, {
        "content_sealed": _BLANK, "witness_sealed": "null", "mark": _EMPTY, "size": "0",
    }),
    "referrals_waitingreferral": (_OF_CASE, {"draft_sealed": _BLANK, "words_sealed": "null"}),
    "referrals_packet": (_OF_REQUESTS, {
        "content_sealed": _BLANK, "destroyed_at": "coalesce(destroyed_at, p_at)",
        "destroy_reason": "case when destroyed_at is null then 'erased' else destroy_reason end",
    }),
    "referrals_message": (_OF_REQUESTS, {"body_sealed": _BLANK}),
    "referrals_transfer": (_OF_TRANSFERS, {
        "words_sealed": _BLANK, "cover": "'{}'::jsonb", "risk": _EMPTY,
    }),
    "repatriation_returnee": (_OF_CASE, {
        "nationality": _EMPTY, "origin_area": _EMPTY, "marks": _NONE,
    }),
    "repatriation_judgement": (_OF_CASE, {"words_sealed": _BLANK}),
    "repatriation_traveller": (
        "id in (select g.traveller_id from repatriation_passage g where g.case_id = p_case)",
        {"label_sealed": _BLANK},
    ),
    "reports_report": (_OF_CASE, {
        "happened_on": "null", "area": _EMPTY, "answers": "'{}'::jsonb", "result": "'{}'::jsonb",
        "violence_kinds": _NONE, "account_sealed": "null", "reporter_sealed": "null",
        "survivor_sealed": "null", "answers_sealed": "null",
    }),
    "reports_doorreport": (_OF_REPORTS, {
        "contact_sealed": "null", "danger": "false", "withdrawn_at": "null",
    }),
    "reports_message": (_OF_REPORTS, {"body_sealed": _BLANK}),
    "reports_reportfile": (_OF_REPORTS, {"content_sealed": _BLANK, "size": "0"}),
    "tidings_line": (_OF_CASE, {"pressed_at": "null"}),
    "tidings_word": (_OF_CASE, {"body_sealed": _BLANK, "pressed": "false"}),
    "tidings_appointment": (_OF_CASE, {
        "detail_sealed": "null", "starts_at": "told_at", "cancelled_at": "null",
    }),
    "shelter_admission": (_OF_CASE, {"note_sealed": "null"}),
    "shelter_intake": (_OF_ADMISSIONS, {"needs_sealed": _BLANK, "belongings_sealed": _BLANK}),
    "shelter_daynote": (_OF_ADMISSIONS, {"body_sealed": _BLANK}),
    "shelter_stay": (_OF_ADMISSIONS, {"whereto_sealed": "null"}),
    "conferences_share": (
        "id in (select g.share_id from conferences_shareground g where g.case_id = p_case)",
        {"content_sealed": _BLANK, "destroyed_at": "coalesce(destroyed_at, p_at)",
         "destroy_reason": "case when destroyed_at is null then 'erased' else destroy_reason end"},
    ),
    "retention_request": (_OF_CASE, {
        "words_sealed": "null", "answer_sealed": "null", "person_id": "null",
    }),
})  # fmt: skip

# Rows that are nothing but what is to be forgotten.
DELETED: Final[Mapping[str, str]] = MappingProxyType({
    "people_token": "(subject_kind = 'p' and ref = p_case) or (subject_kind = 'r' and ref in "
    "(select r.id from reports_report r where r.case_id = p_case))",
    "people_sameperson": "first_case_id = p_case or second_case_id = p_case",
    # Who of the staff is related to her: nobody reaches the case any more.
    "custody_relation": _OF_CASE,
    "assessments_draft": _OF_CASE,
    "referrals_referraldraft": _OF_CASE,
    "procrastinate_jobs": "status = 'todo' and args ->> 'subject_kind' in ('case', 'person') and "
    "args ->> 'subject_id' in (select p_case::text union "
    "select p.id::text from people_person p where p.case_id = p_case)",
})  # fmt: skip

_STAFF: Final = "who of the staff did it: the agency answers for its people"
_PROOF: Final = "the proof that there was a ground, and which (UU 27/2022 art. 24)"
_BOTH: Final = "belongs to two agencies; names nobody once its packet is destroyed"
_STAY: Final = "the house's book of nights and beds, without a name"

# Personal columns of the same tables that remain, and why.
KEPT: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({
    "people_person": {"added_by": _STAFF},
    "cases_incident": {"recorded_by": _STAFF},
    "cases_note": {"written_by": _STAFF, "withdrawn_by": _STAFF},
    "cases_need": {"stated_by": _STAFF, "by_user_id": _STAFF},
    "cases_attachment": {"received_by": _STAFF, "withdrawn_by": _STAFF},
    "assessments_submission": {"assessed_by": _STAFF},
    "assessments_proposal": {"answered_by": _STAFF},
    "consent_basis": {
        "given_by": _PROOF, "relation": _PROOF, "child_says": _PROOF, "stand_in": _PROOF,
        "best_interest": _PROOF, "guardian_excluded": _PROOF,
        "recorded_by": _STAFF, "approved_by": _STAFF, "withdrawn_by": _STAFF,
    },
    "consent_evidence": {"taken_by": _STAFF},
    "consent_crossing": {"crossed_by": _STAFF},
    "custody_assignment": {"user_id": _STAFF, "assigned_by": _STAFF},
    "custody_emergencygrant": {"user_id": _STAFF},
    "clocks_clock": {"user_id": _STAFF},
    "trail_act": {
        "actor_id": _STAFF,
        "note_sealed": "the trail stays as it was sealed; its key is gone",
    },
    "reports_earliercontact": {"answered_by": _STAFF},
    "retention_restriction": {"since_by": _STAFF, "until_by": _STAFF},
    "retention_hold": {"since_by": _STAFF, "until_by": _STAFF},
    "retention_erasure": {"proposed_by": _STAFF, "destroyed_by": _STAFF},
    "referrals_referral": {"made_by": _STAFF},
    "referrals_waitingreferral": {"made_by": _STAFF, "ended_by": _STAFF},
    "referrals_packet": {"opened_by": _STAFF},
    "referrals_message": {"from_user_id": _STAFF},
    "referrals_request": {
        "sender_user_id": _STAFF, "answered_by": _STAFF, "risk": _BOTH, "is_child": _BOTH,
        "risk_change": _BOTH, "pause_reason": _BOTH,
    },
    "referrals_transfer": {"sender_user_id": _STAFF, "answered_by": _STAFF, "is_child": _BOTH},
    "repatriation_returnee": dict.fromkeys(("priority", "is_child", "means", "payer", "embassy_told_on", "travel_paper", "safety", "suspect_there", "chose_to_leave", "chose_origin"), "codes of the journey, without a name or a place"),
    "repatriation_judgement": {"result": "a code", "made_by": _STAFF},
    "conferences_proposal": {"asking_user_id": _STAFF, "answered_by": _STAFF},
    "conferences_share": {"opened_by": _STAFF},
    "reports_report": {"risk": "a code without which no report stands", "taken_by": _STAFF,
                       "handled_by": _STAFF},
    "reports_message": {"by_user": _STAFF},
    "tidings_line": {"given_by": _STAFF, "ended_by": _STAFF},
    "tidings_word": {"by_user": _STAFF},
    "tidings_appointment": {"told_by": _STAFF},
    "shelter_admission": {
        "criteria": _STAY, "risk": _STAY, "sex": _STAY, "is_child": _STAY, "children": _STAY,
        "searching": _STAY, "conflict_by": _STAFF, "asked_by": _STAFF, "decided_by": _STAFF,
    },
    "retention_request": {
        "asked_by": _PROOF, "received_by": _STAFF, "refusal_by": _STAFF, "decided_by": _STAFF,
        "told_by": _STAFF,
    },
})  # fmt: skip


def statements() -> str:
    """The body of ``house.clear_case`` that empties and deletes, table by table."""
    made = [f"  delete from {table} where {rows};" for table, rows in DELETED.items()]
    made += [
        f"  update {table} set {', '.join(f'{name} = {to}' for name, to in columns.items())} "
        f"where {rows};"
        for table, (rows, columns) in CLEARED.items()
    ]
    return "\n".join(made)
