"""The decision on an asking: a bed, the waiting list, or no with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.foundation.vault import DataClass
from rangkul.reference import queries as reference
from rangkul.referrals import operations as referrals
from rangkul.referrals import workflow as referral_workflow
from rangkul.shelter import events, fitting, policy, queries, sealed, workflow
from rangkul.shelter.fitting import Guest
from rangkul.shelter.models import Admission, Bed, House, Stay
from rangkul.shelter.operations.beds import check_beds, one_wins, require_free
from rangkul.shelter.operations.free import hold, publish
from rangkul.shelter.operations.ours import (
    check_discreet,
    may_move,
    record_act,
    request_of,
    tell,
)
from rangkul.shelter.operations.staying import let_in
from rangkul.shelter.policy import RequestGone

_DECIDED: Final = (
    "house", "criteria", "arrives_at", "family", "state", "reason", "note_sealed", "ended_at",
    "decided_at", "decided_by", "version",
)  # fmt: skip
_FURTHEST_ARRIVAL: Final = timedelta(days=14)
_MOST_PEOPLE: Final = 13
_MOST_WORDS: Final = 1000
_SEXES: Final = frozenset({"P", "L", fitting.OTHER_SEX})


@dataclass(frozen=True, slots=True)
class Person:
    """One person to be placed; the first of an admission is the survivor herself."""

    sex: str
    group: str
    bed_id: int


@dataclass(frozen=True, slots=True)
class Family:
    """Those with whom the persons of one admission come, each asked for by a request of its own."""

    id: UUID
    others: tuple[Person, ...]


@transaction.atomic
def place(
    *, admission_id: int, house_id: int, people: Sequence[Person], expected_version: int | None,
    willing: bool, criteria: Sequence[str], by: Actor, at: datetime,
    arrives_at: datetime | None = None, words: str = "", family: Family | None = None,
) -> Admission:  # fmt: skip
    """Give each of the persons a bed, and say yes to whoever asked.

    ``arrives_at``: the beds are kept until she comes; without it she is here. ``words`` go to the
    sender: a meeting point, never the address. ``family``: the others of a family who are placed
    by their own admissions in the same act. Of two admissions to the last bed at one moment the
    second meets ``BedTaken``. Raises ``InvalidInput``, ``StaleForm``, ``RequestGone``.
    """
    admission = _lock(admission_id, expected_version, by)
    hold(admission.desk_id, by=by)
    house = queries.get_house(by, house_id).house
    target = workflow.ADMISSION_MOVES.check("place", admission.state).target
    _check(admission, house, people, willing, criteria, arrives_at, at=at)
    check_discreet(words, by)
    admission.family = family.id if family else None
    beds = _beds(house, people, admission, family.others if family else ())
    admission.house, admission.criteria = house, sorted(criteria)
    admission.arrives_at = arrives_at or at
    _decide(admission, target, by=by, at=at)
    _take(admission, people, beds)
    # The yes comes last: the database lets no house say it without a bed.
    _accept(admission, by=by, at=at)
    tell(admission, words, by=by, at=at)
    record_act(
        events.PLACED, admission, by=by, at=at, on_case=True,
        detail={"beds": [person.bed_id for person in people], "arrived": arrives_at is None},
    )  # fmt: skip
    if arrives_at is None:
        let_in(admission, queries.list_stays(admission), by=by, at=at)
    publish(admission.desk_id, by=by, at=at)
    return admission


def suggest(
    *, admission: Admission, house: House, party: Sequence[Guest] = ()
) -> list[fitting.Berth] | None:
    """Free beds of this house that suit the party; ``None`` when it does not fit now."""
    guests = list(party) or party_of(admission)
    return fitting.suggest(guests, queries.list_berths(house))


def party_of(admission: Admission) -> list[Guest]:
    """The persons as far as they are known before anyone has met them."""
    group = workflow.CHILD if admission.is_child else workflow.ADULT
    children = [Guest(fitting.OTHER_SEX, workflow.CHILD)] * admission.children
    return [Guest(admission.sex or fitting.OTHER_SEX, group), *children]


@transaction.atomic
def put_on_list(
    *, admission_id: int, expected_version: int, by: Actor, at: datetime, words: str = ""
) -> Admission:
    """No bed now: on the waiting list. The sender's clock runs on, so that nobody only waits."""
    admission = _lock(admission_id, expected_version, by)
    target = workflow.ADMISSION_MOVES.check("wait", admission.state).target
    if admission.conflict != workflow.NO_CONFLICT:
        raise InvalidInput({"conflict": "conflict" if admission.conflict else "required"})
    _check_words(words, by)
    admission.state = target
    admission.version += 1
    admission.save(update_fields=["state", "version"])
    tell(admission, words, by=by, at=at)
    record_act(events.PUT_ON_LIST, admission, by=by, at=at)
    return admission


