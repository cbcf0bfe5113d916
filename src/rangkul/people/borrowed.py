"""What an emergency lends of the people in a case: who they are, how to reach them and how not to.

Addresses stay sealed, and so does everything that was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.utils import DatabaseError

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.custody import emergency, events, reading
from rangkul.custody.emergency import EmergencyOver, LentCover
from rangkul.custody.models import EmergencyGrant
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import borrowing
from rangkul.people.identity import Contact, Identity
from rangkul.people.models import Person
from rangkul.people.queries import CURRENT, open_columns
from rangkul.trail.operations import record

_REFUSED = "RK002"


@dataclass(frozen=True, slots=True)
class LentPerson:
    """A person of a borrowed file."""

    person: Person
    identity: Identity
    contact: Contact


@dataclass(frozen=True, slots=True)
class Lent:
    """All that is lent of a file, and the borrowing that lends it."""

    grant: EmergencyGrant
    cover: LentCover
    people: Sequence[LentPerson]


@transaction.atomic
def read_lent(*, grant_id: int, by: Actor, at: datetime) -> Lent:
    """Read what a running borrowing of one's own lends; each reading is recorded on the case.

    Raises ``EmergencyOver`` once it has ended, in the middle of the reading too; ``NotReachable``
    for anybody else's.
    """
    require(by.roles, Permission.USE_EMERGENCY_ACCESS)
    grant = emergency.get_grant(by, grant_id, at=at)
    if grant.user_id != by.user_id:
        raise NotReachable("somebody else's borrowing")
    if not emergency.is_live(grant, at=at):
        raise EmergencyOver("the borrowing has ended")
    try:
        with borrowing(by, grant.case_id, grant.ends_at):
            reading.note_reading(refs=[grant.case_id], by=by, at=at)
            cover = emergency.lent_cover()
            people = _unseal(list(Person.objects.filter(case_id=grant.case_id, state=CURRENT)))
            record(
                by=by, at=at, name=events.EMERGENCY_READ, subject_kind=emergency.SUBJECT,
                subject_id=grant.id, case_id=grant.case_id, purpose=emergency.SUBJECT,
                reason=grant.reason,
            )  # fmt: skip
    except DatabaseError as fault:
        if getattr(fault.__cause__, "sqlstate", None) == _REFUSED:
            raise EmergencyOver("the borrowing ended while it was read") from fault
        raise
    return Lent(grant, cover, people)


def _unseal(people: list[Person]) -> list[LentPerson]:
    texts = open_columns(people, "identity_sealed", "contact_sealed")
    lent = [
        LentPerson(person, Identity.from_json(identity), Contact.from_json(contact))
        for person, (identity, contact) in zip(people, texts, strict=True)
    ]
    return sorted(lent, key=lambda each: each.person.part != Person.SURVIVOR)
