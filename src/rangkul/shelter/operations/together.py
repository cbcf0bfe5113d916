"""Several who come together: one check, one placing, all or nobody, one trail record each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.shelter import fitting, queries
from rangkul.shelter.models import Admission, House
from rangkul.shelter.operations.asking import check_conflict
from rangkul.shelter.operations.placing import Family, Person, party_of, place


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One admission of a group and the persons in it; ``version`` where a form knows it."""

    admission_id: int
    people: tuple[Person, ...]
    version: int | None = None


@transaction.atomic
def check_conflicts(*, found: Mapping[int, str], by: Actor, at: datetime) -> list[Admission]:
    """Note for several requests what the check found: request id → code, all or none.

    Raises ``InvalidInput`` (``conflict-<request id>``), ``RequestGone``, ``NotReachable``.
    """
    require(by.roles, Permission.KEEP_STAYS)
    if not found:
        raise InvalidInput({"conflict": "required"})
    checked: list[Admission] = []
    errors: dict[str, str] = {}
    for request_id, conflict in sorted(found.items()):
        try:
            with transaction.atomic():
                checked.append(
                    check_conflict(request_id=request_id, conflict=conflict, by=by, at=at)
                )
        except InvalidInput as fault:
            errors |= {f"{field}-{request_id}": code for field, code in fault.errors.items()}
    if errors:
        raise InvalidInput(errors)
    return checked


@transaction.atomic
def place_group(
    *, house_id: int, members: Sequence[GroupMember], criteria: Sequence[str], by: Actor,
    at: datetime, arrives_at: datetime | None = None, words: str = "", willing: bool = True,
    family: bool = False,
) -> list[Admission]:  # fmt: skip
    """Place several who come together: all or nobody, one trail record for each admission.

    ``family``: a parent and children, who share a room though each was asked for on its own. A
    fault of one person stands under ``<admission>-<field>``. Raises what ``place`` raises.
    """
    if not members:
        raise InvalidInput({"people": "how_many"})
    shared = uuid4() if family else None
    placed: list[Admission] = []
    errors: dict[str, str] = {}
    # In one order, so that two officers who place overlapping groups do not wait for each other.
    for member in sorted(members, key=lambda each: each.admission_id):
        try:
            with transaction.atomic():
                placed.append(
                    place(
                        admission_id=member.admission_id, house_id=house_id,
                        people=member.people, expected_version=member.version, willing=willing,
                        criteria=criteria, by=by, at=at, arrives_at=arrives_at, words=words,
                        family=_family(shared, members, member),
                    )
                )  # fmt: skip
        except InvalidInput as fault:
            errors |= _under(member.admission_id, fault.errors)
    if errors:
        raise InvalidInput(errors)
    return placed


def suggest_group(
    *, house: House, admissions: Sequence[Admission], family: bool = False
) -> dict[int, list[fitting.Berth]]:
    """Admission id → free beds that suit, no bed twice; who does not fit now is left out."""
    free = queries.list_berths(house)
    if family:
        parties = {admission.id: party_of(admission) for admission in admissions}
        chosen = fitting.suggest([guest for each in parties.values() for guest in each], free)
        if chosen is None:
            return {}
        beds = iter(chosen)
        return {key: [next(beds) for _guest in each] for key, each in parties.items()}
    found: dict[int, list[fitting.Berth]] = {}
    for admission in admissions:
        berths = fitting.suggest(party_of(admission), free)
        if berths is None:
            continue
        found[admission.id] = berths
        taken = {berth.bed_id for berth in berths}
        rooms = {berth.room_id for berth in berths if not berth.sex}
        free = [
            replace(berth, party=admission.id) if berth.room_id in rooms else berth
            for berth in free
            if berth.bed_id not in taken
        ]
    return found


def _family(
    shared: UUID | None, members: Sequence[GroupMember], member: GroupMember
) -> Family | None:
    if shared is None:
        return None
    others = tuple(
        person for each in members if each is not member for person in each.people
    )  # fmt: skip
    return Family(shared, others)


def _under(admission_id: int, errors: Mapping[str, str]) -> dict[str, str]:
    """A person's own faults under the admission; what all share, as it is."""
    own = ("bed-", "sex-", "group-")
    return {
        f"{admission_id}-{field}" if field.startswith(own) or field == "conflict" else field: code
        for field, code in errors.items()
    }