@transaction.atomic
def refuse(
    *, admission_id: int, reason: str, alternative: str, expected_version: int, by: Actor,
    at: datetime,
) -> Admission:  # fmt: skip
    """No, with a reason and where she can be safe instead; the sender is told both.

    A refusal without an alternative is not taken (rk08). Raises ``InvalidInput``.
    """
    admission = _lock(admission_id, expected_version, by)
    target = workflow.ADMISSION_MOVES.check("refuse", admission.state).target
    errors = {}
    if not reference.is_code("alasan_tolak", reason):
        errors["reason"] = "unknown" if reason else "required"
    if not alternative.strip():
        errors["alternative"] = "required"
    if errors:
        raise InvalidInput(errors)
    _check_words(alternative, by, field="alternative")
    request = request_of(admission, by)
    if request is not None and may_move(request, "decline"):
        referrals.answer(
            request_id=request.id, decision="decline", expected_version=request.version,
            reason=reason, words=alternative, by=by, at=at,
        )  # fmt: skip
    elif request is not None and may_move(request, "give_up"):
        referrals.report_outcome(
            request_id=request.id, result=referral_workflow.NOT_DONE, reason="no_means",
            expected_version=request.version, words=alternative, by=by, at=at,
        )  # fmt: skip
    admission.reason, admission.ended_at = reason, at
    admission.note_sealed = sealed.seal(
        by.agency_id, admission.subject, DataClass.LOCATION,
        sealed.admission_note_place(admission), alternative.strip(),
    )  # fmt: skip
    _decide(admission, target, by=by, at=at)
    record_act(events.REFUSED, admission, by=by, at=at, reason=reason, on_case=True)
    return admission


@transaction.atomic
def drop(
    *, admission_id: int, reason: str, expected_version: int, by: Actor, at: datetime
) -> Admission:
    """Nobody needs this place any more: off the list, with the reason."""
    admission = _lock(admission_id, expected_version, by)
    target = workflow.ADMISSION_MOVES.check("drop", admission.state).target
    if reason not in workflow.DROP_REASONS:
        raise InvalidInput({"reason": "unknown" if reason else "required"})
    request = request_of(admission, by)
    if request is not None and may_move(request, "decline"):
        referrals.answer(
            request_id=request.id, decision="decline", expected_version=request.version,
            reason="sudah_ditangani" if reason == "other_place" else "lainnya", by=by, at=at,
        )  # fmt: skip
    elif request is not None and may_move(request, "give_up"):
        referrals.report_outcome(
            request_id=request.id, result=referral_workflow.NOT_DONE,
            reason={"other_place": "served_elsewhere", "not_reached": "not_reached"}.get(
                reason, "own_wish"
            ),
            expected_version=request.version, by=by, at=at,
        )  # fmt: skip
    admission.reason, admission.ended_at = reason, at
    _decide(admission, target, by=by, at=at)
    record_act(events.TAKEN_OFF_LIST, admission, by=by, at=at, reason=reason, on_case=True)
    return admission


# -- parts -------------------------------------------------------------------------------------


