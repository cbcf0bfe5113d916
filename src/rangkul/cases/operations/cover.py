"""The cover and the course of a file: what is known, the risk, and how it ends and begins again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require, require_second_person
from rangkul.assessments import rk11_tutup
from rangkul.assessments.answers import Answers
from rangkul.assessments.operations import record_submission
from rangkul.cases import coded, events, policy, queries, workflow
from rangkul.cases.models import CaseFile, Incident
from rangkul.cases.operations import repeating
from rangkul.cases.operations.opening import MOST_ACCOUNT
from rangkul.clocks import operations as clocks
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.foundation.vault import DataClass, Owner
from rangkul.reference.zones import latest_date
from rangkul.trail.operations import record

# What a person may write on the cover, and on the incident.
COVER = frozenset(
    {
        "categories", "violence_kinds", "flags", "work_label", "sex", "is_child", "languages",
        "worker_sex", "desk_id", "age_band", "legal_determination",
    }
)  # fmt: skip
INCIDENT = frozenset(
    {
        "happened_from", "happened_until", "precision", "place_kinds", "area", "origin_area",
        "transit_areas", "destination_area", "destination_country", "process", "means", "purpose",
    }
)  # fmt: skip


@transaction.atomic
def change_cover(
    *, case_id: int, expected_version: int, values: Mapping[str, Any], by: Actor, at: datetime
) -> CaseFile:
    """Write some of ``COVER``. Raises ``StaleForm``, ``InvalidInput``."""
    require(by.roles, Permission.PLAN)
    unknown = set(values) - COVER
    if unknown:
        raise InvalidInput(dict.fromkeys(sorted(unknown), "unknown"))
    wrong = _wrong_cover(values)
    if wrong:
        raise InvalidInput(wrong)
    file = lock(by, case_id)
    check_version(expected=expected_version, found=file.version)
    changed = sorted(name for name, value in values.items() if getattr(file, name) != value)
    if not changed:
        return file
    for name in changed:
        setattr(file, name, values[name])
    _save(file, *changed)
    record(
        by=by, at=at, name=events.COVER_CHANGED, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"fields": changed},
    )  # fmt: skip
    return file


@transaction.atomic
def change_incident(
    *, case_id: int, expected_version: int, values: Mapping[str, Any], account: str | None,
    by: Actor, at: datetime,
) -> Incident:  # fmt: skip
    """Write what is now known of the incident; ``account`` ``None`` leaves the words alone."""
    require(by.roles, Permission.ASSESS)
    unknown = set(values) - INCIDENT
    if unknown:
        raise InvalidInput(dict.fromkeys(sorted(unknown), "unknown"))
    errors = _wrong_incident(values, account or "", at)
    if errors:
        raise InvalidInput(errors)
    case = custody.lock_case(by, case_id)
    incident = queries.get_incident(by, case_id)
    check_version(expected=expected_version, found=incident.version)
    for name, value in values.items():
        setattr(incident, name, value)
    if account is not None:
        key = vault.key_for(Owner("case", case_id), case.subject, DataClass.ACCOUNT)
        incident.account_sealed = vault.seal(key, queries.incident_place(incident.id), account)
    incident.version += 1
    incident.save(update_fields=[*values, "account_sealed", "version"])
    record(
        by=by, at=at, name=events.INCIDENT_CHANGED, subject_kind="incident",
        subject_id=incident.id, case_id=case_id, detail={"version": incident.version},
    )  # fmt: skip
    return incident


@transaction.atomic
def set_risk(*, case_id: int, risk: str, reason: str, by: Actor, at: datetime) -> CaseFile:
    """Raise (anyone who assesses) or lower (a supervisor, with a reason code) the risk.

    Raises ``OwnException`` when the supervisor would approve what she herself asked for.
    """
    if risk not in policy.LEVELS:
        raise InvalidInput({"risk": "unknown"})
    file = lock(by, case_id)
    if risk == file.risk:
        return file
    policy.require_may_set_risk(by, file, risk)
    lowered = policy.LEVELS.index(risk) < policy.LEVELS.index(file.risk)
    if lowered:
        if not reason:
            raise InvalidInput({"reason": "required"})
        asked = queries.asked_lower(by, file)
        if asked is not None:
            require_second_person(requested_by=asked.by, approved_by=by.user_id)
    before, file.risk, file.risk_at = file.risk, risk, at
    _save(file, "risk", "risk_at")
    clocks.set_risk(case_id=case_id, risk=risk, by=by)
    clocks.meet(
        subject_kind="case", subject_id=case_id, by=by, at=at, procedures=["lower_risk_review"]
    )
    record(
        by=by, at=at, name=events.RISK_LOWERED if lowered else events.RISK_RAISED,
        subject_kind="case", subject_id=case_id, case_id=case_id, reason=reason,
        detail={"from": before, "to": risk},
    )  # fmt: skip
    return file


@transaction.atomic
def keep_risk(*, case_id: int, by: Actor, at: datetime) -> None:
    """Answer a companion's wish to lower the risk with no: the level stays, the review is met."""
    require(by.roles, Permission.APPROVE_LOWER_RISK)
    file = lock(by, case_id)
    clocks.meet(
        subject_kind="case", subject_id=case_id, by=by, at=at, procedures=["lower_risk_review"]
    )
    record(
        by=by, at=at, name=events.RISK_KEPT, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"risk": file.risk},
    )  # fmt: skip


