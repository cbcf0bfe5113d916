"""What a filled instrument changes in the file: risk and clocks (rk01), elements (rk02)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments import rk01_triase, rk02_tppo
from rangkul.assessments.answers import Answers
from rangkul.assessments.instruments.block_h import Verdict, gate
from rangkul.assessments.models import Submission
from rangkul.assessments.operations import record_submission
from rangkul.assessments.queries import latest
from rangkul.cases import events, policy, queries
from rangkul.cases.models import Incident
from rangkul.cases.operations import repeating
from rangkul.cases.operations.cover import change_cover, change_incident, lock, set_risk
from rangkul.cases.operations.fillings import overtake
from rangkul.cases.operations.opening import start_clock, start_triage_clocks
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.trail.operations import record

# The clocks that ask for an assessment of a newly opened file.
ASSESSMENT_CLOCKS = ("assessment_begun", "child_first_assessment", "assessment_completed")

# rk02's answers → codes of tppo_cara on the incident (UU 21/2007 ps 1 angka 1).
_MEANS = {
    "c_tipu": "penipuan",
    "c_ancam": "ancaman_kekerasan",
    "c_keras": "penggunaan_kekerasan",
    "c_sekap": "penyekapan",
    "c_palsu": "pemalsuan",
    "c_utang": "penjeratan_utang",
    "c_bayar": "bayaran_manfaat",
}


@transaction.atomic
def record_triage(*, case_id: int, answers: Answers, by: Actor, at: datetime) -> Submission:
    """Repeat the triage of an open file. The higher of rule and worker's judgement holds at once.

    A judgement below the rule asks the supervisor, who has 24 hours (``lower_risk_review``).
    """
    require(by.roles, Permission.TRIAGE)
    file = lock(by, case_id)
    judgement = rk01_triase.judge(answers)
    result = rk01_triase.triage(answers)
    before = latest(by, case_id, rk01_triase.INSTRUMENT.code)
    submission = record_submission(
        case=file.case, instrument=rk01_triase.INSTRUMENT, answers=answers, by=by, at=at,
        previous=before.id if before else None,
        result={
            "level": result.level, "in_force": judgement.in_force,
            "asked_lower": judgement.asked if judgement.is_lowering else "",
            "flags": sorted(str(flag) for flag in result.flags),
        },
    )  # fmt: skip
    clocks.meet(
        subject_kind="case", subject_id=case_id, by=by, at=at,
        procedures=["triage_unknown_again", "self_harm_asked_again", "assessment_begun"],
    )  # fmt: skip
    repeating.met(case_id, rk01_triase.INSTRUMENT.code, by=by, at=at)
    overtake(submission, by=by, at=at)
    if policy.LEVELS.index(judgement.in_force) > policy.LEVELS.index(file.risk):
        set_risk(case_id=case_id, risk=judgement.in_force, reason="triase", by=by, at=at)
    if judgement.is_lowering:
        # After the level rose, which ends a former review: this one is asked for now.
        start_clock(file, "lower_risk_review", by=by, at=at)
    start_triage_clocks(
        queries.get_file(by, case_id), flags=result.flags, by=by, at=at, heard_at=at
    )
    return submission


@transaction.atomic
def record_screening(*, case_id: int, answers: Answers, by: Actor, at: datetime) -> Submission:
    """Keep an rk02 and carry its elements to the incident; the determination stays an authority's.

    Indication, screening result and legal determination are three fields and never one. The result
    counts the indications; which they were stays in the seals of their answers.
    """
    require(by.roles, Permission.ASSESS)
    file = lock(by, case_id)
    screened = rk02_tppo.screen(answers)
    before = latest(by, case_id, rk02_tppo.INSTRUMENT.code)
    submission = record_submission(
        case=file.case, instrument=rk02_tppo.INSTRUMENT, answers=answers, by=by, at=at,
        previous=before.id if before else None,
        result={
            "result": screened.screening.result,
            "red_flags": len(screened.flags),
            "indications": len(screened.indications),
            "missing": list(screened.screening.missing),
        },
    )  # fmt: skip
    incident = queries.get_incident(by, case_id)
    change_incident(
        case_id=case_id, expected_version=incident.version, account=None, by=by, at=at,
        values=elements(incident, answers),
    )  # fmt: skip
    values: dict[str, object] = {}
    if answers.given("tetap"):
        values["legal_determination"] = screened.determination.status
    if screened.screening.result.startswith("indikasi") and "kpo" not in file.categories:
        values["categories"] = sorted({*file.categories, "kpo"})
    change_cover(case_id=case_id, expected_version=file.version, values=values, by=by, at=at)
    repeating.met(case_id, rk02_tppo.INSTRUMENT.code, by=by, at=at)
    overtake(submission, by=by, at=at)
    # A talk that could not begin has screened nobody.
    if gate(answers).verdict is Verdict.GO_ON:
        clocks.meet(
            subject_kind="case", subject_id=case_id, by=by, at=at,
            procedures=["tppo_screening", "assessment_begun"],
        )  # fmt: skip
    if screened.screening.result == "indikasi_kuat":
        start_clock(file, "police_report_tppo", by=by, at=at)
    return submission


@transaction.atomic
def complete_assessment(*, case_id: int, by: Actor, at: datetime) -> int:
    """Say that the first picture is whole: its clocks are met; the count met.

    What comes later is a new look, linked to this one, and needs no clock of its own.
    """
    require(by.roles, Permission.ASSESS)
    lock(by, case_id)
    met = clocks.meet(
        subject_kind="case", subject_id=case_id, by=by, at=at, procedures=ASSESSMENT_CLOCKS
    )
    if met:
        record(
            by=by, at=at, name=events.ASSESSMENT_COMPLETED, subject_kind="case",
            subject_id=case_id, case_id=case_id, detail={"clocks": met},
        )  # fmt: skip
    return met


def elements(incident: Incident, answers: Answers) -> dict[str, object]:
    """What a screening says of act, means and purpose; an item not asked changes nothing."""
    values: dict[str, object] = {}
    if answers.given("proses"):
        values["process"] = [code for code in answers.many("proses") if code != "tidak_ada"]
    if answers.given("t_bentuk"):
        values["purpose"] = _forms(answers)
    means = _means(answers, set(incident.means))
    if means != sorted(incident.means):
        values["means"] = means
    return values


def _means(answers: Answers, known: set[str]) -> list[str]:
    """The means known before, with what was now answered yes added and no taken away."""
    for item, code in _MEANS.items():
        if answers.is_yes(item):
            known.add(code)
        elif answers.is_no(item):
            known.discard(code)
    used = any(code != "tidak_ada" for code in answers.many("c_rentan"))
    if used or answers.selected("c_dokumen", "majikan", "agen", "disita"):
        known.add("penyalahgunaan_posisi")
    elif answers.given("c_rentan") and answers.given("c_dokumen"):
        known.discard("penyalahgunaan_posisi")
    return sorted(known)


def _forms(answers: Answers) -> list[str]:
    """rk02's forms as codes of tppo_bentuk."""
    renamed = {"kawin": "kawin_paksa", "seksual_lain": "pemanfaatan_seksual"}
    skipped = ("tidak_ada", "belum_tahu")
    return [renamed.get(code, code) for code in answers.many("t_bentuk") if code not in skipped]
