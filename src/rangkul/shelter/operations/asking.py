"""The first look at an asking: a place for the own agency's case, and the check for a conflict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.db import IntegrityError, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.locks import check_version
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import queries as people
from rangkul.reference import queries as reference
from rangkul.reference.services import ServiceCode
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as requests
from rangkul.referrals import workflow as referral_workflow
from rangkul.referrals.models import Request
from rangkul.referrals.policy import PacketClosed
from rangkul.shelter import events, policy, queries, workflow
from rangkul.shelter.models import Admission, House
from rangkul.shelter.operations.ours import record_act
from rangkul.shelter.policy import RequestGone

MOST_CHILDREN: Final = 12
_SEXES: Final = frozenset({"P", "L", "X"})


@transaction.atomic
def ask_in_house(
    *, case_id: int, desk_id: int, criteria: Sequence[str], children: int, by: Actor, at: datetime
) -> Admission:
    """Ask the own agency's shelter for a place, for a case that the agency leads.

    The shelter learns sex, age, risk and how many children come along, never the file.
    Raises ``InvalidInput``, ``IllegalMove`` (closed file), ``NotReachable``.
    """
    require(by.roles, Permission.SEND_REFERRAL)
    file = cases.get_file(by, case_id)
    if not queries.leads(by, case_id):
        raise NotReachable("another agency leads the case")
    if file.state != case_workflow.OPEN:
        raise IllegalMove("ask_in_house", file.state)
    errors = {}
    if not criteria:
        errors["criteria"] = "required"
    if any(not reference.is_code("kriteria_rptc", code) for code in criteria):
        errors["criteria"] = "unknown"
    if not 0 <= children <= MOST_CHILDREN:
        errors["children"] = "how_many"
    if not House.objects.filter(agency_id=by.agency_id, desk_id=desk_id, open=True).exists():
        errors["desk_id"] = "unknown"
    if errors:
        raise InvalidInput(errors)
    survivor = people.get_survivor(by, case_id)
    try:
        with transaction.atomic():
            admission = Admission.objects.create(
                agency_id=by.agency_id, desk_id=desk_id, case_id=case_id, subject=uuid4(),
                criteria=sorted(criteria), risk=file.risk, sex=survivor.sex,
                is_child=file.is_child, children=children, asked_at=at, asked_by=by.user_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise InvalidInput({"case": "asked_already"}) from error
    record_act(events.PLACE_ASKED, admission, by=by, at=at, detail={"desk": desk_id}, on_case=True)
    return admission


@transaction.atomic
def check_conflict(
    *, conflict: str, by: Actor, at: datetime, request_id: int | None = None,
    admission_id: int | None = None, expected_version: int | None = None,
) -> Admission:  # fmt: skip
    """Note, before anyone learns who it is, whether a resident or the staff is a conflict.

    For another desk's request (``request_id``) this makes the admission; for an asking of the own
    agency (``admission_id``) it stands already. With a conflict only a refusal remains.
    """
    require(by.roles, Permission.KEEP_STAYS)
    if conflict not in workflow.CONFLICTS:
        raise InvalidInput({"conflict": "unknown" if conflict else "required"})
    if request_id is not None:
        admission = _of_request(request_id, by=by, at=at)
    else:
        admission = queries.lock_admission(policy.at_own_desk(by), admission_id or 0)
        check_version(expected=expected_version, found=admission.version)
    if admission.state not in workflow.UNDECIDED:
        raise IllegalMove("check_conflict", admission.state)
    admission.conflict, admission.conflict_at = conflict, at
    admission.conflict_by = by.user_id
    admission.version += 1
    admission.save(update_fields=["conflict", "conflict_at", "conflict_by", "version"])
    record_act(events.CONFLICT_CHECKED, admission, by=by, at=at, reason=conflict)
    return admission


def _of_request(request_id: int, *, by: Actor, at: datetime) -> Admission:
    """The admission of a request at a desk where the person keeps stays, made at the first look."""
    request = requests.get_received(by, request_id)
    if request.service != ServiceCode.HUNIAN:
        raise NotReachable("not a request for shelter")
    known = queries.admission_of_request(by, request_id)
    if known is not None:
        return queries.lock_admission(policy.at_own_desk(by), known.id)
    if request.state not in referral_workflow.OPEN:
        raise RequestGone(request.state)
    try:
        with transaction.atomic():
            return Admission.objects.create(
                agency_id=by.agency_id, desk_id=request.receiver_desk_id, request=request,
                subject=uuid4(), risk=request.risk, sex=_sex_of(request, by=by, at=at),
                is_child=request.is_child, asked_at=request.sent_at, asked_by=by.user_id,
            )  # fmt: skip
    except IntegrityError:
        # A colleague looked at the same moment: hers stands.
        return queries.lock_admission(policy.at_own_desk(by), _known_id(by, request_id))


def _known_id(by: Actor, request_id: int) -> int:
    known = queries.admission_of_request(by, request_id)
    return known.id if known else 0


def _sex_of(request: Request, *, by: Actor, at: datetime) -> str:
    """The sex that the packet tells before the answer, if it can still be opened."""
    try:
        opened = referrals.open_packet(request_id=request.id, by=by, at=at)
    except PacketClosed:
        return ""
    told = dict(opened.content.facts).get("sex", "")
    return told if told in _SEXES else ""
