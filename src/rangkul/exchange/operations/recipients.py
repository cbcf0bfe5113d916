"""Recipients: added by an administrator, confirmed by a supervisor, ended by either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.policy import may, require, require_second_person
from rangkul.exchange import events, policy, queries, workflow
from rangkul.exchange.models import Recipient
from rangkul.foundation import agekeys
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.trail.operations import record

SUBJECT = "recipient"


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """Who shall receive, as an administrator writes it down; ``key`` as the recipient sent it."""

    name: str
    key: str
    purpose: str
    ground: str
    article: str
    token: UUID


@transaction.atomic
def add_recipient(*, new: NewRecipient, by: Actor, at: datetime) -> Recipient:
    """Register a recipient; a form sent twice is one. Not usable before a second person confirms.

    Raises ``Forbidden``; ``InvalidInput`` (field → code), where ``secret`` says that a secret key
    was pasted: it is in no message, no column and no log.
    """
    require(by.roles, policy.KEEPS)
    known = Recipient.objects.filter(agency_id=by.agency_id, token=new.token).first()
    if known is not None:
        return known
    key = _checked(new, by)
    made = Recipient.objects.create(
        agency_id=by.agency_id, name=new.name.strip(), key=key, purpose=new.purpose.strip(),
        ground=new.ground, article="" if new.ground == workflow.OWN else new.article.strip(),
        added_at=at, added_by=by.user_id, token=new.token,
    )  # fmt: skip
    _note(made, events.RECIPIENT_ADDED, by=by, at=at)
    return made


def _checked(new: NewRecipient, by: Actor) -> str:
    """The key in its one spelling. Raises ``InvalidInput``."""
    errors = {
        name: "required" if not value.strip() else "too_long"
        for name, value, most in (
            ("name", new.name, 80), ("purpose", new.purpose, workflow.MOST_PURPOSE),
        )
        if not 0 < len(value.strip()) <= most
    }  # fmt: skip
    if new.ground not in workflow.GROUNDS:
        errors["ground"] = "unknown"
    elif new.ground != workflow.OWN and not 0 < len(new.article.strip()) <= 80:
        errors["article"] = "too_long" if new.article.strip() else "required"
    key = ""
    try:
        key = agekeys.read_key(new.key)
    except agekeys.NotAKey as fault:
        errors["key"] = fault.why if new.key.strip() else "required"
    if key and Recipient.objects.filter(agency_id=by.agency_id, key=key).exclude(
        state=workflow.ENDED
    ).exists():  # fmt: skip
        errors["key"] = "known"
    if errors:
        raise InvalidInput(errors)
    return key


@transaction.atomic
def confirm_recipient(*, recipient_id: int, compared: bool, by: Actor, at: datetime) -> Recipient:
    """A second person has compared the fingerprint with the recipient: it may be used now.

    Raises ``Forbidden``, ``OwnException``, ``InvalidInput``, ``IllegalMove``, ``NotReachable``.
    """
    require(by.roles, policy.EXPORTS)
    row = queries.lock_recipient(by, recipient_id)
    target = workflow.RECIPIENT.check("confirm", row.state).target
    require_second_person(requested_by=row.added_by, approved_by=by.user_id)
    if not compared:
        raise InvalidInput({"compared": "required"})
    row.state, row.confirmed_at, row.confirmed_by = target, at, by.user_id
    row.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    _note(row, events.RECIPIENT_CONFIRMED, by=by, at=at)
    return row


@transaction.atomic
def end_recipient(*, recipient_id: int, by: Actor, at: datetime) -> Recipient:
    """Nothing goes there any more; what was prepared for it is destroyed in the same moment."""
    if not may(by.roles, policy.EXPORTS):
        require(by.roles, policy.KEEPS)
    row = queries.lock_recipient(by, recipient_id)
    row.state = workflow.RECIPIENT.check("end", row.state).target
    row.ended_at, row.ended_by = at, by.user_id
    row.save(update_fields=["state", "ended_at", "ended_by"])
    _note(row, events.RECIPIENT_ENDED, by=by, at=at)
    return row


def _note(row: Recipient, name: str, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind=SUBJECT, subject_id=row.id,
        detail={"key": row.key[-8:], "ground": row.ground},
    )  # fmt: skip