@transaction.atomic
def set_state(*, case_id: int, move: str, by: Actor, at: datetime) -> CaseFile:
    """Left by own wish, missing, died, found: states from anywhere; the last holder keeps the duty.

    A missing person's search clock starts (3 days, rk10).
    """
    require(by.roles, Permission.PLAN)
    file = lock(by, case_id)
    if move not in ("left", "missing", "died", "found"):
        raise InvalidInput({"move": "unknown"})
    legal = workflow.FILE.check(move, file.state)
    before, file.state = file.state, legal.target
    _save(file, "state")
    if move == "missing":
        clocks.start(
            procedure="search_after_loss", subject_kind="case", subject_id=case_id,
            area=file.area, by=by, at=at, case_id=case_id, risk=file.risk,
        )  # fmt: skip
    if move == "found":
        clocks.meet(
            subject_kind="case", subject_id=case_id, by=by, at=at,
            procedures=["search_after_loss"],
        )  # fmt: skip
    record(
        by=by, at=at, name=events.STATE_CHANGED, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"from": before, "to": file.state},
    )  # fmt: skip
    return file


@transaction.atomic
def close_file(
    *, case_id: int, answers: Answers, by: Actor, at: datetime,
    search: rk11_tutup.Search | None = None,
) -> rk11_tutup.Closing:  # fmt: skip
    """Close with rk11. The answers are kept either way; the file closes only when rk11 allows it.

    The supervisor signs: ``tutup_ok`` counts only from someone who may close.
    """
    require(by.roles, Permission.PROPOSE_CLOSING)
    file = lock(by, case_id)
    legal = workflow.FILE.check("close", file.state)
    closing = rk11_tutup.close(answers, search=search)
    signed = closing.is_approved and policy.may_close(by)
    record_submission(
        case=file.case, instrument=rk11_tutup.INSTRUMENT, answers=answers, by=by, at=at,
        result={"advice": closing.advice, "signed": signed},
    )  # fmt: skip
    if not (closing.may_close and signed):
        return closing
    file.state, file.closed_at, file.close_reason = legal.target, at, answers.one("sebab")
    _save(file, "state", "closed_at", "close_reason")
    clocks.void(subject_kind="case", subject_id=case_id, by=by, at=at)
    repeating.end_all(case_id, by=by, at=at)
    record(
        by=by, at=at, name=events.FILE_CLOSED, subject_kind="case", subject_id=case_id,
        case_id=case_id, reason=file.close_reason,
    )  # fmt: skip
    return closing


@transaction.atomic
def reopen_file(*, case_id: int, reason: str, by: Actor, at: datetime) -> CaseFile:
    """Open a closed file again; everything in it is as it was."""
    require(by.roles, Permission.REOPEN_CASE)
    if not reason:
        raise InvalidInput({"reason": "required"})
    file = lock(by, case_id)
    legal = workflow.FILE.check("reopen", file.state)
    file.state, file.closed_at, file.close_reason = legal.target, None, ""
    _save(file, "state", "closed_at", "close_reason")
    clocks.start(
        procedure="assessment_begun", subject_kind="case", subject_id=case_id, area=file.area,
        by=by, at=at, case_id=case_id, risk=file.risk,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.FILE_REOPENED, subject_kind="case", subject_id=case_id,
        case_id=case_id, reason=reason,
    )  # fmt: skip
    return file


def lock(by: Actor, case_id: int) -> CaseFile:
    """The visible file, locked. Raises ``NotReachable``."""
    custody.lock_case(by, case_id)
    return (
        CaseFile.objects.select_for_update(of=("self",)).select_related("case").get(case_id=case_id)
    )


def _wrong_cover(values: Mapping[str, Any]) -> dict[str, str]:
    """What of a cover cannot be taken: words that are too long, codes that no list holds."""
    wrong = coded.unknown(values)
    if len(str(values.get("work_label", ""))) > 60:
        wrong["work_label"] = "too_long"
    if "categories" in values and not (set(values["categories"]) or {""}) <= coded.CATEGORIES:
        wrong["categories"] = "required" if not values["categories"] else "unknown"
    return wrong


def _wrong_incident(values: Mapping[str, Any], account: str, at: datetime) -> dict[str, str]:
    """What of an incident cannot be taken: codes, days to come or in the wrong order, length."""
    wrong = coded.unknown(values)
    began, ended = values.get("happened_from"), values.get("happened_until")
    if began and ended and ended < began:
        wrong["happened_until"] = "before_start"
    wrong |= {
        name: "future"
        for name, day in (("happened_from", began), ("happened_until", ended))
        if day is not None and day > latest_date(at)
    }
    if len(account) > MOST_ACCOUNT:
        wrong["account"] = "too_long"
    return wrong


def _save(file: CaseFile, *fields: str) -> None:
    file.version += 1
    file.save(update_fields=[*fields, "version"])
