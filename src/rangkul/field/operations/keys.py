"""The agency's pair of keys with which its phones seal fillings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.field import events, policy, queries, sealing
from rangkul.field.models import FormKey
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail.operations import record


@transaction.atomic
def make_key(*, by: Actor, at: datetime) -> FormKey:
    """A pair for the acting agency; from now on its phones seal each filling with the public half.

    Raises ``Forbidden``; ``IllegalMove`` where one is in force.
    """
    policy.require_key_keeper(by)
    if queries.key_in_force(by) is not None:
        raise IllegalMove("make", "in_force")
    key_id = new_id()
    public, private = sealing.make_key()
    data_key = vault.key_for(Owner("field", by.agency_id), key_id, DataClass.ACCOUNT)
    key = FormKey.objects.create(
        id=key_id, agency_id=by.agency_id, public_key=public, made_at=at, made_by=by.user_id,
        private_sealed=vault.seal(data_key, queries.private_place(key_id), private),
    )  # fmt: skip
    record(by=by, at=at, name=events.KEY_MADE, subject_kind="form_key", subject_id=key.id)
    return key


@transaction.atomic
def end_key(*, key_id: UUID, by: Actor, at: datetime) -> FormKey:
    """Give this pair to no phone any more; what was sealed with it opens still.

    Raises ``Forbidden``, ``NotReachable``, ``IllegalMove`` for one that has ended.
    """
    policy.require_key_keeper(by)
    key = FormKey.objects.select_for_update().filter(id=key_id, agency_id=by.agency_id).first()
    if key is None:
        raise NotReachable("no such key")
    if key.ended_at is not None:
        raise IllegalMove("end", "ended")
    key.ended_at, key.ended_by = at, by.user_id
    key.save(update_fields=["ended_at", "ended_by"])
    record(by=by, at=at, name=events.KEY_ENDED, subject_kind="form_key", subject_id=key.id)
    return key
