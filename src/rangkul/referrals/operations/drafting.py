"""Keeping a referral that is not ready, going on with it, throwing it away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference.services import ServiceCode
from rangkul.referrals import drafts, events
from rangkul.referrals.models import ReferralDraft
from rangkul.trail.operations import record

Values = Mapping[str, Sequence[str]]
# What one form can hold, in bytes of JSON; more was not typed by a person.
MOST: Final = 40_000


@transaction.atomic
def keep_draft(
    *, case_id: int, service: str, values: Values, by: Actor, at: datetime,
    need_id: UUID | None = None, desk_id: int | None = None, draft_id: UUID | None = None,
) -> ReferralDraft:  # fmt: skip
    """Seal what stands on the form: as a new draft, or in the place of ``draft_id``.

    Nothing of it is checked: a draft may be half a sentence. Raises ``InvalidInput`` for a service
    that is none, ``IllegalMove`` on a closed file.
    """
    require(by.roles, Permission.DRAFT_REFERRAL)
    case = custody.lock_case(by, case_id)
    file = cases.get_file(by, case_id)
    if file.state != case_workflow.OPEN:
        raise IllegalMove("draft", file.state)
    text = json.dumps({name: list(each) for name, each in values.items()}, ensure_ascii=False)
    if service not in set(ServiceCode) or len(text.encode()) > MOST:
        raise InvalidInput({"service": "unknown"} if len(text) <= MOST else {"words": "too_long"})
    if need_id is not None and cases.get_need(by, need_id).case_id != case_id:
        raise NotReachable("the need is another case's")
    row = drafts.get_draft(by, draft_id) if draft_id else None
    if row is not None and (row.case_id, row.service) != (case_id, service):
        # Another service is another form: what stood there stays.
        row = None
    key = vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)
    fresh = row is None
    row = row or ReferralDraft(id=new_id(), case_id=case_id, service=service, begun_at=at)
    row.need_id, row.desk_id, row.kept_at, row.kept_by = need_id, desk_id, at, by.user_id
    row.form_sealed = vault.seal(key, drafts.draft_place(row.id), text)
    if fresh:
        row.save(force_insert=True)
    else:
        row.save(update_fields=["need_id", "desk_id", "form_sealed", "kept_at", "kept_by"])
    _record(events.DRAFT_KEPT, row, by=by, at=at)
    return row


@transaction.atomic
def read_draft(
    *, draft_id: UUID, by: Actor, at: datetime
) -> tuple[ReferralDraft, dict[str, list[str]]]:
    """A draft and what stood on its form; the reading is recorded."""
    require(by.roles, Permission.DRAFT_REFERRAL)
    row = drafts.get_draft(by, draft_id)
    text = vault.open_text(bytes(row.form_sealed), drafts.draft_place(row.id))
    _record(events.DRAFT_READ, row, by=by, at=at)
    values: dict[str, list[str]] = json.loads(text)
    return row, values


@transaction.atomic
def discard_draft(*, draft_id: UUID, by: Actor, at: datetime) -> None:
    """Throw a draft away: it was sent, or is not wanted any more."""
    require(by.roles, Permission.DRAFT_REFERRAL)
    row = drafts.get_draft(by, draft_id)
    _record(events.DRAFT_DISCARDED, row, by=by, at=at)
    row.delete()


def _record(name: str, row: ReferralDraft, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="draft", subject_id=row.id, case_id=row.case_id,
        detail={"service": row.service},
    )  # fmt: skip