def _lock(admission_id: int, expected_version: int | None, by: Actor) -> Admission:
    require(by.roles, Permission.KEEP_STAYS)
    admission = queries.lock_admission(policy.at_own_desk(by), admission_id)
    check_version(expected=expected_version, found=admission.version)
    return admission


def _decide(admission: Admission, state: str, *, by: Actor, at: datetime) -> None:
    admission.state, admission.decided_at, admission.decided_by = state, at, by.user_id
    admission.version += 1
    admission.save(update_fields=_DECIDED)


def _check(
    admission: Admission, house: House, people: Sequence[Person], willing: bool,
    criteria: Sequence[str], arrives_at: datetime | None, *, at: datetime,
) -> None:  # fmt: skip
    errors = {}
    if admission.conflict != workflow.NO_CONFLICT:
        errors["conflict"] = "conflict" if admission.conflict else "required"
    if not willing:
        errors["willing"] = "never_held"
    if house.desk_id != admission.desk_id or not house.open:
        errors["house"] = "unknown"
    if not criteria:
        errors["criteria"] = "required"
    elif any(not reference.is_code("kriteria_rptc", code) for code in criteria):
        errors["criteria"] = "unknown"
    elif not set(criteria) & set(house.criteria):
        errors["criteria"] = "not_served"
    if not 1 <= len(people) <= _MOST_PEOPLE:
        errors["people"] = "how_many"
    for index, person in enumerate(people):
        if person.sex not in _SEXES:
            errors[f"sex-{index}"] = "required"
        if person.group not in workflow.PERSON_GROUPS:
            errors[f"group-{index}"] = "required"
    if arrives_at is not None and not at <= arrives_at <= at + _FURTHEST_ARRIVAL:
        errors["arrives_at"] = "past" if arrives_at < at else "too_far"
    if errors:
        raise InvalidInput(errors)


def _check_words(words: str, by: Actor, *, field: str = "words") -> None:
    """Words for another desk keep every house of this agency to themselves."""
    if len(words) > _MOST_WORDS:
        raise InvalidInput({field: "too_long"})
    check_discreet(words, by, field=field)


def _beds(
    house: House, people: Sequence[Person], admission: Admission, others: Sequence[Person]
) -> list[Bed]:
    """The beds in the persons' order, each free, open, suiting. Raises ``BedTaken``."""
    ids = [person.bed_id for person in people]
    party = [*people, *others]
    found = {
        bed.id: bed
        for bed in Bed.objects.filter(
            id__in=[person.bed_id for person in party], room__house=house
        ).select_related("room")
    }
    errors = {
        f"bed-{index}": "required" if bed_id not in found else "closed"
        for index, bed_id in enumerate(ids)
        if bed_id not in found or found[bed_id].closed_at is not None
    }
    if errors:
        raise InvalidInput(errors)
    require_free(ids)
    known = [person for person in party if person.bed_id in found]
    check_beds(
        [Guest(person.sex, person.group) for person in known],
        [found[person.bed_id] for person in known], admission, ours=len(people),
    )  # fmt: skip
    return [found[bed_id] for bed_id in ids]


def _accept(admission: Admission, *, by: Actor, at: datetime) -> None:
    """Say yes to the sender; a request that was answered yes at the inbox stays as it is."""
    request = request_of(admission, by)
    if request is None or request.state in referral_workflow.SERVING:
        return
    if not may_move(request, "accept"):
        raise RequestGone(request.state)
    referrals.answer(
        request_id=request.id, decision="accept", expected_version=request.version, by=by, at=at
    )


def _take(admission: Admission, people: Sequence[Person], beds: Sequence[Bed]) -> None:
    """Write the stays. The unique index has the last word on who sleeps in a bed."""
    stays = [
        Stay(
            agency_id=admission.agency_id, admission=admission, ordinal=index + 1, bed=bed,
            sex=person.sex, age_group=person.group,
        )
        for index, (person, bed) in enumerate(zip(people, beds, strict=True))
    ]  # fmt: skip
    with one_wins():
        Stay.objects.bulk_create(stays)
