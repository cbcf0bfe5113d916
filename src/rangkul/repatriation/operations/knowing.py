"""What must be known before somebody goes home: means, clearance, safety, her own choice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.clocks import operations as clocks
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.repatriation import events, follow_up, queries, workflow
from rangkul.repatriation.models import Judgement, Returnee
from rangkul.repatriation.operations.clearing import CLEARANCE_CLOCK, end_asking
from rangkul.repatriation.operations.groups import Facts, fact_errors
from rangkul.repatriation.policy import SomeRefused
from rangkul.trail.operations import record

DESCRIBED: Final = (
    "nationality", "origin_area", "destination_desk_id", "means", "payer", "match", "marks",
    "embassy_told_on", "travel_paper",
)  # fmt: skip
MOST_WORDS: Final = 1000


@transaction.atomic
def describe(
    *, returnee_ids: Sequence[int], values: Mapping[str, Any], by: Actor, at: datetime,
    expected_version: int | None = None,
) -> list[Returnee]:  # fmt: skip
    """Write what is now known of some people: any of ``DESCRIBED``, the same for all of them.

    Raises ``InvalidInput``, ``StaleForm``, ``NotReachable``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    unknown = set(values) - set(DESCRIBED)
    apart = ("match", "embassy_told_on", "travel_paper")
    facts = {name: value for name, value in values.items() if name not in apart}
    errors = dict.fromkeys(sorted(unknown), "unknown") or fact_errors(Facts(**facts))
    if values.get("match") and values["match"] not in workflow.MATCHES:
        errors["match"] = "unknown"
    if values.get("travel_paper") and values["travel_paper"] not in workflow.TRAVEL_PAPERS:
        errors["travel_paper"] = "unknown"
    told_on = values.get("embassy_told_on")
    here = network.get_agency(by.agency_id).area_id
    if told_on is not None and told_on > follow_up.day_of(at, here):
        errors["embassy_told_on"] = "future"
    if errors:
        raise InvalidInput(errors)
    people = queries.lock_returnees(by, returnee_ids)
    for person in people:
        if expected_version is not None:
            check_version(expected=expected_version, found=person.version)
        changed = dict(values)
        if "marks" in changed:
            kept = [m for m in person.marks if m not in ("ill", "pregnant")]
            told = set(kept) | set(changed["marks"])
            changed["marks"] = [mark for mark in workflow.MARKS if mark in told]
            changed["priority"] = workflow.priority(changed["marks"])
        _save(person, changed)
        _record(events.RETURNEE_DESCRIBED, person, by=by, at=at, detail={"fields": sorted(values)})
    return people


@transaction.atomic
def answer_clearance(
    *, returnee_ids: Sequence[int], answer: str, by: Actor, at: datetime
) -> list[Returnee]:
    """Note what the investigators said (``given``, ``refused``), or that none is needed."""
    require(by.roles, Permission.ORGANISE_RETURNS)
    if answer not in ("given", "refused", "not_needed"):
        raise InvalidInput({"answer": "unknown"})
    people = queries.lock_returnees(by, returnee_ids)
    for person in people:
        _save(person, {"clearance": answer})
        if answer != "refused":
            end_asking(person, by=by, at=at)
        end = clocks.void if answer == "not_needed" else clocks.meet
        end(
            subject_kind="returnee", subject_id=person.id, by=by, at=at,
            procedures=[CLEARANCE_CLOCK],
        )  # fmt: skip
        _record(events.CLEARANCE_ANSWERED, person, by=by, at=at, detail={"answer": answer})
    return people


@transaction.atomic
def judge_origin(
    *, returnee_ids: Sequence[int], result: str, who: str, words: str, by: Actor, at: datetime,
    suspect_there: bool = False,
) -> list[Returnee]:  # fmt: skip
    """Put down whether the place of origin is safe, after rk09, and who assessed it.

    Where the suspect lives it is not safe, whatever else is said. Raises ``InvalidInput``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    errors = {}
    if result not in workflow.SAFETIES:
        errors["result"] = "unknown"
    if suspect_there and result == "safe":
        errors["result"] = "suspect_there"
    if not who.strip():
        errors["who"] = "required"
    errors |= {n: "too_long" for n, t in (("who", who), ("words", words)) if len(t) > MOST_WORDS}
    if errors:
        raise InvalidInput(errors)
    people = queries.lock_returnees(by, returnee_ids)
    for person in people:
        _save(person, {"safety": result, "suspect_there": suspect_there})
        said = {"who": who.strip(), "words": words.strip(), "suspect_there": suspect_there}
        _judge(person, "origin", result, said, by=by, at=at)
        _record(events.ORIGIN_JUDGED, person, by=by, at=at, detail={"result": result})
    return people


@transaction.atomic
def record_choice(
    *, returnee_ids: Sequence[int], kind: str, words: str, by: Actor, at: datetime,
    safety_plan: str = "",
) -> list[Returnee]:  # fmt: skip
    """Put down an adult's informed choice: to leave before the clearance (``clearance``), or for a
    place not known to be safe (``origin``), which needs a safety plan.

    No adult is held; no child chooses a danger. Raises ``InvalidInput``, ``SomeRefused``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    errors = {}
    if kind not in ("clearance", "origin"):
        errors["kind"] = "unknown"
    if not words.strip():
        errors["words"] = "required"
    if kind == "origin" and not safety_plan.strip():
        errors["safety_plan"] = "required"
    if max(len(words), len(safety_plan)) > MOST_WORDS:
        errors["words"] = "too_long"
    if errors:
        raise InvalidInput(errors)
    people = queries.lock_returnees(by, returnee_ids)
    children = {str(p.case_id): {"person": "child"} for p in people if p.is_child}
    if children:
        raise SomeRefused(children)
    field = "chose_to_leave" if kind == "clearance" else "chose_origin"
    for person in people:
        _save(person, {field: True})
        said = {"words": words.strip(), "plan": safety_plan.strip()}
        _judge(person, f"choice_{kind}", "chosen", said, by=by, at=at)
        _record(events.CHOICE_RECORDED, person, by=by, at=at, reason=kind)
    return people


@transaction.atomic
def read_judgements(
    *, returnee_id: int, by: Actor, at: datetime
) -> list[tuple[Judgement, dict[str, Any]]]:
    """What was found and chosen about a person, opened; the reading is recorded."""
    person = queries.get_returnee(by, returnee_id)
    found = queries.list_judgements(by, person)
    if found:
        record(
            by=by, at=at, name="notes.read", subject_kind="returnee", subject_id=person.id,
            case_id=person.case_id,
        )  # fmt: skip
    return found


def _judge(
    person: Returnee, kind: str, result: str, said: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    row_id = new_id()
    case = cases.get_file(by, person.case_id).case
    key = vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)
    Judgement.objects.create(
        id=row_id, case_id=person.case_id, audience="service",
        audience_agency_id=person.organiser_agency_id, returnee=person, kind=kind, result=result,
        words_sealed=vault.seal(
            key, queries.judgement_place(row_id), json.dumps(said, ensure_ascii=False)
        ),
        made_at=at, made_by=by.user_id,
    )  # fmt: skip


def _save(person: Returnee, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(person, name, value)
    person.version += 1
    person.save(update_fields=[*values, "version"])


def _record(
    name: str, person: Returnee, *, by: Actor, at: datetime, reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    record(
        by=by, at=at, name=name, subject_kind="returnee", subject_id=person.id,
        case_id=person.case_id, reason=reason, detail=detail,
    )  # fmt: skip
