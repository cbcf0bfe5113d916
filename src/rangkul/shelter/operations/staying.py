"""A stay under way: coming, another bed, a night elsewhere, coming back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.referrals import operations as referrals
from rangkul.shelter import events, fitting, policy, queries, workflow
from rangkul.shelter.models import Admission, Bed, BedMove, House, Stay
from rangkul.shelter.operations.beds import check_beds, family_of, one_wins, require_free
from rangkul.shelter.operations.free import hold, publish
from rangkul.shelter.operations.ours import may_move, record_act, request_of

SUBJECT: Final = "admission"
REVIEW: Final = "shelter_stay_review"
HEALTH, COMPANION, SEARCH = "shelter_health_check", "shelter_companion", "search_after_loss"
_REVIEW_BEFORE: Final = timedelta(days=2)
_LONGEST_OUT: Final = timedelta(days=14)


@transaction.atomic
def arrive(
    *, admission_id: int, expected_version: int, by: Actor, at: datetime,
    stay_ids: Sequence[int] = (),
) -> Admission:  # fmt: skip
    """They are here: all who were expected, or those named. The stay's clock starts."""
    admission = lock(admission_id, expected_version, by)
    expected = [s for s in queries.list_stays(admission) if s.state == workflow.EXPECTED]
    named = _named(expected, stay_ids)
    if not named:
        raise IllegalMove("arrive", admission.state)
    let_in(admission, named, by=by, at=at)
    return admission


def let_in(admission: Admission, stays: Sequence[Stay], *, by: Actor, at: datetime) -> None:
    """Let these persons in; the first of them starts the clocks and is the first contact."""
    for stay in stays:
        stay.state = workflow.STAY_MOVES.check("arrive", stay.state).target
        stay.arrived_at = at
        save(stay, "state", "arrived_at")
    first = admission.arrived_at is None
    if first:
        admission.arrived_at = at
        admission.due_at = at + timedelta(days=_house_of(admission).stay_days)
        start_clocks(admission, by=by, at=at)
    admission.version += 1
    admission.save(update_fields=["arrived_at", "due_at", "version"])
    request = request_of(admission, by) if first else None
    if request is not None and may_move(request, "first_contact"):
        referrals.first_contact(
            request_id=request.id, expected_version=request.version, by=by, at=at
        )
    record_act(
        events.ARRIVED, admission, by=by, at=at, on_case=first,
        detail={"stays": [stay.id for stay in stays]},
    )  # fmt: skip


def start_clocks(admission: Admission, *, by: Actor, at: datetime) -> None:
    """The end of the stay, its review before, and (at the arrival) health check and companion."""
    if admission.due_at is None:
        raise IllegalMove("start_clocks", admission.state)
    area = network.get_agency(by.agency_id).area_id
    procedure = workflow.STAY_PROCEDURES[_house_of(admission).kind]
    review = admission.due_at - _REVIEW_BEFORE
    wanted: list[tuple[str, datetime | None]] = [(procedure, admission.due_at)]
    if review > at:
        wanted.append((REVIEW, review))
    if admission.arrived_at == at:
        wanted += [(HEALTH, None), (COMPANION, None)]
    for name, due_at in wanted:
        clocks.start(
            procedure=name, subject_kind=SUBJECT, subject_id=admission.id, area=area, by=by,
            at=at, due_at=due_at, desk_id=admission.desk_id, risk=admission.risk,
        )  # fmt: skip


@transaction.atomic
def move_bed(
    *, admission_id: int, stay_id: int, bed_id: int, expected_version: int, by: Actor, at: datetime
) -> Admission:
    """Another bed in the same house, where it suits. Raises ``BedTaken``, ``InvalidInput``."""
    admission = lock(admission_id, expected_version, by)
    hold(admission.desk_id, by=by)
    live = [s for s in queries.list_stays(admission) if s.state in workflow.LIVE]
    [stay] = _one(live, stay_id)
    bed = (
        Bed.objects.filter(id=bed_id, room__house=_house_of(admission))
        .select_related("room")
        .first()
    )
    if bed is None or bed.closed_at is not None:
        raise InvalidInput({"bed": "closed" if bed else "required"})
    if bed.id == stay.bed_id:
        raise InvalidInput({"bed": "same_bed"})
    require_free([bed.id])
    before = stay.bed_id
    stay.bed = bed
    party = [*live, *family_of(admission)]
    check_beds(
        [fitting.Guest(s.sex, s.age_group) for s in party], [s.bed for s in party], admission,
        ours=len(live),
    )  # fmt: skip
    with one_wins():
        save(stay, "bed")
    note_move(stay, before, by=by, at=at)
    touch(admission)
    record_act(
        events.BED_MOVED, admission, by=by, at=at,
        detail={"stay": stay.id, "from": before, "to": bed.id},
    )  # fmt: skip
    return admission


