"""Signing by number: for an escort or partner without an account, on the other end's screen."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.repatriation import events, policy, queries, workflow
from rangkul.repatriation.models import Handover, Leg, Traveller
from rangkul.repatriation.operations.handovers import (
    DRAWN,
    Mark,
    mark_errors,
    report,
    settle,
    tell_signed,
)
from rangkul.trail.operations import record

PIN: Final = "pin"
_DIGITS: Final = 6
_MOST_NAME: Final = 120


@transaction.atomic
def make_pin(*, leg_id: int, side: str, by: Actor, at: datetime) -> str:
    """A number for the own end of a leg, shown once; a new one ends the last.

    The end tells it to its escort by telephone or face to face. Raises ``NotReachable``.
    """
    leg = queries.get_leg_by_id(by, leg_id)
    if side not in policy.sides(by, leg) & {workflow.GIVER, workflow.RECEIVER}:
        raise NotReachable("not one's own end")
    number = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    salt = secrets.token_bytes(16)
    digest = hashlib.sha256(salt + number.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "select house.make_pin(%s, %s, %s, %s, %s)", [leg.id, side, salt, digest, at]
        )
    record(
        by=by, at=at, name=events.PIN_MADE, subject_kind="leg", subject_id=leg.id,
        detail={"side": side},
    )  # fmt: skip
    return number


@transaction.atomic
def sign_by_pin(
    *, handover_id: UUID, side: str, number: str, name: str, mark: Mark, by: Actor, at: datetime
) -> int | None:
    """Sign for the other end by its number, beside a drawing and a name; whom it moved.

    ``None`` for a number that does not fit: the try is counted, and the fifth ends the number. The
    one who lends the screen stands in the trail. Raises ``InvalidInput``, ``NotReachable``.
    """
    found = Handover.objects.filter(id=handover_id).first()
    if found is None:
        raise NotReachable("no such minutes")
    leg = queries.get_leg_by_id(by, found.leg_id)
    if _same_again(found, side, mark, at):
        return 0
    _check(found, leg, side, name, mark, by=by, at=at)
    key = vault.key_for(Owner("leg", leg.id), leg.subject, DataClass.PACKET)
    text = json.dumps({"name": name.strip(), "strokes": mark.strokes}, ensure_ascii=False)
    sealed = vault.seal(key, queries.handover_place(found.id, f"{side}_sealed"), text)
    with connection.cursor() as cursor:
        cursor.execute(
            "select house.sign_by_pin(%s, %s, %s, %s, %s, %s)",
            [found.id, side, number.strip(), min(mark.signed_at, at), at, sealed],
        )
        fits: bool = cursor.fetchone()[0]
    record(
        by=by, at=at, name=events.MINUTES_SIGNED if fits else events.PIN_WRONG,
        subject_kind="handover", subject_id=found.id, reason=PIN,
        detail={"side": side, "digest": bytes(found.digest).hex(), "leg": leg.id},
    )  # fmt: skip
    if not fits:
        return None
    if side == workflow.RECEIVER:
        post(Event(events.SIGNED_BY_NUMBER, "handover", str(found.id), leg.receiver_agency_id))
    present = Traveller.objects.filter(leg=leg, id__in=found.present).order_by("id")
    return tell_signed(leg, [settle(each, leg, side, by=by, at=at) for each in present])


@transaction.atomic
def note_contact(*, handover_id: UUID, by: Actor, at: datetime) -> int:
    """The receiving desk's first contact with those for whom its own number signed; for the outbox.

    Whoever made the number for the escort stands for it. Again: nothing more happens. How many
    people it was noted for. Raises ``NotReachable``.
    """
    found = Handover.objects.filter(id=handover_id).first()
    if found is None:
        raise NotReachable("no such minutes")
    leg = queries.get_leg_by_id(by, found.leg_id)
    if workflow.RECEIVER not in policy.sides(by, leg) or found.receiver_how != PIN:
        raise NotReachable("not the receiver's number")
    present = Traveller.objects.filter(leg=leg, id__in=found.present, asked_request__isnull=False)
    for request_id in present.order_by("id").values_list("asked_request", flat=True):
        report(request_id or 0, leg, by=by, at=at)
    return len(present)


def _same_again(found: Handover, side: str, mark: Mark, at: datetime) -> bool:
    """Whether this very signature was taken before: a device that lost its line sends it again."""
    signed_at = getattr(found, f"{side}_signed_at", None)
    how = getattr(found, f"{side}_how", "")
    return how == PIN and signed_at is not None and signed_at == min(mark.signed_at, at)


def _check(
    found: Handover, leg: Leg, side: str, name: str, mark: Mark, *, by: Actor, at: datetime
) -> None:
    ends = {workflow.GIVER, workflow.RECEIVER}
    own = policy.sides(by, leg) & ends
    if not own or side not in ends - own:
        raise NotReachable("a number signs for the other end only")
    errors = mark_errors(mark, at)
    if mark.how != DRAWN:
        errors["mark"] = "required"
    if not name.strip():
        errors["name"] = "required"
    if len(name) > _MOST_NAME:
        errors["name"] = "too_long"
    if getattr(found, f"{side}_signed_at") is not None:
        errors["mark"] = "signed"
    ready = workflow.BEHIND | {workflow.ACCEPTED}
    present = Traveller.objects.filter(leg=leg, id__in=found.present)
    if any(each.state not in ready for each in present):
        errors["present"] = "not_accepted"
    if errors:
        raise InvalidInput(errors)
