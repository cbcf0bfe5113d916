"""A person says how she wishes to be called: ways, hours, browsers that agreed, a trial call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final
from uuid import UUID

import phonenumbers
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rangkul.alerts import events, kinds, push
from rangkul.alerts.models import Alert, PushSubscription, Ways
from rangkul.alerts.operations import Call, raise_alerts
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, StaleForm
from rangkul.foundation.ids import new_id
from rangkul.trail.operations import record

# [local] A person has a phone and a few computers.
MOST_BROWSERS: Final = 8


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wishes to be called; hours on the clock of the agency's place."""

    email: bool
    push: bool
    text: bool
    phone: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time | None = None


@transaction.atomic
def change_ways(*, wishes: Wishes, expected_version: int, by: Actor, at: datetime) -> Ways:
    """Keep what a person wishes; version 1 is that of somebody who never said.

    Raises ``InvalidInput``, ``StaleForm``. Trail: ``alert.ways_changed``.
    """
    phone = _checked(wishes)
    found = Ways.objects.select_for_update().filter(user_id=by.user_id).first()
    version = found.version if found else 1
    if version != expected_version:
        raise StaleForm(expected=expected_version, found=version)
    ways = Ways(
        user_id=by.user_id, email=wishes.email, push=wishes.push, text=wishes.text, phone=phone,
        quiet_from=wishes.quiet_from, quiet_until=wishes.quiet_until, digest_at=wishes.digest_at,
        version=version + 1,
    )  # fmt: skip
    try:
        with transaction.atomic():
            ways.save(force_insert=found is None, force_update=found is not None)
    except IntegrityError as fault:
        raise StaleForm(expected=version, found=version + 1) from fault
    record(
        by=by, at=at, name=events.WAYS_CHANGED, subject_kind="user", subject_id=by.user_id,
        detail={"email": wishes.email, "push": wishes.push, "text": wishes.text},
    )  # fmt: skip
    return ways


def _checked(wishes: Wishes) -> str:
    """The telephone number in E.164; ``InvalidInput`` with a sentence for each field."""
    errors: dict[str, str] = {}
    phone = ""
    if wishes.phone.strip():
        phone = _e164(wishes.phone)
        if not phone:
            errors["phone"] = _("This number cannot be called. Example: 0812 3456 7890.")
    elif wishes.text:
        errors["phone"] = _("Please give the number for text messages.")
    start, end = wishes.quiet_from, wishes.quiet_until
    if (start is None) != (end is None):
        errors["quiet_until" if end is None else "quiet_from"] = _(
            "Please give both hours, or neither."
        )
    elif start is not None and start == end:
        errors["quiet_until"] = _("The quiet hours begin and end at the same hour.")
    elif wishes.digest_at is not None and _is_within(wishes.digest_at, start, end):
        errors["digest_at"] = _("This hour lies in your quiet hours.")
    if errors:
        raise InvalidInput(errors)
    return phone


def _is_within(hour: time, start: time | None, end: time | None) -> bool:
    if start is None or end is None:
        return False
    return start <= hour < end if start < end else hour >= start or hour < end


def _e164(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# -- browsers ---------------------------------------------------------------------------------


@transaction.atomic
def add_browser(*, endpoint: str, p256dh: str, auth: str, by: Actor, at: datetime) -> None:
    """Let this browser be called for this person from now on, and for nobody who used it before.

    Raises ``InvalidInput`` for what no browser would give. Trail: ``alert.browser_added``.
    """
    try:
        push.check(endpoint, p256dh, auth)
    except push.NotABrowser as fault:
        raise InvalidInput({"endpoint": _("This browser cannot be called.")}) from fault
    PushSubscription.objects.filter(endpoint=endpoint).delete()
    older = PushSubscription.objects.filter(user_id=by.user_id).order_by("-made_at", "-id")
    forget_browsers(older.values_list("id", flat=True)[MOST_BROWSERS - 1 :])
    PushSubscription.objects.create(
        id=new_id(), user_id=by.user_id, endpoint=endpoint, p256dh=p256dh, auth=auth, made_at=at
    )
    record(
        by=by, at=at, name=events.BROWSER_ADDED, subject_kind="user", subject_id=by.user_id
    )  # fmt: skip


@transaction.atomic
def remove_browser(*, endpoint: str, by: Actor, at: datetime) -> bool:
    """Call this browser no more; whether it was known. Trail: ``alert.browser_removed``."""
    gone, _each = PushSubscription.objects.filter(endpoint=endpoint, user_id=by.user_id).delete()
    if gone:
        record(
            by=by, at=at, name=events.BROWSER_REMOVED, subject_kind="user", subject_id=by.user_id
        )
    return bool(gone)


def forget_browsers(browser_ids: Iterable[UUID]) -> None:
    """Their push service no longer knows them."""
    if wanted := list(browser_ids):
        PushSubscription.objects.filter(id__in=wanted).delete()


def call_oneself(*, by: Actor, at: datetime) -> None:
    """A trial: the next round of messages calls this person by all her ways, whatever the hour.

    Once a minute at most.
    """
    raise_alerts(
        calls=[
            Call(
                token=f"trial:{by.user_id}:{at:%Y%m%d%H%M}", agency_id=by.agency_id,
                audience=Alert.PERSON, user_id=by.user_id, kind=kinds.TRIAL, urgent=True,
                subject_kind="user", subject_id=str(by.user_id),
            )
        ],
        at=at,
    )  # fmt: skip