@transaction.atomic
def move_house(
    *, admission_id: int, house_id: int, beds: Mapping[int, int], expected_version: int,
    by: Actor, at: datetime,
) -> Admission:  # fmt: skip
    """All of an admission into another house of the same desk: stay → bed, one act, no discharge.

    The stay goes on with its day of ending and its notes; the beds that were left stay known.
    Raises ``BedTaken``, ``InvalidInput`` (``bed-<index>``, ``house``, ``beds``).
    """
    admission = lock(admission_id, expected_version, by)
    hold(admission.desk_id, by=by)
    house = queries.get_house(by, house_id).house
    live = [s for s in queries.list_stays(admission) if s.state in workflow.LIVE]
    if house.desk_id != admission.desk_id or not house.open or house == admission.house:
        raise InvalidInput({"house": "unknown"})
    if set(beds) != {stay.id for stay in live}:
        raise InvalidInput({"beds": "required"})
    found = {bed.id: bed for bed in Bed.objects.filter(room__house=house).select_related("room")}
    wanted = [found.get(beds[stay.id]) for stay in live]
    errors = {
        f"bed-{index}": "closed" if bed else "required"
        for index, bed in enumerate(wanted)
        if bed is None or bed.closed_at is not None
    }
    if errors:
        raise InvalidInput(errors)
    chosen = [bed for bed in wanted if bed is not None]
    require_free([bed.id for bed in chosen])
    # Who came as one family by several requests may follow each other into one room.
    kin = family_of(admission)
    check_beds(
        [fitting.Guest(s.sex, s.age_group) for s in (*live, *kin)],
        [*chosen, *(s.bed for s in kin)], admission, ours=len(live),
    )  # fmt: skip
    admission.house = house
    admission.version += 1
    admission.save(update_fields=["house", "version"])
    with one_wins():
        for stay, bed in zip(live, chosen, strict=True):
            before, stay.bed = stay.bed_id, bed
            save(stay, "bed")
            note_move(stay, before, by=by, at=at)
    record_act(
        events.HOUSE_MOVED, admission, by=by, at=at,
        detail={"house": house.id, "beds": [bed.id for bed in chosen]},
    )  # fmt: skip
    publish(admission.desk_id, by=by, at=at)
    return admission


@transaction.atomic
def go_out(
    *, admission_id: int, stay_ids: Sequence[int], reason: str, back_on: date,
    expected_version: int, by: Actor, at: datetime,
) -> Admission:  # fmt: skip
    """A night or more elsewhere; the bed stays hers."""
    admission = lock(admission_id, expected_version, by)
    errors = {}
    if reason not in workflow.OUT_REASONS:
        errors["reason"] = "unknown" if reason else "required"
    today = network.day_at(by.agency_id, at)
    if not today <= back_on <= today + _LONGEST_OUT:
        errors["back_on"] = "past" if back_on < today else "too_far"
    if errors:
        raise InvalidInput(errors)
    stays = some(admission, stay_ids, "go_out")
    for stay in stays:
        stay.state = workflow.STAY_MOVES.check("go_out", stay.state).target
        stay.out_reason, stay.out_since, stay.back_on = reason, at, back_on
        save(stay, "state", "out_reason", "out_since", "back_on")
    touch(admission)
    record_act(
        events.WENT_OUT, admission, by=by, at=at, reason=reason,
        detail={"stays": [stay.id for stay in stays]},
    )  # fmt: skip
    return admission


@transaction.atomic
def come_back(
    *, admission_id: int, stay_ids: Sequence[int], expected_version: int, by: Actor, at: datetime
) -> Admission:
    """Back for the night."""
    admission = lock(admission_id, expected_version, by)
    stays = some(admission, stay_ids, "come_back")
    for stay in stays:
        stay.state = workflow.STAY_MOVES.check("come_back", stay.state).target
        stay.out_reason, stay.out_since, stay.back_on = "", None, None
        save(stay, "state", "out_reason", "out_since", "back_on")
    touch(admission)
    record_act(
        events.CAME_BACK, admission, by=by, at=at, detail={"stays": [stay.id for stay in stays]}
    )
    return admission


# -- parts shared by the acts on a stay --------------------------------------------------------


def lock(admission_id: int, expected_version: int, by: Actor) -> Admission:
    """A placed admission of the person's desk, locked, at the version that the form knows."""
    require(by.roles, Permission.KEEP_STAYS)
    admission = queries.lock_admission(policy.at_own_desk(by), admission_id)
    check_version(expected=expected_version, found=admission.version)
    if admission.state != workflow.PLACED:
        raise IllegalMove("stay", admission.state)
    return admission


def some(admission: Admission, stay_ids: Sequence[int], move: str) -> list[Stay]:
    """The named persons, each of whom can make this move. Raises ``InvalidInput``."""
    able = [
        stay
        for stay in queries.list_stays(admission)
        if any(each.name == move for each in workflow.STAY_MOVES.open_from(stay.state))
    ]
    if not stay_ids:
        raise InvalidInput({"stays": "required"})
    found = _named(able, stay_ids)
    if len(found) != len(set(stay_ids)):
        raise InvalidInput({"stays": "unknown"})
    return found


def save(stay: Stay, *changed: str) -> None:
    """Write what changed of a person's stay."""
    stay.version += 1
    stay.save(update_fields=[*changed, "version"])


def note_move(stay: Stay, from_bed_id: int, *, by: Actor, at: datetime) -> None:
    """Keep the bed that was left: where somebody slept, and until when, stays known."""
    BedMove.objects.create(
        agency_id=stay.agency_id, stay=stay, from_bed_id=from_bed_id, to_bed_id=stay.bed_id,
        moved_at=at, moved_by=by.user_id,
    )  # fmt: skip


def touch(admission: Admission) -> None:
    """A form opened before this act is an old one."""
    admission.version += 1
    admission.save(update_fields=["version"])


def _house_of(admission: Admission) -> House:
    """The house of a placed admission; the database lets none be placed without."""
    if admission.house is None:
        raise IllegalMove("stay", admission.state)
    return admission.house


def _named(stays: Iterable[Stay], stay_ids: Sequence[int]) -> list[Stay]:
    wanted = set(stay_ids)
    return [stay for stay in stays if not wanted or stay.id in wanted]


def _one(stays: Iterable[Stay], stay_id: int) -> list[Stay]:
    found = [stay for stay in stays if stay.id == stay_id]
    if not found:
        raise InvalidInput({"stays": "unknown"})
    return found
