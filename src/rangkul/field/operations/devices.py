"""Enrolling a phone and withdrawing it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rangkul.field import events, policy, queries
from rangkul.field.models import Device
from rangkul.foundation.actor import Actor
from rangkul.foundation.calling import digest_of
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import ALPHABET, new_id
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail.operations import record

_MOST_LABEL: Final = 60


@transaction.atomic
def enrol_device(*, label: str, life: timedelta, by: Actor, at: datetime) -> tuple[Device, str]:
    """A phone of the acting person's own, and its password, which is shown once.

    Raises ``Forbidden``; ``InvalidInput`` (label, life; ``too_many`` phones in use).
    """
    policy.require_enroller(by)
    errors = {}
    if not label.strip():
        errors["label"] = "required"
    elif len(label.strip()) > _MOST_LABEL:
        errors["label"] = "too_long"
    if not timedelta(0) < life <= policy.LONGEST_LIFE:
        errors["life"] = "too_far"
    if queries.count_live(by, at=at) >= policy.MOST_DEVICES:
        errors["label"] = "too_many"
    if errors:
        raise InvalidInput(errors)
    secret = secrets.token_urlsafe(32)
    device = Device.objects.create(
        id=new_id(), agency_id=by.agency_id, membership_id=by.membership_id, user_id=by.user_id,
        label=label.strip(), name="hp-" + "".join(secrets.choice(ALPHABET) for _ in range(8)),
        digest=digest_of(secret), created_at=at, expires_at=at + life,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.DEVICE_ENROLLED, subject_kind="device", subject_id=device.id,
        detail={"name": device.name, "expires": device.expires_at.isoformat()},
    )  # fmt: skip
    return device, secret


@transaction.atomic
def withdraw_device(*, device_id: UUID, by: Actor, at: datetime) -> Device:
    """Take a phone's right away: its next call is refused. Twice: ``IllegalMove``."""
    policy.require_withdrawer(by, queries.get_device(by, device_id))
    device = Device.objects.select_for_update().get(id=device_id)
    if device.withdrawn_at is not None:
        raise IllegalMove("withdraw", "withdrawn")
    device.withdrawn_at, device.withdrawn_by = at, by.user_id
    device.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(
        by=by, at=at, name=events.DEVICE_WITHDRAWN, subject_kind="device", subject_id=device.id
    )  # fmt: skip
    return device


def note_use(*, device_id: UUID, by: Actor, at: datetime) -> None:
    """Remember the day on which a phone last called; one write a day."""
    today = at.date()
    before = Q(last_used_on__isnull=True) | Q(last_used_on__lt=today)
    Device.objects.filter(before, agency_id=by.agency_id, id=device_id).update(last_used_on=today)
